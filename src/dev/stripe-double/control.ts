/** How tests, the demo and people steer the double: in the same process by these functions, over HTTP under /_double/. */
import { z } from 'zod';
import { type Fault, faultSchema, type ScriptedFault } from './faults.js';
import type { Journal, JournalEntry } from './journal.js';
import type { Store } from './state.js';
import type { World } from './world.js';

export interface Payment {
  readonly charge: string;
  readonly intent: string;
  readonly customer: string | null;
  readonly amountMinor: number;
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
  /** Minor units by currency. */
  readonly totals: Readonly<Record<string, number>>;
}

export interface StripeDoubleControl {
  fail(fault: Fault): void;
  clearFaults(): void;
  faults(): readonly ScriptedFault[];
  /** Moves the double's own clock ahead: keys older than 24 hours are forgotten. Survives a restart. */
  advance(ms: number): Promise<void>;
  summary(): Summary;
  /** The latest requests, oldest first. */
  journal(): readonly JournalEntry[];
}

export function makeControl(world: World, store: Store, journal: Journal): StripeDoubleControl {
  return {
    fail: (fault) => world.faults.add(fault),
    clearFaults: () => world.faults.clear(),
    faults: () => world.faults.waiting(),
    advance: async (ms) => {
      world.state.clockOffsetMs += ms;
      await store.persist();
    },
    summary: () => summaryOf(world),
    journal: () => journal.entries(),
  };
}

function summaryOf({ state }: World): Summary {
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
    default:
      return null;
  }
}
