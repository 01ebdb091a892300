/** What goes out to Stripe on an owner's wish: the part of `wire.ts` that knows these classes. */
import { makeAccounts } from './adapters/postgres/accounts.js';
import { makeChargeRows } from './adapters/postgres/charge-rows.js';
import { makePayLinks, makeTrialCards } from './adapters/postgres/checkout-reads.js';
import type { Stamp } from './adapters/postgres/stamp.js';
import { makeStates } from './adapters/postgres/states.js';
import { readCharging } from './adapters/postgres/switch.js';
import { makeAuthenticate } from './flow/authenticate.js';
import { makeAddCard, makeBuyByCheckout, makeOpenPortal } from './flow/begin-checkout.js';
import { makeChoosePlan } from './flow/choose-plan.js';
import { makeEndSubscription } from './flow/end-subscription.js';
import type { CheckoutDoor } from './http/api/routes-checkout.js';
import { type PayPageOptions, payReturnUrl } from './http/pay-page.js';
import type { Ledger, Payments } from './ports.js';
import type { Store } from './wire.js';
import type { StripeSide } from './wire-stripe.js';

export interface CheckoutParts {
  readonly store: Store;
  readonly stamp: Stamp;
  readonly payments: Payments;
  readonly stripe: Pick<StripeSide, 'checkout' | 'subscriptions'>;
  /** Where people reach this system; asked when it is needed, because a port may be known only later. */
  readonly publicUrl: () => string;
}

export function openCheckout(parts: CheckoutParts, ledger: Ledger): CheckoutDoor {
  const { store, stamp, payments, stripe, publicUrl } = parts;
  const { prisma, pool, clock, catalogs, log, newId } = store;
  const { checkout, subscriptions } = stripe;
  const charges = makeChargeRows(prisma);
  const deps = {
    ...{ ledger, payments, checkout, subscriptions, charges, catalogs, clock, log, newId, publicUrl },
    ...{
      accounts: makeAccounts(prisma, clock, newId),
      states: makeStates(pool, clock),
      trialCards: makeTrialCards(prisma),
    },
    deployment: stamp.deployment,
    charging: async () => (await readCharging(prisma)) ?? ('on' as const),
  };
  const authenticate = makeAuthenticate(deps);
  return {
    buy: makeBuyByCheckout(deps),
    addCard: makeAddCard(deps),
    portal: makeOpenPortal(deps),
    choosePlan: makeChoosePlan(deps),
    endSubscription: makeEndSubscription(deps),
    authenticate: (account, charge) => authenticate(account, charge, payReturnUrl(publicUrl(), charge)),
  };
}

export const openPayPage = ({ store, publicUrl }: Pick<CheckoutParts, 'store' | 'publicUrl'>): PayPageOptions => ({
  ...{ links: makePayLinks(store.prisma), catalogs: store.catalogs, clock: store.clock, publicUrl },
});
