/**
 * Rates: how a meter's quantity and properties become credits. A rate is a tree; its leaves are credits, its forks are
 * bands and tables. Measured numbers are kept as whole millionths, the scale of credits, so that 12.5 seconds are as
 * exact as 12.
 */
import type { Credits } from './credits.js';

/** How a number of batches, or of credits, becomes whole. `half` rounds a half up. */
export type Rounding = 'up' | 'down' | 'half';

/** A number of the event: its quantity, or a numeric property of that key. */
export type Measure = { readonly kind: 'quantity' } | { readonly kind: 'property'; readonly key: string };

/** Up to and including `upTo` (millionths) this rate holds; null is "above all others" and stands last. */
export interface Band {
  readonly upTo: bigint | null;
  readonly rate: Rate;
}

/** The part of a measure that falls into this tier costs `credits` per `per` (millionths), and `once` if there is any. */
export interface Tier {
  readonly upTo: bigint | null;
  readonly credits: Credits;
  readonly per: bigint;
  readonly once: Credits;
}

export type Rate =
  | { readonly kind: 'free' }
  /**
   * `credits` for each `per` (millionths) of a measure. With `batches` only whole batches count, rounded so; with null
   * a part of a batch costs its part. Something always costs at least `minimum`, nothing costs nothing.
   */
  | {
      readonly kind: 'per';
      readonly credits: Credits;
      readonly per: bigint;
      readonly of: Measure;
      readonly batches: Rounding | null;
      readonly minimum: Credits;
    }
  /** The same for every event, whatever its quantity. */
  | { readonly kind: 'once'; readonly credits: Credits }
  /** Chosen by a named value. `otherwise` is what an unlisted value costs; null refuses it. */
  | {
      readonly kind: 'table';
      readonly by: string;
      readonly rows: ReadonlyMap<string, Rate>;
      readonly otherwise: Rate | null;
    }
  /** Chosen by a number, the largest of those named; the chosen rate holds for the whole event. */
  | { readonly kind: 'bands'; readonly by: readonly Measure[]; readonly bands: readonly Band[] }
  /** Each part of a measure costs what its own tier says. */
  | { readonly kind: 'tiers'; readonly of: Measure; readonly tiers: readonly Tier[] }
  /** Several added up, then made whole credits where `round` says so, then lifted to `minimum` unless it is nothing. */
  | {
      readonly kind: 'sum';
      readonly rates: readonly Rate[];
      readonly round: Rounding | null;
      readonly minimum: Credits;
    };
