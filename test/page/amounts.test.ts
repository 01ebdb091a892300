/** What the page says of an amount as it is typed is what the API would charge for it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeCatalogs, readCatalogs } from '../../src/adapters/catalog/registry.js';
import type { Catalog } from '../../src/domain/catalog.js';
import { formatCredits, microCredits, parseCredits } from '../../src/domain/credits.js';
import { minorUnits } from '../../src/domain/money.js';
import { type PackOffer, type PackWish, quotePack } from '../../src/domain/packs.js';
import {
  creditsTyped,
  type Grid,
  moneyText,
  parseMoney,
  parseNumber,
  saidOf,
  typed,
} from '../../src/page/core/amounts.js';
import { chargedAtOnce } from '../../src/page/forms/at-once.js';

const read = readCatalogs(['atlios', 'receptionist', 'toolbench']);
if (read.kind === 'invalid') throw new Error(read.problems.join('\n'));
const catalogs = makeCatalogs(read.files);

const shown = ({ credits, amountMinor }: PackOffer) => ({
  credits: formatCredits(credits),
  amountMinor: Number(amountMinor),
});

/** As the API spells the grid out. */
function gridOf(catalog: Catalog): Grid {
  const custom = catalog.packs?.custom;
  if (custom == null) throw new Error('it sells no amount of one’s own');
  const wish = (size: bigint): PackWish =>
    custom.kind === 'by_money'
      ? { kind: 'money', amountMinor: minorUnits(size) }
      : { kind: 'credits', credits: microCredits(size) };
  const at = (size: bigint, side: 'below' | 'above'): PackOffer => {
    const quote = quotePack(catalog, wish(size));
    const found = quote.kind === 'offer' ? quote : quote[side];
    if (found === null) throw new Error('nothing is for sale');
    return found;
  };
  const [min, max] = [at(custom.min, 'above'), at(custom.max, 'below')];
  const second = at((custom.kind === 'by_money' ? min.amountMinor : min.credits) + 1n, 'above');
  return {
    by: custom.kind === 'by_money' ? 'money' : 'credits',
    min: shown(min),
    max: shown(max),
    step: {
      credits: formatCredits(microCredits(second.credits - min.credits)),
      amountMinor: Number(second.amountMinor - min.amountMinor),
    },
  };
}

describe('an amount as it is typed', () => {
  it.each(['atlios', 'receptionist', 'toolbench'])(
    'A29 T13 of %s costs what the quote says, or the nearest that do',
    (key) => {
      const catalog = catalogs.find(key);
      if (catalog === undefined) throw new Error(key);
      const grid = gridOf(catalog);
      fc.assert(
        fc.property(fc.integer({ min: 0, max: 2_500_000 }), (size) => {
          const wish: PackWish =
            grid.by === 'money'
              ? { kind: 'money', amountMinor: minorUnits(size) }
              : { kind: 'credits', credits: microCredits(BigInt(size) * 10_000n) };
          const text =
            grid.by === 'money' ? moneyText(size, 'usd') : formatCredits(microCredits(BigInt(size) * 10_000n));
          const quote = quotePack(catalog, wish);
          const said = typed(text, grid, 'usd');
          if (quote.kind === 'offer') expect(said).toEqual({ kind: 'offer', ...shown(quote) });
          else {
            const nearest = (one: PackOffer | null) => (one === null ? null : shown(one));
            expect(said).toEqual({ kind: 'between', below: nearest(quote.below), above: nearest(quote.above) });
          }
        }),
      );
    },
  );

  it.each([
    ['50', '50'],
    ['1,000', '1000'],
    ['1,000.50', '1000.5'],
    ['12,5', '12.5'],
    ['$ 25', '25'],
    ['1 200', '1200'],
    ['50.', '50'],
    ['', null],
    ['abc', null],
    ['-5', null],
    ['1e3', null],
    ['1.2.3', null],
  ])('%j is read as %j', (text, read) => {
    expect(creditsTyped(text)).toBe(read);
  });

  it('is never rounded to what money can hold', () => {
    expect(parseMoney('10.005', 'usd')).toBeNull();
    expect(parseMoney('10.05', 'usd')).toBe(1005n);
    expect(parseMoney('10', 'jpy')).toBe(10n);
    expect(parseMoney('10.5', 'jpy')).toBeNull();
    expect(parseNumber('0.0000001')).toBeNull();
  });

  it('A30 A33 a ratio is said as the price of one where that is exact, else for a whole unit of money', () => {
    expect(saidOf({ credits: '25', amountMinor: 100 }, 'usd')).toEqual({ each: 4 });
    expect(saidOf({ credits: '0.25', amountMinor: 1 }, 'usd')).toEqual({ each: 4 });
    expect(saidOf({ credits: '3', amountMinor: 10 }, 'usd')).toEqual({ many: { credits: '30', amountMinor: 100 } });
    expect(saidOf({ credits: '7', amountMinor: 300 }, 'usd')).toEqual({ many: { credits: '7', amountMinor: 300 } });
  });
});

describe('what switching on would charge at once', () => {
  const terms = { price: { credits: '4', amountMinor: 100 }, largestChargeMinor: 100_000 };

  it('is as many whole amounts as bring the balance back to the threshold', () => {
    expect(chargedAtOnce('49.5', { threshold: '50', amount: '200' }, terms)).toEqual({
      credits: '200',
      amountMinor: 5_000,
    });
    expect(chargedAtOnce('-160', { threshold: '50', amount: '200' }, terms)).toEqual({
      credits: '400',
      amountMinor: 10_000,
    });
  });

  it('is nothing at the threshold or above it', () => {
    expect(chargedAtOnce('50', { threshold: '50', amount: '200' }, terms)).toBeNull();
  });

  it('is never more than the largest charge', () => {
    const least = { ...terms, largestChargeMinor: 7_000 };
    expect(chargedAtOnce('-900', { threshold: '50', amount: '200' }, least)).toEqual({
      credits: '200',
      amountMinor: 5_000,
    });
    expect(parseCredits('200')).toBe(200_000_000n);
  });
});
