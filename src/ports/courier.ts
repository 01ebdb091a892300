/** Whoever carries an event to a product's endpoint. */

export interface Delivery {
  readonly url: string;
  /** Each signs, so that a receiver that knows one of them can check. */
  readonly secrets: readonly string[];
  /** The event's id: the same in every try. */
  readonly id: string;
  /** When it is sent, in milliseconds since 1970: receivers refuse what was signed long ago. */
  readonly sentAt: number;
  readonly body: string;
}

export type CourierOutcome =
  | { readonly kind: 'accepted' }
  /** Anything but 2xx, silence, no connection, or an address that is not sent to: the same delivery again later. */
  | { readonly kind: 'refused'; readonly reason: string; readonly retryAfterMs: number | null };

export interface Courier {
  /** Answers within its limit. What the endpoint says beyond its status is not read, and redirects are not followed. */
  deliver(delivery: Delivery): Promise<CourierOutcome>;
}
