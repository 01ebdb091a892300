/** From locked rows to the states that decisions are made on. */
import type { AccountState, HotRow, KnownKey, WaitingReversal } from '../../domain/account.js';
import type { Command } from '../../domain/commands.js';
import { type Credits, NO_CREDITS, plus } from '../../domain/credits.js';
import type { AccountId, AccountNo, ContentHash, KeyHash } from '../../domain/ids.js';
import { accountNo } from '../../domain/ids.js';
import { producerKey } from '../../domain/keys.js';
import { run, type Sql } from './pool.js';
import { lotOf, type Row } from './rows.js';
import { LOAD_KNOWN, LOAD_LOTS, LOAD_WAITING, LOCK } from './statements.js';

/** The commands of one account, in the order they came, with their places in the batch. */
export interface Share {
  readonly account: AccountId;
  readonly no: AccountNo;
  readonly commands: readonly Command[];
  readonly places: readonly number[];
}

/** Locks the accounts and answers their hot rows. An account without a row (never opened) is not among them. */
export async function lockAccounts(sql: Sql, numbers: readonly AccountNo[]): Promise<Map<AccountNo, HotRow>> {
  const rows = await run<Row>(sql, LOCK, [numbers]);
  return new Map(rows.map((row) => [accountNo(row.account_no), hotOf(row)]));
}

export const hotOf = (row: Row): HotRow => ({
  lots: row.lots,
  debt: row.debt,
  overage: row.overage,
  held: row.held,
  sequence: Number(row.sequence),
  lastInstant: row.last_instant,
  settledUntil: row.settled_until,
  lookBelow: row.look_below,
  watched: row.watched,
});

const NONE_KNOWN: ReadonlyMap<KeyHash, KnownKey> = new Map();
const NONE_WAITING: readonly WaitingReversal[] = [];

/** Open lots, keys posted before and reversals that wait, for all accounts of the batch. */
export async function loadStates(
  sql: Sql,
  shares: readonly Share[],
  hot: ReadonlyMap<AccountNo, HotRow>,
): Promise<Map<AccountNo, AccountState>> {
  const [numbers, keys] = keysOf(shares);
  const lots = groupBy(await run<Row>(sql, LOAD_LOTS, [shares.map((share) => share.no)]), lotOf);
  const known = new Map<AccountNo, Map<KeyHash, KnownKey>>();
  const waiting = new Map<AccountNo, WaitingReversal[]>();
  if (keys.length > 0) {
    for (const row of await run<Row>(sql, LOAD_KNOWN, [numbers, keys])) addKnown(known, row);
    for (const [no, found] of groupBy(await run<Row>(sql, LOAD_WAITING, [numbers, keys]), waitingOf))
      waiting.set(no, found);
  }
  const states = new Map<AccountNo, AccountState>();
  for (const { account, no } of shares) {
    const row = hot.get(no);
    if (row === undefined) continue;
    states.set(no, {
      account,
      no,
      hot: row,
      lots: lots.get(no) ?? [],
      known: known.get(no) ?? NONE_KNOWN,
      waiting: unique(waiting.get(no) ?? NONE_WAITING),
      cold: null,
    });
  }
  return states;
}

/** Every key under which one of the commands may have been posted before, or whose use it gives back. */
function keysOf(shares: readonly Share[]): [AccountNo[], KeyHash[]] {
  const numbers: AccountNo[] = [];
  const keys: KeyHash[] = [];
  for (const { no, commands } of shares) {
    for (const command of commands) {
      if ('key' in command) {
        numbers.push(no);
        keys.push(producerKey(command.key));
      }
      if (command.kind === 'reverse') {
        numbers.push(no);
        keys.push(producerKey(command.of));
      }
    }
  }
  return [numbers, keys];
}

/** A key that stands twice in the batch is asked for twice and added up once. */
function addKnown(known: Map<AccountNo, Map<KeyHash, KnownKey & { lines?: Set<number> }>>, row: Row): void {
  const no = accountNo(row.account_no);
  const ofAccount = known.get(no) ?? new Map<KeyHash, KnownKey & { lines?: Set<number> }>();
  known.set(no, ofAccount);
  const key = row.key_hash as KeyHash;
  const before = ofAccount.get(key);
  const lines = before?.lines ?? new Set<number>();
  if (lines.has(row.line)) return;
  lines.add(row.line);
  ofAccount.set(key, {
    contentHash: (row.content_hash as ContentHash | null) ?? before?.contentHash ?? null,
    amount: plus(before?.amount ?? NO_CREDITS, row.amount as Credits),
    balanceAfter: row.balance_after as Credits,
    lines,
  });
}

const waitingOf = (row: Row): WaitingReversal => ({
  keyHash: row.key_hash,
  useKeyHash: row.use_key_hash,
  amount: row.amount,
  reason: row.reason,
});

const unique = (all: readonly WaitingReversal[]): readonly WaitingReversal[] =>
  all.length < 2 ? all : [...new Map(all.map((one) => [one.keyHash, one])).values()];

/** Rows by their account, each read by `read`. */
export function groupBy<One>(rows: readonly Row[], read: (row: Row) => One): Map<AccountNo, One[]> {
  const groups = new Map<AccountNo, One[]>();
  for (const row of rows) {
    const no = accountNo(row.account_no);
    const group = groups.get(no);
    if (group) group.push(read(row));
    else groups.set(no, [read(row)]);
  }
  return groups;
}
