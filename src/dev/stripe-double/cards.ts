/**
 * Stripe's published test cards, by the names under which its test mode knows them, and how each behaves. Cards whose
 * aftermath (disputes, refunds, fraud warnings) the double does not play are left out rather than played half.
 */
import { createHash } from 'node:crypto';

export interface CardDecline {
  readonly code: string;
  readonly declineCode: string | null;
  readonly adviceCode: string | null;
  /** Refused by Stripe's own rules before it reached the issuer. */
  readonly blocked: boolean;
}

/** What a confirm does: moves the money, is declined, or asks the cardholder to authenticate. */
export type CardBehaviour =
  | { readonly kind: 'pays' }
  | { readonly kind: 'declines'; readonly decline: CardDecline }
  | { readonly kind: 'authenticates' };

export interface TestCard {
  readonly name: string;
  readonly brand: string;
  readonly last4: string;
  readonly fingerprint: string;
  readonly funding: 'credit' | 'debit';
  readonly riskLevel: 'normal' | 'elevated';
  readonly cvcCheck: 'pass' | 'fail';
  /** Null where the card can be attached to a customer. */
  readonly attachDecline: CardDecline | null;
  readonly offSession: CardBehaviour;
  readonly onSession: CardBehaviour;
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

type Extras = Partial<Pick<TestCard, 'funding' | 'riskLevel' | 'cvcCheck' | 'onSession'>>;

function card(name: string, number: string, offSession: CardBehaviour = pays, extras: Extras = {}): TestCard {
  return {
    name,
    brand: number.startsWith('4') ? 'visa' : number.startsWith('5') ? 'mastercard' : 'amex',
    last4: number.slice(-4),
    fingerprint: createHash('sha256')
      .update(`stripe-double ${number}`)
      .digest('base64url')
      .replace(/[-_]/g, '0')
      .slice(0, 16),
    funding: 'credit',
    riskLevel: 'normal',
    cvcCheck: 'pass',
    attachDecline: null,
    offSession,
    onSession: offSession,
    ...extras,
  };
}

/** Declines when charged and when attached, as all of Stripe's `chargeDeclined` cards do. */
function refusedEverywhere(name: string, number: string, behaviour: CardBehaviour & { kind: 'declines' }): TestCard {
  return { ...card(name, number, behaviour), attachDecline: behaviour.decline };
}

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
  card('pm_card_authenticationRequired', '4000002760003184', asksForOwner, { onSession: authenticates }),
  card('pm_card_authenticationRequiredOnSetup', '4000002500003155', asksForOwner, { onSession: authenticates }),
  card('pm_card_authenticationRequiredSetupForOffSession', '4000003800000446', pays, { onSession: authenticates }),
  card(
    'pm_card_authenticationRequiredChargeDeclinedInsufficientFunds',
    '4000008260003178',
    declinesAs('insufficient_funds'),
    {
      onSession: authenticates,
    },
  ),
];

const byName = new Map(all.map((one) => [one.name, one]));

export const testCards = (): readonly TestCard[] => all;
export const testCard = (name: string): TestCard | undefined => byName.get(name);

/** The decline codes that Stripe reports as the error's own code instead of the general "card_declined". */
const OWN_CODES: ReadonlySet<string> = new Set([
  AUTHENTICATION_REQUIRED,
  'expired_card',
  'incorrect_cvc',
  'incorrect_number',
  'processing_error',
]);

export const scriptedDecline = (declineCode: string, adviceCode: string | null): CardDecline => ({
  code: OWN_CODES.has(declineCode) ? declineCode : 'card_declined',
  declineCode,
  adviceCode,
  blocked: false,
});
