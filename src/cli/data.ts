/** `creditd export` and `creditd erase member`. */
import { parseArgs } from 'node:util';
import { type Erased, eraseMember } from '../adapters/postgres/erase.js';
import { exportAccount } from '../adapters/postgres/export.js';
import { ACTING, accountOf, agrees, jsonOf, type Out, operatorName, reasonOf, withStore } from './operator.js';
import { Plain } from './setting-up.js';

export const EXPORT_USAGE = `Usage: creditd export ACCOUNT

Prints the account's whole history as JSON Lines, one row of the database a line: {"table":…,"row":…}. Credits are in
micro-credits (1 credit = 1 000 000), money in minor units. All of it is of one instant.`;

export const ERASE_USAGE = `Usage: creditd erase member ACCOUNT MEMBER --reason TEXT [--name TEXT]… [--yes] [--json]

Erases a person: their id and their address, and with --name a name they go by, give way to "erased-1" in every table, in
lines of the ledger too, whose sums stay as they are. Pools, budgets and levels of theirs end. Stripe's customer is told the
name and address that are left, within a minute or two. Sessions end by themselves within the hour. Have the product send
nothing of the person any more, first. Asked again it goes on where it was. Backups keep what they have until they are dropped.`;

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
  const options = { ...ACTING, name: { type: 'string', multiple: true } } as const;
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
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
    const wish = { account, member, by: operatorName(), reason, names: values.name ?? [] };
    const erased = await eraseMember(store.pool, store.clock, store.newId, wish);
    if (erased === null) throw new Plain(`Nothing of an account "${account}" names a member "${member}".`);
    if (values.json) out(jsonOf(erased));
    else out(sentenceOf(erased));
    return 0;
  });
}

function sentenceOf({ as, cleared }: Erased): string {
  const where = Object.entries(cleared).flatMap(([table, rows]) => (rows > 0 ? [`${table} ${rows}`] : []));
  return `Erased, and called ${as} from now on (${where.join(', ')}).`;
}
