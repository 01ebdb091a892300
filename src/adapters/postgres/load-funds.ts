/** What hangs on closed lots: the lines of claw-backs that may have to be undone, and lots that are named though they are over. */
import type { ColdRows, FundsLine } from '../../domain/account.js';
import type { Charge } from '../../domain/charge.js';
import { fundsKeys } from '../../domain/claw-back.js';
import { type AccountNo, accountNo, type ChargeId, type KeyHash, type LotId } from '../../domain/ids.js';
import type { Lot } from '../../domain/lots.js';
import { LOAD_CLOSED_LOTS, LOAD_FUNDS } from './cold-statements.js';
import { groupBy, type Share } from './load.js';
import { run, type Sql } from './pool.js';
import { lotOf, type Row } from './rows.js';

type Funds = ReadonlyMap<AccountNo, ColdRows['funds']>;

/** Of the charges that the commands name and of which something is taken back: nearly never any. */
export async function loadFunds(
  sql: Sql,
  shares: readonly Share[],
  charges: ReadonlyMap<AccountNo, readonly Charge[]>,
): Promise<Funds> {
  const numbers: AccountNo[] = [];
  const keys: KeyHash[] = [];
  for (const { no, commands } of shares) {
    const named = new Set(commands.flatMap((command) => ('charge' in command ? [command.charge] : [])));
    for (const charge of charges.get(no) ?? []) {
      if (charge.clawed === 0n || !named.has(charge.id)) continue;
      for (const key of fundsKeys(charge)) {
        numbers.push(no);
        keys.push(key);
      }
    }
  }
  const found = new Map<AccountNo, Map<ChargeId, FundsLine[]>>();
  if (keys.length === 0) return found;
  for (const { account_no, ref, kind, lot, amount } of await run<Row>(sql, LOAD_FUNDS, [numbers, keys])) {
    const no = accountNo(account_no);
    const ofAccount = found.get(no) ?? new Map<ChargeId, FundsLine[]>();
    found.set(no, ofAccount);
    const lines = ofAccount.get(ref) ?? [];
    ofAccount.set(ref, lines);
    lines.push({ kind, lot, amount });
  }
  return found;
}

/** A name that is no id of ours names no lot here, and the database must not be asked for it. */
const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i;

/** The closed ones among the lots that the commands name and those that the lines took from. */
export async function loadNamedLots(sql: Sql, shares: readonly Share[], funds: Funds): Promise<Map<AccountNo, Lot[]>> {
  const numbers: AccountNo[] = [];
  const ids: LotId[] = [];
  for (const { no, commands } of shares) {
    const lines = [...(funds.get(no)?.values() ?? [])].flat();
    const named = commands.flatMap((command) => ('lot' in command ? [command.lot] : []));
    for (const id of [...lines.map((line) => line.lot), ...named]) {
      if (!id || !UUID.test(id)) continue;
      numbers.push(no);
      ids.push(id);
    }
  }
  if (ids.length === 0) return new Map();
  return groupBy(await run<Row>(sql, LOAD_CLOSED_LOTS, [numbers, ids]), lotOf);
}
