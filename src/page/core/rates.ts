/** A meter's rate as lines of a price list: when it holds, and what it costs. The tree is the catalog's own, as JSON. */
import { STRINGS } from '../strings.js';

type Json = Readonly<Record<string, unknown>>;

interface Measure {
  readonly kind: 'quantity' | 'property';
  readonly key?: string;
}

/** Numbers are millionths, written as text. */
interface Plain {
  readonly kind: string;
  readonly credits?: string;
  readonly per?: string;
  readonly of?: Measure;
  readonly batches?: string | null;
  readonly minimum?: string;
  readonly by?: string | readonly Measure[];
  readonly rows?: Readonly<Record<string, Plain>>;
  readonly otherwise?: Plain | null;
  readonly bands?: readonly { readonly upTo: string | null; readonly rate: Plain }[];
  readonly tiers?: readonly { readonly upTo: string | null; readonly credits: string; readonly per: string }[];
  readonly rates?: readonly Plain[];
}

export interface RateLine {
  /** Empty: always. */
  readonly when: readonly string[];
  readonly cost: string;
}

export interface RateWords {
  /** "1,204.5" of a decimal. */
  readonly figure: (decimal: string) => string;
  readonly credits: (decimal: string) => string;
  /** Of the meter's quantity, such as "images". */
  readonly unit: string;
  readonly properties: readonly { readonly key: string; readonly label: string; readonly unit: string }[];
}

const LINES_MAX = 60;

export function rateLines(rate: unknown, words: RateWords): readonly RateLine[] {
  if (rate === null || typeof rate !== 'object' || typeof (rate as Json).kind !== 'string') return [];
  return linesOf(rate as Plain, words).slice(0, LINES_MAX);
}

function linesOf(rate: Plain, words: RateWords): readonly RateLine[] {
  const under = (when: string, one: Plain): readonly RateLine[] =>
    linesOf(one, words).map((line) => ({ ...line, when: [when, ...line.when] }));
  switch (rate.kind) {
    case 'table': {
      const by = typeof rate.by === 'string' ? rate.by : '';
      const named = Object.entries(rate.rows ?? {}).flatMap(([value, one]) => under(valueWords(by, value, words), one));
      const rest = rate.otherwise == null ? [] : under(STRINGS.rates.otherwise, rate.otherwise);
      return [...named, ...rest];
    }
    case 'bands': {
      const measures = Array.isArray(rate.by) ? (rate.by as readonly Measure[]) : [];
      const named = measures.map((one) => measureLabel(one, words).toLowerCase()).join(STRINGS.rates.and);
      const what = measures.length > 1 ? STRINGS.rates.largerOf(named) : named;
      let last: string | null = null;
      return (rate.bands ?? []).flatMap((band) => {
        const when = bandWords(what, measures, band.upTo, last, words);
        last = band.upTo;
        return under(when, band.rate);
      });
    }
    case 'sum':
      return sumOf(rate.rates ?? [], words);
    default:
      return [{ when: [], cost: costWords(rate, words) }];
  }
}

/** What has no forks is added up in one line; each fork after it is a line of what it adds, and none where it adds nothing. */
function sumOf(rates: readonly Plain[], words: RateWords): readonly RateLine[] {
  const isFork = (one: Plain): boolean => one.kind === 'table' || one.kind === 'bands' || one.kind === 'sum';
  const plain = rates.filter((one) => !isFork(one)).map((one) => costWords(one, words));
  const base = plain.length === 0 ? [] : [{ when: [], cost: plain.join(' + ') }];
  const more = rates.filter(isFork).flatMap((one) => linesOf(one, words));
  if (base.length === 0) return more;
  const dearer = more.filter((line) => line.cost !== STRINGS.rates.free);
  return [...base, ...dearer.map((line) => ({ ...line, cost: STRINGS.rates.more(line.cost) }))];
}

const decimal = (millionths: string | null | undefined): string => {
  const micro = BigInt(millionths ?? '0');
  const fraction = (micro % 1_000_000n).toString().padStart(6, '0').replace(/0+$/, '');
  return `${micro / 1_000_000n}${fraction === '' ? '' : `.${fraction}`}`;
};

function costWords(rate: Plain, words: RateWords): string {
  switch (rate.kind) {
    case 'free':
      return STRINGS.rates.free;
    case 'once':
      return words.credits(decimal(rate.credits));
    case 'tiers':
      return (rate.tiers ?? []).map((tier) => perWords(tier.credits, tier.per, rate.of, words)).join(', ');
    default: {
      const each = perWords(rate.credits, rate.per, rate.of, words);
      const least = decimal(rate.minimum);
      return least === '0' ? each : `${each}, ${STRINGS.rates.atLeast(words.credits(least))}`;
    }
  }
}

function perWords(
  credits: string | undefined,
  per: string | undefined,
  of: Measure | undefined,
  words: RateWords,
): string {
  const cost = words.credits(decimal(credits));
  const many = decimal(per);
  const unit = of === undefined ? '' : measureUnit(of, words);
  if (many === '1' && unit === '') return cost;
  return many === '1' ? STRINGS.rates.each(cost, unit) : STRINGS.rates.per(cost, words.figure(many), unit);
}

const propertyOf = ({ key }: Measure, words: RateWords) => words.properties.find((one) => one.key === key);

const measureLabel = (measure: Measure, words: RateWords): string =>
  measure.kind === 'quantity' ? words.unit : (propertyOf(measure, words)?.label ?? measure.key ?? '');

/** "input tokens" where the property says more than its unit does. */
function measureUnit(measure: Measure, words: RateWords): string {
  if (measure.kind === 'quantity') return words.unit;
  const found = propertyOf(measure, words);
  if (found === undefined) return measure.key ?? '';
  return found.label.toLowerCase();
}

const valueWords = (by: string, value: string, words: RateWords): string => {
  const label = words.properties.find((one) => one.key === by)?.label ?? by;
  if (value === 'true') return label;
  if (value === 'false') return STRINGS.rates.without(label.toLowerCase());
  return value.replaceAll('_', ' ');
};

function bandWords(
  what: string,
  measures: readonly Measure[],
  upTo: string | null,
  last: string | null,
  words: RateWords,
): string {
  const [first] = measures;
  const unit = first === undefined || first.kind === 'quantity' ? '' : (propertyOf(first, words)?.unit ?? '');
  const of = (millionths: string): string => `${words.figure(decimal(millionths))} ${unit}`.trim();
  if (upTo !== null) return STRINGS.rates.upTo(what, of(upTo));
  return last === null ? what : STRINGS.rates.above(what, of(last));
}
