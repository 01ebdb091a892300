/** One account as its owner would like to see it explained: what is left, what happened, what was charged and mailed. */
import { minus, negated } from '../domain/credits.js';
import { formatMoney } from '../domain/money.js';
import { topOffFailureWords } from '../domain/notice-failure.js';
import { formatCard, oneLine, safeUrl } from '../domain/notice-format.js';
import type { AccountView, ChargeView, IncidentView, LedgerLineView, NoticeView } from '../ports.js';
import * as say from './activity-words.js';
import { balanceChart } from './balance-chart.js';
import { type Entry, entriesOf } from './entries.js';
import { type Html, html } from './html.js';
import { clockTime, dayAndTime, dayOf, fullTime } from './times.js';

export interface AccountActivity {
  readonly account: AccountView;
  /** Newest first, all three. */
  readonly lines: readonly LedgerLineView[];
  readonly charges: readonly ChargeView[];
  readonly notices: readonly NoticeView[];
}

const ENTRIES_SHOWN = 30;
const NAME_LENGTH_MAX = 80;
const RESULT_LENGTH_MAX = 120;

export const nameOf = ({ name, id }: AccountView): string => oneLine(name, NAME_LENGTH_MAX) || id;

export function activityMain({ account, lines, charges, notices }: AccountActivity, words: say.Words): Html {
  const entries = entriesOf(lines);
  return html`
<article>
<header class="who">${mark(words)}<h1>${nameOf(account)}</h1><p>${words.product} · ${say.planLabel(words, account.plan)}</p></header>
${account.incidents.map((incident) => incidentBanner(incident, account, words))}
<section class="hero">
<div>${remaining(account, words)}${facts(account, words)}</div>
${chart(entries, account, words)}
</section>
<p class="how">${how(account, words)}</p>
<div class="columns">
<section class="ledger"><h2>${words.ledger}</h2>${ledger(entries.slice(0, ENTRIES_SHOWN), account, words)}</section>
<div>
<section><h2>Charges</h2>${charges.length === 0 ? html`<p class="none">No charge yet.</p>` : html`<ul class="things">${charges.map((charge) => chargeItem(charge, account, words))}</ul>`}</section>
<section><h2>Mails</h2>${notices.length === 0 ? html`<p class="none">No mail yet.</p>` : html`<ul class="things">${notices.map((notice) => noticeItem(notice, account, words))}</ul>`}</section>
</div>
</div>
</article>`;
}

export const mark = ({ color }: say.Words): Html =>
  html`<svg class="mark" viewBox="0 0 10 10" aria-hidden="true"><rect width="10" height="10" rx="3" fill="${color}"/></svg>`;

export function remaining({ balance, held, topOff }: AccountView, words: say.Words): Html {
  const available = minus(balance, held);
  const low = topOff.enabled && balance < topOff.threshold;
  return html`<p class="remaining${low && ' low'}"><b>${words.figure(balance < 0n ? negated(balance) : balance)}</b> ${words.credit.many} ${balance < 0n ? 'owed' : 'remaining'}</p>
${held > 0n && html`<p class="held">${words.figure(held)} held for work in progress, ${words.figure(available)} available</p>`}`;
}

function facts(account: AccountView, words: say.Words): Html {
  const { period, card, zone } = account;
  return html`<dl class="facts">
<div><dt>${words.topOff}</dt><dd>${say.topOffWords(account, words)}</dd></div>
<div><dt>Card</dt><dd>${card === null ? 'None attached.' : formatCard(card)}</dd></div>
<div><dt>Renews</dt><dd>${period === null ? 'Never: nothing is granted by the calendar.' : html`${fullTime(period.endsAt, zone)}, with ${words.credits(period.allotment)}`}</dd></div>
</dl>`;
}

function chart(entries: readonly Entry[], { topOff }: AccountView, words: say.Words): Html | null {
  const points = [...entries].reverse().map(({ balanceAfter, lotKind, kind }) => ({
    balance: balanceAfter,
    bought: kind === 'grant' && (lotKind === 'top_off' || lotKind === 'purchase'),
  }));
  const threshold = topOff.enabled ? topOff.threshold : null;
  const drawn = balanceChart(points, threshold, `The balance over the last ${points.length} entries`);
  if (drawn === null) return null;
  const below =
    threshold === null ? null : html` <span class="key threshold">threshold ${words.figure(threshold)}</span>`;
  return html`<figure>${drawn}<figcaption><span class="key line">balance over the last ${points.length} entries</span>${below} <span class="key bought">bought</span></figcaption></figure>`;
}

function how({ topOff }: AccountView, words: say.Words): string {
  const start = `Services put every use into a queue; creditd takes its ${words.credit.many} from the balance here`;
  if (!topOff.enabled) return `${start}.`;
  return `${start}. When fewer than ${words.figure(topOff.threshold)} remain, it charges the card once, adds ${words.figure(topOff.amount)} and mails the owner.`;
}

function incidentBanner(incident: IncidentView, { zone }: AccountView, words: say.Words): Html {
  const { title, meaning } = say.incidentWords(incident, words);
  return html`<section class="incident" role="status"><h2>${title}</h2><p>${meaning}</p><p class="quiet">Since ${dayAndTime(incident.openedAt, zone)}</p></section>`;
}

function ledger(entries: readonly Entry[], account: AccountView, words: say.Words): Html {
  if (entries.length === 0) return html`<p class="none">Nothing has happened yet.</p>`;
  let day = '';
  const rows = entries.map((entry) => {
    const today = dayOf(entry.occurredAt, account.zone);
    const heading = today === day ? null : html`<tr class="day"><th colspan="4" scope="rowgroup">${today}</th></tr>`;
    day = today;
    return html`${heading}${ledgerRow(entry, account, words)}`;
  });
  return html`<table><thead><tr><th scope="col">Time</th><th scope="col">What</th><th scope="col" class="number">${words.credit.many}</th><th scope="col" class="number">Balance</th></tr></thead><tbody>${rows}</tbody></table>`;
}

function ledgerRow(entry: Entry, { zone, plan }: AccountView, words: say.Words): Html {
  const details = say.entryDetails(entry, words);
  const sign = entry.amount > 0n ? '+' : '';
  const direction = entry.amount > 0n ? ' in' : '';
  return html`<tr data-row="${entry.sequence}" class="entry${direction}"><td class="when">${clockTime(entry.occurredAt, zone)}</td>
<td>${say.entryTitle(entry, words, plan)}${details !== '' && html` <small>${details}</small>`}</td>
<td class="number amount">${entry.amount === 0n ? 'free' : `${sign}${words.figure(entry.amount)}`.replace('-', '−')}</td>
<td class="number">${words.figure(entry.balanceAfter).replace('-', '−')}</td></tr>`;
}

function chargeItem(charge: ChargeView, { zone }: AccountView, words: say.Words): Html {
  const receipt = charge.receiptUrl === null ? null : safeUrl(charge.receiptUrl);
  const failed = charge.failure === null ? null : topOffFailureWords(charge.failure, words.topOff).title;
  const again = charge.state === 'pending' && failed !== null ? charge.nextAttemptAt : null;
  return html`<li data-row="${charge.id}"><div><strong>${formatMoney(charge.amount)}</strong> for ${words.credits(charge.credits)}<span class="state ${charge.state}">${say.CHARGE_WORDS[charge.state]}</span></div>
<small>${say.chargeTitle(charge, words)} · ${dayAndTime(charge.createdAt, zone)}${charge.card !== null && ` · ${formatCard(charge.card)}`}${receipt !== null && html` · <a href="${receipt}" rel="noreferrer" target="_blank">Receipt</a>`}</small>
${failed !== null && html`<small class="why">${failed}${again !== null && html`; tried again ${dayAndTime(again, zone)}`}</small>`}</li>`;
}

const NOTICE_STATES = { waiting: 'waiting', sent: 'sent', failed: 'given up' } as const;

function noticeItem(notice: NoticeView, { zone }: AccountView, words: say.Words): Html {
  return html`<li data-row="${notice.id}"><div>${say.noticeTitle(notice.kind, words)}<span class="state ${notice.state}">${NOTICE_STATES[notice.state]}</span></div>
<small>${dayAndTime(notice.createdAt, zone)}${notice.result !== null && ` · ${oneLine(notice.result, RESULT_LENGTH_MAX)}`}</small></li>`;
}
