/** What other steps still have to do: rows that wait, and rows that were parked because starting them came to nothing. */
import type { Instant } from '../domain/instant.js';
import { oneLine } from '../domain/notice-format.js';
import type { OutboxView, Tallies } from '../ports.js';
import { type Html, html } from './html.js';
import { relative, span } from './times.js';

const NOTE_LENGTH_MAX = 300;

export function outboxMain(rows: readonly OutboxView[], { outbox }: Tallies, now: Instant): Html {
  const parked = rows.filter((row) => row.parkedAt !== null);
  const waiting = rows.filter((row) => row.parkedAt === null);
  const sums = outbox.map((one) => ({ ...one, total: one.waiting + one.parked }));
  const parkedAll = sums.reduce((sum, one) => sum + one.parked, 0);
  return html`<article>
<h1>Outbox</h1>
<p class="how">What Postgres still asks of other steps. A row stays until its step has ended; the relay turns it into a job whenever it is due.</p>
<ul class="sums">${sums.map(({ topic, waiting: open, dueLagMs }) => html`<li><b>${open}</b> ${topic} waiting<small>${dueLagMs > 0 ? `oldest due for ${span(dueLagMs)}` : 'none overdue'}</small></li>`)}
<li class="${parkedAll > 0 && 'bad'}"><b>${parkedAll}</b> parked<small>${parkedAll > 0 ? 'a person has to look' : 'nothing to do'}</small></li></ul>
${parked.length > 0 && html`<section class="alarm"><h2>Parked</h2><p>These were started too many times without an end, and nobody tries them now. Mend the cause, then send them again: <code>creditd replay --parked</code></p>${table(parked, now)}</section>`}
<section><h2>Waiting</h2>${waiting.length === 0 ? html`<p class="none">Nothing waits: every step has ended.</p>` : table(waiting, now)}</section>
${rows.length < sums.reduce((sum, one) => sum + one.total, 0) && html`<p class="quiet">The first ${rows.length} rows are shown.</p>`}
</article>`;
}

const table = (rows: readonly OutboxView[], now: Instant): Html =>
  html`<div class="scroll"><table class="wide"><thead><tr><th scope="col">Topic</th><th scope="col">Account</th><th scope="col">Subject</th><th scope="col">Due</th><th scope="col">Held until</th><th scope="col" class="number">Starts</th><th scope="col" class="number">Asks</th><th scope="col">Note</th></tr></thead>
<tbody>${rows.map((row) => rowOf(row, now))}</tbody></table></div>`;

function rowOf(row: OutboxView, now: Instant): Html {
  const due = row.parkedAt === null ? relative(row.dueAt, now) : html`parked ${relative(row.parkedAt, now)}`;
  return html`<tr data-row="${row.id}"><td><span class="tag">${row.topic}</span></td>
<td><a href="/activity?account=${encodeURIComponent(row.account)}">${oneLine(row.account, 60)}</a></td>
<td><code title="${row.subject}">${row.subject.slice(-12)}</code></td><td>${due}</td>
<td>${row.heldUntil !== null && row.heldUntil > now ? relative(row.heldUntil, now) : 'free'}</td>
<td class="number">${row.starts}</td><td class="number">${row.asks}</td>
<td class="note">${row.note === null ? '' : oneLine(row.note, NOTE_LENGTH_MAX)}</td></tr>`;
}
