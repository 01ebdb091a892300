/** Amounts as people type them, exactly: credits in millionths, money in minor units, never a float. */
import { type Credits, formatCredits, parseCredits } from '../../domain/credits.js';
import { type Currency, decimalsOf } from '../../domain/money.js';

export interface Offer {
  /** A decimal. */
  readonly credits: string;
  readonly amountMinor: number;
}

export interface Grid {
  readonly by: 'money' | 'credits';
  readonly min: Offer;
  readonly max: Offer;
  readonly step: Offer;
}

export type Typed =
  | { readonly kind: 'nothing' }
  /** No number at all. */
  | { readonly kind: 'unreadable' }
  | ({ readonly kind: 'offer' } & Offer)
  | { readonly kind: 'between'; readonly below: Offer | null; readonly above: Offer | null };

const micro = (decimal: string): bigint => parseCredits(decimal) ?? 0n;

/**
 * What was typed, as an amount that is for sale, or the nearest ones that are. What is for sale begins at the smallest amount
 * and goes on in equal steps to the largest, as the API says, so that the price shown is the price charged.
 */
export function typed(text: string, grid: Grid, currency: string): Typed {
  if (text.trim() === '') return { kind: 'nothing' };
  const size = grid.by === 'money' ? parseMoney(text, currency) : parseNumber(text);
  if (size === null) return { kind: 'unreadable' };
  const of = (offer: Offer): bigint => (grid.by === 'money' ? BigInt(offer.amountMinor) : micro(offer.credits));
  const [min, max, step] = [of(grid.min), of(grid.max), of(grid.step)];
  if (size < min) return { kind: 'between', below: null, above: grid.min };
  if (size > max) return { kind: 'between', below: grid.max, above: null };
  const steps = step > 0n ? (size - min) / step : 0n;
  if (step > 0n ? min + steps * step === size : size === min) return { kind: 'offer', ...nth(grid, steps) };
  return {
    kind: 'between',
    below: nth(grid, steps),
    above: min + (steps + 1n) * step > max ? null : nth(grid, steps + 1n),
  };
}

const nth = ({ min, step }: Grid, steps: bigint): Offer => ({
  credits: formatCredits((micro(min.credits) + steps * micro(step.credits)) as Credits),
  amountMinor: min.amountMinor + Number(steps) * step.amountMinor,
});

/** A plain number with a point, or with a comma for the point; blanks and a leading currency sign are forgiven. */
export function parseNumber(text: string): bigint | null {
  const bare = text.replace(/[\s\u00a0\u202f'_]/g, '').replace(/^[^\d-]*/, '');
  const grouped = /^\d{1,3}(,\d{3})+(\.\d+)?$/.test(bare) ? bare.replaceAll(',', '') : bare.replace(',', '.');
  return parseCredits(grouped.replace(/\.$/, ''));
}

export function parseMoney(text: string, currency: string): bigint | null {
  const found = parseNumber(text);
  if (found === null) return null;
  const unit = 10n ** BigInt(6 - decimalsOf(currency as Currency));
  return found % unit === 0n ? found / unit : null;
}

/** Credits as the API takes them, or null where they are none. */
export function creditsTyped(text: string): string | null {
  const found = parseNumber(text);
  return found === null || found < 0n ? null : formatCredits(found as Credits);
}

/** Minor units as a person would type them: 5000 → "50.00". */
export function moneyText(amountMinor: number, currency: string): string {
  const decimals = decimalsOf(currency as Currency);
  const digits = String(amountMinor).padStart(decimals + 1, '0');
  const cut = digits.length - decimals;
  return decimals === 0 ? digits : `${digits.slice(0, cut)}.${digits.slice(cut)}`;
}

/** What so many credits cost at a ratio, to the minor unit and never less than it. */
export function costOf(credits: string, ratio: Offer): number {
  const [asked, sold] = [micro(credits), micro(ratio.credits)];
  if (sold <= 0n) return 0;
  return Number((asked * BigInt(ratio.amountMinor) + sold - 1n) / sold);
}

/** A ratio as people say it: what one costs where that is a whole number of minor units, else how many a whole unit buys. */
export function saidOf(ratio: Offer, currency: string): { readonly each: number } | { readonly many: Offer } {
  const [credits, money] = [micro(ratio.credits), BigInt(ratio.amountMinor)];
  if (credits > 0n && (money * 1_000_000n) % credits === 0n) return { each: Number((money * 1_000_000n) / credits) };
  const unit = 10n ** BigInt(decimalsOf(currency as Currency));
  if (money <= 0n || (credits * unit) % money !== 0n) return { many: ratio };
  return { many: { credits: formatCredits(((credits * unit) / money) as Credits), amountMinor: Number(unit) } };
}

export const isNothing = (decimal: string): boolean => micro(decimal) === 0n;
export const isBelow = (a: string, b: string): boolean => micro(a) < micro(b);
export const difference = (a: string, b: string): string => formatCredits((micro(a) - micro(b)) as Credits);
export const sum = (all: readonly string[]): string =>
  formatCredits(all.reduce((whole, one) => whole + micro(one), 0n) as Credits);
/** In percent, for bars; 0 where there is nothing to compare with. */
export function share(part: string, whole: string): number {
  const [a, b] = [micro(part), micro(whole)];
  return b <= 0n ? 0 : Math.max(0, Math.min(100, Number((a * 1_000n) / b) / 10));
}
