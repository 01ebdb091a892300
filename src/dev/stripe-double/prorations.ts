/** The lines of invoices: a period paid for ahead, and what a change in the middle of one gives back and adds. */

import { formatMoney, money } from '../../domain/money.js';
import type { StoredItem, StoredLine, StoredPrice } from './billing-state.js';
import { priceOf, productOf } from './catalog-json.js';
import { newId } from './state.js';
import type { World } from './world.js';

const nameOf = (world: World, price: StoredPrice): string => productOf(world, price.product).name;

function everyText(price: StoredPrice): string {
  const { interval, count } = price.recurring ?? { interval: 'month', count: 1 };
  return count === 1 ? `/ ${interval}` : `every ${count} ${interval}s`;
}

/** "$20.00 / month". */
export const priceText = (price: StoredPrice): string =>
  `${formatMoney(money(price.unitAmount, price.currency))}${price.recurring === null ? '' : ` ${everyText(price)}`}`;

const dayText = (seconds: number): string =>
  new Date(seconds * 1_000).toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    timeZone: 'UTC',
  });

type Share = { readonly numerator: number; readonly denominator: number };
const WHOLE: Share = { numerator: 1, denominator: 1 };

/** The period of an item, whole or a part of it. */
export function periodLine(world: World, item: StoredItem, share: Share = WHOLE): StoredLine {
  const price = priceOf(world, item.price);
  const amount = Math.round((price.unitAmount * item.quantity * share.numerator) / share.denominator);
  return {
    id: newId('il_'),
    amount,
    description: `${item.quantity} × ${nameOf(world, price)} (at ${priceText(price)})`,
    price: price.id,
    quantity: item.quantity,
    item: item.id,
    proration: null,
    start: item.periodStart,
    end: item.periodEnd,
  };
}

export function trialLine(world: World, item: StoredItem): StoredLine {
  const price = priceOf(world, item.price);
  return { ...periodLine(world, item), amount: 0, description: `Trial period for ${nameOf(world, price)}` };
}

/** What the rest of the item's period is worth from `at` on: given back (−1) or added (1). Nothing for a free price. */
export function prorationLines(world: World, item: StoredItem, at: number, sign: 1 | -1): StoredLine[] {
  const price = priceOf(world, item.price);
  const length = item.periodEnd - item.periodStart;
  const left = Math.max(0, item.periodEnd - at);
  const amount = length <= 0 ? 0 : Math.round((price.unitAmount * item.quantity * left) / length);
  if (amount === 0) return [];
  const quantity = item.quantity === 1 ? '' : `${item.quantity} × `;
  return [
    {
      ...periodLine(world, item),
      amount: sign * amount,
      description: `${sign < 0 ? 'Unused' : 'Remaining'} time on ${quantity}${nameOf(world, price)} after ${dayText(at)}`,
      proration: newId('ii_'),
      start: at,
    },
  ];
}
