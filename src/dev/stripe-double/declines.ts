/** Declines as Stripe reports them: the error's code, the holder's sentence, and what the card's network had said. */
import { AUTHENTICATION_REQUIRED, type CardDecline } from './cards.js';

const MESSAGES: Readonly<Record<string, string>> = {
  authentication_required: 'Your card was declined. This transaction requires authentication.',
  expired_card: 'Your card has expired.',
  incorrect_cvc: "Your card's security code is incorrect.",
  incorrect_number: 'Your card number is incorrect.',
  incorrect_zip: "Your card's postal code is incorrect.",
  invalid_expiry_month: "Your card's expiration month is invalid.",
  invalid_expiry_year: "Your card's expiration year is invalid.",
  processing_error: 'An error occurred while processing your card. Try again in a little bit.',
  insufficient_funds: 'Your card has insufficient funds.',
  card_not_supported: 'Your card does not support this type of purchase.',
};

export const declineMessage = ({ code, declineCode }: CardDecline): string =>
  MESSAGES[code] ?? MESSAGES[declineCode ?? ''] ?? 'Your card was declined.';

/** The decline codes that Stripe reports as the error's own code instead of the general "card_declined". */
const OWN_CODES: ReadonlySet<string> = new Set([
  AUTHENTICATION_REQUIRED,
  'expired_card',
  'incorrect_address',
  'incorrect_cvc',
  'incorrect_number',
  'incorrect_zip',
  'invalid_cvc',
  'invalid_expiry_month',
  'invalid_expiry_year',
  'invalid_number',
  'processing_error',
]);

/** The networks' response code behind a decline; what is not listed is the general "do not honor". */
const NETWORK_CODES: Readonly<Record<string, string>> = {
  approve_with_id: '08',
  authentication_required: '1A',
  call_issuer: '01',
  card_not_supported: '57',
  card_velocity_exceeded: '65',
  duplicate_transaction: '94',
  expired_card: '54',
  fraudulent: '59',
  incorrect_cvc: 'N7',
  incorrect_number: '14',
  incorrect_pin: '55',
  insufficient_funds: '51',
  invalid_account: '14',
  invalid_amount: '13',
  invalid_number: '14',
  invalid_pin: '55',
  issuer_not_available: '91',
  lost_card: '41',
  no_action_taken: '21',
  pickup_card: '04',
  pin_try_exceeded: '75',
  processing_error: '96',
  reenter_transaction: '19',
  restricted_card: '62',
  revocation_of_all_authorizations: 'R3',
  revocation_of_authorization: 'R1',
  security_violation: '63',
  service_not_allowed: '58',
  stolen_card: '43',
  stop_payment_order: 'R0',
  transaction_not_allowed: '57',
  withdrawal_count_limit_exceeded: '61',
};

const NETWORK_ADVICE: Readonly<Record<string, string>> = {
  confirm_card_data: '01',
  try_again_later: '02',
  do_not_try_again: '03',
};

/** On the account's own block list: Stripe refuses it and asks no network. */
const BLOCKED: ReadonlySet<string> = new Set(['merchant_blacklist']);

export function scriptedDecline(script: {
  readonly declineCode: string;
  readonly adviceCode: string | null;
  readonly networkDeclineCode?: string | undefined;
  readonly networkAdviceCode?: string | undefined;
}): CardDecline {
  const { declineCode, adviceCode } = script;
  const blocked = BLOCKED.has(declineCode);
  return {
    code: OWN_CODES.has(declineCode) ? declineCode : 'card_declined',
    declineCode,
    adviceCode,
    blocked,
    networkDeclineCode: blocked ? null : (script.networkDeclineCode ?? NETWORK_CODES[declineCode] ?? '05'),
    networkAdviceCode: blocked ? null : (script.networkAdviceCode ?? NETWORK_ADVICE[adviceCode ?? ''] ?? null),
  };
}

/** The fields of a decline that an error shows; what was not said is absent. */
export const declineFields = (decline: CardDecline) => ({
  type: 'card_error' as const,
  code: decline.code,
  message: declineMessage(decline),
  ...(decline.declineCode === null ? {} : { decline_code: decline.declineCode }),
  ...(decline.adviceCode === null ? {} : { advice_code: decline.adviceCode }),
  ...(decline.networkDeclineCode ? { network_decline_code: decline.networkDeclineCode } : {}),
  ...(decline.networkAdviceCode ? { network_advice_code: decline.networkAdviceCode } : {}),
});
