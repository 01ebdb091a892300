/** What the walk's product sells. */
import { loadCatalog, writtenProblem } from '../../src/adapters/catalog/load.js';
import type { Catalog } from '../../src/domain/catalog.js';

/** Two paid plans and a free one, packs, pay-as-you-go and auto top-off: whatever moves money. */
export const WALK_CATALOG = `
format: 1
key: walk
currency: usd
brand: { name: Walk }
words: { top_off_failed: Things stop., out_of_credits: Nothing is left., links: { billing: /billing } }
credit_price: { credits: 4, for: 1.00 }
pay_as_you_go: { credits: 4, for: 1.20 }
plans:
  - { key: free, label: Free, allotment: 20 }
  - { key: basic, label: Basic, price: { amount: 29.00, every: month }, allotment: 100, pay_as_you_go_cap: 30.00, packs: true, auto_top_off: true }
  - { key: plus, label: Plus, price: { amount: 99.00, every: month }, allotment: 300, pay_as_you_go_cap: 90.00, packs: true, auto_top_off: true }
meters:
  call: { label: Call, rate: 1, standard_run: {}, mode: happened }
packs:
  presets: [{ credits: 40 }, { credits: 100 }]
  custom: { by: credits, min: 20, max: 2000, step: 20 }
auto_top_off:
  { threshold: 50, amount: 100, min_amount: 20, max_amount: 2000, step: 20, largest_charge: 500.00, charges_per_hour: 12 }
`;

/** Throws with every problem where it is no catalog. */
export function walkCatalog(): Catalog {
  const loaded = loadCatalog(WALK_CATALOG, 'walk.yaml');
  if (loaded.kind === 'loaded') return loaded.catalog;
  throw new Error(loaded.problems.map((one) => writtenProblem(loaded.source, one)).join('\n'));
}
