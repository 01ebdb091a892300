/**
 * The catalog: everything a product says about its credits, as data. A loader makes it from a file and has checked all
 * of it, so whoever holds a Catalog may believe it: names that are referred to exist, amounts convert exactly, every
 * value a table may be asked for has a row. The domain only reads it.
 */
import type { Limit, Meter } from './catalog-meter.js';
import type { Credits } from './credits.js';
import type { Currency, MinorUnits, Money } from './money.js';

export type { CountsToward, Limit, LimitWindow, Meter, Property, PropertyValue, StandardRun } from './catalog-meter.js';
export type { Band, Measure, Rate, Rounding, Tier } from './catalog-rate.js';

export interface Catalog {
  readonly key: string;
  /** "v1-<12 hex>": a hash of what the file says. Comments, spacing and the order of names do not change it. */
  readonly version: string;
  readonly currency: Currency;
  readonly brand: Brand;
  readonly words: Words;
  readonly prices: Prices;
  readonly features: ReadonlyMap<string, Feature>;
  readonly limits: ReadonlyMap<string, Limit>;
  /** In rank order, the lowest first: going right is an upgrade. The first is what an account starts on. */
  readonly plans: readonly Plan[];
  readonly meters: ReadonlyMap<string, Meter>;
  /** What a credit costs where nothing more particular is said; null where credits are not for sale. */
  readonly creditPrice: CreditRatio | null;
  /** What a credit used beyond the balance costs; null where no plan offers it. */
  readonly overagePrice: CreditRatio | null;
  readonly packs: PackTerms | null;
  readonly topOff: TopOffTerms | null;
  readonly alerts: Alerts;
  readonly policies: Policies;
}

/** What is said beside prices. Nothing here computes a tax: the processor or the operator's books do. */
export interface Prices {
  /** Whether every price of this catalog contains tax or tax comes on top; null: nothing is said. */
  readonly tax: 'included' | 'excluded' | null;
}

/** A price as a ratio in lowest terms, "25 credits for 1.00": a rounded price of one credit would not multiply back. */
export interface CreditRatio {
  readonly credits: Credits;
  readonly money: MinorUnits;
}

/** A length of time by the calendar: "month", "3 months". Hours are elapsed time, the others are local dates. */
export interface Cadence {
  readonly unit: 'hour' | 'day' | 'week' | 'month' | 'year';
  /** Whole, from 1. */
  readonly count: number;
}

export interface Plan {
  readonly key: string;
  readonly label: string;
  /** What the page shows; what is really charged is the processor's price. Null shows no price at all. */
  readonly shownPrice: Money | null;
  /** What the shown price pays for: a plan may be paid by the year and granted by the month. */
  readonly shownEvery: Cadence;
  readonly stripePriceIds: readonly string[];
  /** Granted at each period's start; what is left of it then lapses. */
  readonly allotment: Credits;
  readonly every: Cadence;
  readonly trial: Trial | null;
  /** Keys of the catalog's features. */
  readonly features: ReadonlySet<string>;
  /** Limit key to the most allowed; a limit that is not named does not bind on this plan. */
  readonly limits: ReadonlyMap<string, number>;
  /** The most that one allotment period may cost beyond the balance; null where the plan offers no pay-as-you-go. */
  readonly overageCapMinor: MinorUnits | null;
  /** Whether packs are offered on this plan. */
  readonly packs: boolean;
  /** Whether auto top-off is offered on this plan. */
  readonly topOff: boolean;
  /** Whether owners may earmark pools of the balance for members. */
  readonly pools: boolean;
}

export interface Trial {
  readonly length: Cadence;
  /** Granted when the trial begins; what is left lapses at its end. */
  readonly credits: Credits;
}

export interface Feature {
  readonly key: string;
  readonly label: string;
}

export interface Pack {
  readonly key: string;
  readonly label: string;
  readonly credits: Credits;
  readonly amountMinor: MinorUnits;
}

/** What an owner may type instead of choosing a preset. Both ends are allowed; steps are counted from zero. */
export type CustomPack =
  | { readonly kind: 'by_money'; readonly min: MinorUnits; readonly max: MinorUnits; readonly step: MinorUnits }
  | { readonly kind: 'by_credits'; readonly min: Credits; readonly max: Credits; readonly step: Credits };

/** Credits for sale by hand. They never lapse. */
export interface PackTerms {
  readonly ratio: CreditRatio;
  /** Each with its own price, which need not follow the ratio. */
  readonly presets: readonly Pack[];
  readonly custom: CustomPack | null;
}

export interface TopOffTerms {
  readonly ratio: CreditRatio;
  /** Bounds of the amount an owner may choose; the amount is a multiple of `step`. */
  readonly minAmount: Credits;
  readonly maxAmount: Credits;
  readonly step: Credits;
  readonly defaultThreshold: Credits;
  readonly defaultAmount: Credits;
  /** No single automatic charge is larger, however deep the balance has fallen. */
  readonly largestChargeMinor: MinorUnits;
  readonly chargesPerHour: number;
  /** The owner's caps as they stand until the owner sets them; null is no cap. */
  readonly defaultCapDayMinor: MinorUnits | null;
  readonly defaultCapMonthMinor: MinorUnits | null;
}

export type LowBalance =
  | { readonly kind: 'credits'; readonly below: Credits }
  /** Whole percent of the plan's allotment. */
  | { readonly kind: 'percent_of_allotment'; readonly below: number };

/** When an owner is told. Percents are whole numbers from 1 to 100. */
export interface Alerts {
  readonly lowBalance: readonly LowBalance[];
  readonly empty: boolean;
  /** Used of the included credits: the bar turns amber, then red. */
  readonly usedAmberPercent: number;
  readonly usedRedPercent: number;
  readonly capNearPercent: number;
  readonly expiringDays: number;
  readonly trialEndingDays: number;
}

export interface Policies {
  /** What becomes of debt when a period is renewed. */
  readonly debtAtRenewal: 'carry' | 'forgive';
  /** True stops even actions that cost nothing when nothing is left. */
  readonly freeNeedsBalance: boolean;
  readonly pastDueGraceDays: number;
  /** How old, and how far ahead of the clock, a usage event may be. */
  readonly lateDays: number;
  readonly aheadMinutes: number;
  readonly quoteMinutes: number;
  /** Hours after a soft decline at which the charge is tried again, in order. */
  readonly retryHours: readonly number[];
  readonly ownerRetriesPerDay: number;
  /** Whether the processor mails a receipt of its own, to the billing address, beside our confirmation. */
  readonly stripeReceipts: boolean;
  /** How long a link to authenticate a payment works. */
  readonly authenticationHours: number;
  /** Automatic charges pause when an hour's use exceeds `times` the usual hour and is at least `floor`. */
  readonly runaway: { readonly times: number; readonly floor: Credits };
}

export interface Noun {
  readonly one: string;
  readonly many: string;
}

/** The product's own words: an owner reads these and never ours. */
export interface Words {
  readonly credit: Noun;
  readonly pack: Noun;
  /** Whatever owns a balance: "organization", "store". */
  readonly account: Noun;
  /** "Auto Top-Off". */
  readonly topOff: string;
  /** "Pay-as-you-go", "Continue past your balance". */
  readonly payAsYouGo: string;
  /** The label of the button that sells packs. */
  readonly buyCredits: string;
  readonly ledger: string;
  /** A sentence: what a failed top-off will mean for the product's users. Empty only where none is offered. */
  readonly topOffFailed: string;
  /** A sentence for the end user whose action was stopped because nothing is left. */
  readonly outOfCredits: string;
  readonly supportEmail: string | null;
  readonly links: Links;
}

/** Addresses in which {slug} stands for the account. One that begins with "/" lies under this system's public address. */
export interface Links {
  readonly billing: string;
  readonly topOffSettings: string;
  readonly paymentMethod: string;
  readonly support: string | null;
  readonly legal: string | null;
}

export interface Brand {
  readonly name: string;
  readonly logoUrl: string | null;
  /** "#rrggbb". */
  readonly color: string;
  readonly textOnColor: string;
}

export const planOf = (catalog: Catalog, key: string): Plan | undefined =>
  catalog.plans.find((plan) => plan.key === key);

/** A plan is paid for when it shows a price, or when the processor has one for it. */
export const isPaid = (plan: Plan): boolean =>
  (plan.shownPrice !== null && plan.shownPrice.amountMinor > 0n) || plan.stripePriceIds.length > 0;

/** Where an account falls back to when its plan is over; undefined where the product has no free plan. */
export function freePlanOf(catalog: Catalog): Plan | undefined {
  const lowest = catalog.plans[0];
  return lowest === undefined || isPaid(lowest) ? undefined : lowest;
}

export const sameCadence = (a: Cadence, b: Cadence): boolean => a.unit === b.unit && a.count === b.count;

/** "/org/{slug}/billing" → "/org/acme%20inc/billing". The slug is escaped: it is text that somebody chose. */
export const linkTo = (template: string, slug: string): string =>
  template.replaceAll('{slug}', () => encodeURIComponent(slug));

/** "1 credit", "12 credits", in the product's own words; `written` is the amount as it is shown. */
export const counted = (noun: Noun, written: string): string => `${written} ${written === '1' ? noun.one : noun.many}`;
