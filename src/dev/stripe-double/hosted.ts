/** The pages of the double that people click through, and what their buttons do. Every answer is a page or a way on. */
import { readArgs } from './args.js';
import { completeAuthentication } from './authentication.js';
import type { StoredPortal } from './billing-state.js';
import { sessionOf } from './checkout.js';
import { addressAfter, attempt } from './checkout-pay.js';
import { CUSTOMER_SPEC, updateCustomer } from './customers.js';
import { authenticatePage } from './hosted-authenticate.js';
import { checkoutPage } from './hosted-checkout.js';
import { invoicePage } from './hosted-invoice.js';
import { portalPage, portalPath } from './hosted-portal.js';
import { confirmSetupInside, createSetupInside } from './inner-setup.js';
import { collect } from './invoice-collect.js';
import { invoiceOf } from './invoice-steps.js';
import { DETACH_SPEC, detachPaymentMethod } from './payment-methods.js';
import { Problem } from './problem.js';
import { subscriptionOf } from './subscription-events.js';
import { SUBSCRIPTION_UPDATE_SPEC, updateSubscription } from './subscription-update.js';
import type { World } from './world.js';

export type HostedAnswer =
  | { readonly kind: 'page'; readonly html: string }
  | { readonly kind: 'way_on'; readonly address: string };

interface Asked {
  readonly id: string;
  /** Null for a request that only looks. */
  readonly form: URLSearchParams | null;
}

type Page = (world: World, asked: Asked) => HostedAnswer | null;

const page = (html: string | null): HostedAnswer | null => (html === null ? null : { kind: 'page', html });
const wayOn = (address: string): HostedAnswer => ({ kind: 'way_on', address });

/** What was refused, in words for the page; whatever is no refusal is thrown on. */
function toldBy(error: unknown): string {
  if (error instanceof Problem) return error.fields.message;
  throw error;
}

const checkout: Page = (world, { id, form }) => {
  const session = sessionOf(world, id);
  if (form === null || session.status !== 'open') return page(checkoutPage(world, session));
  try {
    const done = attempt(world, session, { card: form.get('card'), email: form.get('email') || null });
    if (done.kind === 'completed') return wayOn(addressAfter(session.successUrl, session));
    if (done.kind === 'authenticates') return wayOn(`/authenticate/${done.intent}`);
  } catch (error) {
    session.told = toldBy(error);
  }
  return page(checkoutPage(world, session));
};

const authenticate: Page = (world, { id, form }) => {
  const answer = form?.get('answer');
  if (answer !== 'approve' && answer !== 'fail') return page(authenticatePage(world, id));
  const invoice = world.state.invoices.find((one) => one.payment?.intent === id);
  const next = completeAuthentication(world, id, answer === 'approve');
  if (next !== null) return wayOn(next);
  return invoice === undefined ? page(authenticatePage(world, id)) : wayOn(`/i/${invoice.id}`);
};

const invoice: Page = (world, { id, form }) => {
  const one = invoiceOf(world, id);
  const card = form?.get('card') ?? null;
  if (card === null || (one.status !== 'open' && one.status !== 'uncollectible'))
    return page(invoicePage(world, one, null));
  try {
    const done = collect(world, one, { method: card, offSession: false, automatic: false });
    if (done.kind === 'authenticates') return wayOn(`/authenticate/${done.intent}`);
    return page(invoicePage(world, one, done.kind === 'failed' ? done.problem.fields.message : null));
  } catch (error) {
    return page(invoicePage(world, one, toldBy(error)));
  }
};

const portal: Page = (world, { id, form }) => {
  const one = world.state.portals.find((each) => each.secret === id);
  if (one === undefined) return null;
  if (form === null) return page(portalPage(world, one, null));
  try {
    return wayOn(act(world, one, form) ?? portalPath(one));
  } catch (error) {
    return page(portalPage(world, one, toldBy(error)));
  }
};

/** One button of the portal, which reaches only what is the customer's own. The answer is a page to look at first. */
function act(world: World, one: StoredPortal, form: URLSearchParams): string | null {
  const refuse = (message: string) => new Problem(400, { type: 'invalid_request_error', message }, true);
  const method = (): string => {
    const id = form.get('method');
    const own = world.state.paymentMethods.find((each) => each.id === id && each.customer === one.customer);
    if (own === undefined) throw refuse('There is no such card.');
    return own.id;
  };
  const cancelAtEnd = (ends: boolean): void => {
    const subscription = subscriptionOf(world, form.get('subscription') ?? '');
    if (subscription.customer !== one.customer) throw refuse('There is no such subscription.');
    const args = readArgs(SUBSCRIPTION_UPDATE_SPEC, { cancel_at_period_end: String(ends) });
    updateSubscription({ world, path: [subscription.id], args });
  };
  const makeDefault = (id: string): void => {
    const args = readArgs(CUSTOMER_SPEC, { invoice_settings: { default_payment_method: id } });
    updateCustomer({ world, path: [one.customer], args });
  };
  switch (form.get('do')) {
    case 'add':
      return addCard(world, one, form.get('card') ?? '', makeDefault);
    case 'remove':
      detachPaymentMethod({ world, path: [method()], args: readArgs(DETACH_SPEC, {}) });
      return null;
    case 'default':
      makeDefault(method());
      return null;
    case 'cancel':
      cancelAtEnd(true);
      return null;
    case 'renew':
      cancelAtEnd(false);
      return null;
    default:
      throw refuse('This button does nothing.');
  }
}

/** The first card becomes the default. One that asks for its owner leads to their page and back. */
function addCard(world: World, one: StoredPortal, card: string, makeDefault: (id: string) => void): string | null {
  const intent = createSetupInside(world, { customer: one.customer, description: null, metadata: {} });
  const done = confirmSetupInside(world, intent, card, `${world.baseUrl()}${portalPath(one)}`);
  if (done.kind === 'declined') throw done.problem;
  if (done.kind === 'authenticates') return `/authenticate/${intent}`;
  const known = world.state.customers.find((each) => each.id === one.customer)?.defaultMethod;
  if (!known) makeDefault(done.method);
  return null;
}

const PAGES: readonly (readonly [path: RegExp, page: Page])[] = [
  [/^\/c\/pay\/(\w+)$/, checkout],
  [/^\/authenticate\/(\w+)$/, authenticate],
  [/^\/i\/(\w+)$/, invoice],
  [/^\/p\/session\/(\w+)$/, portal],
];

/** Null where there is no such page. */
export function answerHosted(world: World, path: string, form: URLSearchParams | null): HostedAnswer | null {
  for (const [pattern, show] of PAGES) {
    const id = pattern.exec(path)?.[1];
    if (id === undefined) continue;
    try {
      return show(world, { id, form });
    } catch (error) {
      if (error instanceof Problem && error.status === 404) return null;
      throw error;
    }
  }
  return null;
}
