/** Meters, what they measure, and the limits they count toward. */
import type { Rate } from './catalog-rate.js';
import type { Instant } from './instant.js';

interface PropertyBase {
  readonly key: string;
  readonly label: string;
  /** A required property that is absent is refused, never guessed. */
  readonly required: boolean;
}

/** A property an event may carry. `fallback` stands for an absent one in prices, never in what was recorded. */
export type Property =
  | (PropertyBase & {
      readonly kind: 'number';
      readonly whole: boolean;
      /** Both ends are allowed; null has no upper end. */
      readonly least: number;
      readonly most: number | null;
      /** "px", "seconds"; empty where it has none. */
      readonly unit: string;
      readonly fallback: number | null;
    })
  | (PropertyBase & { readonly kind: 'choice'; readonly oneOf: readonly string[]; readonly fallback: string | null })
  | (PropertyBase & { readonly kind: 'text'; readonly longest: number; readonly fallback: string | null })
  | (PropertyBase & { readonly kind: 'flag'; readonly fallback: boolean | null });

export type PropertyValue = string | number | boolean;

/** What a price list prices: an ordinary use of the meter. */
export interface StandardRun {
  readonly label: string;
  readonly quantity: number;
  readonly properties: Readonly<Record<string, PropertyValue>>;
}

export interface CountsToward {
  /** Key of a limit with a window. */
  readonly limit: string;
  /** Whose count it is: the account's, each member's, or one for each value of a property (a store, a project). */
  readonly by: { readonly kind: 'account' | 'member' } | { readonly kind: 'property'; readonly key: string };
}

export interface Meter {
  readonly key: string;
  readonly label: string;
  /** The tab or heading it stands under in a price list. */
  readonly group: string;
  readonly properties: ReadonlyMap<string, Property>;
  readonly rate: Rate;
  readonly standardRun: StandardRun | null;
  /** Key of the feature a plan must have; null needs none. */
  readonly feature: string | null;
  readonly countsToward: readonly CountsToward[];
  /** How long a hold counts unless it is extended. */
  readonly holdMinutes: number;
  readonly defaultMode: 'happened' | 'if_covered';
  /** Both ends are allowed; `most` null has no end of its own. */
  readonly quantity: {
    readonly least: number;
    readonly most: number | null;
    readonly whole: boolean;
    readonly unit: string;
  };
}

export type LimitWindow =
  | { readonly kind: 'minute' | 'hour' | 'day' | 'period' | 'lifetime' }
  | { readonly kind: 'until'; readonly at: Instant };

/** What a plan may bound: how many there are at once (level), or how many were used within a window. */
export type Limit =
  | { readonly kind: 'level'; readonly key: string; readonly label: string; readonly of: 'account' | 'member' }
  | { readonly kind: 'window'; readonly key: string; readonly label: string; readonly window: LimitWindow };
