/** Usage: what a use costs, whether it may be posted, and from where it is taken. */
import {
  type Book,
  balanceOf,
  type Entry,
  type EntryHead,
  openEntry,
  post,
  settingsOf,
  standingUnder,
} from './book.js';
import type { Catalog } from './catalog.js';
import type { Mode, Priceable, Use } from './commands.js';
import { countUse } from './counting.js';
import { isBounded, permit } from './coverage.js';
import { type Credits, formatCredits, LARGEST_CREDITS, NO_CREDITS, negated } from './credits.js';
import { applyWaiting } from './give-back.js';
import type { LotId } from './ids.js';
import { DAY_MS, type Instant, later, MINUTE_MS } from './instant.js';
import { contentHash, producerKey } from './keys.js';
import type { Ask } from './limit-measure.js';
import { isAlive } from './lots.js';
import { namedLot } from './named-lot.js';
import { type Outcome, type Refused, refused } from './outcomes.js';
import { price } from './pricing.js';
import { burnAll } from './spend.js';
import { quotedCatalog, unknownMeter } from './versions.js';
import { countsOf } from './windows.js';

export function use(book: Book, command: Use): Outcome {
  const keyHash = producerKey(command.key);
  const content = useContent(command);
  const known = standingUnder(book, keyHash);
  if (known !== undefined) {
    if (known.contentHash !== content) return conflict(command.key);
    return { kind: 'used', credits: negated(known.amount), balance: known.balanceAfter, replayed: true };
  }
  const occurredAt = command.occurredAt ?? book.at;
  const late = refuseByTime(book, occurredAt);
  if (late !== null) return late;
  const priced = priceOf(book, command, quotedCatalog(book, command.catalogVersion, occurredAt));
  if (priced.kind === 'refused') return priced;
  const { reason = null } = command;
  const entry = openEntry({ keyHash, contentHash: content, occurredAt, ...describe(command, priced.version), reason });
  const ask = askOf(book, command, priced.credits, occurredAt);
  const bounded = isBounded(book, ask);
  // Counting needs the plan and the zone as much as asking does.
  if (bounded) settingsOf(book);
  if (command.lot !== undefined) {
    const refusal = takeFromLot(book, entry, command.lot, ask);
    if (refusal !== null) return refusal;
  } else {
    const refusal = (command.mode ?? priced.mode) === 'happened' ? null : permit(book, ask);
    if (refusal !== null) return refusal;
    burnAll(book, entry, 'use', priced.credits);
  }
  if (bounded) countUse(book, ask);
  const answer: Outcome = { kind: 'used', credits: priced.credits, balance: balanceOf(book), replayed: false };
  applyWaiting(book, keyHash);
  return answer;
}

/** What the producer wrote, before any default: not when it happened, which a second try may say differently. */
export function useContent(command: Priceable & { readonly lot?: LotId }) {
  const { meter, credits, quantity, properties, member, pool, lot } = command;
  return contentHash({ meter, credits, quantity, properties, member, pool, lot });
}

export const conflict = (key: string): Refused =>
  refused(
    'conflict',
    `The key "${key}" was used before with other content, and the first stands. Send new work under a new key.`,
  );

export interface PricedUse {
  readonly kind: 'priced';
  readonly credits: Credits;
  readonly version: string | null;
  readonly mode: Mode;
  readonly holdMinutes: number;
}

/** Plain credits cost themselves; a meter is priced by the catalog. */
export function priceOf(
  book: Book,
  wish: Priceable,
  catalog: Catalog | Refused = quotedCatalog(book, wish.catalogVersion, book.at),
): PricedUse | Refused {
  if ('reason' in catalog) return catalog;
  if (wish.meter === undefined) {
    if (wish.credits === undefined) return refused('invalid', 'Say a meter, or plain credits.');
    if (wish.credits < 0n)
      return refused('invalid', 'Credits to use cannot be negative: nothing negative ever credits.');
    if (wish.credits > LARGEST_CREDITS)
      return refused('too_expensive', `One use takes at most ${formatCredits(LARGEST_CREDITS)} credits.`);
    return {
      kind: 'priced',
      credits: wish.credits,
      version: null,
      mode: 'happened',
      holdMinutes: DEFAULT_HOLD_MINUTES,
    };
  }
  const meter = catalog.meters.get(wish.meter);
  if (meter === undefined) return unknownMeter(catalog, wish.meter);
  const priced = price(catalog, meter, wish.quantity ?? 1, wish.properties ?? {});
  if (priced.kind === 'refused') return refused(priced.reason, priced.message);
  return {
    kind: 'priced',
    credits: priced.credits,
    version: priced.version,
    mode: meter.defaultMode,
    holdMinutes: meter.holdMinutes,
  };
}

export const DEFAULT_HOLD_MINUTES = 15;

export function describe(
  wish: Priceable,
  version: string | null,
): Omit<EntryHead, 'keyHash' | 'contentHash' | 'occurredAt'> {
  return {
    meter: wish.meter ?? null,
    quantity: wish.meter === undefined ? null : (wish.quantity ?? 1),
    properties: wish.properties ?? null,
    member: wish.member ?? null,
    pool: wish.pool ?? null,
    version,
  };
}

/** What a use or a hold wants of the account's limits. */
export const askOf = (book: Book, wish: Priceable, credits: Credits, at: Instant): Ask => ({
  member: wish.member ?? null,
  pool: wish.pool ?? null,
  credits,
  counts: countsOf(book.context.catalog, wish),
  at,
});

/** Keys are kept for longer than the oldest event still accepted, so that a late event is always recognised. */
function refuseByTime(book: Book, occurredAt: Instant): Refused | null {
  const { lateDays, aheadMinutes } = book.context.catalog.policies;
  if (occurredAt < later(book.at, -lateDays * DAY_MS)) {
    return refused(
      'too_old',
      `The event happened more than ${lateDays} days ago. Ask an operator to post it as an adjustment.`,
    );
  }
  if (occurredAt > later(book.at, aheadMinutes * MINUTE_MS)) {
    return refused(
      'in_the_future',
      `The event lies more than ${aheadMinutes} minutes ahead. Check the clock of the service that sent it.`,
    );
  }
  return null;
}

/** Takes from one named lot, whole or not at all: no overage, no debt, no spilling over, and nothing that holds keep back. */
function takeFromLot(book: Book, entry: Entry, id: LotId, ask: Ask): Refused | null {
  const cost = ask.credits;
  settingsOf(book);
  const lot = namedLot(book, id);
  if (lot.kind === 'refused') return lot;
  if (!isAlive(lot, book.at)) return refused('lot_lapsed', `The lot "${id}" has not begun.`);
  if (lot.remaining < cost) {
    return refused(
      'insufficient_credits',
      `The lot "${id}" has ${formatCredits(lot.remaining)} credits and this needs ${formatCredits(cost)}.`,
    );
  }
  const refusal = permit(book, ask);
  if (refusal !== null) return refusal;
  post(book, entry, 'use', cost === 0n ? null : lot, cost === 0n ? NO_CREDITS : negated(cost));
  return null;
}
