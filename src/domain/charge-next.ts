/** When somebody has to look at a charge again, of its own accord. */
import { type Charge, isOpen } from './charge.js';
import { earliest, type Instant, instant, later, MINUTE_MS, SECOND_MS } from './instant.js';

/** How soon to look again at a payment that the processor is still working on, or has said too little of. */
const LOOK_AGAIN_MS = MINUTE_MS;
/** The bank's page is left within seconds or not at all. */
const OWNER_AT_BANK_MS = 10 * SECOND_MS;
const RARELY_MS = 15 * MINUTE_MS;

/** What takes longer is looked at more rarely: after as long again as it has taken, at most a quarter of an hour. */
const growing = (since: Instant | null, at: Instant, first: number): Instant =>
  later(at, Math.max(first, Math.min(RARELY_MS, since === null ? 0 : at - since)));

/** Null: not of its own accord. */
export function nextStep(charge: Charge, at: Instant): Instant | null {
  const { extra, waitingSince, actionUntil, checkoutUntil } = charge.course;
  if (charge.cancelOwed) return at;
  if (!isOpen(charge)) return null;
  if (charge.unanswered !== null) return later(at, LOOK_AGAIN_MS);
  if (charge.state === 'processing') return growing(waitingSince, at, LOOK_AGAIN_MS);
  if (charge.state === 'action_required') {
    return waitingSince === null ? actionUntil : earliest(growing(waitingSince, at, OWNER_AT_BANK_MS), actionUntil);
  }
  if (extra !== null) return instant(Math.max(at, extra.at));
  return checkoutUntil ?? charge.nextAttemptAt;
}
