/** The cards that a person can choose from on the double's pages, by what they do. */
import { cardBehind } from './objects.js';
import { escaped } from './page.js';
import type { StoredPaymentMethod } from './state.js';
import type { World } from './world.js';

const CHOICES: readonly (readonly [name: string, does: string])[] = [
  ['pm_card_visa', 'Visa that pays'],
  ['pm_card_mastercard', 'Mastercard that pays'],
  ['pm_card_amex', 'American Express that pays'],
  ['pm_card_authenticationRequired', 'Asks its owner every time'],
  ['pm_card_authenticationRequiredSetupForOffSession', 'Asks its owner once, then pays'],
  ['pm_card_visa_chargeDeclinedInsufficientFunds', 'Declined: insufficient funds'],
  ['pm_card_visa_chargeDeclined', 'Declined: no reason given'],
  ['pm_card_chargeDeclinedExpiredCard', 'Declined: the card has expired'],
  ['pm_card_visa_chargeDeclinedLostCard', 'Declined: reported lost'],
  ['pm_card_chargeCustomerFail', 'Saved, but declined when charged'],
];

const BRANDS: Readonly<Record<string, string>> = { visa: 'Visa', mastercard: 'Mastercard', amex: 'American Express' };

/** "Visa •••• 4242". */
export function cardText(name: string): string {
  const { brand, last4 } = cardBehind(name);
  return `${BRANDS[brand] ?? brand} •••• ${last4}`;
}

/** The cards that are kept with this customer. */
export const savedCards = (world: World, customer: string | null): StoredPaymentMethod[] =>
  customer === null ? [] : world.state.paymentMethods.filter((one) => one.customer === customer);

const choice = (value: string, text: string, more: string, chosen: boolean): string =>
  `<label class="card"><input type="radio" name="card" value="${escaped(value)}"${chosen ? ' checked' : ''}><span>${escaped(text)}</span><span class="quiet small n">${escaped(more)}</span></label>`;

/** Saved cards first, and of all the first chosen. */
export function cardChoices(world: World, legend: string, customer: string | null): string {
  const saved = savedCards(world, customer).map((one) => [one.id, cardText(one.card), 'saved'] as const);
  const test = CHOICES.map(([name, does]) => [name, does, `•••• ${cardBehind(name).last4}`] as const);
  const rows = [...saved, ...test].map(([value, text, more], at) => choice(value, text, more, at === 0));
  return `<fieldset><legend>${escaped(legend)}</legend>${rows.join('')}</fieldset>`;
}
