/** Plans: what there is to choose from, where the account stands, and moving between them. */
import { z } from 'zod';
import type { PlanWish } from '../../domain/plan-wish.js';
import type { Doors } from './deps.js';
import { planNowOf } from './overview-plan.js';
import { plansOf } from './overview-plans.js';
import { planNowOut, plansOut } from './overview-shape-plan.js';
import { askedBy, posted } from './posting.js';
import { isProblem } from './reading.js';
import { type Answer, type Asked, NO_FIELDS, ok, type Route, route } from './route.js';
import { chosen, chosenOut, returnBody, wished } from './routes-checkout.js';
import { accountParams, creditsOut, instantOut, present, shownCredits, shownInstant, text } from './shapes.js';

const GROUP = 'Plans';

const planBody = z.strictObject({ plan: text('Key of the plan.'), ...returnBody });

export const planRoutes = (door: Doors): readonly Route[] => [
  plansRoute(door),
  changePlan(door),
  cancelPlan(door),
  startTrial(door),
];

const plansRoute = ({ read }: Doors): Route =>
  route({
    method: 'GET',
    path: '/v1/accounts/:account/plans',
    name: 'readPlans',
    group: GROUP,
    summary: 'The present plan, and all of them side by side',
    action: 'read_billing',
    idempotency: 'none',
    confined: 'allowed',
    params: accountParams,
    query: NO_FIELDS,
    body: null,
    answer: z.object({ present: planNowOut, plans: plansOut }),
    async run({ params }) {
      const found = await read(params.account);
      return isProblem(found) ? found : ok({ present: planNowOf(found.book), plans: plansOf(found.book) });
    },
  });

type PlanAsk = Asked<{ account: string }, unknown, { returnUrl?: string | undefined } | null>;

/** Where the processor can be asked it is: a plan that is sold by a subscription is never had without one. */
const chosenThere = (door: Doors, asked: PlanAsk, wish: PlanWish): Promise<Answer<z.input<typeof chosenOut>>> | null =>
  door.checkout === undefined
    ? null
    : chosen({ checkout: door.checkout, profiles: door.profiles }, { ...wished(asked), wish });

const changePlan = (door: Doors): Route =>
  route({
    method: 'PUT',
    path: '/v1/accounts/:account/plan',
    name: 'changePlan',
    group: GROUP,
    summary: 'Move to another plan',
    description:
      'Up acts at once; down acts when the period ends; back to the present one undoes what was chosen. A plan that is sold by a subscription is begun at `url` and changed there.',
    action: 'change_plan',
    idempotency: 'stored',
    confined: 'allowed',
    params: accountParams,
    query: NO_FIELDS,
    body: planBody.extend({
      trial: z.boolean().optional().meta({
        description:
          'true: with a trial or not at all; false: without one; absent: with one where there is one to be had.',
      }),
    }),
    answer: chosenOut,
    run: (asked) =>
      chosenThere(door, asked, { kind: 'choose', plan: asked.body.plan, ...present({ trial: asked.body.trial }) }) ??
      posted(
        door.poster,
        { kind: 'change_plan', ...askedBy(asked.who, asked.params.account), plan: asked.body.plan },
        ['configured'],
        (one) => ok({ note: one.note ?? null }),
      ),
  });

const cancelPlan = (door: Doors): Route =>
  route({
    method: 'POST',
    path: '/v1/accounts/:account/plan/cancel',
    name: 'cancelPlan',
    group: GROUP,
    summary: 'End the plan when its period ends',
    description: 'Plan and credits stay until then. Choosing the plan again undoes it.',
    action: 'change_plan',
    idempotency: 'stored',
    confined: 'allowed',
    params: accountParams,
    query: NO_FIELDS,
    body: null,
    answer: chosenOut,
    run: (asked) =>
      chosenThere(door, { ...asked, body: null }, { kind: 'cancel' }) ??
      posted(door.poster, { kind: 'cancel_plan', ...askedBy(asked.who, asked.params.account) }, ['configured'], (one) =>
        ok({ note: one.note ?? null }),
      ),
  });

const trialOut = z.object({
  plan: z.string(),
  endsAt: instantOut.nullable().meta({ description: 'Null: it begins at `url`.' }),
  credits: creditsOut.nullable(),
  url: z.string().optional(),
});

/** A plan that is sold by a subscription is tried by Checkout, which asks for the card; null: it is begun here. */
async function triedThere(door: Doors, asked: PlanAsk, plan: string): Promise<Answer<z.input<typeof trialOut>> | null> {
  const found = door.checkout === undefined ? null : await door.read(asked.params.account);
  if (found === null) return null;
  if (isProblem(found)) return found;
  const isSold = found.context.catalog.plans.some((one) => one.key === plan && one.stripePriceIds.length > 0);
  const answer = isSold ? await chosenThere(door, asked, { kind: 'choose', plan, trial: true }) : null;
  if (answer?.kind !== 'ok') return answer;
  const { url } = answer.body;
  return ok({ plan, endsAt: null, credits: null, ...(url === undefined ? {} : { url }) }, 201);
}

const startTrial = (door: Doors): Route =>
  route({
    method: 'POST',
    path: '/v1/accounts/:account/trial',
    name: 'startTrial',
    group: GROUP,
    summary: 'Try a plan',
    description: 'From the free plan, with a card, once an account and once a card. Nothing is charged before it ends.',
    action: 'change_plan',
    idempotency: 'stored',
    confined: 'allowed',
    params: accountParams,
    query: NO_FIELDS,
    body: planBody,
    answer: trialOut,
    run: async (asked) =>
      (await triedThere(door, asked, asked.body.plan)) ??
      posted(
        door.poster,
        { kind: 'start_trial', ...askedBy(asked.who, asked.params.account), plan: asked.body.plan },
        ['trial_started'],
        (one) => ok({ plan: one.plan, endsAt: shownInstant(one.endsAt), credits: shownCredits(one.credits) }, 201),
      ),
  });
