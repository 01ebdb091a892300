import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LARGEST_CREDITS } from '../../src/domain/credits.js';
import { rounded } from '../../src/domain/pricing.js';
import { catalogOf, costs, priced } from '../support/catalogs.js';

const meterOf = (body: string) => catalogOf(`meters:\n  m:\n    label: M\n${body.replace(/^/gm, '    ')}`);

describe('rates', () => {
  test('credits for each unit, for a part of a batch, and for whole batches', () => {
    expect(costs(meterOf('rate: 3'), 'm', {}, 7)).toBe('21');
    const batches = (round: string) => meterOf(`rate: { credits: 2, per: 1000${round} }`);
    expect(costs(batches(''), 'm', {}, 1500)).toBe('3');
    expect(costs(batches(', round: up'), 'm', {}, 1001)).toBe('4');
    expect(costs(batches(', round: down'), 'm', {}, 1999)).toBe('2');
    expect(costs(batches(', round: half'), 'm', {}, 1500)).toBe('4');
    expect(costs(batches(', round: half'), 'm', {}, 1499)).toBe('2');
  });

  test('a minimum lifts a small use and leaves none at nothing', () => {
    const catalog = meterOf('rate: { credits: 1, per: 60, minimum: 5 }\nquantity: { at_least: 0 }');
    expect([0, 1, 300, 360].map((seconds) => costs(catalog, 'm', {}, seconds))).toEqual(['0', '5', '5', '6']);
  });

  test('a minimum and a rounding of a sum hold for the sum', () => {
    const catalog = meterOf('rate: { sum: [{ credits: 0.3 }, { credits: 0.3 }], round: up, minimum: 2 }');
    expect([1, 2, 4].map((quantity) => costs(catalog, 'm', {}, quantity))).toEqual(['2', '2', '3']);
  });

  test('a sum that costs nothing stays free beside a minimum', () => {
    const catalog = meterOf(`properties: { draft: { type: flag } }
rate: { sum: [{ by: draft, rows: { true: free, false: 1 } }], minimum: 5 }`);
    expect([true, false].map((draft) => costs(catalog, 'm', { draft }))).toEqual(['0', '5']);
  });

  test('once costs the same whatever the quantity, and adds to what grows with it', () => {
    const catalog = meterOf('rate: [{ once: 10 }, 2]');
    expect([1, 5].map((quantity) => costs(catalog, 'm', {}, quantity))).toEqual(['12', '20']);
  });

  test('a sum of two properties prices both quantities of one event', () => {
    const catalog = meterOf(`properties: { in: { type: whole }, out: { type: whole } }
rate: [{ credits: 0.5, per: 1000, of: in }, { credits: 2, per: 1000, of: out }]`);
    expect(costs(catalog, 'm', { in: 3000, out: 500 })).toBe('2.5');
    expect(costs(catalog, 'm', { in: 1, out: 0 })).toBe('0.0005');
  });

  test('less than a micro-credit is rounded once, at the end, a half up', () => {
    const thirds = meterOf('rate: [{ credits: 0.000001, per: 3 }, { credits: 0.000001, per: 3 }]');
    // Two thirds of a micro-credit: one; each third alone would have been none.
    expect(costs(thirds, 'm')).toBe('0.000001');
    expect(costs(meterOf('rate: { credits: 0.000001, per: 3 }'), 'm')).toBe('0');
  });

  test('a band holds for the whole event and includes its upper end', () => {
    const catalog = meterOf(
      'rate: { by: quantity, bands: [{ up_to: 10, rate: 5 }, { up_to: 100, rate: 4 }, { rate: 3 }] }',
    );
    expect([10, 11, 100, 101].map((quantity) => costs(catalog, 'm', {}, quantity))).toEqual(['50', '44', '400', '303']);
  });

  test('above the last band nothing is guessed', () => {
    const catalog = meterOf('rate: { by: quantity, bands: [{ up_to: 10, rate: 5 }] }');
    expect(priced(catalog, 'm', {}, 11)).toMatchObject({ reason: 'not_priced', field: 'quantity' });
  });

  test('tiers price each part at its own rate', () => {
    const catalog = meterOf(
      'rate: { of: quantity, tiers: [{ up_to: 10, credits: 5, once: 1 }, { up_to: 100, credits: 4, once: 2 }, { credits: 3 }] }',
    );
    expect([1, 10, 11, 100, 102].map((quantity) => costs(catalog, 'm', {}, quantity))).toEqual([
      '6',
      '51',
      '57',
      '413',
      '419',
    ]);
  });

  test('tables nest, and what is not listed costs what "otherwise" says', () => {
    const catalog = meterOf(`properties:
  model: { type: choice, one_of: [small, large] }
  size: { type: text }
  hd: { type: flag, default: false }
rate:
  by: model
  rows:
    small: free
    large: { by: size, rows: { "4k": { by: hd, rows: { true: 9, false: 7 } } }, otherwise: 1 }`);
    expect(costs(catalog, 'm', { model: 'small', size: 'x' })).toBe('0');
    expect(costs(catalog, 'm', { model: 'large', size: 'x' })).toBe('1');
    expect(costs(catalog, 'm', { model: 'large', size: '4k' })).toBe('7');
    expect(costs(catalog, 'm', { model: 'large', size: '4k', hd: true })).toBe('9');
  });
});

describe('what is refused', () => {
  const catalog = catalogOf(`meters:
  image:
    label: Image
    properties:
      width: { type: whole, at_least: 1, at_most: 8000, unit: px }
      scale: { type: number, default: 1 }
      style: { type: choice, one_of: [photo, sketch], required: false }
      note: { type: text, longest: 5, required: false }
      hd: { type: flag, default: false }
    rate: { by: width, bands: [{ up_to: 1024, rate: 4 }, { rate: 5 }] }
  huge: { label: Huge, rate: 1000000 }
  named:
    label: Named
    properties: { model: { type: text } }
    rate: { by: model, rows: { swift: 1, deep: 2 } }
`);
  // What arrives from a queue is not what the types say: these values stand for it.
  const untyped = (value: unknown) => value as number;

  test.each([
    [
      'a missing property',
      {},
      'missing_property',
      'width',
      'Meter "image" needs the property "width", a whole number from 1 to 8000 (px). Send it with the event.',
    ],
    [
      'an unknown property',
      { width: 1, hieght: 2 },
      'unknown_property',
      'hieght',
      'Meter "image" has no property "hieght". It knows: width, scale, style, note, hd.',
    ],
    [
      'a property that is nearly known',
      { widht: 1 },
      'unknown_property',
      'widht',
      'Meter "image" has no property "widht"; did you mean "width"? It knows: width, scale, style, note, hd.',
    ],
    [
      'text for a number',
      { width: '512' },
      'wrong_type',
      'width',
      'The property "width" must be a whole number from 1 to 8000 (px), not the text "512".',
    ],
    ['a fraction for a whole number', { width: 1.5 }, 'wrong_type', 'width', null],
    ['what is no number', { width: Number.NaN }, 'wrong_type', 'width', null],
    ['infinity', { width: Number.POSITIVE_INFINITY }, 'wrong_type', 'width', null],
    ['below the bounds', { width: 0 }, 'out_of_bounds', 'width', null],
    ['above the bounds', { width: 8001 }, 'out_of_bounds', 'width', null],
    ['a negative number', { width: -5 }, 'out_of_bounds', 'width', null],
    ['more than six decimals', { width: 1, scale: 0.1234567 }, 'wrong_type', 'scale', null],
    [
      'a value that is no choice',
      { width: 1, style: 'photoo' },
      'unknown_value',
      'style',
      'The property "style" must be one of photo, sketch, not the text "photoo"; did you mean "photo"?',
    ],
    ['text that is too long', { width: 1, note: 'abcdef' }, 'out_of_bounds', 'note', null],
    ['text for a flag', { width: 1, hd: 'true' }, 'wrong_type', 'hd', null],
    ['a name every object has', { width: 1, constructor: 1 }, 'unknown_property', 'constructor', null],
    ['a list for a number', { width: untyped([1]) }, 'wrong_type', 'width', null],
    ['null for a number', { width: untyped(null) }, 'wrong_type', 'width', null],
  ])('%s', (_, properties, reason, field, message) => {
    const answer = priced(catalog, 'image', properties);
    expect(answer).toMatchObject({ kind: 'refused', reason, field });
    if (message !== null) expect(answer).toMatchObject({ message });
  });

  test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, 1e21, untyped('3'), untyped(null)])(
    'a quantity of %s',
    (quantity) => {
      const answer = priced(catalog, 'image', { width: 1 }, quantity);
      expect(answer).toMatchObject({ kind: 'refused', reason: 'bad_quantity', field: 'quantity' });
    },
  );

  test('a model without a price names the priced ones', () => {
    expect(priced(catalog, 'named', { model: 'swft' })).toMatchObject({
      reason: 'unknown_value',
      field: 'model',
      message: 'Meter "named" has no price for "swft" as its "model"; did you mean "swift"? Priced are: swift, deep.',
    });
  });

  test('more than the ledger may move in one command', () => {
    expect(costs(catalog, 'huge', {}, 1000)).toBe('1000000000');
    expect(priced(catalog, 'huge', {}, 1001)).toMatchObject({ reason: 'too_expensive', field: null });
    expect(1_000_000_000n * 1_000_000n).toBe(LARGEST_CREDITS);
  });

  test('a meter may say that its quantity is a fraction, down to its own least', () => {
    const own = meterOf('rate: 2\nquantity: { whole: false, at_least: 0.5, at_most: 10, unit: hours }');
    expect(costs(own, 'm', {}, 0.75)).toBe('1.5');
    expect(costs(own, 'm', {}, 0.4)).toBe('(bad_quantity)');
    expect(costs(own, 'm', {}, 10.000001)).toBe('(bad_quantity)');
  });
});

describe('always', () => {
  test('a price is the exact ratio, rounded once', () => {
    const cents = fc.integer({ min: 1, max: 10_000 });
    fc.assert(
      fc.property(
        cents,
        fc.integer({ min: 1, max: 5_000 }),
        fc.integer({ min: 1, max: 1_000_000 }),
        (hundredths, per, quantity) => {
          const catalog = meterOf(`rate: { credits: ${(hundredths / 100).toFixed(2)}, per: ${per} }`);
          const exact = BigInt(hundredths) * 10_000n * BigInt(quantity);
          const answer = priced(catalog, 'm', {}, quantity);
          expect(answer).toMatchObject({ credits: (exact * 2n + BigInt(per)) / (2n * BigInt(per)) });
        },
      ),
    );
  });

  test('rounding up, down and half differ by less than one and agree on whole numbers', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 24n }), fc.bigInt({ min: 1n, max: 10n ** 12n }), (part, whole) => {
        const [down, half, up] = [
          rounded(part, whole, 'down'),
          rounded(part, whole, 'half'),
          rounded(part, whole, 'up'),
        ];
        expect(down * whole <= part && part <= up * whole).toBe(true);
        expect(up - down).toBe(part % whole === 0n ? 0n : 1n);
        expect(half).toBe((part % whole) * 2n >= whole ? up : down);
      }),
    );
  });

  test('the version a price was made from is in the answer', () => {
    const catalog = meterOf('rate: 1');
    expect(priced(catalog, 'm')).toMatchObject({ version: catalog.version });
  });
});
