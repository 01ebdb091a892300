/** The page of a Checkout session: what is bought, the choice of cards, and what the button has done. */

import { formatMoney, money } from '../../domain/money.js';
import type { StoredSession } from './billing-state.js';
import { priceOf, productOf } from './catalog-json.js';
import { dueToday, hasTrial, pageOf, sessionTotal } from './checkout-json.js';
import { addressAfter, wantsCard } from './checkout-pay.js';
import { customerOf } from './customers.js';
import { cardChoices } from './hosted-cards.js';
import { dateText, hostedPage } from './hosted-layout.js';
import { escaped } from './page.js';
import { priceText } from './prorations.js';
import { epochSeconds, type World } from './world.js';

const DAY = 86_400;

const inMoney = (amount: number, currency: string): string => escaped(formatMoney(money(amount, currency)));

function rowsOf(world: World, session: StoredSession): string {
  const rows = session.lines.map((line) => {
    const price = priceOf(world, line.price);
    const name = `${line.quantity === 1 ? '' : `${line.quantity} × `}${productOf(world, price.product).name}`;
    const once = line.quantity === 1 ? '' : `${priceText(price)} each`;
    const each = price.recurring === null ? once : priceText(price);
    return `<li><span>${escaped(name)}${each === '' ? '' : `<br><span class="quiet small">${escaped(each)}</span>`}</span><span class="n">${inMoney(price.unitAmount * line.quantity, price.currency)}</span></li>`;
  });
  const due = inMoney(dueToday(world, session), session.currency ?? 'usd');
  return `<ul class="rows">${rows.join('')}<li class="sum"><span>Due today</span><span class="n">${due}</span></li></ul>`;
}

const trialEndOf = (world: World, { plan }: StoredSession): number =>
  plan.trialDays === null ? (plan.trialEnd ?? epochSeconds(world)) : epochSeconds(world) + plan.trialDays * DAY;

function summary(world: World, session: StoredSession): string {
  if (session.mode === 'setup') {
    return '<h1>Save a card</h1><p class="quiet">It is kept for later payments. Nothing is charged now.</p>';
  }
  const currency = session.currency ?? 'usd';
  const total = inMoney(sessionTotal(world, session), currency);
  const [first] = session.lines;
  const every = first === undefined ? '' : escaped(priceText(priceOf(world, first.price)));
  if (session.mode === 'payment') return `<h1>Pay</h1><p class="amount">${total}</p>${rowsOf(world, session)}`;
  const head = hasTrial(session)
    ? `<h1>Try it for free</h1><p class="amount">${inMoney(0, currency)}</p><p class="quiet">Then ${every} from ${dateText(trialEndOf(world, session))}, unless it is canceled before.</p>`
    : `<h1>Subscribe</h1><p class="amount">${total}</p>`;
  return `${head}${rowsOf(world, session)}`;
}

function buttonText(world: World, session: StoredSession): string {
  if (session.mode === 'setup') return 'Save card';
  if (session.mode === 'subscription') return hasTrial(session) ? 'Start trial' : 'Subscribe';
  return `Pay ${formatMoney(money(dueToday(world, session), session.currency ?? 'usd'))}`;
}

function form(world: World, session: StoredSession): string {
  const known = session.customer === null ? session.customerEmail : customerOf(world, session.customer, 'id').email;
  const asks = session.customer === null && session.customerEmail === null;
  const email = asks
    ? '<label class="text">E-mail<input type="email" name="email" value="owner@example.com" required></label>'
    : `<p class="quiet small">For ${escaped(known ?? session.customer ?? '')}</p>`;
  const cards = wantsCard(world, session)
    ? cardChoices(world, 'Which card?', session.customer)
    : '<p>No card is needed now.</p>';
  const told = session.told === null ? '' : `<p class="told" role="alert">${escaped(session.told)}</p>`;
  return `<form method="post" action="${escaped(new URL(pageOf(world, session)).pathname)}" class="panel">${told}${email}${cards}<button class="main">${escaped(buttonText(world, session))}</button></form>`;
}

export function checkoutPage(world: World, session: StoredSession): string {
  const back =
    session.cancelUrl === null
      ? ''
      : `<a class="back" href="${escaped(addressAfter(session.cancelUrl, session))}">← Back</a>`;
  if (session.status !== 'open') return overPage(session, back);
  const body = `<div class="columns"><section>${back}${summary(world, session)}</section>${form(world, session)}</div>`;
  return hostedPage('Checkout', body);
}

function overPage(session: StoredSession, back: string): string {
  const [title, text] =
    session.status === 'complete'
      ? ['All done', 'This session has been completed. There is nothing left to do here.']
      : ['This page has expired', 'Nothing was charged. Go back and begin again.'];
  const on =
    session.status === 'complete'
      ? `<p><a class="button" href="${escaped(addressAfter(session.successUrl, session))}">Continue</a></p>`
      : back;
  return hostedPage(title, `<section class="panel"><h1>${title}</h1><p class="quiet">${text}</p>${on}</section>`, true);
}
