/** A catalog written inside a scenario: what only people read may be left out, and is filled in here. */
import type { Catalog } from '../domain/catalog.js';
import type { Problem } from './problems.js';

/** How a scenario gets its catalog: read and checked by whoever reads catalogs. */
export interface Catalogs {
  /** A built-in key or a file. */
  named(name: string): FoundCatalog;
  /** A whole catalog as a JSON or YAML parser has read it. Asked for again with equal text it is the same catalog. */
  written(value: Readonly<Record<string, unknown>>): FoundCatalog;
}

export type FoundCatalog =
  | { readonly kind: 'found'; readonly catalog: Catalog }
  | { readonly kind: 'invalid'; readonly problems: readonly Problem[] };

const PLAN = { key: 'standard', label: 'Standard', allotment: '0' };

const FRAME = {
  format: '1',
  key: 'scenario',
  currency: 'usd',
  brand: { name: 'Scenario' },
  words: { top_off_failed: 'Nothing more can be used.', out_of_credits: 'Nothing is left.', links: { billing: '/' } },
};

export interface InlineCatalog {
  readonly value: Readonly<Record<string, unknown>>;
  /** Whether it says plans of its own: without them nothing is renewed and nothing falls due. */
  readonly hasPlans: boolean;
}

export function completed(written: Readonly<Record<string, unknown>>): InlineCatalog {
  const hasPlans = written.plans !== undefined;
  const plan = { ...PLAN, auto_top_off: written.auto_top_off !== undefined, packs: written.packs !== undefined };
  return {
    value: {
      ...FRAME,
      ...written,
      ...(isMap(written.auto_top_off)
        ? { auto_top_off: bounded(written.auto_top_off), policies: unbraked(written.policies) }
        : {}),
      plans: hasPlans ? labelled(written.plans) : [plan],
      meters: written.meters === undefined ? {} : labelled(written.meters),
    },
    hasPlans,
  };
}

/** Bounds that a scenario does not say do not bind: where both are the amount itself, an account may set any. */
const bounded = (terms: Record<string, unknown>): Record<string, unknown> => ({
  min_amount: terms.amount,
  max_amount: terms.amount,
  largest_charge: '999999',
  charges_per_hour: '1000',
  ...terms,
});

/** A spike within a scenario of a few uses is meant: unless it says a runaway brake of its own, none pauses its top-offs. */
const unbraked = (policies: unknown): unknown =>
  policies === undefined || isMap(policies) ? { runaway: { floor: '1000000000' }, ...policies } : policies;

/** Plans are a list with keys, meters a map by key; each is called by its key where it has no label. */
function labelled(section: unknown): unknown {
  if (Array.isArray(section)) return section.map((one) => (isMap(one) ? { label: one.key, ...one } : one));
  if (!isMap(section)) return section;
  return Object.fromEntries(
    Object.entries(section).map(([key, one]) => [key, isMap(one) ? { label: key, ...one } : one]),
  );
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
