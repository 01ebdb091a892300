/** `creditd audit`. */
import { parseArgs } from 'node:util';
import { type Instant, isoOf } from '../domain/instant.js';
import { auditAll } from '../flow/audit.js';
import type { Drift } from '../ports.js';
import { openAudit } from '../wire-upkeep.js';
import { jsonOf, type Opened, type Out, withStore } from './operator.js';
import { Plain } from './setting-up.js';

export const AUDIT_USAGE = `Usage: creditd audit [--account ID | --all] [--json]

Asks whether the ledger's sums hold: of one account or of all of them now, or, said alone, shows what the worker's audit
has found. It locks nothing and changes nothing that money or credits hang on. Exits with 1 when a sum does not hold.`;

const SHOWN = 100;

export async function auditCommand(args: string[], out: Out): Promise<number> {
  const options = {
    help: { type: 'boolean', short: 'h' },
    account: { type: 'string' },
    all: { type: 'boolean' },
    json: { type: 'boolean' },
  } as const;
  const { values } = parseArgs({ args, options });
  if (values.help) {
    out(AUDIT_USAGE);
    return 0;
  }
  if (values.account !== undefined && values.all) throw new Plain('Say --account or --all, not both.');
  const look = async ({ store }: Opened): Promise<number> => {
    const audit = openAudit(store);
    const tell = (drifts: readonly Drift[], looked: string): number => {
      if (values.json) out(jsonOf({ drifts }));
      else if (drifts.length === 0) out(`${looked} Every sum holds.`);
      else for (const drift of drifts) out(lineOf(drift));
      return drifts.length === 0 ? 0 : 1;
    };
    if (values.account !== undefined) {
      const drifts = await audit.account(values.account);
      if (drifts === null) throw new Plain(`There is no account "${values.account}".`);
      return tell(drifts, `Looked at ${values.account}.`);
    }
    if (!values.all) {
      const standing = await audit.standing(SHOWN);
      return tell(standing, 'Nothing stands that the audit has found.');
    }
    const { drifts, accounts } = await auditAll(audit);
    return tell(drifts, `Looked at ${accounts} ${accounts === 1 ? 'account' : 'accounts'}.`);
  };
  // No catalog is put in force by somebody who only looks: the auditor's role may not, and need not.
  return withStore(look, { catalogs: false });
}

function lineOf(drift: Drift & { readonly foundAt?: Instant }): string {
  const since = drift.foundAt === undefined ? '' : ` (since ${isoOf(drift.foundAt)})`;
  const rows = drift.detail.map((row) => `    ${jsonOf(row)}`);
  return [`${drift.account}: it does not hold that ${drift.sum}${since}`, ...rows].join('\n');
}
