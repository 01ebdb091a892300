/** Every operation the double implements, with the parameters each takes. Everything else is "not part of the double". */
import type { Spec } from './args.js';
import { CHARGE_LIST_SPEC, listCharges, retrieveCharge } from './charges.js';
import { CONFIRM_SPEC, confirmIntent } from './confirm.js';
import * as customers from './customers.js';
import * as intents from './payment-intents.js';
import * as methods from './payment-methods.js';
import type { JsonObject } from './problem.js';
import type { Run } from './world.js';

export interface Route {
  readonly method: 'GET' | 'POST';
  /** Written as in Stripe's description: `{…}` is one variable segment. */
  readonly path: string;
  readonly spec: Spec;
  readonly run: Run;
}

const EXPAND = { expand: 'list' } as const;

const retrieveAccount: Run = ({ world }): JsonObject => ({
  id: world.state.account,
  object: 'account',
  business_profile: { name: 'The Stripe double' },
  charges_enabled: true,
  country: 'US',
  default_currency: 'usd',
  details_submitted: true,
  payouts_enabled: false,
  type: 'standard',
});

const retrieveBalance: Run = ({ world }): JsonObject => {
  const byCurrency = new Map<string, number>();
  for (const one of world.state.charges) {
    if (one.decline === null) byCurrency.set(one.currency, (byCurrency.get(one.currency) ?? 0) + one.amount);
  }
  const pending = [...byCurrency].map(([currency, amount]) => ({ amount, currency, source_types: { card: amount } }));
  return { object: 'balance', available: [], livemode: false, pending };
};

const get = (path: string, spec: Spec, run: Run): Route => ({ method: 'GET', path, spec, run });
const post = (path: string, spec: Spec, run: Run): Route => ({ method: 'POST', path, spec, run });

export const ROUTES: readonly Route[] = [
  get('/v1/account', {}, retrieveAccount),
  get('/v1/balance', {}, retrieveBalance),
  post('/v1/customers', customers.CUSTOMER_SPEC, customers.createCustomer),
  get('/v1/customers', customers.CUSTOMER_LIST_SPEC, customers.listCustomers),
  get('/v1/customers/search', customers.CUSTOMER_SEARCH_SPEC, customers.searchCustomers),
  get('/v1/customers/{customer}', {}, customers.retrieveCustomer),
  post('/v1/customers/{customer}', customers.CUSTOMER_SPEC, customers.updateCustomer),
  get('/v1/customers/{customer}/payment_methods', methods.CUSTOMER_METHODS_SPEC, methods.listPaymentMethods),
  get('/v1/payment_methods', methods.METHOD_LIST_SPEC, methods.listPaymentMethods),
  get('/v1/payment_methods/{payment_method}', EXPAND, methods.retrievePaymentMethod),
  post('/v1/payment_methods/{payment_method}/attach', methods.ATTACH_SPEC, methods.attachPaymentMethod),
  post('/v1/payment_methods/{payment_method}/detach', methods.DETACH_SPEC, methods.detachPaymentMethod),
  post('/v1/payment_intents', intents.INTENT_SPEC, intents.createIntent),
  get('/v1/payment_intents', intents.INTENT_LIST_SPEC, intents.listIntents),
  get('/v1/payment_intents/{intent}', EXPAND, intents.retrieveIntent),
  post('/v1/payment_intents/{intent}/confirm', CONFIRM_SPEC, confirmIntent),
  post('/v1/payment_intents/{intent}/cancel', intents.CANCEL_SPEC, intents.cancelIntent),
  get('/v1/charges', CHARGE_LIST_SPEC, listCharges),
  get('/v1/charges/{charge}', EXPAND, retrieveCharge),
];

/** The first that fits: routes without a variable segment stand before the ones they would be taken for. */
export function findRoute(method: string, path: string): { readonly route: Route; readonly path: string[] } | null {
  const given = path.split('/');
  for (const route of ROUTES) {
    const wanted = route.path.split('/');
    if (route.method !== method || wanted.length !== given.length) continue;
    const variable = (segment: string) => segment.startsWith('{');
    if (!wanted.every((segment, index) => variable(segment) || segment === given[index])) continue;
    return { route, path: given.filter((_, index) => variable(wanted[index] ?? '')) };
  }
  return null;
}
