/**
 * When a declined charge is tried again: the ladder with its jitter, what card networks allow, and how often an owner may
 * ask. Nothing here sends anything.
 */
import type { Book } from './book.js';
import { cold } from './book.js';
import type { Policies } from './catalog.js';
import type { ChargeId } from './ids.js';
import { DAY_MS, HOUR_MS, type Instant, later } from './instant.js';
import { engineKey } from './keys.js';
import type { Card } from './payment.js';

/** Up to so much of a rung's wait is added, so that charges declined in one storm do not come back in one. */
const JITTER = 0.1;

/** When the rung's time comes, counted from the decline that it answers; null where the ladder has no such rung, from 1. */
export function rungAt(charge: ChargeId, rung: number, declinedAt: Instant, hours: readonly number[]): Instant | null {
  const wait = hours[rung - 1];
  if (wait === undefined) return null;
  return later(declinedAt, Math.round(wait * HOUR_MS * (1 + JITTER * shareOf(`${charge}:${rung}`))));
}

/** From 0 to below 1, the same for the same text: a decision made again must come to the same instant. */
const shareOf = (text: string): number => Number.parseInt(engineKey(`jitter:${text}`).slice(0, 8), 16) / 2 ** 32;

interface NetworkLimit {
  readonly most: number;
  readonly withinMs: number;
}

/**
 * Declines of one card after which its network allows no further try for a while. Visa fines merchants from the sixteenth in
 * thirty days (since May 2025 from the twenty-first: the older, lower figure is kept), Mastercard from the eleventh in a
 * day or the thirty-sixth in thirty. Every other network is treated as the stricter of the two.
 */
const VISA: NetworkLimit = { most: 15, withinMs: 30 * DAY_MS };
const MASTERCARD_DAY: NetworkLimit = { most: 10, withinMs: DAY_MS };
const NETWORK_LIMITS: Readonly<Record<string, readonly NetworkLimit[]>> = {
  visa: [VISA],
  mastercard: [MASTERCARD_DAY, { most: 35, withinMs: 30 * DAY_MS }],
};
const OTHER_NETWORKS: readonly NetworkLimit[] = [VISA, MASTERCARD_DAY];

/** Null where the card may be tried now, else from when on. Declines count across the account's charges. */
export function networkAllowsAt(book: Book, card: Card): Instant | null {
  const declines = cold(book)
    .recentAttempts.filter((one) => one.fingerprint === card.fingerprint && one.result === 'declined')
    .map((one) => one.sentAt)
    .sort((a, b) => b - a);
  let from: Instant | null = null;
  for (const { most, withinMs } of NETWORK_LIMITS[card.brand] ?? OTHER_NETWORKS) {
    // The oldest of as many as are allowed has to leave the window first.
    const oldest = declines[most - 1];
    const free = oldest === undefined ? null : later(oldest, withinMs);
    if (free !== null && free > book.at && (from === null || free > from)) from = free;
  }
  return from;
}

/** A sentence where a ladder alone would run into a network's limits; null where it cannot. Asked once at start. */
export function ladderProblem({ retryHours, ownerRetriesPerDay }: Policies): string | null {
  const tries = 1 + retryHours.length;
  if (tries > VISA.most) {
    return `The ladder tries a card ${tries} times; its network allows ${VISA.most} in 30 days. Shorten policies.retry_hours.`;
  }
  let passed = 0;
  const withinDay = retryHours.filter((hours) => {
    passed += hours;
    return passed < 24;
  }).length;
  const inDay = 1 + withinDay + ownerRetriesPerDay;
  if (inDay <= MASTERCARD_DAY.most) return null;
  return `The ladder and the owner together may try a card ${inDay} times a day; its network allows ${MASTERCARD_DAY.most}. Allow fewer retries.`;
}

/** How often the owner has asked within the last day, at any of the account's charges. */
export function ownerRetriesToday(book: Book): number {
  const since = later(book.at, -DAY_MS);
  return cold(book).recentAttempts.filter((one) => one.by === 'owner' && one.sentAt > since).length;
}
