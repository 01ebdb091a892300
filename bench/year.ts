/**
 * How long a year of a thousand accounts takes on each built-in catalog: read, played and reported, as `creditd simulate`
 * does it. Arguments: how many accounts (1000 unless said), and how many days from one use to the next (3).
 */
import { BUILT_IN, builtInCatalog } from '../src/adapters/catalog/built-in.js';
import type { Catalog } from '../src/domain/catalog.js';
import { simulate } from '../src/simulate/simulate.js';
import { yearOf } from './year-scenario.js';

const [accounts = 1_000, useEveryDays = 3] = process.argv.slice(2).map(Number);

function played(catalog: Catalog): string {
  const scenario = yearOf(catalog, { accounts, useEveryDays });
  const found = { kind: 'found', catalog } as const;
  const began = performance.now();
  const result = simulate(scenario, { named: () => found, written: () => found });
  const seconds = (performance.now() - began) / 1_000;
  if (result.kind === 'invalid')
    throw new Error(result.problems.map((one) => `${one.path}: ${one.message}`).join('\n'));
  const events = result.events.length;
  const lines = result.events.reduce((sum, event) => sum + event.lines.length, 0);
  return `${catalog.key.padEnd(14)} ${seconds.toFixed(1).padStart(6)} s  ${events} events, ${lines} ledger lines`;
}

console.log(`A year of ${accounts} accounts, a use every ${useEveryDays} days`);
for (const key of BUILT_IN) {
  const catalog = builtInCatalog(key);
  if (catalog !== null) console.log(played(catalog));
}
