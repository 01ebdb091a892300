/**
 * Credits are whole micro-credits: 1 credit = 1 000 000. Never a float. In JSON they are decimal strings ("12.5").
 */
declare const unit: unique symbol;
export type Credits = bigint & { readonly [unit]: 'micro-credit' };

export const MICRO = 1_000_000n;
export const NO_CREDITS = 0n as Credits;
/** The largest amount one command may move: a billion credits keeps every sum far inside Postgres's bigint. */
export const LARGEST_CREDITS = (1_000_000_000n * MICRO) as Credits;

export const microCredits = (micro: bigint): Credits => micro as Credits;
export const credits = (whole: number | bigint): Credits => (BigInt(whole) * MICRO) as Credits;
export const plus = (a: Credits, b: Credits): Credits => (a + b) as Credits;
export const minus = (a: Credits, b: Credits): Credits => (a - b) as Credits;
export const negated = (a: Credits): Credits => -a as Credits;
export const least = (a: Credits, b: Credits): Credits => (a < b ? a : b);
export const most = (a: Credits, b: Credits): Credits => (a > b ? a : b);

/** "12.5" → 12 500 000 micro-credits. Null for anything that is not a decimal with at most six places. */
export function parseCredits(text: string): Credits | null {
  const match = /^(-?)(\d{1,13})(?:\.(\d{1,6}))?$/.exec(text);
  if (!match) return null;
  const [, sign, whole = '0', fraction = ''] = match;
  const micro = BigInt(whole) * MICRO + BigInt(fraction.padEnd(6, '0'));
  return (sign ? -micro : micro) as Credits;
}

/** 12 500 000 micro-credits → "12.5": the shortest decimal that reads back to the same number. */
export function formatCredits(amount: Credits): string {
  const size = amount < 0n ? -amount : amount;
  const fraction = (size % MICRO).toString().padStart(6, '0').replace(/0+$/, '');
  return `${amount < 0n ? '-' : ''}${size / MICRO}${fraction ? `.${fraction}` : ''}`;
}
