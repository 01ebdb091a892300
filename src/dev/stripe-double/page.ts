/** A plain page for people who want to see the money that moved: no script, nothing from elsewhere, everything escaped. */
import { formatMoney, money } from '../../domain/money.js';
import { billingSections, type Section } from './billing-overview.js';
import { disputedOf } from './disputes.js';
import type { JournalEntry } from './journal.js';
import { cardBehind } from './objects.js';
import type { StoredCharge } from './state.js';
import type { World } from './world.js';

const ROWS = 100;

const STYLE = `body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;color:#1f2933}
h1{font-size:1.4rem}h2{font-size:1.05rem;margin:2rem 0 .5rem}table{border-collapse:collapse;width:100%}
th,td{text-align:left;padding:.35rem .8rem .35rem 0;border-bottom:1px solid #e4e7eb;vertical-align:top}
th{font-weight:600;color:#52606d}td.n{text-align:right;font-variant-numeric:tabular-nums}code{font-size:.85em}
.ok{color:#0b6b3a}.no{color:#a61b1b}p.lead{color:#52606d}`;

export const escaped = (text: string): string => text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);

const document = (title: string, body: string): string =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escaped(title)}</title><style>${STYLE}</style><h1>${escaped(title)}</h1>${body}</html>`;

const timeOf = (ms: number): string => new Date(ms).toISOString().replace('T', ' ').slice(0, 19);
const code = (text: string): string => `<code>${escaped(text)}</code>`;

/** `cells` are HTML already. */
function table(heads: readonly string[], rows: readonly (readonly string[])[], nothing: string): string {
  if (rows.length === 0) return `<p class="lead">${escaped(nothing)}</p>`;
  const head = heads.map((one) => `<th scope="col">${escaped(one)}</th>`).join('');
  const body = rows.map((cells) => `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`).join('');
  return `<table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table>`;
}

function statusOf(world: World, one: StoredCharge): string {
  const why = one.decline?.declineCode ?? one.decline?.code;
  if (one.decline !== null) return `<span class="no">declined</span> ${escaped(why ?? '')}`;
  const part = (what: string, minor: number) => `, ${what} ${escaped(formatMoney(money(minor, one.currency)))}`;
  const [refunded, disputed] = [one.amountRefunded ?? 0, disputedOf(world, one.id)];
  return `<span class="ok">paid</span>${refunded > 0 ? part('refunded', refunded) : ''}${disputed > 0 ? part('disputed', disputed) : ''}`;
}

function paymentRow(world: World, one: StoredCharge): string[] {
  const card = cardBehind(one.card);
  return [
    timeOf(one.created * 1_000),
    escaped(formatMoney(money(one.amount, one.currency))),
    statusOf(world, one),
    escaped(one.metadata.creditd_account ?? ''),
    code(one.metadata.creditd_charge ?? ''),
    escaped(`${card.brand} ${one.facts?.last4 ?? card.last4}`),
    code(one.id),
  ];
}

const cellOf = (cell: Section['rows'][number][number]): string =>
  typeof cell === 'string' ? escaped(cell) : `<a href="${escaped(cell.href)}">${escaped(cell.text)}</a>`;

const sectionOf = ({ title, heads, rows }: Section): string =>
  `<h2>${escaped(title)}</h2>${table(
    heads,
    rows.map((cells) => cells.map(cellOf)),
    '',
  )}`;

export function overviewPage(world: World, journal: readonly JournalEntry[]): string {
  const { state } = world;
  const customers = state.customers.slice(-ROWS).reverse();
  const requests = journal.slice(-ROWS).reverse();
  return document(
    'The Stripe double',
    `<p class="lead">It stands in for Stripe on this machine: no real card is charged. Times are UTC; the latest ${ROWS} are shown.</p>
<h2>Payments</h2>${table(
      ['Time', 'Amount', 'Status', 'Account', 'Charge', 'Card', 'Payment'],
      state.charges
        .slice(-ROWS)
        .reverse()
        .map((one) => paymentRow(world, one)),
      'No payment was tried yet.',
    )}${billingSections(world, ROWS).map(sectionOf).join('')}<h2>Customers</h2>${table(
      ['Since', 'Name', 'E-mail', 'Account', 'Customer'],
      customers.map((one) => [
        timeOf(one.created * 1_000),
        escaped(one.name ?? ''),
        escaped(one.email ?? ''),
        escaped(one.metadata.creditd_account ?? ''),
        code(one.id),
      ]),
      'No customer yet.',
    )}<h2>Recent requests</h2>${table(
      ['Time', 'Request', 'Answer', 'Idempotency key'],
      requests.map((one) => [
        timeOf(one.atMs),
        code(`${one.method} ${one.path}`),
        escaped(
          [String(one.status), one.replayed ? 'replayed' : '', one.fault === null ? '' : `fault: ${one.fault}`]
            .filter(Boolean)
            .join(', '),
        ),
        code(one.idempotencyKey ?? ''),
      ]),
      'No request yet.',
    )}`,
  );
}

/** Null where there is no such payment. */
export function receiptPage(world: World, chargeId: string): string | null {
  const charge = world.state.charges.find((one) => one.id === chargeId && one.decline === null);
  if (charge === undefined) return null;
  const card = cardBehind(charge.card);
  return document(
    `Receipt for ${formatMoney(money(charge.amount, charge.currency))}`,
    `<p>${escaped(charge.description ?? 'Payment')}</p><p class="lead">Paid ${timeOf(charge.created * 1_000)} UTC with ${escaped(card.brand)} ${escaped(card.last4)}. No real card was charged.</p>`,
  );
}
