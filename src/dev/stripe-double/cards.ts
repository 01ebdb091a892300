/**
 * Stripe's published test cards, by the names under which its test mode knows them, and how each behaves. Cards whose
 * behaviour Stripe does not tell in full are left out rather than played half.
 */
import { createHash } from 'node:crypto';

export interface CardDecline {
  readonly code: string;
  readonly declineCode: string | null;
  readonly adviceCode: string | null;
  /** Refused by Stripe's own rules before it reached the issuer. */
  readonly blocked: boolean;
  /** What the card's network itself said, where it was asked. */
  readonly networkDeclineCode?: string | null;
  readonly networkAdviceCode?: string | null;
}

/** What follows a payment, or a refund, some time after it was answered. */
export type Aftermath =
  | { readonly kind: 'dispute'; readonly reason: string; readonly inquiry: boolean }
  | { readonly kind: 'fraud_warning' }
  | { readonly kind: 'refund_pends' }
  | { readonly kind: 'refund_fails' };

/** What a confirm does: moves the money, is declined, asks the cardholder to authenticate, or is not decided at once. */
export type CardBehaviour =
  | { readonly kind: 'pays' }
  | { readonly kind: 'declines'; readonly decline: CardDecline }
  | { readonly kind: 'authenticates' }
  | { readonly kind: 'processes' };

export interface TestCard {
  readonly name: string;
  readonly number: string;
  readonly brand: string;
  readonly last4: string;
  readonly fingerprint: string;
  readonly funding: 'credit' | 'debit';
  readonly riskLevel: 'normal' | 'elevated';
  readonly cvcCheck: 'pass' | 'fail';
  readonly zipCheck: 'fail' | null;
  /** Null where the card can be attached to a customer. */
  readonly attachDecline: CardDecline | null;
  readonly offSession: CardBehaviour;
  readonly onSession: CardBehaviour;
  /** Once its owner has authenticated the payment. */
  readonly authenticated: CardBehaviour;
  /** Off-session once its owner has authenticated the card while it was set up. */
  readonly offSessionSetUp: CardBehaviour;
  readonly setUp: CardBehaviour;
  readonly aftermath: Aftermath | null;
}

const pays: CardBehaviour = { kind: 'pays' };
const authenticates: CardBehaviour = { kind: 'authenticates' };
export const AUTHENTICATION_REQUIRED = 'authentication_required';
const declines = (
  code: string,
  declineCode: string | null = null,
  blocked = false,
): CardBehaviour & { kind: 'declines' } => ({
  kind: 'declines',
  decline: { code, declineCode, adviceCode: null, blocked },
});
const declinesAs = (declineCode: string) => declines('card_declined', declineCode);
const asksForOwner = declines(AUTHENTICATION_REQUIRED, AUTHENTICATION_REQUIRED);

type Extras = Partial<
  Omit<TestCard, 'name' | 'number' | 'brand' | 'last4' | 'fingerprint' | 'attachDecline' | 'offSession'>
>;

/** Sixteen letters and digits, the same for the same number and for no other. */
export const fingerprintOf = (number: string): string =>
  createHash('sha256').update(`stripe-double ${number}`).digest('base64url').replace(/[-_]/g, '0').slice(0, 16);

function card(name: string, number: string, offSession: CardBehaviour = pays, extras: Extras = {}): TestCard {
  return {
    name,
    number,
    brand: number.startsWith('4') ? 'visa' : number.startsWith('5') ? 'mastercard' : 'amex',
    last4: number.slice(-4),
    fingerprint: fingerprintOf(number),
    funding: 'credit',
    riskLevel: 'normal',
    cvcCheck: 'pass',
    zipCheck: null,
    attachDecline: null,
    offSession,
    onSession: offSession,
    authenticated: pays,
    offSessionSetUp: offSession,
    setUp: pays,
    aftermath: null,
    ...extras,
  };
}

/** Declines when charged and when attached, as all of Stripe's `chargeDeclined` cards do. */
function refusedEverywhere(name: string, number: string, behaviour: CardBehaviour & { kind: 'declines' }): TestCard {
  return { ...card(name, number, behaviour), attachDecline: behaviour.decline };
}

const followed = (name: string, number: string, aftermath: Aftermath): TestCard =>
  card(name, number, pays, { aftermath });

const asksEachTime: Extras = { onSession: authenticates, setUp: authenticates };

const all: readonly TestCard[] = [
  card('pm_card_visa', '4242424242424242'),
  card('pm_card_visa_debit', '4000056655665556', pays, { funding: 'debit' }),
  card('pm_card_mastercard', '5555555555554444'),
  card('pm_card_amex', '378282246310005'),
  card('pm_card_amex_threeDSecureNotSupported', '378282246310005'),
  card('pm_card_threeDSecureOptional', '4000000000003055'),
  card('pm_card_riskLevelElevated', '4000000000009235', pays, { riskLevel: 'elevated' }),
  card('pm_card_cvcCheckFail', '4000000000000101', pays, { cvcCheck: 'fail' }),
  refusedEverywhere('pm_card_visa_chargeDeclined', '4000000000000002', declinesAs('generic_decline')),
  refusedEverywhere(
    'pm_card_visa_chargeDeclinedInsufficientFunds',
    '4000000000009995',
    declinesAs('insufficient_funds'),
  ),
  refusedEverywhere('pm_card_visa_chargeDeclinedLostCard', '4000000000009987', declinesAs('lost_card')),
  refusedEverywhere('pm_card_visa_chargeDeclinedStolenCard', '4000000000009979', declinesAs('stolen_card')),
  refusedEverywhere(
    'pm_card_visa_chargeDeclinedVelocityLimitExceeded',
    '4000000000006975',
    declinesAs('card_velocity_exceeded'),
  ),
  refusedEverywhere('pm_card_chargeDeclinedExpiredCard', '4000000000000069', declines('expired_card')),
  refusedEverywhere('pm_card_chargeDeclinedIncorrectCvc', '4000000000000127', declines('incorrect_cvc')),
  refusedEverywhere('pm_card_chargeDeclinedProcessingError', '4000000000000119', declines('processing_error')),
  card('pm_card_chargeCustomerFail', '4000000000000341', declinesAs('generic_decline')),
  card('pm_card_radarBlock', '4100000000000019', declines('card_declined', 'fraudulent', true)),
  card('pm_card_authenticationRequired', '4000002760003184', asksForOwner, asksEachTime),
  card('pm_card_authenticationRequiredOnSetup', '4000002500003155', asksForOwner, {
    ...asksEachTime,
    offSessionSetUp: pays,
  }),
  card('pm_card_authenticationRequiredSetupForOffSession', '4000003800000446', pays, { onSession: authenticates }),
  card(
    'pm_card_authenticationRequiredChargeDeclinedInsufficientFunds',
    '4000008260003178',
    declinesAs('insufficient_funds'),
    { ...asksEachTime, authenticated: declinesAs('insufficient_funds') },
  ),
  card('pm_card_avsZipFail', '4000000000000036', pays, { zipCheck: 'fail' }),
  followed('pm_card_createDispute', '4000000000000259', { kind: 'dispute', reason: 'fraudulent', inquiry: false }),
  followed('pm_card_createDisputeProductNotReceived', '4000000000002685', {
    kind: 'dispute',
    reason: 'product_not_received',
    inquiry: false,
  }),
  followed('pm_card_createDisputeInquiry', '4000000000001976', {
    kind: 'dispute',
    reason: 'fraudulent',
    inquiry: true,
  }),
  followed('pm_card_createIssuerFraudRecord', '4000000000005423', { kind: 'fraud_warning' }),
  followed('pm_card_pendingRefund', '4000000000007726', { kind: 'refund_pends' }),
  followed('pm_card_refundFail', '4000000000005126', { kind: 'refund_fails' }),
];

const byName = new Map(all.map((one) => [one.name, one]));

export const testCards = (): readonly TestCard[] => all;
export const testCard = (name: string): TestCard | undefined => byName.get(name);
/** The first of that number, where several names stand for it. */
export const cardOfNumber = (number: string): TestCard | undefined => all.find((one) => one.number === number);
