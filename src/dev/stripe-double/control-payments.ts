/** What a bank, a card's network or a card's owner does by themselves, in the hands of tests and of people. */
import { z } from 'zod';
import { completeAuthentication } from './authentication.js';
import { automaticallyUpdate, type NewCard } from './card-changes.js';
import { chargeOf, intentFor } from './charges.js';
import { settle } from './charging.js';
import { scriptedDecline } from './declines.js';
import {
  closeDispute,
  type DisputeEnd,
  type DisputeWish,
  disputeOf,
  escalateDispute,
  openDispute,
} from './disputes.js';
import { afterTry } from './intent-aftermath.js';
import { failRefund, refundOf, succeedRefund } from './refunds.js';
import type { Store, StoredCharge, StoredPaymentMethod } from './state.js';
import type { World } from './world.js';

/** All reject with a plain sentence where there is no such thing, or where it cannot become so. Ids are Stripe's. */
export interface PaymentControl {
  /** The holder's bank takes a payment back, or asks about it; the answer is the dispute's id. */
  dispute(chargeOrIntent: string, wish?: DisputeWish): Promise<string>;
  closeDispute(dispute: string, end: DisputeEnd): Promise<void>;
  /** An open inquiry becomes a dispute. */
  escalateDispute(dispute: string): Promise<void>;
  /** A refund comes back, also one that had succeeded. The reason is Stripe's word; "declined" unless said. */
  failRefund(refund: string, reason?: string): Promise<void>;
  /** A pending refund succeeds. */
  finishRefund(refund: string): Promise<void>;
  /** Ends what the fault "processing" began. */
  finishProcessing(intent: string, outcome: 'succeeded' | 'failed', declineCode?: string): Promise<void>;
  /** As on the page where owners authenticate. The answer is where they go next, null where no address was given. */
  completeAuthentication(intent: string, approve: boolean): Promise<string | null>;
  /** The network reports a renewed or replaced card. */
  automaticallyUpdate(paymentMethod: string, card: NewCard): Promise<void>;
  /** Sets what is printed on a card, without anybody being told. */
  setExpiry(paymentMethod: string, expMonth: number, expYear: number): Promise<void>;
}

export function makePaymentControl(world: World, store: Store): PaymentControl {
  const done = async <T>(value: T): Promise<T> => {
    await store.persist();
    return value;
  };
  return {
    dispute: async (id, wish = {}) => done(openDispute(world, paidBy(world, id), wish).id),
    closeDispute: async (id, end) => done(closeDispute(world, disputeOf(world, id), end)),
    escalateDispute: async (id) => done(escalateDispute(world, disputeOf(world, id))),
    failRefund: async (id, reason = 'declined') => done(failRefund(world, refundOf(world, id), reason)),
    finishRefund: async (id) => done(succeedRefund(world, refundOf(world, id))),
    finishProcessing: async (id, outcome, declineCode = 'generic_decline') =>
      done(finishProcessing(world, id, outcome === 'succeeded' ? null : declineCode)),
    completeAuthentication: async (id, approve) => done(completeAuthentication(world, id, approve)),
    automaticallyUpdate: async (id, card) => done(automaticallyUpdate(world, cardOf(world, id), card)),
    setExpiry: async (id, expMonth, expYear) => {
      const method = cardOf(world, id);
      method.facts = { ...method.facts, expMonth, expYear };
      await done(null);
    },
  };
}

function paidBy(world: World, id: string): StoredCharge {
  return chargeOf(world, id.startsWith('pi_') ? (intentFor(world, id).latestCharge ?? id) : id);
}

function cardOf(world: World, id: string): StoredPaymentMethod {
  const method = world.state.paymentMethods.find((one) => one.id === id);
  if (method === undefined) throw new Error(`The double stores no card ${id}.`);
  return method;
}

function finishProcessing(world: World, id: string, declineCode: string | null): void {
  const intent = intentFor(world, id);
  if (intent.status !== 'processing' || intent.paymentMethod === null)
    throw new Error(`The intent ${id} is ${intent.status}: only one that is processing can be finished.`);
  const decline = declineCode === null ? null : scriptedDecline({ declineCode, adviceCode: null });
  const behaviour = decline === null ? { kind: 'pays' as const } : { kind: 'declines' as const, decline };
  settle(world, intent, cardOf(world, intent.paymentMethod), { behaviour, authenticated: false });
  afterTry(world, id, decline === null);
}

const id = z.string().min(1);
const expiry = { expMonth: z.int().min(1).max(12), expYear: z.int().min(1970).max(2100) };

/** What may be posted to /_double/payments: each by the name of its function above. */
export const paymentActionSchema = z.discriminatedUnion('action', [
  z.strictObject({
    action: z.literal('dispute'),
    of: id,
    reason: z.string().optional(),
    amount: z.int().positive().optional(),
    inquiry: z.boolean().optional(),
  }),
  z.strictObject({ action: z.literal('closeDispute'), dispute: id, end: z.enum(['won', 'lost', 'warning_closed']) }),
  z.strictObject({ action: z.literal('escalateDispute'), dispute: id }),
  z.strictObject({ action: z.literal('failRefund'), refund: id, reason: z.string().optional() }),
  z.strictObject({ action: z.literal('finishRefund'), refund: id }),
  z.strictObject({
    action: z.literal('finishProcessing'),
    intent: id,
    outcome: z.enum(['succeeded', 'failed']),
    declineCode: z.string().optional(),
  }),
  z.strictObject({ action: z.literal('completeAuthentication'), intent: id, approve: z.boolean() }),
  z.strictObject({
    action: z.literal('automaticallyUpdate'),
    paymentMethod: id,
    last4: z
      .string()
      .regex(/^\d{4}$/)
      .optional(),
    ...expiry,
  }),
  z.strictObject({ action: z.literal('setExpiry'), paymentMethod: id, ...expiry }),
]);

export function act(control: PaymentControl, asked: z.output<typeof paymentActionSchema>): Promise<unknown> {
  switch (asked.action) {
    case 'dispute': {
      const { of, reason, amount, inquiry } = asked;
      return control.dispute(of, {
        ...(reason === undefined ? {} : { reason }),
        ...(amount === undefined ? {} : { amount }),
        ...(inquiry === undefined ? {} : { inquiry }),
      });
    }
    case 'closeDispute':
      return control.closeDispute(asked.dispute, asked.end);
    case 'escalateDispute':
      return control.escalateDispute(asked.dispute);
    case 'failRefund':
      return control.failRefund(asked.refund, asked.reason);
    case 'finishRefund':
      return control.finishRefund(asked.refund);
    case 'finishProcessing':
      return control.finishProcessing(asked.intent, asked.outcome, asked.declineCode);
    case 'completeAuthentication':
      return control.completeAuthentication(asked.intent, asked.approve);
    case 'automaticallyUpdate': {
      const { last4, expMonth, expYear } = asked;
      return control.automaticallyUpdate(asked.paymentMethod, {
        ...(last4 === undefined ? {} : { last4 }),
        expMonth,
        expYear,
      });
    }
    case 'setExpiry':
      return control.setExpiry(asked.paymentMethod, asked.expMonth, asked.expYear);
  }
}
