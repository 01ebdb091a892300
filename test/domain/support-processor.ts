/**
 * A processor in memory that keeps intents and answers by idempotency key, and the real charge step over it: what the
 * core decides is carried out by the very flow that carries it out in a worker.
 */
import type { Command } from '../../src/domain/commands.js';
import { type ChargeId, outboxId } from '../../src/domain/ids.js';
import { type Instant, isoOf, later } from '../../src/domain/instant.js';
import { currency } from '../../src/domain/money.js';
import type { Decline, IntentStatus, IntentView } from '../../src/domain/payment.js';
import { makeRunCharge } from '../../src/flow/run-charge.js';
import type { Ending, Ledger, Log, Outbox, PaymentOutcome, Payments } from '../../src/ports.js';
import type { Asked, TestAccount } from './support-account.js';

/** How the next calls end. Before or after: whether the processor had done the work when it fell silent. */
export const MOODS = [
  'pays',
  'declines',
  'declines_hard',
  'wants_authentication',
  'silent_before',
  'silent_after',
  'confirm_unheard',
  'fails_and_remembers',
  'processes',
  'processing_fails',
  'refuses',
  'unavailable',
  'owner_approves',
  'owner_gives_up',
  'card_is_gone',
] as const;
export type Mood = (typeof MOODS)[number];

interface Intent {
  readonly id: string;
  readonly charge: ChargeId;
  readonly amountMinor: bigint;
  status: IntentStatus;
  payments: number;
  lastDecline: Decline | null;
}

/** Each failed payment has an id of its own. */
let failures = 0;
const failedNow = (decline: Decline): Decline => {
  failures += 1;
  return { ...decline, processorChargeId: `ch_failed_${failures}` };
};

export const DECLINE: Decline = {
  code: 'card_declined',
  declineCode: 'insufficient_funds',
  adviceCode: null,
  message: 'Your card has insufficient funds.',
};

export const HARD_DECLINE: Decline = { ...DECLINE, declineCode: 'lost_card', message: 'Your card was declined.' };

export type Processor = ReturnType<typeof makeProcessor>;

export function makeProcessor() {
  const intents = new Map<string, Intent>();
  const answers = new Map<string, PaymentOutcome>();
  const calls: string[] = [];
  const state: { mood: Mood } = { mood: 'pays' };
  const byId = (id: string): Intent => {
    const found = [...intents.values()].find((one) => one.id === id);
    if (found === undefined) throw new Error(`no intent ${id}`);
    return found;
  };
  const payments: Pick<Payments, 'createIntent' | 'confirmIntent' | 'retrieveIntent' | 'cancelIntent'> = {
    async createIntent({ charge, amountMinor, canceledIntents = 0 }) {
      calls.push(`create ${charge}`);
      const before = trouble(state.mood);
      if (before !== null && state.mood !== 'silent_after') return before;
      const known = intents.get(charge);
      const id = canceledIntents === 0 ? `pi_${charge}` : `pi_${charge}_${canceledIntents}`;
      // One key, one intent; another key makes another, and what was canceled stays so.
      const intent = known?.id === id ? known : newIntent(charge, amountMinor, id);
      if (known !== undefined && known.id !== id && known.status !== 'canceled')
        throw new Error(`${known.id} is parked`);
      intents.set(charge, intent);
      return before ?? { kind: 'seen', view: viewOf(intent) };
    },
    async confirmIntent({ intentId, idempotencyKey, params }) {
      calls.push(`confirm ${idempotencyKey} ${params.payment_method}`);
      const remembered = answers.get(idempotencyKey);
      if (remembered !== undefined && !UNHEARD.includes(state.mood)) return remembered;
      const answer = confirmed(byId(intentId), state.mood, params.off_session);
      if (state.mood === 'silent_after') answers.set(idempotencyKey, { kind: 'seen', view: viewOf(byId(intentId)) });
      else if (state.mood === 'fails_and_remembers')
        answers.set(idempotencyKey, { kind: 'look', reason: 'replayed 500' });
      else if (answer.kind === 'seen' || answer.kind === 'declined') answers.set(idempotencyKey, answer);
      return answer;
    },
    async retrieveIntent(id) {
      calls.push(`retrieve ${id}`);
      const intent = byId(id);
      if (intent.status === 'processing' && state.mood === 'pays') pay(intent);
      if (intent.status === 'processing' && state.mood === 'processing_fails') {
        intent.status = 'requires_payment_method';
        intent.lastDecline = failedNow(DECLINE);
      }
      if (intent.status === 'requires_action' && state.mood === 'owner_approves') pay(intent);
      if (intent.status === 'requires_action' && state.mood === 'owner_gives_up') {
        intent.status = 'requires_payment_method';
        intent.lastDecline = failedNow({
          ...DECLINE,
          code: 'payment_intent_authentication_failure',
          declineCode: null,
        });
      }
      const silent = state.mood === 'silent_before' || state.mood === 'unavailable';
      return silent ? { kind: 'silent', reason: 'no answer' } : { kind: 'seen', view: viewOf(intent) };
    },
    async cancelIntent(id) {
      calls.push(`cancel ${id}`);
      const intent = byId(id);
      const before = trouble(state.mood);
      if (before !== null && state.mood !== 'silent_after') return before;
      if (intent.status === 'succeeded' || intent.status === 'processing') return { kind: 'look', reason: 'too late' };
      intent.status = 'canceled';
      return before ?? { kind: 'seen', view: viewOf(intent) };
    },
  };
  return { intents, calls, state, payments };
}

/** Moods in which a confirm does not reach the processor. */
const UNHEARD: readonly Mood[] = ['silent_before', 'unavailable', 'confirm_unheard'];

const newIntent = (charge: ChargeId, amountMinor: bigint, id: string): Intent => ({
  id,
  charge,
  amountMinor,
  status: 'requires_payment_method',
  payments: 0,
  lastDecline: null,
});

function trouble(mood: Mood): PaymentOutcome | null {
  switch (mood) {
    case 'silent_before':
    case 'silent_after':
    case 'fails_and_remembers':
      return { kind: 'silent', reason: 'no answer' };
    case 'unavailable':
      return { kind: 'unavailable', reason: 'connection refused', retryAfterMs: null };
    case 'refuses':
      return { kind: 'refused', code: 'parameter_invalid', reason: 'our request was wrong' };
    default:
      return null;
  }
}

function pay(intent: Intent): void {
  if (intent.status === 'succeeded' || intent.status === 'canceled') throw new Error(`${intent.id} was paid twice`);
  intent.status = 'succeeded';
  intent.payments += 1;
}

function confirmed(intent: Intent, mood: Mood, offSession: boolean): PaymentOutcome {
  if (intent.status !== 'requires_payment_method' && intent.status !== 'requires_action')
    return { kind: 'look', reason: `the intent is ${intent.status}` };
  switch (mood) {
    case 'pays':
    case 'owner_approves':
    case 'owner_gives_up':
    case 'silent_after':
      pay(intent);
      break;
    case 'processes':
    case 'processing_fails':
      intent.status = 'processing';
      break;
    case 'declines':
    case 'declines_hard':
      return declinedAs(intent, mood === 'declines' ? DECLINE : HARD_DECLINE);
    case 'wants_authentication':
      if (offSession) return declinedAs(intent, { ...DECLINE, code: 'authentication_required', declineCode: null });
      intent.status = 'requires_action';
      break;
    case 'card_is_gone':
      return { kind: 'refused', code: 'resource_missing', reason: 'No such PaymentMethod.', about: 'card' };
    case 'confirm_unheard':
      return { kind: 'silent', reason: 'no answer' };
    default:
      break;
  }
  return trouble(mood) ?? { kind: 'seen', view: viewOf(intent) };
}

function declinedAs(intent: Intent, decline: Decline): PaymentOutcome {
  intent.status = 'requires_payment_method';
  intent.lastDecline = failedNow(decline);
  return { kind: 'declined', view: viewOf(intent), decline: intent.lastDecline };
}

export function viewOf(intent: Intent): IntentView {
  const amountMinor = intent.amountMinor as IntentView['amountMinor'];
  const paid = intent.status === 'succeeded';
  return {
    intentId: intent.id,
    status: intent.status,
    amountMinor,
    currency: currency('usd'),
    deployment: 'test',
    account: null,
    charge: intent.charge,
    payment: paid
      ? {
          processorChargeId: `ch_${intent.charge}`,
          paidMinor: amountMinor,
          refundedMinor: 0n as typeof amountMinor,
          disputedMinor: 0n as typeof amountMinor,
          dispute: null,
          brand: 'visa',
          last4: '4242',
          fingerprint: null,
          receiptUrl: 'https://receipt.example/1',
          receiptNumber: null,
        }
      : null,
    lastDecline: intent.lastDecline,
    nextActionUrl: intent.status === 'requires_action' ? `https://bank.example/${intent.id}` : null,
  };
}

const SILENT_LOG: Log = { info: () => {}, warn: () => {}, error: () => {} };

const unused = (): never => {
  throw new Error('the charge step does not ask for this');
};

/** Runs every charge row that is due. Answers how many steps were run. */
export async function runDueCharges(account: TestAccount, processor: Processor): Promise<number> {
  const due = [...account.rows.outbox.values()].filter((row) => row.topic === 'charge' && row.dueAt <= account.at());
  for (const row of due) {
    const run = makeRunCharge({
      ledger: ledgerOf(account, row.subject),
      outbox: outboxOf(account, row.subject),
      payments: { ...processor.payments, identify: unused, createCustomer: unused, attachCard: unused },
      log: SILENT_LOG,
      random: () => 0,
    });
    await run({ accountNo: account.rows.no, id: outboxId(row.subject) });
  }
  return due.length;
}

function ledgerOf(account: TestAccount, subject: string): Ledger {
  return {
    async post(commands: readonly Command[], end) {
      const outcomes = account.post(...(commands as readonly Asked[]));
      if (end !== undefined) endRow(account, subject, end(outcomes));
      return { kind: 'posted', outcomes, at: account.at() };
    },
  };
}

function outboxOf(account: TestAccount, subject: string): Outbox {
  return {
    async start(ref) {
      const row = account.rows.outbox.get(`charge:${subject}`);
      if (row === undefined) return null;
      const at = account.at();
      const { account: id } = account.rows;
      return { ...ref, topic: 'charge', account: id, subject, asks: row.asks, at, heldUntil: later(at, 60_000) };
    },
    async end(ending) {
      endRow(account, subject, ending);
    },
    takeDue: unused,
    putBack: unused,
    // What threw is thrown on by the step itself.
    async failed() {},
    unpark: unused,
  };
}

function endRow(account: TestAccount, subject: string, ending: Ending): void {
  const key = `charge:${subject}`;
  const row = account.rows.outbox.get(key);
  if (row === undefined) throw new Error(`the outbox row of ${subject} is gone at ${isoOf(account.at())}`);
  if (ending.next === null && row.asks === ending.asks) account.rows.outbox.delete(key);
  else row.dueAt = (row.asks === ending.asks && ending.next !== null ? ending.next : account.at()) as Instant;
}
