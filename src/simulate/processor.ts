/**
 * A processor that answers as the scenario says. A charge goes its real way over it: claimed, an intent created, an attempt
 * frozen and confirmed, and what the processor said agreed with.
 */
import type { ChargeId } from '../domain/ids.js';
import { type Instant, isoOf } from '../domain/instant.js';
import { type Currency, type MinorUnits, minorUnits } from '../domain/money.js';
import type { Outcome } from '../domain/outcomes.js';
import type { Decline, IntentStatus, IntentView, PaymentMade } from '../domain/payment.js';
import type { SimulatedAccount } from './account.js';
import type { StepOutcome } from './step.js';

export type Answer =
  | { readonly kind: 'succeed' | 'silent' | 'process' }
  | { readonly kind: 'decline'; readonly code: string; readonly advice: string | null }
  /** The owner at the bank's page. */
  | { readonly kind: 'approve' }
  | { readonly kind: 'refuse' }
  | FundsMoved;

/** What became of the money of a paid charge, and how its funds stand after it. */
export interface FundsMoved {
  readonly kind: 'refund' | 'refund_failed' | 'inquiry' | 'disputed' | 'won' | 'lost';
  readonly amountMinor: MinorUnits;
  readonly after: Funds;
}

/** What was given back, what disputes hold back, and the dispute that is open. */
export interface Funds {
  readonly refundedMinor: MinorUnits;
  readonly disputedMinor: MinorUnits;
  readonly dispute: PaymentMade['dispute'];
}

const UNTOUCHED: Funds = { refundedMinor: minorUnits(0), disputedMinor: minorUnits(0), dispute: null };

interface Intent {
  readonly charge: ChargeId;
  readonly amountMinor: MinorUnits;
  readonly currency: Currency;
  status: IntentStatus;
  funds: Funds;
  lastDecline: Decline | null;
}

export type Processor = Map<ChargeId, Intent>;

/** Create, confirm and what hangs on them: more turns than any charge takes at one instant. */
const MOST_TURNS = 6;

/** Carries a charge as far as the answer goes. */
export function answerCharge(account: SimulatedAccount, at: Instant, charge: ChargeId, answer: Answer): StepOutcome {
  if ('after' in answer) return moveFunds(account, at, charge, answer);
  if (answer.kind === 'approve' || answer.kind === 'refuse') return atBank(account, at, charge, answer);
  return carry(account, at, charge, answer);
}

type Played = Exclude<Answer, FundsMoved | { kind: 'approve' | 'refuse' }>;

function carry(account: SimulatedAccount, at: Instant, charge: ChargeId, answer: Played): StepOutcome {
  const before = account.charge(charge).state;
  for (let turn = 0; turn < MOST_TURNS; turn += 1) {
    const claimed = account.one(at, { kind: 'claim_charge', charge });
    if (claimed.kind === 'refused') return claimed;
    if (claimed.kind !== 'charge_task') throw new Error(`claiming a charge was answered ${claimed.kind}`);
    const { task } = claimed;
    if (task.do === 'nothing') {
      // Claiming alone may end a charge: one that nobody needs any more, or one without a card.
      if (account.charge(charge).state !== before) return standing(account, charge, answer, task.next);
      return notDue(account, charge, task.next);
    }
    const intent = intentOf(account, charge);
    if (task.do === 'create_intent') {
      agreed(account, at, task.version, intent, null, false);
      continue;
    }
    if (task.do === 'cancel') {
      intent.status = 'canceled';
      return after(account, charge, answer, agreed(account, at, task.version, intent, null, false));
    }
    if (answer.kind === 'silent') return standing(account, charge, answer, null);
    const decline = play(intent, answer);
    const looked = task.do === 'retrieve';
    return after(account, charge, answer, agreed(account, at, task.version, intent, looked ? null : decline, looked));
  }
  throw new Error(`charge ${charge} never came to rest`);
}

/** What the processor does with the payment; answers the decline, if it was one. */
function play(intent: Intent, answer: Played): Decline | null {
  switch (answer.kind) {
    case 'succeed':
      intent.status = 'succeeded';
      return null;
    case 'process':
      intent.status = 'processing';
      return null;
    case 'silent':
      return null;
    case 'decline':
      intent.status = 'requires_payment_method';
      intent.lastDecline = declineOf(answer);
      return intent.lastDecline;
  }
}

/** The owner confirms in person, is sent to the bank, and says yes or no there. */
function atBank(
  account: SimulatedAccount,
  at: Instant,
  charge: ChargeId,
  answer: Extract<Answer, { kind: 'approve' | 'refuse' }>,
): StepOutcome {
  const asked = account.one(at, { kind: 'authenticate_charge', charge, returnUrl: 'https://scenario.invalid/' });
  if (asked.kind === 'refused') return asked;
  if (asked.kind !== 'charge_task' || asked.task.do === 'nothing') throw new Error('the bank was not asked');
  const intent = intentOf(account, charge);
  intent.status = 'requires_action';
  agreed(account, at, asked.task.version, intent, null, false);
  const { version } = account.charge(charge);
  intent.status = answer.kind === 'approve' ? 'succeeded' : 'requires_payment_method';
  intent.lastDecline = answer.kind === 'approve' ? null : REFUSED_AT_BANK;
  return after(account, charge, answer, agreed(account, at, version, intent, null, true));
}

const REFUSED_AT_BANK: Decline = {
  code: 'payment_intent_authentication_failure',
  declineCode: null,
  adviceCode: null,
  message: 'The payment was not approved.',
};

const declineOf = ({ code, advice }: Extract<Answer, { kind: 'decline' }>): Decline => ({
  code: code === 'authentication_required' ? code : 'card_declined',
  declineCode: code,
  adviceCode: advice,
  message: `The card was declined (${code}).`,
});

export const fundsOf = (account: SimulatedAccount, charge: ChargeId): Funds => intentOf(account, charge).funds;

function moveFunds(account: SimulatedAccount, at: Instant, charge: ChargeId, answer: FundsMoved): StepOutcome {
  const intent = intentOf(account, charge);
  intent.funds = answer.after;
  const version = account.charge(charge).version;
  return after(account, charge, answer, agreed(account, at, version, intent, null, true));
}

function intentOf(account: SimulatedAccount, id: ChargeId): Intent {
  const known = account.processor.get(id);
  if (known !== undefined) return known;
  const { amountMinor, currency } = account.charge(id);
  const intent: Intent = {
    charge: id,
    amountMinor,
    currency,
    status: 'requires_payment_method',
    funds: UNTOUCHED,
    lastDecline: null,
  };
  account.processor.set(id, intent);
  return intent;
}

const agreed = (
  account: SimulatedAccount,
  at: Instant,
  version: number,
  intent: Intent,
  decline: Decline | null,
  looked: boolean,
): Outcome =>
  account.one(at, { kind: 'agree', charge: intent.charge, version, view: viewOf(account, intent), decline, looked });

const after = (account: SimulatedAccount, charge: ChargeId, answer: Answer, outcome: Outcome): StepOutcome =>
  outcome.kind === 'refused'
    ? outcome
    : standing(account, charge, answer, outcome.kind === 'agreed' ? outcome.next : null);

const standing = (account: SimulatedAccount, charge: ChargeId, answer: Answer, next: Instant | null): StepOutcome => ({
  kind: 'charge_answered',
  charge,
  answer,
  state: account.charge(charge).state,
  next,
});

const notDue = (account: SimulatedAccount, charge: ChargeId, next: Instant | null): StepOutcome => ({
  kind: 'refused',
  reason: 'charge_unknown',
  message: `Nothing of this charge is due at the processor now: it is ${account.charge(charge).state}${next === null ? '' : `, and due at ${isoOf(next)}`}.`,
});

function viewOf(account: SimulatedAccount, intent: Intent): IntentView {
  return {
    intentId: `pi_${intent.charge}`,
    status: intent.status,
    amountMinor: intent.amountMinor,
    currency: intent.currency,
    deployment: account.deployment,
    account: account.rows.account,
    charge: intent.charge,
    payment:
      intent.status === 'succeeded'
        ? {
            processorChargeId: `ch_${intent.charge}`,
            paidMinor: intent.amountMinor,
            ...intent.funds,
            brand: 'visa',
            last4: '4242',
            fingerprint: null,
            receiptUrl: null,
            receiptNumber: null,
          }
        : null,
    lastDecline: intent.lastDecline,
  };
}
