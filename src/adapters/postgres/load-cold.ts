/** The cold rows of the accounts that need them, each kind in one statement for all of them. */
import type { AccountState, ColdRows, UseLine } from '../../domain/account.js';
import type { Catalog } from '../../domain/catalog.js';
import { type Credits, NO_CREDITS } from '../../domain/credits.js';
import { type AccountId, type AccountNo, accountNo, type ChargeId, type KeyHash } from '../../domain/ids.js';
import { DAY_MS, type Instant, isoOf, later } from '../../domain/instant.js';
import { producerKey } from '../../domain/keys.js';
import { type LimitRows, NO_LIMITS } from '../../domain/limits-state.js';
import * as cold from './cold-statements.js';
import { groupBy, type Share } from './load.js';
import { loadFunds, loadNamedLots } from './load-funds.js';
import { loadLimits, readLimits } from './load-limits.js';
import { loadLapsed, loadPlans, plansOf } from './plans.js';
import { run, type Sql } from './pool.js';
import { loadRecentUse, type UseOfAccount } from './recent-use.js';
import {
  cardOf,
  chargeOf,
  holdOf,
  incidentOf,
  lotOf,
  pastAttemptOf,
  pastTopOffOf,
  type Row,
  settingsOf,
} from './rows.js';

/** Longer than any local month: what the caps by day and month are counted from. */
const RECENT_MS = 33 * DAY_MS;

interface FoundUse {
  readonly lines: UseLine[];
  readonly givenBack: Credits;
  readonly reversed: boolean;
}
type Uses = Map<KeyHash, FoundUse>;

export async function loadCold(
  sql: Sql,
  shares: readonly Share[],
  states: ReadonlyMap<AccountNo, AccountState>,
  now: Instant,
  catalogOf?: CatalogOf,
): Promise<Map<AccountNo, AccountState>> {
  const numbers = shares.map((share) => share.no);
  const wanted = namesOf(shares, states);
  const settings = new Map(
    (await run<Row>(sql, cold.LOAD_SETTINGS, [numbers])).map((row) => [accountNo(row.account_no), row]),
  );
  const holds = groupBy(await run<Row>(sql, cold.LOAD_HOLDS, [numbers, wanted.holdKeys]), holdOf);
  const charges = groupBy(
    await run<Row>(sql, cold.LOAD_CHARGES, [numbers, wanted.charges, wanted.chargeKeys]),
    chargeOf,
  );
  const since = isoOf(later(now, -RECENT_MS));
  const topOffs = groupBy(await run<Row>(sql, cold.LOAD_RECENT_TOP_OFFS, [numbers, since]), pastTopOffOf);
  const attempts = groupBy(await run<Row>(sql, cold.LOAD_RECENT_ATTEMPTS, [numbers, since]), pastAttemptOf);
  const cards = groupBy(await run<Row>(sql, cold.LOAD_CARDS, [numbers]), cardOf);
  const incidents = groupBy(await run<Row>(sql, cold.LOAD_INCIDENTS, [numbers, since]), incidentOf);
  const used = await loadRecentUse(sql, numbers, now);
  const limits = await limitsOf(sql, shares, states, now, catalogOf);
  const [uses, closedLots] = await loadUses(sql, wanted.uses);
  const funds = await loadFunds(sql, shares, charges);
  const namedLots = await loadNamedLots(sql, shares, funds);
  const plans = await loadPlans(sql, shares);
  const lapsed = await loadLapsed(sql, [...settings.values()]);
  const found = new Map<AccountNo, AccountState>();
  for (const { no } of shares) {
    const state = states.get(no);
    const row = settings.get(no);
    if (state === undefined || row === undefined) throw new Error(`account ${no} has a balance but no settings`);
    const rows: ColdRows = {
      settings: settingsOf(row),
      customer: row.customer,
      billingEmail: row.billing_email,
      holds: holds.get(no) ?? [],
      charges: charges.get(no) ?? [],
      recentTopOffs: topOffs.get(no) ?? [],
      recentAttempts: attempts.get(no) ?? [],
      cards: cards.get(no) ?? [],
      incidents: incidents.get(no) ?? [],
      ...useOfAccount(used, no),
      uses: uses.get(no) ?? new Map(),
      funds: funds.get(no) ?? new Map(),
      limits: limits.get(no) ?? NO_LIMITS,
      plans: plansOf(plans, no),
    };
    const closed = [closedLots, lapsed, namedLots].flatMap((some) => some.get(no) ?? []);
    const lots = [...state.lots, ...closed];
    // One lot may have been found for more than one reason; the open ones are those under the lock.
    const each = new Map([...lots].reverse().map((lot) => [lot.id, lot]));
    found.set(no, { ...state, lots: [...each.values()], cold: rows });
  }
  return found;
}

function useOfAccount(used: ReadonlyMap<AccountNo, UseOfAccount>, no: AccountNo): UseOfAccount {
  const found = used.get(no);
  if (found === undefined) throw new Error(`account ${no} has no settings`);
  return found;
}

/** The catalog of an account, where this process has loaded it. */
export type CatalogOf = (account: AccountId) => Catalog | undefined;

/** Of whoever decides, what the commands can depend on; of whoever only reads, everything that is not over. */
async function limitsOf(
  sql: Sql,
  shares: readonly Share[],
  states: ReadonlyMap<AccountNo, AccountState>,
  now: Instant,
  catalogOf: CatalogOf | undefined,
): Promise<Map<AccountNo, LimitRows>> {
  if (catalogOf !== undefined) {
    const watched = (no: AccountNo): boolean => states.get(no)?.hot.watched === true;
    const wants = shares.map(({ account, no, commands }) => ({
      no,
      commands,
      catalog: catalogOf(account),
      watched: watched(no),
    }));
    return loadLimits(sql, wants, now);
  }
  const read = new Map<AccountNo, LimitRows>();
  for (const { no } of shares) read.set(no, await readLimits(sql, no, now));
  return read;
}

/** What the commands name beyond the open rows; reversals that wait name the use they wait for. */
function namesOf(shares: readonly Share[], states: ReadonlyMap<AccountNo, AccountState>) {
  const holdKeys: KeyHash[] = [];
  const charges: ChargeId[] = [];
  const chargeKeys: KeyHash[] = [];
  const uses: { no: AccountNo; key: KeyHash }[] = [];
  for (const { no, commands } of shares) {
    for (const command of commands) {
      if (command.kind === 'hold') holdKeys.push(producerKey(command.key));
      if (command.kind === 'extend' || command.kind === 'capture' || command.kind === 'release') {
        holdKeys.push(producerKey(command.hold));
      }
      if ('charge' in command) charges.push(command.charge);
      if (command.kind === 'buy_pack' || command.kind === 'offer_checkout') chargeKeys.push(producerKey(command.key));
      if (command.kind === 'reverse') uses.push({ no, key: producerKey(command.of) });
    }
    for (const waiting of states.get(no)?.waiting ?? []) uses.push({ no, key: waiting.useKeyHash });
  }
  return { holdKeys, charges, chargeKeys, uses };
}

async function loadUses(sql: Sql, wanted: readonly { no: AccountNo; key: KeyHash }[]) {
  const uses = new Map<AccountNo, Uses>();
  if (wanted.length === 0) return [uses, new Map<AccountNo, never[]>()] as const;
  const numbers = wanted.map((one) => one.no);
  const keys = wanted.map((one) => one.key);
  const given = await run<Row>(sql, cold.LOAD_GIVEN_BACK, [numbers, keys]);
  const lots = new Set<string>();
  const seen = new Set<string>();
  for (const row of await run<Row>(sql, cold.LOAD_USES, [numbers, keys])) {
    const mark = `${row.account_no}:${row.key_hash}:${row.line}`;
    if (row.kind !== 'use' || seen.has(mark)) continue;
    seen.add(mark);
    const no = accountNo(row.account_no);
    const ofAccount: Uses = uses.get(no) ?? new Map();
    uses.set(no, ofAccount);
    const sum = given.find((one) => one.use_key_hash === row.key_hash && accountNo(one.account_no) === no);
    const reversed = sum !== undefined;
    const use: FoundUse = ofAccount.get(row.key_hash) ?? { lines: [], givenBack: sum?.amount ?? NO_CREDITS, reversed };
    use.lines.push({
      line: row.line,
      lot: row.lot,
      amount: row.amount,
      meter: row.meter,
      quantity: row.quantity === null ? null : Number(row.quantity),
      properties: row.properties,
      member: row.member,
      pool: row.pool,
      occurredAt: row.occurred_at,
      postedAt: row.posted_at,
    });
    ofAccount.set(row.key_hash, use);
    if (row.lot !== null) lots.add(row.lot);
  }
  for (const ofAccount of uses.values()) {
    for (const use of ofAccount.values()) use.lines.sort((a, b) => a.line - b.line);
  }
  const closed = groupBy(await run<Row>(sql, cold.LOAD_CLOSED_LOTS, [numbers, [...lots]]), lotOf);
  return [uses, closed] as const;
}
