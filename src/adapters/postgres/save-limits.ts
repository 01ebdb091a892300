/** Writes what was decided of levels, counts, pools and budgets, set-based for the whole batch. */
import type { AccountNo } from '../../domain/ids.js';
import type { Counter, LimitEffects } from '../../domain/limits-state.js';
import * as limits from './limit-statements.js';
import { run, type Sql, type Statement } from './pool.js';
import { iso, type Row } from './rows.js';
import type { Decided } from './save.js';

export async function saveLimits(sql: Sql, all: readonly Decided[]): Promise<void> {
  const touched = all.filter(({ decision }) => hasAny(decision.effects.limits));
  if (touched.length === 0) return;
  const rows = (of: (no: AccountNo, effects: LimitEffects, at: string | null) => Row[]): Row[] =>
    touched.flatMap(({ no, decision }) => of(no, decision.effects.limits, iso(decision.at)));
  await saveRows(sql, limits.SAVE_LEVELS, rows(levelRows));
  await saveRows(sql, limits.INSERT_LEVEL_CHANGES, rows(changeRows));
  await saveRows(sql, limits.REMOVE_POOLS, rows(removedPools));
  await saveRows(sql, limits.SAVE_POOLS, rows(poolRows));
  await saveRows(sql, limits.CLEAR_POOL_MEMBERS, rows(clearedPools));
  await saveRows(sql, limits.INSERT_POOL_MEMBERS, rows(memberRows));
  await saveRows(sql, limits.REMOVE_BUDGETS, rows(removedBudgets));
  await saveRows(sql, limits.SAVE_BUDGETS, rows(budgetRows));
  await saveCounts(sql, touched);
}

const hasAny = (effects: LimitEffects): boolean =>
  effects.counts.size + effects.levels.size + effects.pools.size + effects.budgets.size + effects.levelChanges.length >
  0;

async function saveCounts(sql: Sql, all: readonly Decided[]): Promise<void> {
  const counts = all.flatMap(({ no, decision }) =>
    [...decision.effects.limits.counts.values()].map((counter) => ({ no, counter })),
  );
  const more = counts.filter(({ counter }) => counter.count > 0n);
  if (more.length > 0)
    await run(sql, limits.ADD_COUNTS, [
      ...keyColumns(more),
      more.map(({ counter }) => iso(counter.endsAt)),
      more.map(({ counter }) => counter.count),
    ]);
  const fewer = counts.filter(({ counter }) => counter.count < 0n);
  if (fewer.length > 0)
    await run(sql, limits.TAKE_COUNTS, [...keyColumns(fewer), fewer.map(({ counter }) => counter.count)]);
  const swept = all.flatMap(({ no, decision }) => {
    const before = decision.effects.limits.sweepBefore;
    return before === null ? [] : [{ no, before }];
  });
  if (swept.length > 0)
    await run(sql, limits.SWEEP_COUNTS, [swept.map(({ no }) => no), swept.map(({ before }) => iso(before))]);
}

const keyColumns = (all: readonly { readonly no: AccountNo; readonly counter: Counter }[]): unknown[] => [
  all.map(({ no }) => no),
  all.map(({ counter }) => counter.kind),
  all.map(({ counter }) => counter.name),
  all.map(({ counter }) => counter.subject),
  all.map(({ counter }) => iso(counter.startsAt)),
];

async function saveRows(sql: Sql, statement: Statement, rows: readonly Row[]): Promise<void> {
  if (rows.length > 0) await run(sql, statement, [JSON.stringify(rows)]);
}

const levelRows = (no: AccountNo, { levels }: LimitEffects, at: string | null): Row[] =>
  [...levels.values()].map(({ limit, member, value }) => ({
    account_no: no,
    limit_key: limit,
    member: member ?? '',
    value,
    changed_at: at,
  }));

const changeRows = (no: AccountNo, { levelChanges }: LimitEffects, at: string | null): Row[] =>
  levelChanges.map(({ keyHash, contentHash, limit, member, value }) => ({
    account_no: no,
    key_hash: keyHash,
    content_hash: contentHash,
    limit_key: limit,
    member: member ?? '',
    value,
    changed_at: at,
  }));

const keptPools = ({ pools }: LimitEffects) => [...pools.values()].filter((pool) => pool !== null);

const poolRows = (no: AccountNo, effects: LimitEffects): Row[] =>
  keptPools(effects).map(({ key, label, credits, whenUsed, createdAt }) => ({
    account_no: no,
    key,
    label,
    credits: `${credits}`,
    when_used: whenUsed,
    created_at: iso(createdAt),
  }));

const removedPools = (no: AccountNo, { pools }: LimitEffects): Row[] =>
  [...pools].flatMap(([key, pool]) => (pool === null ? [{ account_no: no, key }] : []));

const clearedPools = (no: AccountNo, effects: LimitEffects): Row[] =>
  keptPools(effects).map(({ key }) => ({ account_no: no, pool: key }));

const memberRows = (no: AccountNo, effects: LimitEffects): Row[] =>
  keptPools(effects).flatMap(({ key, members }) =>
    members.map(({ member, confined }) => ({ account_no: no, pool: key, member, confined })),
  );

const budgetRows = (no: AccountNo, { budgets }: LimitEffects): Row[] =>
  [...budgets.values()].flatMap((budget) =>
    budget === null
      ? []
      : [{ account_no: no, member: budget.member, credits: `${budget.credits}`, created_at: iso(budget.createdAt) }],
  );

const removedBudgets = (no: AccountNo, { budgets }: LimitEffects): Row[] =>
  [...budgets].flatMap(([member, budget]) => (budget === null ? [{ account_no: no, member }] : []));
