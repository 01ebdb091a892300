/** Limits as the page and the API show them. */
import type { z } from 'zod';
import type { AccountState } from '../../domain/account.js';
import type { DecideContext } from '../../domain/book.js';
import type { MemberId } from '../../domain/ids.js';
import type { Instant } from '../../domain/instant.js';
import { limitsView } from '../../domain/limits-view.js';
import type { limitsOut } from './overview-shape.js';
import { instantOrNothing, shownCredits } from './shapes.js';

/** What a viewer who is confined to pools may not see is left out. */
export function limitsOf(
  state: AccountState,
  now: Instant,
  context: DecideContext,
  viewer: MemberId | undefined,
): z.input<typeof limitsOut> {
  const found = limitsView(state, now, context, viewer);
  return {
    levels: [...found.levels],
    windows: found.windows.map((one) => ({ ...one, resetsAt: instantOrNothing(one.resetsAt) })),
    pools: found.pools.map((one) => ({
      ...one,
      credits: shownCredits(one.credits),
      used: shownCredits(one.used),
      held: shownCredits(one.held),
      unspent: shownCredits(one.unspent),
      worth: shownCredits(one.worth),
      members: [...one.members],
      unconfined: [...one.unconfined],
    })),
    budgets: found.budgets.map((one) => ({
      member: one.member,
      credits: shownCredits(one.credits),
      used: shownCredits(one.used),
      held: shownCredits(one.held),
      left: shownCredits(one.left),
    })),
    periodEndsAt: instantOrNothing(found.periodEndsAt),
  };
}
