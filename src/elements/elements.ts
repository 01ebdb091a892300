/** The module that a product loads: it defines the three elements, and `connect` tells all of them whom to ask and for whom. */
import { Balance } from './balance.js';
import { Banner } from './banner.js';
import { Cost } from './cost.js';
import { connectAll } from './element.js';
import type { CreditdConnection } from './public.js';

export type {
  CreditdConnection,
  CreditdCostElement,
  CreditdElement,
  CreditdProperties,
  CreditdTrouble,
} from './public.js';

/** For every element that has no connection of its own: those that are there already, and those that come. */
export function connect(connection: CreditdConnection): void {
  connectAll(connection);
}

const ELEMENTS = { 'creditd-balance': Balance, 'creditd-banner': Banner, 'creditd-cost': Cost };

if (globalThis.customElements !== undefined)
  for (const [name, element] of Object.entries(ELEMENTS))
    if (customElements.get(name) === undefined) customElements.define(name, element);
