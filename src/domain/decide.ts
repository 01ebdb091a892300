/**
 * The decision: an account's state, commands and an instant in; lines, lots and effects out. It reads no clock, asks
 * nobody and changes nothing it was given. Quote, gate, simulation and debit are this same code.
 */
import type { AccountState, HotRow } from './account.js';
import { authenticateCharge } from './authentication.js';
import { type Book, balanceOf, type DecideContext, type Effects, type Line, NeedsColdRows, openBook } from './book.js';
import { attachCard, chooseTopOffCard, detachCard, orderCards, updateCard } from './cards.js';
import { claimCharge } from './claim.js';
import { closeAccount } from './closing.js';
import type { Command } from './commands.js';
import { NO_EFFECTS } from './effects.js';
import { tellEvents } from './events.js';
import { reverse } from './give-back.js';
import { grant, voidLot } from './grants.js';
import { captureHold, extendHold, placeHold, releaseHold } from './holds.js';
import type { Instant } from './instant.js';
import { agreeInvoice } from './invoice.js';
import { changeLevel, setLevel } from './levels.js';
import type { Lot } from './lots.js';
import { lookBelow, meetObligations } from './obligations.js';
import type { Outcome } from './outcomes.js';
import { configureOverage } from './overage.js';
import { retryCharge } from './owner-retry.js';
import { pauseByHand } from './pausing.js';
import { cancelPlan, changePlan } from './plans.js';
import { configurePool, removePool, setBudget } from './pool-commands.js';
import { isWatched } from './pools.js';
import { buyPack, endCheckout, offerCheckout } from './purchase.js';
import { restoreCharge, wakeCharge } from './restore.js';
import { resumeTopOff } from './resume.js';
import { settle, settledUntil } from './settle.js';
import { agree, chargeRefused } from './settlement.js';
import { mirrorSubscription } from './subscription.js';
import { startTrial } from './trial.js';
import { use } from './use.js';
import { configureTopOff } from './wishes.js';
import { changeZone } from './zone.js';

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
    if (book.coldRows !== null) {
      // What a command has begun may itself be due at this very instant: a trial shorter than its notice, a grace of none.
      settle(book);
      meetObligations(book);
      tellEvents(state, book);
    }
    return close(state, book, outcomes);
  } catch (thrown) {
    if (thrown instanceof NeedsColdRows) return { kind: 'needs_cold_rows' };
    throw thrown;
  }
}

const isUnsettled = (state: AccountState, at: Instant): boolean =>
  state.hot.settledUntil !== null && at >= state.hot.settledUntil;

type Deciders = {
  readonly [Kind in Command['kind']]: (book: Book, command: Extract<Command, { kind: Kind }>) => Outcome;
};

/** A new kind of command does not compile until somebody says here what decides it. */
const DECIDERS: Deciders = {
  use,
  grant,
  void: voidLot,
  hold: placeHold,
  extend: extendHold,
  capture: captureHold,
  release: releaseHold,
  reverse,
  settle: (book) => ({ kind: 'settled', balance: balanceOf(book) }),
  configure_top_off: configureTopOff,
  resume_top_off: resumeTopOff,
  pause_top_off: pauseByHand,
  configure_overage: configureOverage,
  change_zone: changeZone,
  change_plan: changePlan,
  cancel_plan: cancelPlan,
  set_level: setLevel,
  change_level: changeLevel,
  configure_pool: configurePool,
  remove_pool: removePool,
  set_budget: setBudget,
  start_trial: startTrial,
  mirror_subscription: mirrorSubscription,
  agree_invoice: agreeInvoice,
  close_account: closeAccount,
  attach_card: attachCard,
  detach_card: detachCard,
  update_card: updateCard,
  order_cards: orderCards,
  choose_top_off_card: chooseTopOffCard,
  buy_pack: buyPack,
  offer_checkout: offerCheckout,
  end_checkout: endCheckout,
  retry_charge: retryCharge,
  authenticate_charge: authenticateCharge,
  claim_charge: claimCharge,
  agree,
  wake_charge: wakeCharge,
  restore_charge: restoreCharge,
  charge_refused: chargeRefused,
};

function decideOne(book: Book, command: Command): Outcome {
  const decided = DECIDERS[command.kind] as (book: Book, command: Command) => Outcome;
  return decided(book, command);
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
      watched: isWatched(book),
    },
    lines: book.lines,
    newLots: [...book.newLots],
    changedLots: [...book.changedLots],
    effects: book.madeEffects ?? NO_EFFECTS,
  };
}

/** Whether commands can be tried on the hot row and the open lots alone. */
export const mayStayHot = (commands: readonly Command[]): boolean =>
  commands.every((command) => command.kind === 'use');
