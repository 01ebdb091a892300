/** The operations of catalogs, Checkout, the portal, subscriptions and invoices, with the parameters each takes. */
import * as checkout from './checkout.js';
import { PREVIEW_SPEC, previewInvoice } from './invoice-preview.js';
import * as invoices from './invoices.js';
import * as portal from './portal.js';
import * as prices from './prices.js';
import * as products from './products.js';
import type { Route } from './routes.js';
import * as stop from './subscription-stop.js';
import * as change from './subscription-update.js';
import * as subscriptions from './subscriptions.js';

type Make = (path: string, spec: Route['spec'], run: Route['run']) => Route;
const get: Make = (path, spec, run) => ({ method: 'GET', path, spec, run });
const post: Make = (path, spec, run) => ({ method: 'POST', path, spec, run });
const remove: Make = (path, spec, run) => ({ method: 'DELETE', path, spec, run });

const EXPAND = { expand: 'list' } as const;
const SUBSCRIPTION = '/v1/subscriptions/{subscription_exposed_id}';

export const BILLING_ROUTES: readonly Route[] = [
  post('/v1/products', products.PRODUCT_SPEC, products.createProduct),
  get('/v1/products', products.PRODUCT_LIST_SPEC, products.listProducts),
  get('/v1/products/{id}', EXPAND, products.retrieveProduct),
  post('/v1/products/{id}', products.PRODUCT_UPDATE_SPEC, products.updateProduct),
  post('/v1/prices', prices.PRICE_SPEC, prices.createPrice),
  get('/v1/prices', prices.PRICE_LIST_SPEC, prices.listPrices),
  get('/v1/prices/{price}', EXPAND, prices.retrievePrice),
  post('/v1/prices/{price}', prices.PRICE_UPDATE_SPEC, prices.updatePrice),
  post('/v1/checkout/sessions', checkout.SESSION_SPEC, checkout.createSession),
  get('/v1/checkout/sessions', checkout.SESSION_LIST_SPEC, checkout.listSessions),
  get('/v1/checkout/sessions/{session}', EXPAND, checkout.retrieveSession),
  post('/v1/checkout/sessions/{session}/expire', EXPAND, checkout.expireSessionNow),
  get('/v1/checkout/sessions/{session}/line_items', checkout.LINES_SPEC, checkout.listSessionLines),
  post('/v1/billing_portal/configurations', portal.CONFIGURATION_SPEC, portal.createConfiguration),
  get('/v1/billing_portal/configurations', portal.CONFIGURATION_LIST_SPEC, portal.listConfigurations),
  get('/v1/billing_portal/configurations/{configuration}', EXPAND, portal.retrieveConfiguration),
  post('/v1/billing_portal/sessions', portal.PORTAL_SPEC, portal.createPortal),
  post('/v1/subscriptions', subscriptions.SUBSCRIPTION_SPEC, subscriptions.createSubscription),
  get('/v1/subscriptions', subscriptions.SUBSCRIPTION_LIST_SPEC, subscriptions.listSubscriptions),
  get(SUBSCRIPTION, EXPAND, subscriptions.retrieveSubscription),
  post(SUBSCRIPTION, change.SUBSCRIPTION_UPDATE_SPEC, change.updateSubscription),
  remove(SUBSCRIPTION, stop.SUBSCRIPTION_CANCEL_SPEC, stop.cancelSubscription),
  post('/v1/subscriptions/{subscription}/resume', stop.SUBSCRIPTION_RESUME_SPEC, stop.resumeSubscription),
  get('/v1/invoices', invoices.INVOICE_LIST_SPEC, invoices.listInvoices),
  post('/v1/invoices/create_preview', PREVIEW_SPEC, previewInvoice),
  get('/v1/invoices/{invoice}', EXPAND, invoices.retrieveInvoice),
  post('/v1/invoices/{invoice}/pay', invoices.INVOICE_PAY_SPEC, invoices.payInvoice),
  post('/v1/invoices/{invoice}/finalize', invoices.INVOICE_FINALIZE_SPEC, invoices.finalizeInvoiceNow),
  post('/v1/invoices/{invoice}/void', invoices.INVOICE_VOID_SPEC, invoices.voidInvoiceNow),
];
