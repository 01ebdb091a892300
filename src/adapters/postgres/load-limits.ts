/** Levels, counts, pools and budgets: of a batch what its commands can depend on, and for a reader all of one account's. */
import type { Catalog } from '../../domain/catalog.js';
import { type AccountNo, accountNo } from '../../domain/ids.js';
import { type Instant, isoOf } from '../../domain/instant.js';
import { type LimitWants, limitWants } from '../../domain/limit-wants.js';
import type { Budget, Counter, Level, LevelChange, LimitRows, Pool, PoolMember } from '../../domain/limits-state.js';
import * as limits from './limit-statements.js';
import { groupBy, type Share } from './load.js';
import { run, type Sql } from './pool.js';
import type { Row } from './rows.js';

/** More counts than a person looks at: a limit kept by a property may have one for each of a hundred thousand stores. */
const MOST_WINDOWS_READ = 500;

/** An account whose commands are to be decided. */
export interface LimitShare extends Pick<Share, 'no' | 'commands'> {
  readonly catalog: Catalog | undefined;
  /** The hot row says that it has pools or budgets: elsewhere there are none to load. */
  readonly watched: boolean;
}

export async function loadLimits(
  sql: Sql,
  shares: readonly LimitShare[],
  now: Instant,
): Promise<Map<AccountNo, LimitRows>> {
  const wants = shares.map(({ no, catalog, commands }): readonly [AccountNo, LimitWants] => [
    no,
    catalog === undefined ? NOTHING : limitWants(catalog, commands, now),
  ]);
  const windows = await loadWindows(sql, wants);
  const [levels, levelChanges] = await loadLevels(sql, wants);
  const earmarks = await loadEarmarks(
    sql,
    shares.filter((one) => one.watched).map((one) => one.no),
    now,
  );
  return new Map(
    shares.map(({ no }): [AccountNo, LimitRows] => [
      no,
      {
        levels: levels.get(no) ?? [],
        levelChanges: levelChanges.get(no) ?? [],
        counters: [...(windows.get(no) ?? []), ...(earmarks.used.get(no) ?? [])],
        pools: earmarks.pools.get(no) ?? [],
        budgets: earmarks.budgets.get(no) ?? [],
      },
    ]),
  );
}

/** Everything of one account that is not over. Of a limit that is kept by a property the newest and largest counts. */
export async function readLimits(sql: Sql, no: AccountNo, now: Instant): Promise<LimitRows> {
  const levels = groupBy(await run<Row>(sql, limits.LOAD_LEVELS, [[no]]), levelOf);
  const windows = await run<Row>(sql, limits.LOAD_CURRENT_WINDOWS, [no, isoOf(now), MOST_WINDOWS_READ]);
  const { used, pools, budgets } = await loadEarmarks(sql, [no], now);
  return {
    levels: levels.get(no) ?? [],
    levelChanges: [],
    counters: [...windows.map(counterOf), ...(used.get(no) ?? [])],
    pools: pools.get(no) ?? [],
    budgets: budgets.get(no) ?? [],
  };
}

const NOTHING: LimitWants = { windows: [], levelKeys: [], levels: false };

type Wants = readonly (readonly [AccountNo, LimitWants])[];

async function loadWindows(sql: Sql, wants: Wants): Promise<Map<AccountNo, Counter[]>> {
  const wanted = wants.flatMap(([no, { windows }]) => windows.map((one) => ({ no, ...one })));
  if (wanted.length === 0) return new Map();
  const columns = [
    wanted.map((one) => one.no),
    wanted.map((one) => one.limit),
    wanted.map((one) => one.subject),
    wanted.map((one) => isoOf(one.at)),
  ];
  return groupBy(await run<Row>(sql, limits.LOAD_WINDOWS, columns), counterOf);
}

async function loadLevels(sql: Sql, wants: Wants) {
  const asked = wants.filter(([, one]) => one.levels).map(([no]) => no);
  const keys = wants.flatMap(([no, { levelKeys }]) => levelKeys.map((key) => ({ no, key })));
  const levels =
    asked.length === 0
      ? new Map<AccountNo, Level[]>()
      : groupBy(await run<Row>(sql, limits.LOAD_LEVELS, [asked]), levelOf);
  if (keys.length === 0) return [levels, new Map<AccountNo, LevelChange[]>()] as const;
  const columns = [keys.map((one) => one.no), keys.map((one) => one.key)];
  return [levels, groupBy(await run<Row>(sql, limits.LOAD_LEVEL_CHANGES, columns), changeOf)] as const;
}

async function loadEarmarks(sql: Sql, watched: readonly AccountNo[], now: Instant) {
  const used = new Map<AccountNo, Counter[]>();
  const pools = new Map<AccountNo, Pool[]>();
  const budgets = new Map<AccountNo, Budget[]>();
  if (watched.length === 0) return { used, pools, budgets };
  const members = await run<Row>(sql, limits.LOAD_POOL_MEMBERS, [watched]);
  for (const row of await run<Row>(sql, limits.LOAD_POOLS, [watched])) {
    const own = members.filter((one) => one.account_no === row.account_no && one.pool === row.key);
    const no = accountNo(row.account_no);
    pools.set(no, [...(pools.get(no) ?? []), poolOf(row, own)]);
  }
  return {
    used: groupBy(await run<Row>(sql, limits.LOAD_CREDITS_USED, [watched, isoOf(now)]), counterOf),
    pools,
    budgets: groupBy(await run<Row>(sql, limits.LOAD_BUDGETS, [watched]), budgetOf),
  };
}

const levelOf = (row: Row): Level => ({ limit: row.limit_key, member: row.member || null, value: row.value });

const changeOf = (row: Row): LevelChange => ({
  keyHash: row.key_hash,
  contentHash: row.content_hash,
  limit: row.limit_key,
  member: row.member || null,
  value: row.value,
});

const counterOf = (row: Row): Counter => ({
  kind: row.kind,
  name: row.name,
  subject: row.subject,
  startsAt: row.starts_at,
  endsAt: row.ends_at,
  count: row.count,
});

const poolOf = (row: Row, members: readonly Row[]): Pool => ({
  key: row.key,
  label: row.label,
  credits: row.credits,
  members: members.map((one): PoolMember => ({ member: one.member, confined: one.confined })),
  whenUsed: row.when_used,
  createdAt: row.created_at,
});

const budgetOf = (row: Row): Budget => ({ member: row.member, credits: row.credits, createdAt: row.created_at });
