/**
 * The decision: an account's state, commands and an instant in; lines, lots and effects out. It reads no clock, asks
 * nobody and changes nothing it was given. Quote, gate, simulation and debit are this same code.
 */
import type { AccountState, HotRow } from './account.js';
import { type Book, balanceOf, type DecideContext, type Effects, type Line, NeedsColdRows, openBook } from './book.js';
import { claimCharge } from './claim.js';
import type { Command } from './commands.js';
import { reverse } from './give-back.js';
import { grant, voidLot } from './grants.js';
import { captureHold, extendHold, placeHold, releaseHold } from './holds.js';
import type { Instant } from './instant.js';
import type { Lot } from './lots.js';
import { lookBelow, meetObligations } from './obligations.js';
import type { Outcome } from './outcomes.js';
import { configureOverage } from './overage.js';
import { cancelPlan, changePlan } from './plans.js';
import { settle, settledUntil } from './settle.js';
import { agree, chargeRefused } from './settlement.js';
import { use } from './use.js';
import { attachCard, configureTopOff, detachCard } from './wishes.js';

export interface Decision {
  readonly kind: 'decided';
  readonly outcomes: readonly Outcome[];
  readonly at: Instant;
  readonly hot: HotRow;
  readonly lines: readonly Line[];
  readonly newLots: readonly Lot[];
  readonly changedLots: readonly Lot[];
  readonly effects: Effects;
}

/** The hot row and the open lots are not enough: load the cold rows and decide again. */
export interface NeedsMore {
  readonly kind: 'needs_cold_rows';
}

/**
 * Decides all commands of one account, in the order given, on one state. `now` never makes an account's time run back.
 * A throw is a broken assumption: the caller answers `internal` for this account alone.
 */
export function decide(
  state: AccountState,
  commands: readonly Command[],
  now: Instant,
  context: DecideContext,
): Decision | NeedsMore {
  const at = now > state.hot.lastInstant ? now : state.hot.lastInstant;
  const book = openBook(state, at, context);
  try {
    if (isUnsettled(state, at) || book.coldRows !== null) settle(book);
    const outcomes = commands.map((command) => decideOne(book, command));
    if (book.coldRows === null && balanceOf(book) < state.hot.lookBelow) return { kind: 'needs_cold_rows' };
    if (book.coldRows !== null) meetObligations(book);
    return close(state, book, outcomes);
  } catch (thrown) {
    if (thrown instanceof NeedsColdRows) return { kind: 'needs_cold_rows' };
    throw thrown;
  }
}

const isUnsettled = (state: AccountState, at: Instant): boolean =>
  state.hot.settledUntil !== null && at >= state.hot.settledUntil;

function decideOne(book: Book, command: Command): Outcome {
  switch (command.kind) {
    case 'use':
      return use(book, command);
    case 'grant':
      return grant(book, command);
    case 'void':
      return voidLot(book, command);
    case 'hold':
      return placeHold(book, command);
    case 'extend':
      return extendHold(book, command);
    case 'capture':
      return captureHold(book, command);
    case 'release':
      return releaseHold(book, command);
    case 'reverse':
      return reverse(book, command);
    case 'settle':
      return { kind: 'settled', balance: balanceOf(book) };
    case 'configure_top_off':
      return configureTopOff(book, command);
    case 'configure_overage':
      return configureOverage(book, command);
    case 'change_plan':
      return changePlan(book, command);
    case 'cancel_plan':
      return cancelPlan(book, command);
    case 'attach_card':
      return attachCard(book, command);
    case 'detach_card':
      return detachCard(book, command);
    case 'claim_charge':
      return claimCharge(book, command);
    case 'agree':
      return agree(book, command);
    case 'charge_refused':
      return chargeRefused(book, command);
  }
}

function close(state: AccountState, book: Book, outcomes: readonly Outcome[]): Decision {
  const isCold = book.coldRows !== null;
  return {
    kind: 'decided',
    outcomes,
    at: book.at,
    hot: {
      lots: book.spendable,
      debt: book.debt,
      overage: book.overage,
      held: book.held,
      sequence: book.sequence,
      lastInstant: book.at,
      settledUntil: isCold ? settledUntil(book) : state.hot.settledUntil,
      lookBelow: isCold ? lookBelow(book) : state.hot.lookBelow,
    },
    lines: book.lines,
    newLots: [...book.newLots],
    changedLots: [...book.changedLots],
    effects: book.effects,
  };
}

/** Whether commands can be tried on the hot row and the open lots alone. */
export const mayStayHot = (commands: readonly Command[]): boolean =>
  commands.every((command) => command.kind === 'use');
