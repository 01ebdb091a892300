/** Every operation the double implements, with the parameters each takes. Everything else is "not part of the double". */
import type { Spec } from './args.js';
import { BILLING_ROUTES } from './billing-routes.js';
import { METHOD_CHANGE_SPEC, updatePaymentMethod } from './card-changes.js';
import * as charges from './charges.js';
import { notOfCheckout } from './checkout-guard.js';
import { CONFIRM_SPEC, confirmByRequest } from './confirm.js';
import * as customers from './customers.js';
import * as disputes from './disputes.js';
import { EVENT_LIST_SPEC, listEvents, retrieveEvent } from './events.js';
import * as intents from './payment-intents.js';
import * as methods from './payment-methods.js';
import type { JsonObject } from './problem.js';
import * as refunds from './refunds.js';
import { SEARCH_SPEC } from './search.js';
import * as setups from './setup-intents.js';
import type { StoredCharge } from './state.js';
import * as endpoints from './webhook-endpoints.js';
import type { Run, World } from './world.js';

export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE';
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

const netOf = (world: World, { id, amount, amountRefunded = 0 }: StoredCharge): number =>
  amount - amountRefunded - disputes.disputedOf(world, id);

const retrieveBalance: Run = ({ world }): JsonObject => {
  const byCurrency = new Map<string, number>();
  for (const one of world.state.charges) {
    if (one.decline === null) byCurrency.set(one.currency, (byCurrency.get(one.currency) ?? 0) + netOf(world, one));
  }
  const pending = [...byCurrency].map(([currency, amount]) => ({ amount, currency, source_types: { card: amount } }));
  return { object: 'balance', available: [], livemode: false, pending };
};

const get = (path: string, spec: Spec, run: Run): Route => ({ method: 'GET', path, spec, run });
const post = (path: string, spec: Spec, run: Run): Route => ({ method: 'POST', path, spec, run });
const remove = (path: string, spec: Spec, run: Run): Route => ({ method: 'DELETE', path, spec, run });

export const ROUTES: readonly Route[] = [
  get('/v1/account', {}, retrieveAccount),
  get('/v1/balance', {}, retrieveBalance),
  post('/v1/customers', customers.CUSTOMER_SPEC, customers.createCustomer),
  get('/v1/customers', customers.CUSTOMER_LIST_SPEC, customers.listCustomers),
  get('/v1/customers/search', SEARCH_SPEC, customers.searchCustomers),
  get('/v1/customers/{customer}', EXPAND, customers.retrieveCustomer),
  post('/v1/customers/{customer}', customers.CUSTOMER_SPEC, customers.updateCustomer),
  remove('/v1/customers/{customer}', {}, customers.deleteCustomer),
  get('/v1/customers/{customer}/payment_methods', methods.CUSTOMER_METHODS_SPEC, methods.listPaymentMethods),
  get('/v1/customers/{customer}/payment_methods/{payment_method}', EXPAND, methods.retrieveCustomersMethod),
  post('/v1/payment_methods', methods.METHOD_SPEC, methods.createPaymentMethod),
  get('/v1/payment_methods', methods.METHOD_LIST_SPEC, methods.listPaymentMethods),
  get('/v1/payment_methods/{payment_method}', EXPAND, methods.retrievePaymentMethod),
  post('/v1/payment_methods/{payment_method}', METHOD_CHANGE_SPEC, updatePaymentMethod),
  post('/v1/payment_methods/{payment_method}/attach', methods.ATTACH_SPEC, methods.attachPaymentMethod),
  post('/v1/payment_methods/{payment_method}/detach', methods.DETACH_SPEC, methods.detachPaymentMethod),
  post('/v1/payment_intents', intents.INTENT_SPEC, intents.createIntent),
  get('/v1/payment_intents', intents.INTENT_LIST_SPEC, intents.listIntents),
  get('/v1/payment_intents/search', SEARCH_SPEC, intents.searchIntents),
  get('/v1/payment_intents/{intent}', EXPAND, intents.retrieveIntent),
  post('/v1/payment_intents/{intent}', intents.INTENT_CHANGE_SPEC, intents.updateIntent),
  post('/v1/payment_intents/{intent}/confirm', CONFIRM_SPEC, notOfCheckout('confirm', confirmByRequest)),
  post('/v1/payment_intents/{intent}/cancel', intents.CANCEL_SPEC, notOfCheckout('cancel', intents.cancelIntent)),
  get('/v1/charges', charges.CHARGE_LIST_SPEC, charges.listCharges),
  get('/v1/charges/{charge}', EXPAND, charges.retrieveCharge),
  post('/v1/charges/{charge}', charges.CHARGE_CHANGE_SPEC, charges.updateCharge),
  post('/v1/setup_intents', setups.SETUP_SPEC, setups.createSetupIntent),
  get('/v1/setup_intents', setups.SETUP_LIST_SPEC, setups.listSetupIntents),
  get('/v1/setup_intents/{intent}', EXPAND, setups.retrieveSetupIntent),
  post('/v1/setup_intents/{intent}', setups.SETUP_CHANGE_SPEC, setups.updateSetupIntent),
  post(
    '/v1/setup_intents/{intent}/confirm',
    setups.SETUP_CONFIRM_SPEC,
    notOfCheckout('confirm', setups.confirmSetupIntent),
  ),
  post(
    '/v1/setup_intents/{intent}/cancel',
    setups.SETUP_CANCEL_SPEC,
    notOfCheckout('cancel', setups.cancelSetupIntent),
  ),
  post('/v1/refunds', refunds.REFUND_SPEC, refunds.createRefund),
  get('/v1/refunds', refunds.REFUND_LIST_SPEC, refunds.listRefunds),
  get('/v1/refunds/{refund}', EXPAND, refunds.retrieveRefund),
  post('/v1/refunds/{refund}', refunds.REFUND_CHANGE_SPEC, refunds.updateRefund),
  get('/v1/disputes', disputes.DISPUTE_LIST_SPEC, disputes.listDisputes),
  get('/v1/disputes/{dispute}', EXPAND, disputes.retrieveDispute),
  post('/v1/disputes/{dispute}', disputes.DISPUTE_SPEC, disputes.updateDispute),
  post('/v1/disputes/{dispute}/close', EXPAND, disputes.concedeDispute),
  get('/v1/events', EVENT_LIST_SPEC, listEvents),
  get('/v1/events/{id}', {}, retrieveEvent),
  post('/v1/webhook_endpoints', endpoints.ENDPOINT_SPEC, endpoints.createEndpoint),
  get('/v1/webhook_endpoints', endpoints.ENDPOINT_LIST_SPEC, endpoints.listEndpoints),
  get('/v1/webhook_endpoints/{webhook_endpoint}', {}, endpoints.retrieveEndpoint),
  post('/v1/webhook_endpoints/{webhook_endpoint}', endpoints.ENDPOINT_CHANGE_SPEC, endpoints.updateEndpoint),
  remove('/v1/webhook_endpoints/{webhook_endpoint}', {}, endpoints.deleteEndpoint),
];

const EVERYTHING: readonly Route[] = [...ROUTES, ...BILLING_ROUTES];

/** The first that fits: routes without a variable segment stand before the ones they would be taken for. */
export function findRoute(method: string, path: string): { readonly route: Route; readonly path: string[] } | null {
  const given = path.split('/');
  for (const route of EVERYTHING) {
    const wanted = route.path.split('/');
    if (route.method !== method || wanted.length !== given.length) continue;
    const variable = (segment: string) => segment.startsWith('{');
    if (!wanted.every((segment, index) => variable(segment) || segment === given[index])) continue;
    return { route, path: given.filter((_, index) => variable(wanted[index] ?? '')) };
  }
  return null;
}
