/** How tests, the demo and people steer the double: in the same process by these functions, over HTTP under /_double/. */
import { z } from 'zod';
import { runDue } from './billing-clock.js';
import { answerBillingControl, type BillingControl, makeBillingControl } from './billing-control.js';
import { act, makePaymentControl, type PaymentControl, paymentActionSchema } from './control-payments.js';
import { actOnWebhooks, makeWebhookControl, type WebhookControl, webhookActionSchema } from './control-webhooks.js';
import { disputedOf } from './disputes.js';
import { type Fault, faultSchema, type ScriptedFault } from './faults.js';
import type { Journal, JournalEntry } from './journal.js';
import type { Store } from './state.js';
import type { World } from './world.js';

export interface Payment {
  readonly charge: string;
  readonly intent: string;
  readonly customer: string | null;
  readonly amountMinor: number;
  /** Refunds that are pending or have succeeded. */
  readonly refundedMinor: number;
  /** What open and lost disputes hold of it. */
  readonly disputedMinor: number;
  readonly currency: string;
  readonly createdMs: number;
  readonly metadata: Readonly<Record<string, string>>;
}

export interface Summary {
  readonly account: string;
  readonly customers: number;
  readonly intents: number;
  readonly declined: number;
  /** Money that moved, oldest first. */
  readonly payments: readonly Payment[];
  /** Minor units by currency, before anything went back. */
  readonly totals: Readonly<Record<string, number>>;
}

export interface StripeDoubleControl extends BillingControl, PaymentControl, WebhookControl {
  fail(fault: Fault): void;
  clearFaults(): void;
  faults(): readonly ScriptedFault[];
  /**
   * Moves the double's own clock ahead: keys older than 24 hours are forgotten, and what falls due in between happens,
   * each at its own instant. Survives a restart.
   */
  advance(ms: number): Promise<void>;
  summary(): Summary;
  /** The latest requests, oldest first. */
  journal(): readonly JournalEntry[];
}

export function makeControl(world: World, store: Store, journal: Journal): StripeDoubleControl {
  return {
    ...makeBillingControl(world, store),
    ...makePaymentControl(world, store),
    ...makeWebhookControl(world, store),
    fail: (fault) => world.faults.add(fault),
    clearFaults: () => world.faults.clear(),
    faults: () => world.faults.waiting(),
    advance: async (ms) => {
      runDue(world, world.nowMs() + ms);
      world.state.clockOffsetMs += ms;
      await store.persist();
    },
    summary: () => summaryOf(world),
    journal: () => journal.entries(),
  };
}

function summaryOf(world: World): Summary {
  const { state } = world;
  const paid = state.charges.filter((one) => one.decline === null);
  const totals: Record<string, number> = {};
  for (const one of paid) totals[one.currency] = (totals[one.currency] ?? 0) + one.amount;
  return {
    account: state.account,
    customers: state.customers.length,
    intents: state.intents.length,
    declined: state.charges.length - paid.length,
    payments: paid.map((one) => ({
      charge: one.id,
      intent: one.intent,
      customer: one.customer,
      amountMinor: one.amount,
      refundedMinor: one.amountRefunded ?? 0,
      disputedMinor: disputedOf(world, one.id),
      currency: one.currency,
      createdMs: one.created * 1_000,
      metadata: one.metadata,
    })),
    totals,
  };
}

const advanceSchema = z.strictObject({ advanceMs: z.int().nonnegative() });

/** Null where there is no such door. `body` is undefined for requests without one. */
export async function answerControl(
  control: StripeDoubleControl,
  method: string,
  path: string,
  body: unknown,
): Promise<{ readonly status: number; readonly value: unknown } | null> {
  switch (`${method} ${path}`) {
    case 'GET /_double/summary':
      return { status: 200, value: control.summary() };
    case 'GET /_double/journal':
      return { status: 200, value: control.journal() };
    case 'GET /_double/faults':
      return { status: 200, value: control.faults() };
    case 'DELETE /_double/faults':
      control.clearFaults();
      return { status: 200, value: control.faults() };
    case 'POST /_double/faults': {
      const fault = faultSchema.safeParse(body);
      if (!fault.success) return { status: 400, value: { problem: z.prettifyError(fault.error) } };
      control.fail(fault.data);
      return { status: 200, value: control.faults() };
    }
    case 'POST /_double/clock': {
      const wanted = advanceSchema.safeParse(body);
      if (!wanted.success) return { status: 400, value: { problem: z.prettifyError(wanted.error) } };
      await control.advance(wanted.data.advanceMs);
      return { status: 200, value: { advancedMs: wanted.data.advanceMs } };
    }
    case 'GET /_double/events':
      return { status: 200, value: control.events() };
    case 'GET /_double/deliveries':
      return { status: 200, value: { owed: control.webhooks.owed(), tries: control.webhooks.tries() } };
    case 'POST /_double/payments':
      return acted(paymentActionSchema.safeParse(body), (asked) => act(control, asked));
    case 'POST /_double/webhooks':
      return acted(webhookActionSchema.safeParse(body), (asked) => actOnWebhooks(control, asked));
    default:
      return answerBillingControl(control, method, path, body);
  }
}

/** What the action resolved to, or in words why it could not be done. */
async function acted<T>(
  parsed: z.ZodSafeParseResult<T>,
  run: (asked: T) => Promise<unknown>,
): Promise<{ readonly status: number; readonly value: unknown }> {
  if (!parsed.success) return { status: 400, value: { problem: z.prettifyError(parsed.error) } };
  try {
    return { status: 200, value: { done: (await run(parsed.data)) ?? null } };
  } catch (error) {
    return { status: 400, value: { problem: error instanceof Error ? error.message : String(error) } };
  }
}
