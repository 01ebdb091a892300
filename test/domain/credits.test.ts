import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Credits, credits, formatCredits, MICRO, microCredits, parseCredits } from '../../src/domain/credits.js';

test.each([
  ['12.5', 12_500_000n],
  ['0', 0n],
  ['0.000001', 1n],
  ['-3', -3_000_000n],
  ['007.10', 7_100_000n],
])('"%s" reads as %s micro-credits', (text, micro) => {
  expect(parseCredits(text)).toBe(micro);
});

test.each(['', '.5', '5.', '1e3', '0x10', '1,5', '1_000', ' 1', '+1', '0.0000001', 'NaN', '--1', '12345678901234'])(
  '"%s" is no amount of credits',
  (text) => {
    expect(parseCredits(text)).toBeNull();
  },
);

test('whatever is written reads back to the same micro-credits, in the shortest form', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }), (micro) => {
      const text = formatCredits(micro as Credits);
      expect(parseCredits(text)).toBe(micro);
      expect(text).not.toMatch(/\.\d*0$|\.$/);
    }),
  );
});

test('whole credits are millions of micro-credits', () => {
  expect(credits(200)).toBe(200n * MICRO);
  expect(formatCredits(credits(200))).toBe('200');
  expect(formatCredits(microCredits(-500_000n))).toBe('-0.5');
});
