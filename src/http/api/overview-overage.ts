/** Pay-as-you-go as its owner reads it: what it costs, up to where, and how much of that is used. */
import type { z } from 'zod';
import { type Book, settingsOf } from '../../domain/book.js';
import { NO_CREDITS } from '../../domain/credits.js';
import { planCapOf } from '../../domain/cycle.js';
import type { MinorUnits } from '../../domain/money.js';
import {
  isOverageBlocked,
  isOverageOffered,
  overagePriceOf,
  unpaidOverage,
  usedThisPeriod,
} from '../../domain/overage.js';
import { rounded } from '../../domain/pricing.js';
import { unpaidView } from './overview-incidents.js';
import type { overageOut } from './overview-shape.js';
import { shownCredits, shownMinor, shownRatio } from './shapes.js';

export function overageView(book: Book): z.input<typeof overageOut> {
  const { enabled, capMinor: own } = settingsOf(book).overage;
  const price = overagePriceOf(book);
  const plan = planCapOf(book);
  const used = usedThisPeriod(book);
  const offered = isOverageOffered(book);
  const usedMinor = price === null || used <= NO_CREDITS ? 0n : rounded(used * price.money, price.credits, 'half');
  return {
    ...{ offered, enabled, blocked: isOverageBlocked(book), needsCard: book.cards.length === 0 },
    unpaid: unpaidView(unpaidOverage(book)),
    price: offered && price !== null ? shownRatio(price) : null,
    capMinor: written(lower(own, plan)),
    ownCapMinor: written(own),
    planCapMinor: written(plan),
    used: shownCredits(used),
    usedMinor: Number(usedMinor),
  };
}

const lower = (a: MinorUnits | null, b: MinorUnits | null): MinorUnits | null =>
  a === null ? b : b === null ? a : a < b ? a : b;

const written = (money: MinorUnits | null): number | null => (money === null ? null : shownMinor(money));
