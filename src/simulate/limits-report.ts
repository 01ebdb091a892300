/** Limits in the result of a scenario: as JSON, and as rows of its text. */
import { formatCredits } from '../domain/credits.js';
import { type Instant, isoOf } from '../domain/instant.js';
import type { LimitsView } from '../domain/limits-view.js';

const iso = (at: Instant | null): string | null => (at === null ? null : isoOf(at));

export type LimitsReport = ReturnType<typeof limitsReport>;

export const limitsReport = ({ levels, windows, pools, budgets, periodEndsAt }: LimitsView) => ({
  levels: levels.map((one) => ({ ...one })),
  windows: windows.map((one) => ({ ...one, resetsAt: iso(one.resetsAt) })),
  pools: pools.map(({ credits, used, held, unspent, worth, ...rest }) => ({
    ...rest,
    credits: formatCredits(credits),
    used: formatCredits(used),
    held: formatCredits(held),
    unspent: formatCredits(unspent),
    worth: formatCredits(worth),
  })),
  budgets: budgets.map(({ member, credits, used, held, left }) => ({
    member,
    credits: formatCredits(credits),
    used: formatCredits(used),
    held: formatCredits(held),
    left: formatCredits(left),
  })),
  periodEndsAt: iso(periodEndsAt),
});

/** "scans  store=one  2 of 2  until …": what was counted or set, not what merely could be. */
export function limitRows({ levels, windows, pools, budgets, periodEndsAt }: LimitsReport): string[][] {
  const until = (at: string | null): string => (at === null ? '' : `until ${at}`);
  const known = [
    ...levels.filter((one) => one.count > 0).map((one) => ({ ...one, subject: one.member ?? '', resetsAt: null })),
    ...windows.filter((one) => one.count > 0),
  ];
  return [
    ...known.map(({ limit, subject, count, most, resetsAt }) => [
      limit,
      subject,
      most === null ? `${count}` : `${count} of ${most}`,
      until(resetsAt),
    ]),
    ...pools.map(({ pool, used, credits, worth }) => [
      pool,
      'pool',
      `${used} of ${credits}, worth ${worth}`,
      until(periodEndsAt),
    ]),
    ...budgets.map(({ member, used, credits }) => [member, 'budget', `${used} of ${credits}`, until(periodEndsAt)]),
  ];
}
