/** Billable actions by the names that the catalog gives them. */
import type { Answer } from '../core/call.js';

/** The key itself where the list is not there yet, or no longer has it. */
export function meterNames(prices: Answer<'listPrices'> | undefined): (meter: string) => string {
  const labels = new Map(prices?.meters.map((one) => [one.meter, one.label]));
  return (meter) => labels.get(meter) ?? meter;
}
