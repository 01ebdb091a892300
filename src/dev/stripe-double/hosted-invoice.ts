/** The page of an invoice, where what is still owed can be paid by any card. */
import { formatMoney, money } from '../../domain/money.js';
import type { StoredInvoice } from './billing-state.js';
import { customerOf } from './customers.js';
import { cardChoices } from './hosted-cards.js';
import { dateText, hostedPage } from './hosted-layout.js';
import { amountsOf } from './invoice-json.js';
import { escaped } from './page.js';
import type { World } from './world.js';

const TAGS: Readonly<Record<StoredInvoice['status'], string>> = {
  draft: '<span class="tag">Draft</span>',
  open: '<span class="tag no">Unpaid</span>',
  paid: '<span class="tag ok">Paid</span>',
  uncollectible: '<span class="tag no">Given up</span>',
  void: '<span class="tag">Void</span>',
};
export const invoiceTag = (one: StoredInvoice): string => TAGS[one.status];

export function invoicePage(world: World, one: StoredInvoice, told: string | null): string {
  const inMoney = (amount: number) => escaped(formatMoney(money(amount, one.currency)));
  const customer = customerOf(world, one.customer, 'id');
  const { total, due } = amountsOf(world, one);
  const rows = one.lines.map(
    (line) =>
      `<li><span>${escaped(line.description)}<br><span class="quiet small">${dateText(line.start)} to ${dateText(line.end)}</span></span><span class="n">${inMoney(line.amount)}</span></li>`,
  );
  const balance =
    due === total ? '' : `<li><span>Balance from before</span><span class="n">${inMoney(due - total)}</span></li>`;
  const sum = `<li class="sum"><span>${one.status === 'paid' ? 'Paid' : 'Due'}</span><span class="n">${inMoney(due)}</span></li>`;
  const name = one.number === null ? 'Draft' : `Invoice ${one.number}`;
  const owed = one.status === 'open' || one.status === 'uncollectible';
  const form = owed
    ? `<form method="post" class="panel" action="/i/${one.id}">${told === null ? '' : `<p class="told" role="alert">${escaped(told)}</p>`}${cardChoices(world, 'Pay with', one.customer)}<button class="main">Pay ${inMoney(due)}</button></form>`
    : '';
  const body = `<section class="panel"><div class="actions"><h1>${escaped(name)}</h1>${invoiceTag(one)}</div>
<p class="quiet small">${dateText(one.created)} · ${escaped(customer.name ?? customer.email ?? customer.id)}</p>
<ul class="rows">${rows.join('')}${balance}${sum}</ul></section>${form}`;
  return hostedPage(name, body, true);
}
