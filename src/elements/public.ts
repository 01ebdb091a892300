/** What a product may touch. */

/** How the elements reach creditd, and for whom. */
export interface CreditdConnection {
  /** Where creditd is reached, such as https://billing.example.com. Absent: where this module was loaded from. */
  readonly base?: string | undefined;
  /** The token of `POST /v1/sessions`, minted by the product's backend for the person who looks. */
  readonly session?: string | undefined;
  /** Asks the product's backend for a new token: called when there is none yet, and when it has ended. */
  readonly refresh?: (() => Promise<string>) | undefined;
}

/** What each of the elements has. A connection of its own comes before the one that `connect` gave to all. */
export interface CreditdElement extends HTMLElement {
  base: string | null;
  session: string | null;
  refresh: (() => Promise<string>) | null;
  /** A language tag such as de-DE, for figures and times. Absent: that of the page. */
  locale: string | null;
  /** Reads anew, at once: after something of the product's own that costs credits. It reads by itself as well. */
  update(): Promise<void>;
}

export type CreditdProperties = Readonly<Record<string, string | number | boolean>>;

export interface CreditdCostElement extends CreditdElement {
  meter: string | null;
  quantity: string | null;
  pool: string | null;
  /** What the meter is priced by, such as { width: 2048 }. As an attribute: JSON. */
  properties: CreditdProperties | null;
}

/** What `creditd-trouble` carries: a stable code, and a sentence for whoever builds the page. It bubbles out of the element. */
export interface CreditdTrouble {
  readonly code: string;
  readonly detail: string;
}

declare global {
  interface HTMLElementTagNameMap {
    'creditd-balance': CreditdElement;
    'creditd-banner': CreditdElement;
    'creditd-cost': CreditdCostElement;
  }
  interface HTMLElementEventMap {
    'creditd-trouble': CustomEvent<CreditdTrouble>;
  }
}
