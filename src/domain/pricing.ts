/**
 * Prices. What a use costs, from its meter's rate; what credits cost, and how many an amount of money buys. Everything is
 * a ratio of whole numbers until the last step, and `rounded` is the only place where a ratio becomes whole.
 */
import type { Band, Catalog, CreditRatio, Meter, PropertyValue, Rate, Rounding, Tier } from './catalog.js';
import { measured, type PriceRefusal, type Reading, type Refused, readEvent, refused } from './catalog-reading.js';
import { orDidYouMean } from './catalog-suggest.js';
import { type Credits, formatCredits, LARGEST_CREDITS, MICRO, microCredits } from './credits.js';
import { type MinorUnits, minorUnits } from './money.js';

export type { PriceRefusal } from './catalog-reading.js';

export type Priced =
  | { readonly kind: 'priced'; readonly credits: Credits; readonly version: string }
  | {
      readonly kind: 'refused';
      readonly reason: PriceRefusal;
      readonly field: string | null;
      readonly message: string;
    };

/** The whole number that `numerator / denominator` becomes. Both ends are never negative here; a half goes up. */
export function rounded(numerator: bigint, denominator: bigint, rounding: Rounding): bigint {
  const down = numerator / denominator;
  const rest = numerator - down * denominator;
  if (rest === 0n || rounding === 'down') return down;
  return rounding === 'up' || rest * 2n >= denominator ? down + 1n : down;
}

/**
 * What one use costs. The quote an owner sees and the debit that follows are this function, so they cannot disagree.
 * Less than a micro-credit is rounded once, at the end, a half up.
 */
export function price(
  catalog: Catalog,
  meter: Meter,
  quantity: number,
  properties: Readonly<Record<string, PropertyValue>>,
): Priced {
  const reading = readEvent(meter, quantity, properties);
  if (reading.kind === 'refused') return reading;
  const cost = costOf(meter.rate, reading, meter);
  if (cost.kind === 'refused') return cost;
  const whole = rounded(cost.micro, cost.of, 'half');
  if (whole > LARGEST_CREDITS) {
    const most = formatCredits(LARGEST_CREDITS);
    return refused('too_expensive', null, `This use of meter "${meter.key}" would cost more than ${most} credits.`);
  }
  return { kind: 'priced', credits: microCredits(whole), version: catalog.version };
}

/** An exact cost: `micro / of` micro-credits. */
interface Cost {
  readonly kind: 'cost';
  readonly micro: bigint;
  readonly of: bigint;
}

const FREE: Cost = { kind: 'cost', micro: 0n, of: 1n };
const whole = (micro: bigint): Cost => ({ kind: 'cost', micro, of: 1n });
const atLeast = (cost: Cost, minimum: bigint): Cost => (cost.micro < minimum * cost.of ? whole(minimum) : cost);

function added(a: Cost, b: Cost): Cost {
  if (a.of === b.of) return { kind: 'cost', micro: a.micro + b.micro, of: a.of };
  return reduced(a.micro * b.of + b.micro * a.of, a.of * b.of);
}

function reduced(micro: bigint, of: bigint): Cost {
  const divisor = commonDivisor(micro, of);
  return { kind: 'cost', micro: micro / divisor, of: of / divisor };
}

function costOf(rate: Rate, reading: Reading, meter: Meter): Cost | Refused {
  switch (rate.kind) {
    case 'free':
      return FREE;
    case 'once':
      return whole(rate.credits);
    case 'per': {
      const amount = measured(reading, rate.of) ?? 0n;
      if (amount <= 0n) return FREE;
      const cost =
        rate.batches === null
          ? reduced(amount * rate.credits, rate.per)
          : whole(rounded(amount, rate.per, rate.batches) * rate.credits);
      return atLeast(cost, rate.minimum);
    }
    case 'table':
      return costByTable(rate, reading, meter);
    case 'bands':
      return costByBand(rate, reading, meter);
    case 'tiers':
      return costByTiers(rate.tiers, measured(reading, rate.of) ?? 0n);
    case 'sum':
      return costOfSum(rate, reading, meter);
  }
}

function costByTable(rate: Extract<Rate, { kind: 'table' }>, reading: Reading, meter: Meter): Cost | Refused {
  const value = reading.values.get(rate.by);
  const row = value === undefined ? undefined : rate.rows.get(value);
  const chosen = row ?? rate.otherwise;
  if (chosen) return costOf(chosen, reading, meter);
  const known = [...rate.rows.keys()];
  const said = value === undefined ? `without "${rate.by}"` : `for "${value.slice(0, 60)}" as its "${rate.by}"`;
  const hint = `${orDidYouMean(value ?? '', known)} Priced are: ${known.join(', ')}.`;
  return refused('unknown_value', rate.by, `Meter "${meter.key}" has no price ${said}${hint}`);
}

function costByBand(rate: Extract<Rate, { kind: 'bands' }>, reading: Reading, meter: Meter): Cost | Refused {
  let size = 0n;
  for (const measure of rate.by) {
    const amount = measured(reading, measure) ?? 0n;
    if (amount > size) size = amount;
  }
  const band = rate.bands.find((one: Band) => one.upTo === null || size <= one.upTo);
  if (band) return costOf(band.rate, reading, meter);
  const named = rate.by.map((measure) => (measure.kind === 'quantity' ? 'quantity' : measure.key));
  const most = rate.bands.at(-1)?.upTo ?? 0n;
  const message = `Meter "${meter.key}" has no price above ${formatCredits(microCredits(most))} for ${named.join(' and ')}.`;
  return refused('not_priced', named[0] ?? null, `${message} Send less in one event.`);
}

function costByTiers(tiers: readonly Tier[], amount: bigint): Cost {
  let total = FREE;
  let reached = 0n;
  for (const tier of tiers) {
    if (amount <= reached) break;
    const top = tier.upTo === null || amount < tier.upTo ? amount : tier.upTo;
    total = added(total, reduced((top - reached) * tier.credits, tier.per));
    total = added(total, whole(tier.once));
    reached = top;
  }
  return total;
}

function costOfSum(rate: Extract<Rate, { kind: 'sum' }>, reading: Reading, meter: Meter): Cost | Refused {
  let total = FREE;
  for (const one of rate.rates) {
    const cost = costOf(one, reading, meter);
    if (cost.kind === 'refused') return cost;
    total = added(total, cost);
  }
  const even = rate.round === null ? total : whole(rounded(total.micro, total.of * MICRO, rate.round) * MICRO);
  return total.micro === 0n ? even : atLeast(even, rate.minimum);
}

// ── Money ────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** An amount of credits and the money that buys exactly it. */
export interface Sale {
  readonly credits: Credits;
  readonly amountMinor: MinorUnits;
}

export type MoneyFor =
  | { readonly kind: 'exact'; readonly amountMinor: MinorUnits }
  /** The nearest two that can be sold; below is null where nothing smaller can. */
  | { readonly kind: 'inexact'; readonly below: Sale | null; readonly above: Sale };

export type CreditsFor =
  | { readonly kind: 'exact'; readonly credits: Credits }
  | { readonly kind: 'inexact'; readonly below: Sale | null; readonly above: Sale };

/** In lowest terms. Throws RangeError unless both are above zero: a catalog with such a price is never loaded. */
export function creditRatio(amount: Credits, money: MinorUnits): CreditRatio {
  if (amount <= 0n || money <= 0n) throw new RangeError('A price of credits needs credits and money above zero.');
  const divisor = commonDivisor(amount, money);
  return { credits: microCredits(amount / divisor), money: minorUnits(money / divisor) };
}

/** The smallest sale at a ratio: whole credits for whole minor units. Every sale is a multiple of it. */
export function smallestSale(ratio: CreditRatio): Sale {
  const { credits, money } = creditRatio(ratio.credits, ratio.money);
  const times = MICRO / commonDivisor(credits, MICRO);
  return { credits: microCredits(credits * times), amountMinor: minorUnits(money * times) };
}

/** What credits cost. Inexact where they are not whole credits, or would not cost whole minor units. */
export function moneyFor(ratio: CreditRatio, wanted: Credits): MoneyFor {
  const unit = smallestSale(ratio);
  const near = nearest(unit, wanted, unit.credits);
  return near.kind === 'exact' ? { kind: 'exact', amountMinor: minorUnits(near.times * unit.amountMinor) } : near;
}

/** What money buys. Inexact where it would not be whole credits. */
export function creditsFor(ratio: CreditRatio, amountMinor: MinorUnits): CreditsFor {
  const unit = smallestSale(ratio);
  const near = nearest(unit, amountMinor, unit.amountMinor);
  return near.kind === 'exact' ? { kind: 'exact', credits: microCredits(near.times * unit.credits) } : near;
}

function nearest(
  unit: Sale,
  wanted: bigint,
  step: bigint,
): { kind: 'exact'; times: bigint } | { kind: 'inexact'; below: Sale | null; above: Sale } {
  const below = wanted <= 0n ? 0n : wanted / step;
  if (wanted > 0n && below * step === wanted) return { kind: 'exact', times: below };
  const sale = (times: bigint): Sale => ({
    credits: microCredits(times * unit.credits),
    amountMinor: minorUnits(times * unit.amountMinor),
  });
  return { kind: 'inexact', below: below === 0n ? null : sale(below), above: sale(below + 1n) };
}

function commonDivisor(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x === 0n ? 1n : x;
}
