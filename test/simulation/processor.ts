/**
 * A processor in memory: intents, answers by key, refunds and disputes. It executes at once; what is lost is the way there or
 * the way back. `onExecute` is told of each confirm that is really run, before any money moves.
 */
import type { AccountId, ChargeId } from '../../src/domain/ids.js';
import type { Instant } from '../../src/domain/instant.js';
import { currency, type MinorUnits, minorUnits } from '../../src/domain/money.js';
import type { Decline, IntentRequest, IntentStatus, IntentView, OpenDispute } from '../../src/domain/payment.js';
import type { PaymentOutcome, Payments } from '../../src/ports.js';
import type { Chance } from '../support/walk-random.js';
import { makePages } from './pages.js';

export interface SimIntent {
  readonly id: string;
  readonly request: IntentRequest;
  status: IntentStatus;
  payments: number;
  tries: number;
  refundedMinor: bigint;
  disputedMinor: bigint;
  dispute: OpenDispute | null;
  lastDecline: Decline | null;
}

export interface SimEvent {
  readonly kind: 'paid' | 'failed' | 'funds' | 'canceled' | 'session';
  readonly account: AccountId;
  readonly charge: ChargeId;
  /** Null for a session that has made none. */
  readonly intent: string | null;
}

export type SimPayments = Pick<Payments, 'createIntent' | 'confirmIntent' | 'retrieveIntent' | 'cancelIntent'>;
export type SimProcessor = ReturnType<typeof makeSimProcessor>;

const SILENT = { kind: 'silent', reason: 'no answer' } as const;

/** A page of the processor that asks for the money of one charge. Its intent is made when somebody first tries to pay. */
export interface SimSession {
  readonly id: string;
  readonly request: IntentRequest;
  readonly expiresAt: Instant;
  status: 'open' | 'complete' | 'expired';
  intent: SimIntent | null;
}

export interface Vault {
  readonly chance: Chance;
  readonly intents: SimIntent[];
  readonly created: Map<string, SimIntent>;
  readonly answers: Map<string, PaymentOutcome>;
  readonly events: SimEvent[];
  readonly sessions: SimSession[];
  readonly health: { faulty: boolean; declining: boolean };
  readonly onExecute: (key: string, intent: SimIntent) => void;
  /** Told what nobody may ask for. */
  readonly odd: (what: string) => void;
}

export const tell = ({ events }: Vault, kind: SimEvent['kind'], { id, request }: SimIntent): void =>
  void events.push({ kind, account: request.account, charge: request.charge, intent: id });

function byId({ intents }: Vault, id: string): SimIntent {
  const found = intents.find((one) => one.id === id);
  if (found === undefined) throw new Error(`no intent ${id}`);
  return found;
}

export function pay(vault: Vault, intent: SimIntent): void {
  intent.status = 'succeeded';
  intent.payments += 1;
  tell(vault, 'paid', intent);
}

export function decline(vault: Vault, intent: SimIntent, code: string, declineCode: string | null): PaymentOutcome {
  intent.status = 'requires_payment_method';
  intent.lastDecline = {
    ...{ code, declineCode, adviceCode: null, message: 'Declined.' },
    processorChargeId: `ch_${intent.id}_${intent.tries}`,
  };
  tell(vault, 'failed', intent);
  return { kind: 'declined', view: viewOf(intent), decline: intent.lastDecline };
}

/** Runs a confirm, whatever becomes of its answer. */
function execute(vault: Vault, intent: SimIntent, key: string, offSession: boolean): PaymentOutcome {
  vault.onExecute(key, intent);
  intent.tries += 1;
  const dice = vault.health.declining ? vault.chance.below(100) : 0;
  if (dice < 55) pay(vault, intent);
  else if (dice < 74) return decline(vault, intent, 'card_declined', 'insufficient_funds');
  else if (dice < 79) return decline(vault, intent, 'card_declined', 'lost_card');
  else if (dice < 91) {
    if (offSession) return decline(vault, intent, 'authentication_required', 'authentication_required');
    // The owner is there: the bank wants to see them.
    intent.status = 'requires_action';
  } else if (dice < 96) intent.status = 'processing';
  else pay(vault, intent);
  return { kind: 'seen', view: viewOf(intent) };
}

/** A call may be lost on the way there, on the way back, or find nobody. */
export function through<Outcome extends { readonly kind: string }>(
  { health, chance }: Vault,
  run: () => Outcome,
): Outcome | Extract<PaymentOutcome, { kind: 'silent' | 'unavailable' }> {
  const where = !health.faulty || chance.in100(75) ? null : chance.pick(['there', 'back', 'refused'] as const);
  if (where === 'there') return SILENT;
  if (where === 'refused') return { kind: 'unavailable', reason: 'connection refused', retryAfterMs: null };
  const answer = run();
  return where === 'back' ? SILENT : answer;
}

function paymentsOf(vault: Vault): SimPayments {
  const { intents, created, answers, health, chance } = vault;
  const sent = (run: () => PaymentOutcome): PaymentOutcome => through(vault, run);
  return {
    createIntent: async (request) =>
      sent(() => {
        const key = `${request.charge}:${request.canceledIntents ?? 0}`;
        if (vault.sessions.some((one) => one.request.charge === request.charge))
          vault.odd(`an intent was asked for beside the one of its Checkout, for ${request.charge}`);
        const known = created.get(key);
        if (known !== undefined) return { kind: 'seen', view: viewOf(known) };
        const intent = newIntent(`pi_${intents.length + 1}`, request);
        intents.push(intent);
        created.set(key, intent);
        return { kind: 'seen', view: viewOf(intent) };
      }),
    confirmIntent: async ({ intentId, idempotencyKey, params }) =>
      sent(() => {
        const saved = answers.get(idempotencyKey);
        if (saved !== undefined) return saved;
        const intent = byId(vault, intentId);
        const isOpen = intent.status === 'requires_payment_method' || intent.status === 'requires_action';
        if (!isOpen) return { kind: 'look', reason: `the intent is ${intent.status}` };
        if (health.faulty && chance.in100(5)) {
          // A 500 that is saved: the key will never tell more, and nothing was run.
          answers.set(idempotencyKey, { kind: 'look', reason: 'a saved 500' });
          return SILENT;
        }
        const answer = execute(vault, intent, idempotencyKey, params.off_session);
        answers.set(idempotencyKey, answer);
        return answer;
      }),
    retrieveIntent: async (id) => sent(() => ({ kind: 'seen', view: viewOf(byId(vault, id)) })),
    cancelIntent: async (id) =>
      sent(() => {
        const intent = byId(vault, id);
        if (intent.status === 'succeeded' || intent.status === 'processing')
          return { kind: 'look', reason: 'too late' };
        if (intent.status !== 'canceled') {
          intent.status = 'canceled';
          tell(vault, 'canceled', intent);
        }
        return { kind: 'seen', view: viewOf(intent) };
      }),
  };
}

export function makeSimProcessor(chance: Chance, onExecute: Vault['onExecute'], odd: Vault['odd']) {
  const health = { faulty: true, declining: true };
  const kept = { intents: [], created: new Map(), answers: new Map(), events: [], sessions: [] };
  const vault: Vault = { ...kept, chance, health, onExecute, odd };
  const { intents, events } = vault;
  return {
    ...{ payments: paymentsOf(vault), intents, events, health },
    pages: makePages(vault),
    /** A payment that was under way ends. */
    finish(): void {
      const intent = intents.find((one) => one.status === 'processing');
      if (intent === undefined) return;
      if (chance.in100(60)) pay(vault, intent);
      else decline(vault, intent, 'card_declined', 'generic_decline');
    },
    /** Money goes back, or is asked for, or stays. */
    moveFunds(): void {
      const paid = intents.filter((one) => one.payments > 0);
      if (paid.length === 0) return;
      const intent = chance.pick(paid);
      const whole = intent.request.amountMinor;
      const left = whole - intent.refundedMinor - intent.disputedMinor;
      if (intent.dispute !== null) {
        if (chance.in100(50)) intent.disputedMinor = 0n;
        intent.dispute = null;
      } else if (intent.refundedMinor > 0n && chance.in100(40)) intent.refundedMinor = 0n;
      else if (left > 1n && chance.in100(60)) intent.refundedMinor += 1n + BigInt(chance.below(Number(left)));
      else if (left > 0n && chance.in100(40)) {
        intent.dispute = 'dispute';
        intent.disputedMinor += left;
      } else return;
      tell(vault, 'funds', intent);
    },
    closeDisputes(): void {
      for (const intent of intents.filter((one) => one.dispute !== null)) {
        intent.dispute = null;
        tell(vault, 'funds', intent);
      }
    },
    byId: (id: string) => byId(vault, id),
    execute: (intent: SimIntent, key: string, offSession: boolean) => execute(vault, intent, key, offSession),
  };
}

export const newIntent = (id: string, request: IntentRequest): SimIntent => ({
  ...{ id, request, status: 'requires_payment_method', payments: 0, tries: 0 },
  ...{ refundedMinor: 0n, disputedMinor: 0n, dispute: null, lastDecline: null },
});

export function viewOf(intent: SimIntent): IntentView {
  const { request } = intent;
  const money = (minor: bigint): MinorUnits => minorUnits(Number(minor));
  return {
    intentId: intent.id,
    status: intent.status,
    amountMinor: request.amountMinor,
    currency: currency('usd'),
    ...{ deployment: request.deployment, account: request.account, charge: request.charge },
    payment:
      intent.status === 'succeeded'
        ? {
            processorChargeId: `ch_${intent.id}`,
            paidMinor: request.amountMinor,
            refundedMinor: money(intent.refundedMinor),
            disputedMinor: money(intent.disputedMinor),
            dispute:
              intent.dispute === null ? null : { kind: intent.dispute, amountMinor: money(intent.disputedMinor) },
            ...{ brand: 'visa', last4: '4242', fingerprint: null, receiptUrl: null, receiptNumber: null },
          }
        : null,
    lastDecline: intent.lastDecline,
    nextActionUrl: intent.status === 'requires_action' ? 'https://bank.example/approve' : null,
  };
}
