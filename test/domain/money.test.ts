import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { credits, MICRO, microCredits } from '../../src/domain/credits.js';
import {
  chargeStepOf,
  currency,
  decimalsOf,
  formatMoney,
  minorUnits,
  money,
  smallestChargeOf,
} from '../../src/domain/money.js';
import { creditRatio, creditsFor, moneyFor, smallestSale } from '../../src/domain/pricing.js';

/** 25 credits for 1.00, which is 0.04 each. */
const FOUR_CENTS = creditRatio(credits(25), minorUnits(100));

describe('money as people read it', () => {
  test.each([
    [123456n, 'usd', '$1,234.56'],
    [5n, 'usd', '$0.05'],
    [-250n, 'usd', '-$2.50'],
    [1200n, 'jpy', '¥1,200'],
    [1234n, 'kwd', 'KWD 1.234'],
    [90071992547409931234n, 'usd', '$900,719,925,474,099,312.34'],
  ])('%s %s is %s', (amount, code, expected) => {
    expect(formatMoney(money(amount, code)).replaceAll('\u00a0', ' ')).toBe(expected);
  });

  test('decimals are the currency’s own', () => {
    expect(['usd', 'jpy', 'kwd'].map((code) => decimalsOf(currency(code)))).toEqual([2, 0, 3]);
  });

  /** Tables of locales have it otherwise for each of these: a price would be asked for a hundredfold or a hundredth. */
  test.each([
    ['isk', 2, 500_00n, 'ISK 500'],
    ['rsd', 2, 500_00n, 'RSD 500'],
    ['cop', 2, 500_00n, 'COP 500'],
    ['mga', 0, 5_000n, 'MGA 5,000'],
    ['huf', 2, 175_00n, 'HUF 175'],
  ])('minor units of %s are counted as the processor counts them, by %i decimals', (code, decimals, amount, text) => {
    expect(decimalsOf(currency(code))).toBe(decimals);
    expect(formatMoney(money(amount, code)).replaceAll('\u00a0', ' ').replace(/\.00$/, '')).toBe(text);
  });
});

describe('what the processor takes', () => {
  test.each([
    ['usd', 50n, 1n],
    ['eur', 50n, 1n],
    ['gbp', 30n, 1n],
    ['jpy', 50n, 1n],
    ['huf', 17_500n, 1n],
    ['isk', 100n, 100n],
    ['kwd', 500n, 10n],
    ['krw', 50n, 1n],
  ])('in %s is at least %i minor units, in steps of %i', (code, least, step) => {
    expect([smallestChargeOf(currency(code)), chargeStepOf(currency(code))]).toEqual([least, step]);
  });
});

describe('what credits cost and what money buys', () => {
  test('exact amounts convert both ways', () => {
    expect(moneyFor(FOUR_CENTS, credits(250))).toEqual({ kind: 'exact', amountMinor: 1000n });
    expect(creditsFor(FOUR_CENTS, minorUnits(1000))).toEqual({ kind: 'exact', credits: credits(250) });
  });

  test('money that would buy a part of a credit is refused with the nearest two amounts', () => {
    expect(creditsFor(FOUR_CENTS, minorUnits(1003))).toEqual({
      kind: 'inexact',
      below: { credits: credits(250), amountMinor: 1000n },
      above: { credits: credits(251), amountMinor: 1004n },
    });
  });

  test('parts of a credit are not for sale, even where their price would be whole', () => {
    expect(moneyFor(FOUR_CENTS, microCredits(250_000n))).toEqual({
      kind: 'inexact',
      below: null,
      above: { credits: credits(1), amountMinor: 4n },
    });
  });

  test('a price that does not divide sells only its multiples: 3 credits for 1.00', () => {
    const thirds = creditRatio(credits(3), minorUnits(100));
    expect(smallestSale(thirds)).toEqual({ credits: credits(3), amountMinor: 100n });
    expect(moneyFor(thirds, credits(200))).toEqual({
      kind: 'inexact',
      below: { credits: credits(198), amountMinor: 6600n },
      above: { credits: credits(201), amountMinor: 6700n },
    });
  });

  test.each([0n, -5n])('%s is no sale: only the smallest amount above it is named', (amount) => {
    const sale = { credits: credits(1), amountMinor: 4n };
    expect(moneyFor(FOUR_CENTS, microCredits(amount))).toEqual({ kind: 'inexact', below: null, above: sale });
    expect(creditsFor(FOUR_CENTS, minorUnits(amount))).toEqual({ kind: 'inexact', below: null, above: sale });
  });

  test('a price needs credits and money above zero', () => {
    expect(() => creditRatio(credits(0), minorUnits(1))).toThrow(RangeError);
    expect(() => creditRatio(credits(1), minorUnits(0))).toThrow(RangeError);
  });

  const ratios = fc
    .tuple(fc.bigInt({ min: 1n, max: 10n ** 10n }), fc.bigInt({ min: 1n, max: 100_000n }))
    .map(([micro, minor]) => creditRatio(microCredits(micro), minorUnits(minor)));

  test('an exact sale is exactly the ratio and converts back', () => {
    fc.assert(
      fc.property(ratios, fc.bigInt({ min: 1n, max: 10_000n }), (ratio, times) => {
        const amountMinor = minorUnits(smallestSale(ratio).amountMinor * times);
        const bought = creditsFor(ratio, amountMinor);
        if (bought.kind !== 'exact') return expect.fail('a multiple of the smallest sale must be exact');
        expect(bought.credits * ratio.money).toBe(amountMinor * ratio.credits);
        expect(bought.credits % MICRO).toBe(0n);
        expect(moneyFor(ratio, bought.credits)).toEqual({ kind: 'exact', amountMinor });
      }),
    );
  });

  test('the two amounts named beside a refused one are themselves for sale, and nothing between them is', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 40 }),
        fc.nat(400),
        (many, minor, asked) => {
          const ratio = creditRatio(credits(many), minorUnits(minor));
          const found = creditsFor(ratio, minorUnits(asked));
          if (found.kind === 'exact') return;
          expect(creditsFor(ratio, found.above.amountMinor)).toEqual({ kind: 'exact', credits: found.above.credits });
          const from = found.below?.amountMinor ?? 0n;
          for (let between = from + 1n; between < found.above.amountMinor; between += 1n) {
            expect((between * ratio.credits) % (ratio.money * MICRO)).not.toBe(0n);
          }
          expect(from < BigInt(asked) || asked === 0).toBe(true);
        },
      ),
    );
  });
});
