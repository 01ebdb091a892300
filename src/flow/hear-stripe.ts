/**
 * The step of one of Stripe's events. An event is a hint: what it is about is fetched fresh and then agreed with, so that
 * duplicates, replays and events out of order end in the same state, which is Stripe's.
 */
import type { Instant } from '../domain/instant.js';
import { later } from '../domain/instant.js';
import type {
  ChargeRows,
  Ledger,
  Log,
  Outbox,
  OutboxRef,
  Payments,
  ProcessorRecords,
  StartedStep,
  StripeEvents,
  Subscriptions,
} from '../ports.js';
import { againAt } from './back-off.js';
import { hearCard, hearCustomerGone } from './hear-card.js';
import { hearPayment } from './hear-payment.js';
import { hearCheckout, hearInvoice, hearSubscription } from './hear-subscription.js';
import type { Heard, Hearing } from './heard.js';
import { underHold } from './step.js';
import { heardAs } from './stripe-event-types.js';

export interface HearStripeDeps {
  readonly ledger: Ledger;
  readonly outbox: Outbox;
  readonly events: StripeEvents;
  readonly charges: ChargeRows;
  readonly payments: Pick<Payments, 'retrieveIntent'>;
  readonly records: ProcessorRecords;
  readonly subscriptions: Subscriptions;
  readonly deployment: string;
  readonly log: Log;
  readonly random: () => number;
  readonly onHeard?: (type: string, state: string) => void;
}

export function makeHearStripe(deps: HearStripeDeps) {
  return (ref: OutboxRef): Promise<void> => underHold(deps.outbox, ref, (step) => hear(deps, step));
}

async function hear(deps: HearStripeDeps, step: StartedStep): Promise<void> {
  const event = await deps.events.find(step.subject);
  if (event === null || event.state !== 'waiting') return deps.outbox.end(ending(step, null, null));
  const heard = await workOn(deps, { event, step });
  const fields = { account: step.account, eventId: event.id, type: event.type };
  switch (heard.kind) {
    case 'done':
    case 'ignored':
      deps.onHeard?.(event.type, heard.kind);
      deps.log.info({ ...fields, state: heard.kind, result: heard.result }, `heard ${event.type}`);
      return deps.events.finish(event.id, heard.kind, heard.result, ending(step, null, null));
    case 'unanswered': {
      const at = againAt(step.at, event.receivedAt, heard.retryAfterMs, deps.random);
      return deps.outbox.end(ending(step, at, heard.reason));
    }
    case 'later':
      deps.log.warn({ ...fields, reason: heard.reason }, 'an event of Stripe waits');
      return deps.outbox.end(ending(step, later(step.at, heard.afterMs), heard.reason));
  }
}

async function workOn(deps: HearStripeDeps, hearing: Hearing): Promise<Heard> {
  const as = heardAs(hearing.event.type);
  switch (as) {
    case 'payment':
      return hearPayment(deps, hearing);
    case 'card':
      return hearCard(deps, hearing);
    case 'customer':
      return hearCustomerGone(deps, hearing);
    case 'checkout':
      return hearCheckout(deps, hearing);
    case 'subscription':
      return hearSubscription(deps, hearing);
    case 'invoice':
      return hearInvoice(deps, hearing);
    case 'noted':
      return { kind: 'done', result: 'Noted.' };
    case null:
      return { kind: 'ignored', result: 'Events of this type are not heard.' };
  }
}

const ending = (step: StartedStep, next: Instant | null, note: string | null) => ({
  accountNo: step.accountNo,
  id: step.id,
  heldUntil: step.heldUntil,
  asks: step.asks,
  next,
  note,
});
