/**
 * The working copy of one account while its commands are decided: every line goes through `post`, so that lots, balance,
 * sequence and the chain of `balance after` can only move together.
 */
import type { AccountState, ColdRows, Hold, Incident, KnownKey, Settings, WaitingReversal } from './account.js';
import type { Catalog } from './catalog.js';
import type { Charge } from './charge.js';
import { type Credits, minus, NO_CREDITS, plus } from './credits.js';
import { type Effects, noEffects } from './effects.js';
import type { AccountId, AccountNo, ContentHash, KeyHash, LotId, MemberId } from './ids.js';
import type { Instant } from './instant.js';
import { type LimitBook, NO_LIMITS, openLimits } from './limits-state.js';
import { burnOrder, isAlive, isSpendable, type Lot } from './lots.js';
import type { Card } from './payment.js';
import type { CatalogVersions } from './versions.js';

export type { Effects, NewPeriod, NewReversal } from './effects.js';

export type LineKind =
  | 'use'
  | 'grant'
  | 'lapse'
  | 'void'
  | 'give_back'
  | 'claw_back'
  | 'pay_debt'
  | 'forgive'
  | 'bill'
  | 'begin';

/** One ledger line, ready to be inserted. */
export interface Line {
  readonly sequence: number;
  readonly keyHash: KeyHash;
  readonly line: number;
  readonly kind: LineKind;
  readonly lot: LotId | null;
  readonly amount: Credits;
  readonly balanceAfter: Credits;
  readonly occurredAt: Instant;
  readonly contentHash: ContentHash | null;
  readonly meter: string | null;
  readonly quantity: number | null;
  readonly properties: Readonly<Record<string, string | number | boolean>> | null;
  readonly member: MemberId | null;
  readonly pool: string | null;
  readonly version: string | null;
  readonly ref: string | null;
  readonly reason: string | null;
}

/** What all lines of one entry share. */
export interface EntryHead {
  readonly keyHash: KeyHash;
  readonly contentHash: ContentHash | null;
  readonly occurredAt: Instant;
  readonly meter?: string | null;
  readonly quantity?: number | null;
  readonly properties?: Readonly<Record<string, string | number | boolean>> | null;
  readonly member?: MemberId | null;
  readonly pool?: string | null;
  readonly version?: string | null;
  readonly ref?: string | null;
  readonly reason?: string | null;
}

/** `stopped`: charges keep their place and nothing more opens. `dry_run`: the same, and what would be charged is said. */
export type Charging = 'on' | 'stopped' | 'dry_run';

export interface DecideContext {
  readonly catalog: Catalog;
  readonly deployment: string;
  readonly newId: () => string;
  /** The operator's switch; absent: on. Otherwise no charge opens and nothing that moves money is sent. */
  readonly charging?: Charging;
  /** A scenario may switch pay-as-you-go on without a plan, a card or a cap. */
  readonly unchecked?: boolean;
  /** Versions of the catalog that were in force before and may still be needed. */
  readonly versions?: CatalogVersions;
}

/** Thrown inside a decision when it turns out that the cold rows are needed; `decide` turns it into a value. */
export class NeedsColdRows extends Error {}

export interface Book {
  readonly account: AccountId;
  readonly no: AccountNo;
  readonly at: Instant;
  readonly context: DecideContext;
  /** Kept in burn order. */
  lots: Lot[];
  readonly newLots: Set<Lot>;
  readonly changedLots: Set<Lot>;
  readonly lines: Line[];
  readonly known: Map<KeyHash, KnownKey>;
  readonly waiting: WaitingReversal[];
  /** What this batch has given back of each use, beside what stood in the cold rows. */
  readonly givenBack: Map<KeyHash, Credits>;
  settings: Settings | null;
  readonly holds: Hold[];
  readonly charges: Charge[];
  readonly cards: Card[];
  readonly incidents: Incident[];
  readonly coldRows: ColdRows | null;
  readonly limits: LimitBook;
  /** As the hot row has it. */
  readonly watched: boolean;
  /** Made when somebody first looks: a debit asks for none, and making them costs as much as all the rest of it. */
  readonly effects: Effects;
  /** Null while nobody has looked. */
  readonly madeEffects: Effects | null;
  spendable: Credits;
  debt: Credits;
  overage: Credits;
  held: Credits;
  sequence: number;
  /** The largest hold or if_covered use that was refused for want of credits: a reason to top off, like a low balance. */
  shortfall: Credits | null;
}

/** Copies what will change; the state handed in stays as it was. */
export function openBook(state: AccountState, at: Instant, context: DecideContext): Book {
  const cold = state.cold;
  let effects: Effects | null = null;
  let limits: LimitBook | null = null;
  return {
    account: state.account,
    no: state.no,
    at,
    context,
    lots: state.lots.map((lot) => ({ ...lot })).sort(burnOrder),
    newLots: new Set(),
    changedLots: new Set(),
    lines: [],
    known: new Map(state.known),
    waiting: [...state.waiting],
    givenBack: new Map(),
    settings: cold?.settings ?? null,
    holds: cold?.holds.map((hold) => ({ ...hold })) ?? [],
    charges: cold?.charges.map((charge) => ({ ...charge })) ?? [],
    cards: cold ? [...cold.cards] : [],
    incidents: cold?.incidents.map((incident) => ({ ...incident })) ?? [],
    coldRows: cold,
    get limits() {
      limits ??= openLimits(cold?.limits ?? NO_LIMITS);
      return limits;
    },
    watched: state.hot.watched,
    get effects() {
      effects ??= noEffects();
      return effects;
    },
    get madeEffects() {
      return effects;
    },
    spendable: state.hot.lots,
    debt: state.hot.debt,
    overage: state.hot.overage,
    held: state.hot.held,
    sequence: state.hot.sequence,
    shortfall: null,
  };
}

/** The cold rows, or the demand that they be loaded and the whole account decided again. */
export function cold(book: Book): ColdRows & { readonly settings: Settings } {
  if (book.coldRows === null || book.settings === null) throw new NeedsColdRows();
  return book.coldRows;
}

export function settingsOf(book: Book): Settings {
  if (book.settings === null) throw new NeedsColdRows();
  return book.settings;
}

export function changeSettings(book: Book, change: Partial<Settings>): void {
  book.settings = { ...settingsOf(book), ...change };
  book.effects.settings = book.settings;
}

/** "Remaining" on the page: living lots less debt. Overage has no part in it. */
export const balanceOf = (book: Book): Credits => minus(book.spendable, book.debt);

/** What gate, holds and if_covered may count on beside overage. */
export const availableOf = (book: Book): Credits => minus(balanceOf(book), book.held);

/**
 * What stands under a key. A reversal that waits for its use has posted nothing yet, but its key is its own: as its content
 * is no other command's, whatever else comes under that key is a conflict.
 */
export function standingUnder(book: Book, keyHash: KeyHash): KnownKey | undefined {
  const known = book.known.get(keyHash);
  if (known !== undefined || !book.waiting.some((one) => one.keyHash === keyHash)) return known;
  return { contentHash: null, amount: NO_CREDITS, balanceAfter: balanceOf(book) };
}

export function addLot(book: Book, lot: Lot): Lot {
  book.newLots.add(lot);
  const place = book.lots.findIndex((other) => burnOrder(lot, other) < 0);
  book.lots.splice(place < 0 ? book.lots.length : place, 0, lot);
  return lot;
}

export const livingLots = (book: Book): Lot[] =>
  book.lots.filter((lot) => isSpendable(lot) && lot.remaining > 0n && isAlive(lot, book.at));

/** Lines of one entry, numbered from 0. */
export interface Entry {
  readonly head: EntryHead;
  lines: number;
  amount: Credits;
}

export const openEntry = (head: EntryHead): Entry => ({ head, lines: 0, amount: NO_CREDITS });

/** The only way a lot, the balance or the sequence moves. A null lot is the zero line of a use that costs nothing. */
export function post(book: Book, entry: Entry, kind: LineKind, lot: Lot | null, amount: Credits): void {
  if (lot !== null) moveLot(book, lot, amount);
  const { head } = entry;
  book.sequence += 1;
  book.lines.push({
    sequence: book.sequence,
    keyHash: head.keyHash,
    line: entry.lines,
    kind,
    lot: lot?.id ?? null,
    amount,
    balanceAfter: balanceOf(book),
    occurredAt: head.occurredAt,
    contentHash: entry.lines === 0 ? head.contentHash : null,
    meter: head.meter ?? null,
    quantity: entry.lines === 0 ? (head.quantity ?? null) : null,
    properties: entry.lines === 0 ? (head.properties ?? null) : null,
    member: head.member ?? null,
    pool: head.pool ?? null,
    version: head.version ?? null,
    ref: head.ref ?? null,
    reason: entry.lines === 0 ? (head.reason ?? null) : null,
  });
  entry.lines += 1;
  entry.amount = plus(entry.amount, amount);
  book.known.set(head.keyHash, {
    contentHash: head.contentHash,
    amount: entry.amount,
    balanceAfter: balanceOf(book),
  });
}

function moveLot(book: Book, lot: Lot, amount: Credits): void {
  lot.remaining = plus(lot.remaining, amount);
  if (lot.kind === 'debt') book.debt = minus(book.debt, amount);
  else if (lot.kind === 'overage') book.overage = minus(book.overage, amount);
  else book.spendable = plus(book.spendable, amount);
  lot.closed = isSpendable(lot) && lot.remaining === 0n;
  if (!book.newLots.has(lot)) book.changedLots.add(lot);
}
