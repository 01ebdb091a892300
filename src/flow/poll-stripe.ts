/**
 * Reads Stripe's own list of events, so that webhooks which never came, or came while nobody listened, are caught up with.
 * Everything goes through the door that webhooks go through: what is known there changes nothing.
 */
import { DAY_MS, type Instant, instant, later, MINUTE_MS } from '../domain/instant.js';
import type { Clock, Log, ProcessorRecords, ReadingCursor, StripeEvent, StripeEvents } from '../ports.js';
import type { TakeStripeEvents } from './take-stripe-events.js';

export interface PollStripeDeps {
  readonly records: Pick<ProcessorRecords, 'events'>;
  readonly events: StripeEvents;
  readonly take: TakeStripeEvents;
  readonly clock: Clock;
  readonly log: Log;
}

/** Events are dated in whole seconds and may appear in the list a little late. */
const OVERLAP_MS = 10 * MINUTE_MS;
/** Pages in one tick; a reading that is longer goes on from there in the next. */
const PAGES_MAX = 20;
/** Stripe sends and lists nothing that is older than 30 days: what is older here can be forgotten. */
const KEPT_MS = 35 * DAY_MS;

/**
 * Answers how many events were new. The cursor is counted by Stripe's own dates, so that no clock of ours, however wrong,
 * makes it pass over something.
 */
export function makePollStripe(deps: PollStripeDeps) {
  return async (): Promise<number> => {
    await deps.events.forget(later(await deps.clock.now(), -KEPT_MS));
    return read(deps);
  };
}

async function read(deps: PollStripeDeps): Promise<number> {
  let cursor = await deps.events.cursor();
  let fresh = 0;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const since = cursor === null ? null : later(cursor.readTo, -OVERLAP_MS);
    const found = await deps.records.events({ since, after: cursor?.going?.after ?? null });
    if (found.kind === 'refused' && found.code === 'resource_missing' && cursor?.going) {
      // The event to go on after is older than Stripe keeps: the reading begins again at the newest.
      cursor = { readTo: cursor.readTo, going: null };
      continue;
    }
    if (found.kind !== 'page') {
      deps.log.warn({ reason: found.reason }, 'Stripe’s events could not be read; the next tick goes on');
      return fresh;
    }
    const taken = await deps.take(found.items, 'poll');
    fresh += taken.filter((one) => one === 'stored').length;
    const moved = onward(cursor, found.items, found.after);
    if (moved === null) return fresh;
    await deps.events.moveCursor(moved);
    cursor = moved;
    if (moved.going === null) return fresh;
  }
  return fresh;
}

/** At first only the newest page is read: what happened before this database was charged through Stripe is none of its. */
function onward(
  cursor: ReadingCursor | null,
  items: readonly StripeEvent[],
  after: string | null,
): ReadingCursor | null {
  const [first] = items;
  const newest = first === undefined ? null : items.reduce((at, one) => latest(at, one.createdAt), first.createdAt);
  if (cursor === null) return newest === null ? null : { readTo: newest, going: null };
  const top = cursor.going?.top ?? newest ?? cursor.readTo;
  if (after !== null) return { readTo: cursor.readTo, going: { top, after } };
  return { readTo: latest(top, cursor.readTo), going: null };
}

const latest = (a: Instant, b: Instant): Instant => instant(Math.max(a, b));
