/** The cap of pay-as-you-go: near, then reached, each once a period. */
import type { AlertState, Told } from './alert-state.js';
import { toldThisPeriod, withTold } from './alerts-included.js';
import { availableOf, type Book, settingsOf } from './book.js';
import type { CreditRatio } from './catalog.js';
import { type Credits, plus } from './credits.js';
import { planCapOf } from './cycle.js';
import { isoOf } from './instant.js';
import type { NoticeFacts } from './notice.js';
import { canUseOverage, capOf, headroomOf, overagePriceOf, usedThisPeriod } from './overage.js';
import { rounded } from './pricing.js';
import { periodEnd } from './settle.js';

/** Of both at once reached alone is told and stands for near. Where pay-as-you-go is off or stopped nothing is told. */
export function capAlerts(book: Book, state: AlertState): Told {
  const nothing: Told = { state, facts: [] };
  const told = toldThisPeriod(book, state);
  if (!canUseOverage(book) || told.includes('cap_reached')) return nothing;
  const cap = capOf(book);
  const price = overagePriceOf(book);
  if (cap === null || cap <= 0n || price === null) return nothing;
  const used = usedThisPeriod(book);
  const isNear = used * 100n >= cap * BigInt(book.context.catalog.alerts.capNearPercent);
  if (used >= cap || (isNear && wasStopped(book))) {
    const near = told.includes('cap_near') ? [] : (['cap_near'] as const);
    return {
      state: withTold(book, state, [...near, 'cap_reached']),
      facts: [factsOf(book, 'cap_reached', used, price)],
    };
  }
  if (!isNear || told.includes('cap_near')) return nothing;
  return { state: withTold(book, state, ['cap_near']), facts: [factsOf(book, 'cap_near', used, price)] };
}

/** What is left of the cap was not enough for a hold or an if_covered use: near the cap, that is where it stops people. */
const wasStopped = (book: Book): boolean =>
  book.shortfall !== null && book.shortfall > plus(availableOf(book), headroomOf(book));

function factsOf(book: Book, kind: 'cap_near' | 'cap_reached', used: Credits, price: CreditRatio): NoticeFacts {
  const { catalog } = book.context;
  const caps = [settingsOf(book).overage.capMinor, planCapOf(book)].filter((cap) => cap !== null);
  const [lowest = 0n] = caps.sort((a, b) => (a < b ? -1 : 1));
  const until = periodEnd(book);
  return {
    kind,
    usedMinor: rounded(used * price.money, price.credits, 'half').toString(),
    capMinor: lowest.toString(),
    currency: catalog.currency,
    until: until === null ? null : isoOf(until),
  };
}
