/** What switching automatic purchases on would charge at this moment: enough whole amounts to reach the threshold again. */
import { type Credits, formatCredits, parseCredits } from '../../domain/credits.js';
import { costOf, type Offer } from '../core/amounts.js';

const micro = (decimal: string): bigint => parseCredits(decimal) ?? 0n;

/** Null where the balance is at the threshold or above it. One charge never passes the largest the catalog allows. */
export function chargedAtOnce(
  remaining: string,
  { threshold, amount }: { readonly threshold: string; readonly amount: string },
  { price, largestChargeMinor }: { readonly price: Offer; readonly largestChargeMinor: number },
): Offer | null {
  const missing = micro(threshold) - micro(remaining);
  const each = micro(amount);
  if (missing <= 0n || each <= 0n) return null;
  const of = (times: bigint): Offer => {
    const credits = formatCredits((each * times) as Credits);
    return { credits, amountMinor: costOf(credits, price) };
  };
  let times = (missing + each - 1n) / each;
  const single = of(1n).amountMinor;
  const most = single <= 0 ? times : BigInt(Math.floor(largestChargeMinor / single));
  if (times > most) times = most;
  return times <= 0n ? null : of(times);
}
