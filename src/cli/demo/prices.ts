/**
 * Prices for the Stripe double: the built-in catalogs name none of Stripe's, because those would be somebody else's. Under
 * `npm start` every plan that shows a price gets one, so that each of them can be bought by Checkout.
 */
import type { LoadedFile } from '../../adapters/catalog/registry.js';
import type { StripeDouble } from '../../dev/stripe-double/server.js';
import type { Catalog, Plan } from '../../domain/catalog.js';

const priceId = (catalog: Catalog, plan: Plan): string => `price_${catalog.key}_${plan.key}`.replace(/\W/g, '_');

const isForSale = ({ shownPrice, stripePriceIds }: Plan): boolean =>
  stripePriceIds.length === 0 && shownPrice !== null && shownPrice.amountMinor > 0n;

/** A plan that names its own prices keeps them. */
export const withDemoPrices = (files: readonly LoadedFile[]): LoadedFile[] =>
  files.map(({ catalog, text }) => {
    const plans = catalog.plans.map((plan) =>
      isForSale(plan) ? { ...plan, stripePriceIds: [priceId(catalog, plan)] } : plan,
    );
    return { text, catalog: { ...catalog, plans } };
  });

/** Every price that the catalogs name, as their plans show it. One that is there already stays. */
export async function seedDemoPrices(double: StripeDouble, files: readonly LoadedFile[]): Promise<void> {
  for (const { catalog } of files) {
    for (const { label, shownPrice, shownEvery, stripePriceIds } of catalog.plans) {
      if (shownPrice === null || shownEvery.unit === 'hour') continue;
      const recurring = { interval: shownEvery.unit, count: shownEvery.count };
      for (const id of stripePriceIds) {
        await double.control.seedPrice({
          ...{ id, productName: `${catalog.brand.name} ${label}`, currency: shownPrice.currency, recurring },
          unitAmount: Number(shownPrice.amountMinor),
        });
      }
    }
  }
}
