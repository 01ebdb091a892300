/** The owner's caps on automatic charges, by local day and month, and what they leave room for. */
import type { PastTopOff } from './account.js';
import { type Book, cold, settingsOf } from './book.js';
import type { TopOffTerms } from './catalog.js';
import { type Charge, isOpen } from './charge.js';
import type { Credits } from './credits.js';
import type { Instant } from './instant.js';
import type { MinorUnits } from './money.js';
import { nextLocal, startOfLocalDay, startOfLocalMonth } from './period.js';
import { moneyFor } from './pricing.js';

export interface CapWindow {
  readonly window: 'day' | 'month';
  readonly capMinor: MinorUnits;
  readonly since: Instant;
  readonly until: Instant;
}

function windowsOf(book: Book): CapWindow[] {
  const { zone, topOff } = settingsOf(book);
  const { capDayMinor, capMonthMinor } = topOff;
  const windows: CapWindow[] = [];
  if (capMonthMinor !== null) {
    const since = startOfLocalMonth(book.at, zone);
    windows.push({ window: 'month', capMinor: capMonthMinor, since, until: nextLocal('month', book.at, zone) });
  }
  if (capDayMinor !== null) {
    const since = startOfLocalDay(book.at, zone);
    windows.push({ window: 'day', capMinor: capDayMinor, since, until: nextLocal('day', book.at, zone) });
  }
  return windows;
}

/** The largest whole number of multiples that the largest charge and the owner's caps allow. */
export function affordableTimes(book: Book, terms: TopOffTerms, amount: Credits, wanted: bigint): bigint {
  const one = moneyFor(terms.ratio, amount);
  if (one.kind !== 'exact') return 0n;
  let room: bigint = terms.largestChargeMinor;
  for (const { capMinor, since } of windowsOf(book)) room = smaller(room, capMinor - spentOnTopOffs(book, since));
  if (room <= 0n) return 0n;
  return smaller(wanted, room / one.amountMinor);
}

/** The cap that leaves no room for even one amount; of two the one that lasts longer. Null: there is room. */
export function reachedCap(book: Book): CapWindow | null {
  const { topOff } = settingsOf(book);
  const terms = book.context.catalog.topOff;
  const one = terms === null ? null : moneyFor(terms.ratio, topOff.amount);
  if (one?.kind !== 'exact') return null;
  const isReached = ({ capMinor, since }: CapWindow): boolean =>
    capMinor - spentOnTopOffs(book, since) < one.amountMinor;
  return windowsOf(book).find(isReached) ?? null;
}

const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b);

/** Open automatic charges count wherever they began, and those that succeeded in the window in which they did. */
function spentOnTopOffs(book: Book, since: Instant): bigint {
  const { recentTopOffs, charges } = cold(book);
  const counted = (all: Iterable<PastTopOff>): bigint => {
    let sum = 0n;
    for (const past of all) {
      const isPaid = past.state === 'succeeded' && (past.settledAt ?? past.createdAt) >= since;
      if (isPaid || isOpen(past)) sum += past.amountMinor;
    }
    return sum;
  };
  const ofTopOffs = (all: readonly Charge[]): readonly Charge[] => all.filter((charge) => charge.kind === 'top_off');
  // What was loaded, corrected by what this batch has made of it: a charge may have ended or begun since.
  return counted(recentTopOffs) + counted(ofTopOffs(book.charges)) - counted(ofTopOffs(charges));
}
