/** From a meter as it is written to the domain's meter, with everything it refers to held against what exists. */
import type { CountsToward, Limit, Meter, Property, StandardRun } from '../../domain/catalog.js';
import { orDidYouMean } from '../../domain/catalog-suggest.js';
import { checkRate } from './check-rate.js';
import type { Path } from './exact-values.js';
import type { Reporter } from './problems.js';
import type { LimitFile, MeterFile, PropertyFile } from './schema-meter.js';

const HOLD_MINUTES = 15;
/** Long enough for any id or model name, short enough for a ledger line. */
const LONGEST_TEXT = 200;

/** Names declared anywhere in the file, readable or not: a broken limit is reported once and not again by its users. */
export interface Names {
  readonly features: readonly string[];
  readonly limits: readonly string[];
  readonly sections: readonly string[];
}

export function buildMeter(key: string, file: MeterFile, names: Names, reporter: Reporter): Meter {
  const at: Path = ['meters', key];
  const properties = new Map<string, Property>();
  for (const [name, written] of Object.entries(file.properties ?? {})) {
    properties.set(name, buildProperty(name, written, [...at, 'properties', name], reporter));
  }
  checkRate(file.rate, properties, [...at, 'rate'], reporter);
  if (file.feature !== undefined && !names.features.includes(file.feature)) {
    const end = orDidYouMean(file.feature, names.features);
    reporter.report([...at, 'feature'], `names the feature "${file.feature}", which "features" does not list${end}`);
  }
  const { at_least: least = 1, at_most: most = null, whole = true, unit = '' } = file.quantity ?? {};
  checkBounds(least, most, whole, [...at, 'quantity'], reporter);
  return {
    key,
    label: file.label,
    group: file.group ?? '',
    properties,
    rate: file.rate,
    standardRun: standardRun(file),
    feature: file.feature ?? null,
    countsToward: (file.counts_toward ?? []).map((written, index) =>
      countsToward(written, properties, names, [...at, 'counts_toward', index], reporter),
    ),
    holdMinutes: file.hold_minutes ?? HOLD_MINUTES,
    defaultMode: file.mode ?? 'happened',
    quantity: { least, most, whole, unit },
  };
}

function standardRun({ standard_run: run, label, properties, quantity }: MeterFile): StandardRun | null {
  if (!run) return null;
  const values = Object.entries(run.properties ?? {}).map(([key, value]) => {
    const type = properties?.[key]?.type;
    return [key, (type === 'whole' || type === 'number') && typeof value === 'string' ? Number(value) : value];
  });
  return {
    label: run.label ?? label,
    quantity: run.quantity ?? Math.max(quantity?.at_least ?? 1, 1),
    properties: Object.fromEntries(values),
  };
}

function countsToward(
  written: { limit: string; by?: string | undefined },
  properties: ReadonlyMap<string, Property>,
  names: Names,
  at: Path,
  reporter: Reporter,
): CountsToward {
  if (!names.limits.includes(written.limit)) {
    const end = orDidYouMean(written.limit, names.limits);
    reporter.report([...at, 'limit'], `names the limit "${written.limit}", which "limits" does not list${end}`);
  }
  const by = written.by ?? 'account';
  if (by === 'account' || by === 'member') return { limit: written.limit, by: { kind: by } };
  const property = properties.get(by);
  if (!property || !(property.required || property.fallback !== null)) {
    const known = ['account', 'member', ...properties.keys()];
    const message = `is counted by "${by}", which must be account, member, or a property that is always there`;
    reporter.report([...at, 'by'], `${message}${orDidYouMean(by, known)}`);
  }
  return { limit: written.limit, by: { kind: 'property', key: by } };
}

function buildProperty(key: string, file: PropertyFile, at: Path, reporter: Reporter): Property {
  if (key === 'quantity')
    reporter.report(at, '"quantity" is every event\'s own field; give this property another name');
  const fallback = file.default ?? null;
  const base = { key, label: file.label ?? sentenceOf(key), required: file.required ?? fallback === null };
  if (file.required === true && fallback !== null) {
    reporter.report([...at, 'default'], 'is never used, because the property is required; remove one of the two');
  }
  switch (file.type) {
    case 'whole':
    case 'number': {
      const { at_least: least = 0, at_most: most = null, unit = '' } = file;
      checkBounds(least, most, file.type === 'whole', at, reporter);
      const value = file.default ?? null;
      const fits = value === null || (value >= least && (most === null || value <= most));
      if (!fits) reporter.report([...at, 'default'], `must lie within the property's own bounds, not be ${value}`);
      return { ...base, kind: 'number', whole: file.type === 'whole', least, most, unit, fallback: value };
    }
    case 'choice': {
      const value = file.default ?? null;
      if (value !== null && !file.one_of.includes(value)) {
        reporter.report([...at, 'default'], `must be one of "one_of"${orDidYouMean(value, file.one_of)}`);
      }
      return { ...base, kind: 'choice', oneOf: file.one_of, fallback: value };
    }
    case 'text':
      return { ...base, kind: 'text', longest: file.longest ?? LONGEST_TEXT, fallback: file.default ?? null };
    case 'flag':
      return { ...base, kind: 'flag', fallback: file.default ?? null };
  }
}

function checkBounds(least: number, most: number | null, whole: boolean, at: Path, reporter: Reporter): void {
  if (most !== null && most < least) reporter.report([...at, 'at_most'], `must not be below "at_least", ${least}`);
  const ends: [string, number | null][] = [
    ['at_least', least],
    ['at_most', most],
  ];
  for (const [end, value] of ends) {
    if (value !== null && whole && !Number.isInteger(value)) reporter.report([...at, end], 'must be a whole number');
  }
  if (at.at(-1) === 'quantity' && least < 0) reporter.report([...at, 'at_least'], 'must not be below 0');
}

/** "input_tokens" → "Input tokens". */
const sentenceOf = (key: string): string => {
  const words = key.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
};

export function buildLimit(key: string, file: LimitFile, reporter: Reporter): Limit {
  if (file.kind === 'level') return { kind: 'level', key, label: file.label, of: file.of ?? 'account' };
  if ((file.per === undefined) === (file.until === undefined)) {
    const message = 'must say either "per" (minute, hour, day, period or lifetime) or "until" (an instant)';
    reporter.report(['limits', key], message);
  }
  const window =
    file.until === undefined ? { kind: file.per ?? 'period' } : ({ kind: 'until', at: file.until } as const);
  return { kind: 'window', key, label: file.label, window };
}
