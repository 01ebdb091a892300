/** Features and the balance, as limits that fire: in the product's own words. */
import { type Book, settingsOf } from './book.js';
import { planOf } from './catalog.js';
import type { Priceable } from './commands.js';
import { type Credits, formatCredits, minus } from './credits.js';
import { isStopped } from './cycle.js';
import type { FiredLimit } from './gate.js';
import type { Ask } from './limit-measure.js';
import { nameText } from './limit-words.js';
import { canUseOverage } from './overage.js';
import { poolsConfining } from './pools.js';

export const featuresOf = (book: Book, list: readonly Priceable[]): string[] =>
  list.flatMap((one) => {
    const feature = one.meter === undefined ? null : book.context.catalog.meters.get(one.meter)?.feature;
    return feature ? [feature] : [];
  });

/** Each that the plan does not have, once. While the plan is unpaid and its grace over it has none. */
export function featureFired(book: Book, wanted: readonly string[]): FiredLimit[] {
  const { catalog } = book.context;
  const plan = planOf(catalog, settingsOf(book).plan);
  return [...new Set(wanted)].flatMap((feature): FiredLimit[] => {
    const has = plan?.features.has(feature) === true;
    if (has && !isStopped(book)) return [];
    const label = catalog.features.get(feature)?.label ?? feature;
    const unlocking = catalog.plans.find((one) => one.features.has(feature));
    const where = unlocking === undefined ? 'no plan includes it' : `the ${unlocking.label} plan includes it`;
    const sentence = has
      ? `${label} is stopped until the ${plan.label} plan is paid.`
      : `${label} is not part of the ${plan?.label ?? 'present'} plan; ${where}.`;
    return [{ limit: 'feature', key: feature, sentence, resetsAt: null }];
  });
}

/** How much is missing would tell a member who is confined to pools what the account has. */
export function balanceFired(book: Book, asks: readonly Ask[], cost: Credits, spendable: Credits): FiredLimit {
  const { words } = book.context.catalog;
  if (canUseOverage(book)) {
    const sentence = `The cap for ${nameText(words.payAsYouGo)} is reached. ${words.outOfCredits}`;
    return { limit: 'overage_cap', key: null, sentence, resetsAt: null };
  }
  const short = minus(cost, spendable);
  const hidden = asks.some((ask) => poolsConfining(book.limits.pools.values(), ask.member) !== null);
  const missing = short > 0n && !hidden ? `${formatCredits(short)} ${words.credit.many} are missing. ` : '';
  return { limit: 'balance', key: null, sentence: `${missing}${words.outOfCredits}`, resetsAt: null };
}

export const restFired = (sentence: string): FiredLimit => ({ limit: 'balance', key: null, sentence, resetsAt: null });
