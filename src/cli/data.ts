/** `creditd export` and `creditd erase member`. */
import { parseArgs } from 'node:util';
import { eraseMember } from '../adapters/postgres/erase.js';
import { exportAccount } from '../adapters/postgres/export.js';
import { ACTING, accountOf, agrees, jsonOf, type Out, operatorName, reasonOf, withStore } from './operator.js';
import { Plain } from './setting-up.js';

export const EXPORT_USAGE = `Usage: creditd export ACCOUNT

Prints the account's whole history as JSON Lines, one row of the database a line: {"table":…,"row":…}. Credits are in
micro-credits (1 credit = 1 000 000), money in minor units. All of it is of one instant.`;

export const ERASE_USAGE = `Usage: creditd erase member ACCOUNT MEMBER --reason TEXT [--yes] [--json]

Erases a person: the member with their address, and the address wherever else it stands (billing address, notices, events,
refusals, remembered answers, the audit log). What stays is the product's own id of the member in lines of the ledger,
which is final; it must be opaque, and leads nowhere once the product has forgotten whose it was. Stripe keeps its
customers itself: erase them there. Backups keep what they have until they are dropped.`;

export async function exportCommand(args: string[], out: Out): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    options: { help: { type: 'boolean', short: 'h' } } as const,
    allowPositionals: true,
  });
  if (values.help) {
    out(EXPORT_USAGE);
    return 0;
  }
  const account = accountOf(positionals[0], EXPORT_USAGE);
  return withStore(async ({ store }) => {
    if ((await exportAccount(store.pool, account, out)) === null) throw new Plain(`There is no account "${account}".`);
    return 0;
  });
}

export async function eraseCommand(args: string[], out: Out): Promise<number> {
  const { values, positionals } = parseArgs({ args, options: ACTING, allowPositionals: true });
  const [what, id, member] = positionals;
  if (values.help || what !== 'member' || member === undefined) {
    out(ERASE_USAGE);
    return values.help ? 0 : 2;
  }
  const account = accountOf(id, ERASE_USAGE);
  const reason = reasonOf(values.reason);
  return withStore(async ({ store }) => {
    if (!(await agrees(`Erase member ${member} of ${account} for good?`, values.yes))) {
      out('Nothing was done.');
      return 1;
    }
    const wish = { account, member, by: operatorName(), reason };
    const erased = await eraseMember(store.pool, store.clock, store.newId, wish);
    if (erased === null) throw new Plain(`There is no member "${member}" of an account "${account}".`);
    if (values.json) out(jsonOf(erased));
    else out(sentenceOf(member, erased.cleared));
    return 0;
  });
}

function sentenceOf(member: string, cleared: Readonly<Record<string, number>>): string {
  const where = Object.entries(cleared).flatMap(([table, rows]) => (rows > 0 ? [`${table} ${rows}`] : []));
  const kept = member.includes('@')
    ? ` The id itself looks like an address, and lines of the ledger keep it: have the product use opaque ids.`
    : '';
  return `Erased (${where.join(', ')}).${kept}`;
}
