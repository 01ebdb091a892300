/**
 * Limits in time, with their relations. A crashed step comes back when its hold has ended and its lease has run out, so
 * that shorter is better; but a hold that ended under a living step would let two work on one charge.
 */
export interface Limits {
  /** One call to the processor, as its SDK is told. */
  readonly paymentTimeoutMs: number;
  /** How often the SDK sends one call again by itself. */
  readonly paymentNetworkRetries: number;
  /** The longest that the SDK waits between two sends of one call. */
  readonly paymentPauseMs: number;
  /** One mail from connection to acceptance. */
  readonly mailTimeoutMs: number;
  /** One event from the look-up of its endpoint's name to the first line of its answer. */
  readonly courierTimeoutMs: number;
  /** How long a step holds its outbox row. */
  readonly stepMs: number;
  /** How long after publishing a row comes due again if nothing has ended it. */
  readonly leaseMs: number;
  /** After this many starts that ended in a crash or an exception a row is parked for an operator. */
  readonly startsMax: number;
  /** How often a relay that was not poked looks for due rows. */
  readonly relayPollMs: number;
}

export const LIMITS: Limits = {
  paymentTimeoutMs: 20_000,
  paymentNetworkRetries: 1,
  paymentPauseMs: 5_000,
  mailTimeoutMs: 45_000,
  courierTimeoutMs: 15_000,
  stepMs: 275_000,
  leaseMs: 290_000,
  startsMax: 20,
  relayPollMs: 250,
};

/**
 * A charge's step makes at most this many calls to the processor after one another: create, a search for what it made and
 * create under its second key, confirm, a look because the answer was a replay or said nothing, and what became of the
 * money: refunds and disputes, side by side. The step of a webhook makes fewer.
 */
export const PAYMENT_CALLS_PER_STEP = 6;
/** A step for events begins deliveries during this share of its time. */
const EVENTS_SHARE = 0.5;
export const eventsBeginUntilMs = ({ stepMs }: Limits): number => stepMs * EVENTS_SHARE;
/** Throws a sentence where two limits contradict each other. Called once at start. */
export function assertLimits(limits: Limits): void {
  // Even without retries the SDK sends once more when its connection was closed under it.
  const retries = Math.max(1, limits.paymentNetworkRetries);
  const call = limits.paymentTimeoutMs * (retries + 1) + limits.paymentPauseMs * retries;
  const events = eventsBeginUntilMs(limits) + limits.courierTimeoutMs * 2;
  const inside = Math.max(call * PAYMENT_CALLS_PER_STEP, limits.mailTimeoutMs, events);
  if (limits.stepMs <= inside) {
    throw new Error(`A step's limit of ${limits.stepMs} ms must be above the ${inside} ms that its calls can take.`);
  }
  if (limits.leaseMs <= limits.stepMs) {
    throw new Error(`The outbox lease of ${limits.leaseMs} ms must be above a step's limit of ${limits.stepMs} ms.`);
  }
}
