/** When a stranger that is down is asked again. */
import { type Instant, later, MINUTE_MS, SECOND_MS } from '../domain/instant.js';

const FIRST_MS = SECOND_MS;
const MOST_MS = 15 * MINUTE_MS;

/**
 * Doubles with the time that has passed since the trouble began, from a second to a quarter of an hour, and adds up to a
 * fifth so that many do not come back at one instant. What the stranger asked for itself is honoured.
 */
export function againAt(now: Instant, since: Instant, asked: number | null, random: () => number): Instant {
  const waited = Math.max(0, now - since);
  const wait = Math.max(asked ?? 0, Math.min(MOST_MS, Math.max(FIRST_MS, waited)));
  return later(now, Math.round(wait * (1 + random() * 0.2)));
}
