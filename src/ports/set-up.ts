/** What has to stand at the processor before the first owner comes. */
import type { Cadence } from '../domain/catalog.js';
import type { Currency, MinorUnits } from '../domain/money.js';
import type { Unanswered } from './checkout.js';

export interface StripeEndpoint {
  readonly id: string;
  readonly url: string;
  readonly events: readonly string[];
  readonly isDisabled: boolean;
  /** Null: the account's own. */
  readonly version: string | null;
}

export interface PriceFacts {
  readonly currency: Currency;
  /** Null: it is not one amount per unit. */
  readonly amountMinor: MinorUnits | null;
  /** Null: it is paid once. */
  readonly every: Cadence | null;
  readonly isActive: boolean;
}

export interface ProcessorSetUp {
  /** The version in which events have to be written to be read here. */
  readonly version: string;
  endpoints(): Promise<{ readonly kind: 'endpoints'; readonly endpoints: readonly StripeEndpoint[] } | Unanswered>;
  /** The secret that signs what is sent there is told this once. */
  makeEndpoint(
    url: string,
    events: readonly string[],
  ): Promise<{ readonly kind: 'made'; readonly id: string; readonly secret: string } | Unanswered>;
  /** Sends exactly these from now on. */
  changeEndpoint(id: string, events: readonly string[]): Promise<{ readonly kind: 'done' } | Unanswered>;
  price(
    id: string,
  ): Promise<{ readonly kind: 'price'; readonly price: PriceFacts } | { readonly kind: 'no_price' } | Unanswered>;
}
