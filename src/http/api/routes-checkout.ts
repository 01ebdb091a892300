/** What owners pay or approve on the processor's pages: credits and cards by Checkout, a plan taken up again, a payment approved. */
import { z } from 'zod';
import type { AccountId, ChargeId } from '../../domain/ids.js';
import { accountId, chargeId } from '../../domain/ids.js';
import type { PackWish } from '../../domain/packs.js';
import type { AuthenticateOutcome } from '../../flow/authenticate.js';
import type { OwnerWish, PackAnswer } from '../../flow/begin-checkout.js';
import type { OwnerAnswer } from '../../flow/checkout-answer.js';
import type { PlanAnswer, PlanAsked } from '../../flow/choose-plan.js';
import type { EndSubscriptionAnswer } from '../../flow/end-subscription.js';
import type { Profiles } from '../../ports.js';
import { statusOf } from './posting.js';
import { type Answer, type Asked, NO_FIELDS, ok, type Route, route, trouble } from './route.js';
import { isOne, ONE_OF, wish, wishOf } from './routes-purchases.js';
import { accountParams, instantOrNothing, instantOut, present, text, uuid } from './shapes.js';
import { nameOf } from './who.js';

const GROUP = 'Checkout';

/** What goes out to the processor on an owner's wish, as promises; the wiring keeps them. */
export interface CheckoutDoor {
  readonly buy: (asked: OwnerWish & { readonly pack: PackWish }) => Promise<PackAnswer>;
  readonly addCard: (asked: OwnerWish) => Promise<OwnerAnswer>;
  readonly portal: (asked: Pick<OwnerWish, 'account' | 'returnUrl'>) => Promise<OwnerAnswer>;
  readonly choosePlan: (asked: PlanAsked) => Promise<PlanAnswer>;
  readonly endSubscription: (account: AccountId, subscription: string) => Promise<EndSubscriptionAnswer>;
  readonly authenticate: (account: AccountId, charge: ChargeId) => Promise<AuthenticateOutcome>;
}

export interface CheckoutRouteDeps {
  readonly checkout: CheckoutDoor;
  readonly profiles: Pick<Profiles, 'note'>;
}

export const checkoutRoutes = (deps: CheckoutRouteDeps): readonly Route[] => [
  buyByCheckout(deps),
  addCard(deps),
  reactivate(deps),
  authenticate(deps),
];

export const returnBody = {
  returnUrl: text(
    'The page to come back to, at this address or the product’s own; absent: the product’s billing page.',
    2_000,
  ).optional(),
};

export const goOut = z.object({
  url: z.string().meta({ description: 'Send the owner there now. Do not store or log it.' }),
  expiresAt: instantOut.nullable(),
});

/** Of a plan: nothing to click, or where to go. */
export const chosenOut = z.object({
  note: z.string().nullable(),
  url: z.string().optional().meta({ description: 'Where it is paid; absent: it is as was wished.' }),
  expiresAt: instantOut.nullable().optional(),
});

export const wished = ({
  who,
  params,
  body,
  key,
}: Pick<
  Asked<{ account: string }, unknown, { returnUrl?: string | undefined } | null>,
  'who' | 'params' | 'body' | 'key'
>): OwnerWish => ({
  account: accountId(params.account),
  by: nameOf(who),
  key,
  ...present({ returnUrl: body?.returnUrl }),
});

export function notGone(answer: Exclude<OwnerAnswer, { kind: 'go' }>): Answer<never> {
  switch (answer.kind) {
    case 'refused':
      return trouble(statusOf(answer.reason), answer.reason, answer.message);
    case 'declined':
      return trouble(402, 'card_declined', 'The card was declined, and nothing was changed. Use another card.');
    case 'unavailable':
      return trouble(503, 'unavailable', 'The payment processor did not answer. Send it again with the same key.');
  }
}

/** What went out to the processor changes rows here only later: who asked for it is noted now. */
export async function chosen(
  { checkout, profiles }: CheckoutRouteDeps,
  asked: PlanAsked,
): Promise<Answer<z.input<typeof chosenOut>>> {
  const answer = await checkout.choosePlan(asked);
  if (answer.kind !== 'go' && answer.kind !== 'done') return notGone(answer);
  const after = { ...asked.wish, became: answer.kind };
  await profiles.note({ who: asked.by, action: 'choose_plan', account: asked.account, after });
  if (answer.kind === 'done') return ok({ note: answer.note });
  return ok({ note: null, url: answer.url, expiresAt: instantOrNothing(answer.expiresAt) });
}

const buyByCheckout = ({ checkout }: CheckoutRouteDeps): Route =>
  route({
    method: 'POST',
    path: '/v1/accounts/:account/checkout/credits',
    name: 'buyByCheckout',
    group: GROUP,
    summary: 'Buy credits on the processor’s page, without storing a card',
    description: 'The key is the purchase: however often it comes, it is one page, and it can be paid once.',
    action: 'buy',
    idempotency: 'ledger',
    confined: 'allowed',
    params: accountParams,
    query: NO_FIELDS,
    body: z.strictObject({ ...wish, ...returnBody }).refine(isOne, ONE_OF),
    answer: goOut.extend({ charge: z.string() }),
    async run(asked) {
      const answer = await checkout.buy({ ...wished(asked), pack: wishOf(asked.body) });
      if (answer.kind !== 'go') return notGone(answer);
      return ok({ url: answer.url, expiresAt: instantOrNothing(answer.expiresAt), charge: answer.charge }, 201);
    },
  });

const addCard = ({ checkout }: CheckoutRouteDeps): Route =>
  route({
    method: 'POST',
    path: '/v1/accounts/:account/checkout/card',
    name: 'addCard',
    group: GROUP,
    summary: 'Add a card on the processor’s page',
    description:
      'Nothing is charged for it. It comes after the cards that are there; what waits for a card is charged.',
    action: 'manage_cards',
    idempotency: 'ledger',
    confined: 'allowed',
    params: accountParams,
    query: NO_FIELDS,
    body: z.strictObject(returnBody),
    answer: goOut,
    async run(asked) {
      const answer = await checkout.addCard(wished(asked));
      if (answer.kind !== 'go') return notGone(answer);
      return ok({ url: answer.url, expiresAt: instantOrNothing(answer.expiresAt) }, 201);
    },
  });

const reactivate = (deps: CheckoutRouteDeps): Route =>
  route({
    method: 'POST',
    path: '/v1/accounts/:account/plan/reactivate',
    name: 'reactivatePlan',
    group: 'Plans',
    summary: 'Take up a plan again that was canceled or is past due',
    description:
      'Canceled and not yet over: it goes on. Past due: leads to where the open invoice is paid. Over: leads to Checkout for `plan`.',
    action: 'change_plan',
    idempotency: 'stored',
    confined: 'allowed',
    params: accountParams,
    query: NO_FIELDS,
    body: z.strictObject({ plan: text('Key of the plan, where the old one is over.').optional(), ...returnBody }),
    answer: chosenOut,
    run: (asked) =>
      chosen(deps, { ...wished(asked), wish: { kind: 'reactivate', ...present({ plan: asked.body.plan }) } }),
  });

const authenticate = ({ checkout, profiles }: CheckoutRouteDeps): Route =>
  route({
    method: 'POST',
    path: '/v1/accounts/:account/charges/:charge/authenticate',
    name: 'approveCharge',
    group: 'Payments',
    summary: 'Approve a payment that the bank asked about',
    description:
      'Leads to the bank’s page. It may be asked for as often as needed until the payment is made or its time is over; the money moves once.',
    action: 'retry_charge',
    idempotency: 'none',
    confined: 'allowed',
    params: accountParams.extend({ charge: uuid('Id of the payment.') }),
    query: NO_FIELDS,
    body: null,
    answer: z.object({
      state: z
        .string()
        .meta({ description: 'action_required: go to `url`; anything else: nothing is to be approved.' }),
      url: z.string().nullable(),
    }),
    async run({ who, params: { account, charge } }) {
      const answer = await checkout.authenticate(accountId(account), chargeId(charge));
      if (answer.kind === 'declined')
        return trouble(402, 'card_declined', 'The bank declined the payment. Approve it again, or use another card.');
      if (answer.kind !== 'go' && answer.kind !== 'done') return notGone(answer);
      await profiles.note({
        who: nameOf(who),
        action: 'approve_charge',
        account,
        after: { charge, became: answer.kind },
      });
      return answer.kind === 'go'
        ? ok({ state: 'action_required', url: answer.url })
        : ok({ state: answer.state, url: null });
    },
  });
