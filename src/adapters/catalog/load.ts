/**
 * From a file's text to a catalog that may be believed, or to every problem it has. A broken plan or meter is set aside
 * and the rest still held against each other, so that one typing mistake does not hide the next.
 */
import { createHash } from 'node:crypto';
import type { Catalog } from '../../domain/catalog.js';
import { buildCatalog } from './build.js';
import type { Names } from './build-meter.js';
import { type ExactText, exactText, exactValue, type Path, type Problem } from './exact-values.js';
import { explained, makeReporter } from './problems.js';
import { catalogFile } from './schema.js';

export type { Problem } from './exact-values.js';

export type LoadedCatalog =
  | { readonly kind: 'loaded'; readonly catalog: Catalog }
  | { readonly kind: 'invalid'; readonly source: string; readonly problems: readonly Problem[] };

/** Reads YAML or JSON text; `source` names it in messages: a file name, a template's key. */
export const loadCatalog = (text: string, source: string): LoadedCatalog => load(exactText(text), source);

/** The same for a catalog that lies inside a larger JSON document and has been parsed with it. */
export const loadCatalogValue = (value: unknown, source: string): LoadedCatalog => load(exactValue(value), source);

/** One problem as a line: "catalog.yaml:12  meters.image.rate: must be …". */
export const writtenProblem = (source: string, { path, line, message }: Problem): string =>
  `${source}${line === null ? '' : `:${line}`}  ${path ? `${path}: ` : ''}${message}`;

function load(text: ExactText, source: string): LoadedCatalog {
  const reporter = makeReporter(text);
  const invalid = (): LoadedCatalog => {
    const byLine = [...reporter.problems].sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
    return { kind: 'invalid', source, problems: byLine };
  };
  if (reporter.problems.length > 0) return invalid();
  if (!isMap(text.value)) {
    reporter.report([], 'A catalog is a map of sections: format, key, currency, brand, words, plans, meters, …');
    return invalid();
  }
  const names = namesIn(text.value);
  const parsed = catalogFile.safeParse(text.value, { reportInput: true });
  if (parsed.success) {
    const everyPlan = parsed.data.plans.map((_, index) => index);
    const catalog = buildCatalog(parsed.data, versionOf(text.value), names, everyPlan, reporter);
    return reporter.problems.length > 0 ? invalid() : { kind: 'loaded', catalog };
  }
  const found = explained(parsed.error.issues);
  for (const { path, message } of found) reporter.report(path, message);
  const { value, planIndexes } = withoutBroken(
    text.value,
    found.map((one) => one.path),
  );
  const rest = catalogFile.safeParse(value);
  if (rest.success) buildCatalog(rest.data, '', names, planIndexes, reporter);
  return invalid();
}

/** "v1-" and the start of a SHA-256 over what the file says, names in order; 1 and 1.0 are different texts. */
function versionOf(value: unknown): string {
  const hash = createHash('sha256')
    .update(JSON.stringify(inOrder(value)))
    .digest('hex');
  return `v1-${hash.slice(0, 12)}`;
}

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (!isMap(value)) return value;
  const pairs = Object.entries(value).map(([key, inner]) => [key, inOrder(inner)] as const);
  return pairs.sort(([a], [b]) => (a < b ? -1 : 1));
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const keysOf = (value: unknown): string[] => (isMap(value) ? Object.keys(value) : []);

const namesIn = (file: Record<string, unknown>): Names => ({
  features: keysOf(file.features),
  limits: keysOf(file.limits),
  sections: Object.keys(file),
});

const BY_NAME = new Set(['features', 'limits', 'meters']);

/** What stands in for a section that must be there, so that a mistake in it does not end the reading. */
const STAND_IN: Readonly<Record<string, unknown>> = {
  format: '1',
  key: 'unnamed',
  currency: 'usd',
  brand: { name: 'Unnamed' },
  words: { top_off_failed: '-', out_of_credits: '-', links: { billing: '/' } },
  plans: [{ key: 'unnamed', label: 'Unnamed', allotment: '0' }],
  meters: {},
};

/** The file without the smallest parts that the paths lie in: one plan, one meter, one section. */
function withoutBroken(file: Record<string, unknown>, broken: readonly Path[]) {
  const value: Record<string, unknown> = { ...file };
  const brokenPlans = new Set<number>();
  for (const [section, part] of broken) {
    const name = String(section);
    const inside = value[name];
    if (name === 'plans' && typeof part === 'number') {
      brokenPlans.add(part);
    } else if (BY_NAME.has(name) && isMap(inside) && part !== undefined) {
      const { [String(part)]: _broken, ...others } = inside;
      value[name] = others;
    } else {
      if (name in STAND_IN) value[name] = STAND_IN[name];
      else delete value[name];
    }
  }
  const plans = Array.isArray(value.plans) ? value.plans : [];
  const planIndexes = plans.map((_, index) => index).filter((index) => !brokenPlans.has(index));
  if (brokenPlans.size > 0)
    value.plans = planIndexes.length > 0 ? planIndexes.map((index) => plans[index]) : STAND_IN.plans;
  return { value, planIndexes };
}
