/**
 * Subscriptions, their invoices and Checkout sessions. What the event is about is fetched fresh, and what is known here of
 * the subscription is read before that: a view that is older than what was mirrored meanwhile is fetched again.
 */
import type { AccountId } from '../domain/ids.js';
import type { Ledger, Log, SessionView, Subscriptions } from '../ports.js';
import type { BringChargeDeps } from './bring-charge.js';
import { bringSubscription } from './bring-subscription.js';
import { bringCard, type HearCardDeps } from './hear-card.js';
import { hearPayment } from './hear-payment.js';
import { type Heard, type Hearing, unheard } from './heard.js';
import { postOne } from './post-one.js';

export interface HearPlanDeps extends HearCardDeps, BringChargeDeps {
  readonly ledger: Ledger;
  readonly subscriptions: Subscriptions;
  readonly log: Log;
}

/** A price that no plan names is for an operator to mend in the catalog; the event waits for that. */
const UNNAMED_AGAIN_MS = 15 * 60_000;

export async function hearSubscription(deps: HearPlanDeps, { event, step }: Hearing): Promise<Heard> {
  const { subscription } = event.names;
  if (subscription === null) return { kind: 'ignored', result: 'It names no subscription.' };
  return mirror(deps, step.account, subscription);
}

async function mirror(deps: HearPlanDeps, account: AccountId, id: string): Promise<Heard> {
  const brought = await bringSubscription(deps, account, id);
  switch (brought.kind) {
    case 'brought':
      return { kind: 'done', result: `The plan is ${brought.plan}.` };
    case 'foreign':
      return { kind: 'ignored', result: 'It is of another customer.' };
    case 'unreadable':
      return { kind: 'ignored', result: brought.reason };
    case 'unnamed':
      return { kind: 'later', reason: brought.reason, afterMs: UNNAMED_AGAIN_MS };
    case 'busy':
      return { kind: 'later', reason: 'The subscription changed each time it had been read.', afterMs: 1_000 };
    default:
      return unheard(brought);
  }
}

/** Its subscription is mirrored first: an invoice of one that is not known here would count for nothing. */
export async function hearInvoice(deps: HearPlanDeps, { event, step }: Hearing): Promise<Heard> {
  const { account } = step;
  const { invoice, subscription } = event.names;
  if (invoice === null) return { kind: 'ignored', result: 'It names no invoice.' };
  if (subscription === null) return { kind: 'ignored', result: 'It is an invoice of no subscription.' };
  const mirrored = await mirror(deps, account, subscription);
  if (mirrored.kind !== 'done') return mirrored;
  const found = await deps.subscriptions.invoice(invoice);
  if (found.kind === 'unreadable') return { kind: 'ignored', result: found.reason };
  if (found.kind !== 'seen') return unheard(found);
  if (found.view.subscription !== subscription) return { kind: 'ignored', result: 'It is of another subscription.' };
  const outcome = await postOne(deps.ledger, { kind: 'agree_invoice', account, view: found.view });
  if (outcome.kind !== 'mirrored') throw new Error(`agreeing with an invoice was answered ${outcome.kind}`);
  return { kind: 'done', result: `The invoice is ${found.view.status}, the plan ${outcome.plan}.` };
}

export async function hearCheckout(deps: HearPlanDeps, hearing: Hearing): Promise<Heard> {
  const { session: id } = hearing.event.names;
  if (id === null) return { kind: 'ignored', result: 'It names no session.' };
  const found = await deps.subscriptions.session(id);
  if (found.kind === 'unreadable') return { kind: 'ignored', result: found.reason };
  if (found.kind !== 'seen') return unheard(found);
  const { view } = found;
  if (view.deployment !== null && view.deployment !== deps.deployment) {
    return { kind: 'ignored', result: 'It belongs to another deployment.' };
  }
  switch (view.mode) {
    case 'payment':
      return paySession(deps, hearing, view);
    case 'setup':
      return setUpSession(deps, hearing, view);
    case 'subscription':
      return view.subscription === null
        ? { kind: 'done', result: 'It has begun no subscription.' }
        : mirror(deps, hearing.step.account, view.subscription);
    case 'other':
      return { kind: 'ignored', result: 'It is a session of a kind that is none of ours.' };
  }
}

/** A Checkout is an offer with a charge of its own, which ends with the session, and is paid by the intent that it made. */
async function paySession(deps: HearPlanDeps, { event, step }: Hearing, view: SessionView): Promise<Heard> {
  const charge = view.deployment === deps.deployment ? view.charge : null;
  if (view.intent !== null && view.status !== 'expired') {
    const names = { ...event.names, intent: view.intent, charge };
    return hearPayment(deps, { step, event: { ...event, names } });
  }
  if (view.status !== 'expired') return { kind: 'done', result: 'It has not been paid.' };
  const row = charge === null ? null : await deps.charges.ofAccount(step.account, { charge, intent: view.intent });
  if (row === null) return { kind: 'ignored', result: 'It was for no charge of ours.' };
  const outcome = await postOne(deps.ledger, { kind: 'end_checkout', account: step.account, charge: row.id });
  return { kind: 'done', result: outcome.kind === 'refused' ? outcome.message : 'The offer has ended.' };
}

async function setUpSession(deps: HearPlanDeps, { step }: Hearing, view: SessionView): Promise<Heard> {
  if (view.setupIntent === null) return { kind: 'done', result: 'It has stored no way to pay.' };
  const stored = await deps.records.storedBy(view.setupIntent);
  if (stored.kind !== 'stored') return unheard(stored);
  if (stored.paymentMethod === null) return { kind: 'done', result: 'It has stored no way to pay.' };
  return bringCard(deps, step.account, stored.paymentMethod);
}
