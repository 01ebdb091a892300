/** The operator's switch: whether charges may open and money be asked for. */
import type { Book } from './book.js';
import type { MinorUnits } from './money.js';

/** `wouldBe`: what would be charged now; said where the switch is at dry run. */
export function isCharging(
  book: Book,
  wouldBe?: { readonly amountMinor: MinorUnits; readonly last4: string },
): boolean {
  const charging = book.context.charging ?? 'on';
  if (charging === 'dry_run' && wouldBe !== undefined) {
    book.effects.wouldCharge.push({ ...wouldBe, currency: book.context.catalog.currency });
  }
  return charging === 'on';
}
