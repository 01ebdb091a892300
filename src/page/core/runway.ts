/** For how long the balance lasts, as far as it is worth saying: never past what ends it, and nothing of an empty one. */
import type { Operations } from '../../generated/page-api.js';
import { isBelow } from './amounts.js';

type Overview = Operations['readOverview']['answer'];

export type Lasting =
  | { readonly kind: 'learning' }
  /** Longer than to the reset, after which other credits are there. */
  | { readonly kind: 'enough'; readonly perDay: string; readonly until: string }
  | { readonly kind: 'lasts'; readonly perDay: string; readonly days: number; readonly until: string };

export type RunwayWish = Pick<Overview, 'balance' | 'runway' | 'included'> & {
  readonly plan: Pick<Overview['plan'], 'endsAt' | 'trial'>;
};

/** Null where there is nothing to say. */
export function lastingOf({ balance, runway, included, plan }: RunwayWish): Lasting | null {
  if (runway === null || balance === null || !isBelow('0', balance.remaining)) return null;
  if (runway.kind === 'learning') return { kind: 'learning' };
  const { until, perDay } = runway;
  const isPast = (end: string | null): boolean => end !== null && Date.parse(until) >= Date.parse(end);
  // What a canceled plan or a trial brought is gone when it ends, however slowly it is used.
  if (isPast(plan.endsAt) || isPast(plan.trial?.endsAt ?? null)) return null;
  const resetsAt = included?.resetsAt ?? null;
  if (resetsAt !== null && isPast(resetsAt)) return { kind: 'enough', perDay, until: resetsAt };
  return { kind: 'lasts', perDay, days: Math.floor(runway.days), until };
}
