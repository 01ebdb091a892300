import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { credits, formatCredits, parseCredits } from '../../src/domain/credits.js';
import { minorUnits } from '../../src/domain/money.js';
import { type PackOffer, type PackWish, quotePack } from '../../src/domain/packs.js';
import { template } from '../support/catalogs.js';

const said = (offer: PackOffer | null): string =>
  offer === null ? 'none' : `${formatCredits(offer.credits)} for ${offer.amountMinor}`;
function quoted(key: string, wish: PackWish): string {
  const quote = quotePack(template(key), wish);
  return quote.kind === 'offer' ? said(quote) : `${quote.reason}: ${said(quote.below)}, ${said(quote.above)}`;
}
const ofCredits = (text: string): PackWish => ({ kind: 'credits', credits: parseCredits(text) ?? credits(0) });
const ofMoney = (minor: number): PackWish => ({ kind: 'money', amountMinor: minorUnits(minor) });

describe('packs', () => {
  test.each([
    ['atlios', ofMoney(1000), '250 for 1000'],
    ['atlios', ofMoney(200_000), '50000 for 200000'],
    ['atlios', ofMoney(999), 'amount_not_allowed: none, 250 for 1000'],
    ['atlios', ofMoney(200_001), 'amount_not_allowed: 50000 for 200000, none'],
    ['atlios', ofCredits('300'), '300 for 1200'],
    ['rheos', ofCredits('100'), 'not_offered: none, none'],
    ['toolbench', ofCredits('25'), 'amount_not_allowed: 20 for 200, 30 for 300'],
  ])('A29 A30 R12 T13 %s: what can be bought is exact, and a refusal names the two nearest', (key, wish, expected) => {
    expect(quoted(key, wish)).toBe(expected);
  });

  test('T13 T14 blocks of ten: every offer is a whole number of blocks, and what is refused lies between its neighbours', () => {
    const catalog = template('toolbench');
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5_000 }), (wanted) => {
        const quote = quotePack(catalog, { kind: 'credits', credits: credits(wanted) });
        const offers = quote.kind === 'offer' ? [quote] : [quote.below, quote.above].filter((one) => one !== null);
        for (const offer of offers) expect(offer.credits % credits(10)).toBe(0n);
        if (quote.kind === 'offer') expect(wanted % 10).toBe(0);
        else if (quote.below !== null && quote.above !== null) {
          expect(quote.below.credits < credits(wanted) && credits(wanted) < quote.above.credits).toBe(true);
        }
      }),
      { seed: 7, numRuns: 300 },
    );
  });

  test('exact both ways: the credits that money buys cost that money', () => {
    const catalog = template('atlios');
    fc.assert(
      fc.property(fc.integer({ min: 1000, max: 200_000 }), (amount) => {
        const bought = quotePack(catalog, ofMoney(amount));
        if (bought.kind !== 'offer') return;
        expect(quotePack(catalog, { kind: 'credits', credits: bought.credits })).toEqual(bought);
      }),
      { seed: 7, numRuns: 300 },
    );
  });

  test('A29 a preset is bought by its key, at its own price', () => {
    const catalog = template('atlios');
    const [preset] = catalog.packs?.presets ?? [];
    if (preset === undefined) throw new Error('atlios has no preset');
    expect(quotePack(catalog, { kind: 'preset', preset: preset.key })).toMatchObject({
      kind: 'offer',
      credits: preset.credits,
      amountMinor: preset.amountMinor,
    });
    expect(quotePack(catalog, { kind: 'preset', preset: 'no such' })).toMatchObject({
      kind: 'refused',
      reason: 'not_offered',
    });
  });
});
