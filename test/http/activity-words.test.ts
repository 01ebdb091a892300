/** The ledger in the product’s own words: what a line says of itself, to a person. */
import { describe, expect, it } from 'vitest';
import { makeCatalogs, readCatalogs } from '../../src/adapters/catalog/registry.js';
import { credits } from '../../src/domain/credits.js';
import { instant } from '../../src/domain/instant.js';
import { entryDetails, entryTitle, wordsOf } from '../../src/http/activity-words.js';
import type { Entry } from '../../src/http/entries.js';

const read = readCatalogs(['atlios', 'receptionist', 'toolbench', 'storewriter']);
if (read.kind === 'invalid') throw new Error(read.problems.join('\n'));
const catalogs = makeCatalogs(read.files);

const entry = (more: Partial<Entry>): Entry => ({
  ...{ sequence: 1, entry: 'e', kind: 'use', lotKind: 'allotment', amount: credits(1), moved: credits(0) },
  ...{ balanceAfter: credits(1), occurredAt: instant(0), meter: null, quantity: null, properties: {}, reason: null },
  ...more,
});
const detailsIn = (catalog: string, more: Partial<Entry>): string =>
  entryDetails(entry(more), wordsOf(catalogs.find(catalog), catalog));
const titleIn = (catalog: string, more: Partial<Entry>): string =>
  entryTitle(entry(more), wordsOf(catalogs.find(catalog), catalog), 'growth');

describe('a use says', () => {
  it.each([
    ['atlios', 'image', { width: 2048, height: 1024 }, null, 'width 2,048 px · height 1,024 px'],
    [
      'receptionist',
      'answered_call',
      { outcome: 'full_conversation', seconds: 312 },
      null,
      'full conversation · 312 seconds',
    ],
    ['toolbench', 'image_generation', { model: 'studio' }, '3', '3 images · Model: studio'],
    ['storewriter', 'draft', { with_cover: true }, null, 'with cover'],
    ['storewriter', 'draft', { with_cover: false }, '2', '× 2'],
    [
      ...(['toolbench', 'text_generation'] as const),
      { model: 'deep', input_tokens: 12_000, output_tokens: 4_000 },
      '1',
      'Model: deep · 12,000 input tokens · 4,000 output tokens',
    ],
  ])('in %s of %s what each figure measures and each word names', (catalog, meter, properties, quantity, said) => {
    expect(detailsIn(catalog, { meter, properties, quantity })).toBe(said);
  });
});

it('credits of a trial are not called monthly', () => {
  expect(titleIn('atlios', { kind: 'grant', ofTrial: true })).toBe('Trial credits');
  expect(titleIn('atlios', { kind: 'grant', ofTrial: false })).toBe('Monthly credits');
});

it('what was used beyond the balance is billed under the product’s own name for it, with how much it was', () => {
  const bill = { kind: 'bill', lotKind: 'overage', amount: credits(900), moved: credits(900) } as const;
  expect(titleIn('atlios', bill)).toBe('Continue past your balance');
  expect(detailsIn('atlios', bill)).toBe('900 credits beyond the balance');
  expect(titleIn('receptionist', bill)).toBe('Pay-as-you-go');
});
