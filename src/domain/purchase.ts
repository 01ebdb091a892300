/**
 * Credits bought by hand: with a stored card, or offered to a Checkout. Never held up by a top-off that waits, and never
 * tried again by itself: its owner stands before it.
 */
import { type Book, cold, settingsOf } from './book.js';
import { type Catalog, planOf } from './catalog.js';
import type { Charge } from './charge.js';
import { newCharge } from './charge-opening.js';
import { isCharging } from './charging.js';
import { refuseClosed } from './closing.js';
import type { BuyPack, EndCheckout, OfferCheckout } from './commands.js';
import { moveOn } from './dunning.js';
import { contentHash, producerKey } from './keys.js';
import { touch } from './obligations.js';
import { type Outcome, type Refused, refused } from './outcomes.js';
import { type PackOffer, type PackWish, quotePack } from './packs.js';
import { networkAllowsAt } from './retry.js';
import { canceled } from './settlement.js';

export const openedCharge = (charge: Charge, replayed: boolean): Outcome => ({
  kind: 'charge_opened',
  charge: charge.id,
  state: charge.state,
  credits: charge.credits,
  amountMinor: charge.amountMinor,
  replayed,
});

export function buyPack(book: Book, command: BuyPack): Outcome {
  cold(book);
  const { account: _, key, by: __, ...asked } = command;
  const stands = standing(book, key, asked);
  if (stands !== null) return stands;
  const offer = offered(book, command.pack);
  if (offer.kind === 'refused') return offer;
  const card = command.card === undefined ? book.cards[0] : book.cards.find((one) => one.id === command.card);
  if (card === undefined) {
    return refused('card_unknown', 'There is no such card on this account. Attach one, or pay by Checkout.');
  }
  if (networkAllowsAt(book, card) !== null) {
    return refused('too_many_retries', 'This card was declined too often for now. Choose another card, or wait a day.');
  }
  if (!isCharging(book, { amountMinor: offer.amountMinor, last4: card.last4 })) return paused();
  return openedCharge(open(book, key, asked, offer, { card: card.id }), false);
}

/** Opens the charge that a Checkout session will ask for: it waits for the session, and is settled by agreeing. */
export function offerCheckout(book: Book, command: OfferCheckout): Outcome {
  cold(book);
  const { account: _, key, by: __, until, ...asked } = command;
  const stands = standing(book, key, asked);
  if (stands !== null) return stands;
  const offer = offered(book, command.pack);
  if (offer.kind === 'refused') return offer;
  if (until <= book.at) return refused('invalid', 'A Checkout must end in the future.');
  if (!isCharging(book)) return paused();
  return openedCharge(open(book, key, asked, offer, { card: null, checkoutUntil: until }), false);
}

const paused = (): Refused =>
  refused('charging_stopped', 'Nothing can be bought at the moment: charging is paused. Try again later.');

/** What stands under the key: the first answer again, or a conflict. A refusal claimed nothing. */
function standing(book: Book, key: string, asked: object): Outcome | null {
  const charge = book.charges.find((one) => one.key?.hash === producerKey(key));
  if (charge === undefined) return null;
  if (charge.key?.content === contentHash(asked)) return openedCharge(charge, true);
  return refused('conflict', `The key "${key}" was used for another purchase. Use a new key for a new purchase.`);
}

function offered(book: Book, wish: PackWish): ({ readonly kind: 'offer' } & PackOffer) | Refused {
  const { catalog } = book.context;
  const closed = refuseClosed(book);
  if (closed !== null) return closed;
  const quote = quotePack(catalog, wish);
  if (quote.kind === 'refused') return refused(quote.reason, quote.message);
  const isOnPlan = book.context.unchecked === true || planOf(catalog, settingsOf(book).plan)?.packs === true;
  if (!isOnPlan) return refused('not_offered', notOnPlan(catalog));
  return quote;
}

const notOnPlan = ({ brand, words }: Catalog): string =>
  `${brand.name} does not sell ${words.pack.many} on this plan. Choose a plan that offers them.`;

function open(
  book: Book,
  key: string,
  asked: object,
  { credits, amountMinor }: PackOffer,
  how: Pick<Charge, 'card'> & { readonly checkoutUntil?: OfferCheckout['until'] },
): Charge {
  const named = { hash: producerKey(key), content: contentHash(asked) };
  return newCharge(book, { kind: 'pack', credits, amountMinor, key: named, ...how });
}

/** The session has expired. Where its intent is known it is canceled at the processor before it is here. */
export function endCheckout(book: Book, command: EndCheckout): Outcome {
  cold(book);
  const charge = book.charges.find((one) => one.id === command.charge);
  if (charge === undefined || charge.course.checkoutUntil === null) {
    return refused('charge_unknown', `This account has no Checkout with the charge "${command.charge}".`);
  }
  if (charge.state === 'pending' && charge.intentId === null) canceled(book, charge);
  else if (charge.state === 'pending' && !charge.cancelOwed) {
    charge.cancelOwed = true;
    moveOn(charge, { waitingSince: book.at });
    touch(book, charge);
    book.effects.asks.push({ topic: 'charge', subject: charge.id, dueAt: book.at });
  }
  return openedCharge(charge, false);
}
