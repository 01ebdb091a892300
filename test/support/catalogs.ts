/** Catalogs for tests: the built-in ones, and small ones written inside a test. */
import { builtInCatalog } from '../../src/adapters/catalog/built-in.js';
import { loadCatalog, writtenProblem } from '../../src/adapters/catalog/load.js';
import type { Catalog, PropertyValue } from '../../src/domain/catalog.js';
import { formatCredits } from '../../src/domain/credits.js';
import { type Priced, price } from '../../src/domain/pricing.js';

/** Throws for a key that is none of the five. */
export function template(key: string): Catalog {
  const catalog = builtInCatalog(key);
  if (!catalog) throw new Error(`There is no built-in catalog "${key}".`);
  return catalog;
}

/** The sections a test does not care about. */
export const FRAME = `
format: 1
key: test
currency: usd
brand: { name: Test }
words: { top_off_failed: Things stop., out_of_credits: Nothing is left., links: { billing: /billing } }
plans: [{ key: only, label: Only, allotment: 100 }]
`;

/** Throws with every problem where the text is no catalog. */
export function catalogOf(sections: string, frame: string = FRAME): Catalog {
  const loaded = loadCatalog(`${frame}\n${sections}`, 'test.yaml');
  if (loaded.kind === 'loaded') return loaded.catalog;
  throw new Error(loaded.problems.map((one) => writtenProblem(loaded.source, one)).join('\n'));
}

/** What a text that is no catalog has wrong, as "path: message"; empty where it is one. */
export function problemsOf(text: string): string[] {
  const loaded = loadCatalog(text, 'test.yaml');
  return loaded.kind === 'loaded' ? [] : loaded.problems.map(({ path, message }) => `${path}: ${message}`);
}

export function priced(
  catalog: Catalog,
  meterKey: string,
  properties: Readonly<Record<string, PropertyValue>> = {},
  quantity = 1,
): Priced {
  const meter = catalog.meters.get(meterKey);
  if (!meter) throw new Error(`The catalog has no meter "${meterKey}".`);
  return price(catalog, meter, quantity, properties);
}

/** The cost in credits as a decimal, or the refusal's reason in brackets. */
export function costs(...asked: Parameters<typeof priced>): string {
  const answer = priced(...asked);
  return answer.kind === 'priced' ? formatCredits(answer.credits) : `(${answer.reason})`;
}
