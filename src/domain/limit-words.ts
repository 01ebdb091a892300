/** What sentences about limits have in common. */
import type { Catalog, Plan } from './catalog.js';
import { formatCredits, microCredits } from './credits.js';
import { type Instant, isoOf } from './instant.js';

/** Millionths as people write them: "3", "1.5". */
export const countText = (millionths: bigint): string => formatCredits(microCredits(millionths));

/** "2026-05-02T00:00:00Z": without the milliseconds where there are none. */
export const instantText = (at: Instant): string => isoOf(at).replace('.000Z', 'Z');

/** In the middle of a sentence a name of several words is quoted, so that it reads as the name it is. */
export const nameText = (name: string): string => (/\s/.test(name) ? `“${name}”` : name);

/** The lowest plan above this one that allows more of a limit; a plan that does not name it does not bind it. */
export function higherPlanFor(catalog: Catalog, plan: Plan | undefined, limit: string): Plan | undefined {
  const most = plan?.limits.get(limit);
  if (plan === undefined || most === undefined) return undefined;
  const above = catalog.plans.slice(catalog.plans.indexOf(plan) + 1);
  return above.find((one) => (one.limits.get(limit) ?? Number.POSITIVE_INFINITY) > most);
}

/** " The Team plan allows 10.": begins with a blank; nothing where no higher plan allows more. */
export function planThatAllows(catalog: Catalog, plan: Plan | undefined, limit: string): string {
  const higher = higherPlanFor(catalog, plan, limit);
  if (higher === undefined) return '';
  const most = higher.limits.get(limit);
  return ` The ${higher.label} plan ${most === undefined ? 'sets no limit' : `allows ${most}`}.`;
}
