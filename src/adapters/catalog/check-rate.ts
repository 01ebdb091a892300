/** A rate may ask only for what every event brings: otherwise a price would fail after the catalog was found good. */
import type { Measure, Property, Rate } from '../../domain/catalog.js';
import { orDidYouMean } from '../../domain/catalog-suggest.js';
import type { Path } from './exact-values.js';
import type { Reporter } from './problems.js';

type Properties = ReadonlyMap<string, Property>;

export function checkRate(rate: Rate, properties: Properties, at: Path, reporter: Reporter): void {
  switch (rate.kind) {
    case 'free':
    case 'once':
      return;
    case 'per':
      checkMeasure(rate.of, properties, [...at, 'of'], reporter);
      return;
    case 'table':
      checkTable(rate, properties, at, reporter);
      return;
    case 'bands':
      for (const measure of rate.by) checkMeasure(measure, properties, [...at, 'by'], reporter);
      checkOrder(rate.bands, [...at, 'bands'], reporter);
      for (const [index, band] of rate.bands.entries()) {
        checkRate(band.rate, properties, [...at, 'bands', index, 'rate'], reporter);
      }
      return;
    case 'tiers':
      checkMeasure(rate.of, properties, [...at, 'of'], reporter);
      if (rate.tiers.at(-1)?.upTo !== null) {
        reporter.report([...at, 'tiers'], 'must end with a tier without "up_to", so that everything has a price');
      }
      checkOrder(rate.tiers, [...at, 'tiers'], reporter);
      return;
    case 'sum':
      for (const [index, one] of rate.rates.entries()) checkRate(one, properties, [...at, index], reporter);
      return;
  }
}

function checkMeasure(measure: Measure, properties: Properties, at: Path, reporter: Reporter): void {
  if (measure.kind === 'quantity') return;
  const property = properties.get(measure.key);
  const numbers = [...properties.values()].filter((one) => one.kind === 'number').map((one) => one.key);
  if (property?.kind !== 'number') {
    const end = orDidYouMean(measure.key, ['quantity', ...numbers]);
    reporter.report(at, `names "${measure.key}", which is neither quantity nor a numeric property of this meter${end}`);
    return;
  }
  if (property.least < 0) reporter.report(at, `measures "${measure.key}", whose "at_least" must not be below 0`);
  checkAlwaysThere(property, at, reporter);
}

function checkAlwaysThere(property: Property, at: Path, reporter: Reporter): void {
  if (property.required || property.fallback !== null) return;
  reporter.report(at, `needs "${property.key}" in every event: make the property required or give it a default`);
}

function checkTable(
  rate: Extract<Rate, { kind: 'table' }>,
  properties: Properties,
  at: Path,
  reporter: Reporter,
): void {
  const property = properties.get(rate.by);
  if (!property) {
    const end = orDidYouMean(rate.by, properties.keys());
    reporter.report([...at, 'by'], `names "${rate.by}", which is no property of this meter${end}`);
  } else {
    checkAlwaysThere(property, [...at, 'by'], reporter);
    checkRows(rate, property, at, reporter);
  }
  for (const [value, row] of rate.rows) checkRate(row, properties, [...at, 'rows', value], reporter);
  if (rate.otherwise) checkRate(rate.otherwise, properties, [...at, 'otherwise'], reporter);
}

/** Where the values are known, each has a row and no row waits for a value that cannot come. */
function checkRows(rate: Extract<Rate, { kind: 'table' }>, property: Property, at: Path, reporter: Reporter): void {
  const values = property.kind === 'choice' ? property.oneOf : property.kind === 'flag' ? ['true', 'false'] : null;
  if (values === null) return;
  for (const row of rate.rows.keys()) {
    if (values.includes(row)) continue;
    const end = orDidYouMean(row, values);
    reporter.report([...at, 'rows', row], `"${row}" is no value of the property "${property.key}"${end}`);
  }
  const without = values.filter((value) => !rate.rows.has(value));
  if (without.length > 0 && !rate.otherwise) {
    const message = `has no row for ${without.map((value) => `"${value}"`).join(', ')}`;
    reporter.report([...at, 'rows'], `${message}: add it, or say "otherwise"`);
  }
}

function checkOrder(steps: readonly { readonly upTo: bigint | null }[], at: Path, reporter: Reporter): void {
  let before = 0n;
  for (const [index, { upTo }] of steps.entries()) {
    if (upTo === null && index < steps.length - 1) {
      reporter.report([...at, index], 'has no "up_to", so nothing after it can ever be reached; put it last');
    }
    if (upTo === null) continue;
    if (upTo <= before) reporter.report([...at, index, 'up_to'], 'must be larger than the one before it');
    before = upTo;
  }
}
