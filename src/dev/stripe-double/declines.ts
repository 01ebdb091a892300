/** A decline as the card's holder would be told of it. */
import type { CardDecline } from './cards.js';

const MESSAGES: Readonly<Record<string, string>> = {
  authentication_required: 'Your card was declined. This transaction requires authentication.',
  expired_card: 'Your card has expired.',
  incorrect_cvc: "Your card's security code is incorrect.",
  processing_error: 'An error occurred while processing your card. Try again in a little bit.',
  insufficient_funds: 'Your card has insufficient funds.',
};

export const declineMessage = ({ code, declineCode }: CardDecline): string =>
  MESSAGES[code] ?? MESSAGES[declineCode ?? ''] ?? 'Your card was declined.';
