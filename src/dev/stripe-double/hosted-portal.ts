/** The page where customers look after their own cards, subscription and invoices, and what its buttons do. */

import { formatMoney, money } from '../../domain/money.js';
import type { StoredInvoice, StoredPortal, StoredSubscription } from './billing-state.js';
import { priceOf, productOf } from './catalog-json.js';
import { customerOf } from './customers.js';
import { cardChoices, cardText, savedCards } from './hosted-cards.js';
import { invoiceTag } from './hosted-invoice.js';
import { button, dateText, hostedPage } from './hosted-layout.js';
import { amountsOf } from './invoice-json.js';
import { escaped } from './page.js';
import { priceText } from './prorations.js';
import type { StoredPaymentMethod } from './state.js';
import { hasEnded } from './subscription-events.js';
import type { World } from './world.js';

export const portalPath = (one: StoredPortal): string => `/p/session/${one.secret}`;

function cardRow(one: StoredPaymentMethod, isDefault: boolean, action: string): string {
  const fields = { method: one.id };
  const makeDefault = isDefault
    ? '<span class="tag ok">Default</span>'
    : button(action, 'Make default', { do: 'default', ...fields });
  return `<li><span>${escaped(cardText(one.card))}</span><span class="actions">${makeDefault}${button(action, 'Remove', { do: 'remove', ...fields })}</span></li>`;
}

function subscriptionRow(world: World, one: StoredSubscription, action: string, cancels: boolean): string {
  const [item] = one.items;
  const price = item && priceOf(world, item.price);
  const name = price === undefined ? one.id : productOf(world, price.product).name;
  const end = dateText(one.cancelAt ?? item?.periodEnd ?? one.created);
  const when =
    one.cancelAt !== null ? `Ends on ${end}` : one.status === 'trialing' ? `Trial until ${end}` : `Renews on ${end}`;
  const fields = { subscription: one.id };
  const act =
    one.cancelAt !== null
      ? button(action, 'Renew', { do: 'renew', ...fields })
      : cancels
        ? button(action, 'Cancel', { do: 'cancel', ...fields })
        : '';
  const status =
    one.status === 'active'
      ? ''
      : `<span class="tag${one.status === 'trialing' ? '' : ' no'}">${escaped(one.status.replace('_', ' '))}</span>`;
  return `<li><span>${escaped(name)} <span class="quiet">${price === undefined ? '' : escaped(priceText(price))}</span> ${status}<br><span class="quiet small">${when}</span></span>${act}</li>`;
}

function invoiceRow(world: World, one: StoredInvoice): string {
  const due = escaped(formatMoney(money(amountsOf(world, one).due, one.currency)));
  return `<li><span><a href="/i/${one.id}">${escaped(one.number ?? one.id)}</a><br><span class="quiet small">${dateText(one.created)}</span></span><span class="actions">${invoiceTag(one)}<span class="n">${due}</span></span></li>`;
}

const list = (rows: readonly string[], nothing: string): string =>
  rows.length === 0 ? `<p class="quiet">${nothing}</p>` : `<ul class="rows">${rows.join('')}</ul>`;

const MOST_INVOICES = 24;

export function portalPage(world: World, portal: StoredPortal, told: string | null): string {
  const { state } = world;
  const customer = customerOf(world, portal.customer, 'id');
  const action = portalPath(portal);
  const cancels = state.portalConfigurations.find((one) => one.id === portal.configuration)?.cancels ?? true;
  const own = state.subscriptions.filter((one) => one.customer === customer.id && !hasEnded(one));
  const invoices = state.invoices.filter((one) => one.customer === customer.id && one.status !== 'draft');
  const cards = savedCards(world, customer.id);
  const back =
    portal.returnUrl === null ? '' : `<a class="back" href="${escaped(portal.returnUrl)}">← Return to the site</a>`;
  const body = `${back}<h1>Billing</h1><p class="quiet">${escaped(customer.name ?? customer.email ?? customer.id)}</p>
${told === null ? '' : `<p class="told" role="alert">${escaped(told)}</p>`}
<div class="columns"><div>
<section class="panel"><h2>Subscription</h2>${list(
    own.map((one) => subscriptionRow(world, one, action, cancels)),
    'No subscription.',
  )}</section>
<section class="panel"><h2>Invoices</h2>${list(
    invoices
      .slice(-MOST_INVOICES)
      .reverse()
      .map((one) => invoiceRow(world, one)),
    'No invoice yet.',
  )}</section></div><div>
<section class="panel"><h2>Cards</h2>${list(
    cards.map((one) => cardRow(one, one.id === customer.defaultMethod, action)),
    'No card yet.',
  )}</section>
<form method="post" action="${escaped(action)}" class="panel"><input type="hidden" name="do" value="add">${cardChoices(world, 'Add a card', null)}<button class="main">Add card</button></form>
</div></div>`;
  return hostedPage('Billing', body);
}
