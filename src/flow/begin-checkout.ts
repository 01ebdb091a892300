/**
 * Checkout for credits and for a card. For credits the charge is written first and the session is asked for under its name:
 * whoever dies in between leaves an offer that nobody can pay, and the same wish goes on where it was left.
 */
import { counted } from '../domain/catalog.js';
import { formatCredits } from '../domain/credits.js';
import type { AccountId, ChargeId } from '../domain/ids.js';
import { HOUR_MS, type Instant, later, MINUTE_MS } from '../domain/instant.js';
import type { Outcome } from '../domain/outcomes.js';
import { refused } from '../domain/outcomes.js';
import type { PackWish } from '../domain/packs.js';
import { type Home, returnLink, withResult } from '../domain/return-link.js';
import type { Catalogs, ChargeRows, Checkout, Clock, Ledger, Log, States } from '../ports.js';
import { type OwnerAnswer, troubled, unknownAccount } from './checkout-answer.js';
import { type OwnCustomerDeps, ownCustomer } from './own-customer.js';

export interface BeginCheckoutDeps extends OwnCustomerDeps {
  readonly ledger: Ledger;
  readonly checkout: Checkout;
  readonly charges: Pick<ChargeRows, 'ofAccount'>;
  readonly states: States;
  readonly catalogs: Catalogs;
  readonly clock: Clock;
  readonly publicUrl: () => string;
  readonly log: Log;
}

export interface OwnerWish {
  readonly account: AccountId;
  /** The same wish comes under the same key. */
  readonly key: string;
  /** Who asked, for the audit log. */
  readonly by: string;
  /** The page to come back to; absent: the product's billing page. */
  readonly returnUrl?: string;
}

/** Far shorter than the processor remembers keys: one charge can never have two sessions. */
const SESSION_LIFE_MS = 2 * HOUR_MS;
/** Afterwards the charge is ended by us, should the processor's own word of it not come. */
const OVERDUE_MS = 15 * MINUTE_MS;

export type PackAnswer =
  | (Extract<OwnerAnswer, { kind: 'go' }> & { readonly charge: ChargeId })
  | Exclude<OwnerAnswer, { kind: 'go' }>;

/** Where the account is at home, and where its owner comes back to. */
export async function homeOf(
  deps: Pick<BeginCheckoutDeps, 'states' | 'catalogs' | 'publicUrl'>,
  { account, returnUrl }: Pick<OwnerWish, 'account' | 'returnUrl'>,
): Promise<(Home & { readonly kind: 'home'; readonly back: string }) | Extract<OwnerAnswer, { kind: 'refused' }>> {
  const reading = await deps.states.read(account);
  if (reading === null) return unknownAccount();
  const catalog = deps.catalogs.find(reading.catalog);
  if (catalog === undefined) return refused('internal', `The catalog "${reading.catalog}" is not loaded here.`);
  const home: Home = { catalog, slug: reading.slug, publicUrl: deps.publicUrl() };
  const back = returnLink(home, returnUrl);
  if (back.kind === 'link') return { kind: 'home', ...home, back: back.url };
  return refused('invalid', 'The page to come back to must lie at this address or at the product’s own.');
}

export function makeBuyByCheckout(deps: BeginCheckoutDeps) {
  return async (wish: OwnerWish & { readonly pack: PackWish }): Promise<PackAnswer> => {
    const { account, key, by, pack } = wish;
    const home = await homeOf(deps, wish);
    if (home.kind !== 'home') return home;
    const customer = await ownCustomer(deps, account);
    if (customer.kind === 'unknown_account') return unknownAccount();
    if (customer.kind !== 'made') return troubled(customer, deps.log);
    const until = later(await deps.clock.now(), SESSION_LIFE_MS + OVERDUE_MS);
    const offered = await offer(deps, { kind: 'offer_checkout', account, key, by, pack, until });
    if (offered.kind !== 'charge_opened') return offered;
    const row = await deps.charges.ofAccount(account, { charge: offered.charge, intent: null });
    if (row === null || row.state !== 'pending') return troubled({ kind: 'over', status: 'expired' }, deps.log);
    const session = await deps.checkout.offerPack({
      ...{ deployment: deps.deployment, account, customer: customer.customer, charge: row.id },
      ...{ credits: row.credits, amountMinor: row.amountMinor, currency: home.catalog.currency },
      product: `${home.catalog.brand.name}: ${counted(home.catalog.words.credit, formatCredits(row.credits))}`,
      expiresAt: expiryOf(row.createdAt),
      successUrl: withResult(home.back, 'done'),
      cancelUrl: withResult(home.back, 'canceled'),
    });
    if (session.kind === 'open') {
      return { kind: 'go', url: session.url, expiresAt: session.expiresAt, charge: row.id };
    }
    // Refused for good: no session can pay this charge, and nobody should wait for it. Paid beats this all the same.
    if (session.kind === 'refused') await deps.ledger.post([{ kind: 'end_checkout', account, charge: row.id }]);
    return troubled(session, deps.log);
  };
}

/** From the charge and not from the clock: whoever asks again asks for the very same session. */
const expiryOf = (createdAt: Instant): Instant => later(createdAt, SESSION_LIFE_MS);

type Offered = Extract<Outcome, { kind: 'charge_opened' }> | Exclude<OwnerAnswer, { kind: 'go' }>;

async function offer({ ledger }: BeginCheckoutDeps, command: Parameters<Ledger['post']>[0][number]): Promise<Offered> {
  const posted = await ledger.post([command]);
  if (posted.kind === 'unavailable') return { kind: 'unavailable', reason: posted.reason };
  const [outcome] = posted.outcomes;
  if (outcome?.kind === 'charge_opened' || outcome?.kind === 'refused') return outcome;
  throw new Error(`offering a Checkout was answered ${outcome?.kind}`);
}

/** A card by Checkout: it comes to the account as every card that is attached at the processor does, after the others. */
export function makeAddCard(deps: BeginCheckoutDeps) {
  return async (wish: OwnerWish): Promise<OwnerAnswer> => {
    const home = await homeOf(deps, wish);
    if (home.kind !== 'home') return home;
    const customer = await ownCustomer(deps, wish.account);
    if (customer.kind === 'unknown_account') return unknownAccount();
    if (customer.kind !== 'made') return troubled(customer, deps.log);
    const session = await deps.checkout.keepCard({
      ...{ deployment: deps.deployment, account: wish.account, customer: customer.customer, key: wish.key },
      ...{ currency: home.catalog.currency, successUrl: withResult(home.back, 'done') },
      cancelUrl: withResult(home.back, 'canceled'),
    });
    if (session.kind !== 'open') return troubled(session, deps.log);
    return { kind: 'go', url: session.url, expiresAt: session.expiresAt };
  };
}

/** The processor's own page for cards and invoices. Each visit has its own address, which changes nothing by being asked for. */
export function makeOpenPortal(deps: BeginCheckoutDeps) {
  return async (wish: Pick<OwnerWish, 'account' | 'returnUrl'>): Promise<OwnerAnswer> => {
    const home = await homeOf(deps, wish);
    if (home.kind !== 'home') return home;
    const customer = await ownCustomer(deps, wish.account);
    if (customer.kind === 'unknown_account') return unknownAccount();
    if (customer.kind !== 'made') return troubled(customer, deps.log);
    const portal = await deps.checkout.portal({ customer: customer.customer, returnUrl: home.back });
    return portal.kind === 'open' ? { kind: 'go', url: portal.url, expiresAt: null } : troubled(portal, deps.log);
  };
}
