/**
 * Cards as Stripe has them. Whatever happened to one, it is fetched and the account is brought to agree: attached where it
 * is the customer's, with its new number or expiry, and detached where it is not. The order of the events has no part in it.
 */
import type { Command } from '../domain/commands.js';
import type { CardFacts } from '../domain/payment.js';
import type { CardRow, ChargeRows, Ledger, ProcessorRecords } from '../ports.js';
import { type Heard, type Hearing, unheard } from './heard.js';
import { postOne } from './post-one.js';

export interface HearCardDeps {
  readonly ledger: Ledger;
  readonly charges: ChargeRows;
  readonly records: ProcessorRecords;
}

export async function hearCard(deps: HearCardDeps, { event, step }: Hearing): Promise<Heard> {
  const { paymentMethod, setupIntent } = event.names;
  if (paymentMethod !== null) return bringCard(deps, step.account, paymentMethod);
  if (setupIntent === null) return { kind: 'ignored', result: 'It names no way to pay.' };
  const stored = await deps.records.storedBy(setupIntent);
  if (stored.kind !== 'stored') return unheard(stored);
  if (stored.paymentMethod === null) return { kind: 'done', result: 'It has stored no way to pay.' };
  return bringCard(deps, step.account, stored.paymentMethod);
}

/** Also for a Checkout that stored one. */
export async function bringCard(
  deps: HearCardDeps,
  account: Hearing['step']['account'],
  paymentMethod: string,
): Promise<Heard> {
  const owner = await deps.charges.account(account);
  const found = await deps.records.card(paymentMethod);
  if (found.kind !== 'card' && found.kind !== 'no_card') return unheard(found);
  const known = (await deps.charges.cards(account)).find((one) => one.processorId === paymentMethod);
  const card =
    found.kind === 'card' && found.customer !== null && found.customer === owner?.customer ? found.card : null;
  const command = commandFor(account, card, known);
  if (command === null) return { kind: 'done', result: 'The card stands here as it does at Stripe.' };
  const outcome = await postOne(deps.ledger, command);
  if (outcome.kind === 'refused') return { kind: 'done', result: outcome.message };
  return { kind: 'done', result: `${SAID[command.kind]}.` };
}

type CardCommand = Extract<Command, { kind: 'attach_card' | 'update_card' | 'detach_card' }>;

const SAID: Readonly<Record<CardCommand['kind'], string>> = {
  attach_card: 'The card is attached',
  update_card: 'The card has its new number or expiry',
  detach_card: 'The card is detached',
};

function commandFor(
  account: CardCommand['account'],
  card: CardFacts | null,
  known: CardRow | undefined,
): CardCommand | null {
  if (card === null)
    return known === undefined || known.detached
      ? null
      : { kind: 'detach_card', account, card: known.id, isGone: true };
  if (known === undefined) return { kind: 'attach_card', account, card };
  // Stripe never attaches again what was once detached: the owner took it away here, and there it is on its way out.
  if (known.detached) return null;
  return isSame(card, known) ? null : { kind: 'update_card', account, card };
}

const isSame = (card: CardFacts, known: CardRow): boolean =>
  card.fingerprint === known.fingerprint &&
  card.last4 === known.last4 &&
  card.expiryMonth === known.expiryMonth &&
  card.expiryYear === known.expiryYear;

/** A deleted customer takes its cards along, for good. The next card brings the account another customer. */
export async function hearCustomerGone(deps: HearCardDeps, { event, step }: Hearing): Promise<Heard> {
  const { account } = step;
  const customer = event.names.customer;
  const owner = await deps.charges.account(account);
  if (customer === null || owner?.customer !== customer)
    return { kind: 'done', result: 'It was no customer of ours any more.' };
  for (const card of await deps.charges.cards(account)) {
    if (!card.detached) await postOne(deps.ledger, { kind: 'detach_card', account, card: card.id, isGone: true });
  }
  await deps.charges.forgetCustomer(account, customer);
  return { kind: 'done', result: 'The customer is gone from Stripe, and its cards with it.' };
}
