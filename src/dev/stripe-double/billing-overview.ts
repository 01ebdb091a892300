/** The sections of the double's first page that lead to its other pages: Checkout, subscriptions, invoices. */

import { priceOf, productOf } from './catalog-json.js';
import { pageOf } from './checkout-json.js';
import type { World } from './world.js';

export interface Section {
  readonly title: string;
  readonly heads: readonly string[];
  /** Cells as text, or with an address that they lead to. */
  readonly rows: readonly (readonly (string | { readonly text: string; readonly href: string })[])[];
}

const timeOf = (seconds: number): string => new Date(seconds * 1_000).toISOString().replace('T', ' ').slice(0, 16);

/** Only those that have anything to show. */
export function billingSections(world: World, most: number): readonly Section[] {
  const { state } = world;
  const latest = <T>(items: readonly T[]): T[] => items.slice(-most).reverse();
  const nameOf = (id: string): string => {
    const customer = state.customers.find((one) => one.id === id);
    return customer?.name ?? customer?.email ?? id;
  };
  const planOf = (price: string): string => productOf(world, priceOf(world, price).product).name;
  const sections: Section[] = [
    {
      title: 'Checkout',
      heads: ['Time', 'Mode', 'Status', 'Payment', 'Page'],
      rows: latest(state.sessions).map((one) => [
        timeOf(one.created),
        one.mode,
        one.status,
        one.paymentStatus.replaceAll('_', ' '),
        one.status === 'open' ? { text: 'open the page', href: pageOf(world, one) } : '',
      ]),
    },
    {
      title: 'Subscriptions',
      heads: ['Since', 'Customer', 'Plan', 'Status', 'Period ends', 'Id'],
      rows: latest(state.subscriptions).map((one) => [
        timeOf(one.created),
        nameOf(one.customer),
        one.items.map((item) => planOf(item.price)).join(', '),
        one.status.replaceAll('_', ' '),
        timeOf(one.items[0]?.periodEnd ?? one.created),
        one.id,
      ]),
    },
    {
      title: 'Invoices',
      heads: ['Time', 'Customer', 'Status', 'Invoice'],
      rows: latest(state.invoices).map((one) => [
        timeOf(one.created),
        nameOf(one.customer),
        one.status,
        { text: one.number ?? one.id, href: `/i/${one.id}` },
      ]),
    },
  ];
  return sections.filter((one) => one.rows.length > 0);
}
