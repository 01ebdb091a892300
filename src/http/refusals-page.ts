/** Usage events that were not posted, each with its reason: unsettled ones first. */
import type { Instant } from '../domain/instant.js';
import { oneLine } from '../domain/notice-format.js';
import type { RefusalView, Tallies } from '../ports.js';
import { type Html, html } from './html.js';
import { relative } from './times.js';

const EVENT_LENGTH_MAX = 4_000;

export function refusalsMain(rows: readonly RefusalView[], { refusals }: Tallies, now: Instant): Html {
  const reasons = Object.entries(refusals).sort(([, a], [, b]) => b - a);
  const open = reasons.reduce((sum, [, count]) => sum + count, 0);
  const shown = rows.filter((row) => row.settledAt === null);
  const settled = rows.filter((row) => row.settledAt !== null);
  return html`<article>
<h1>Refusals</h1>
<p class="how">Usage events that were not posted: nothing was taken for them. Once the cause is mended, this sends again those whose work has happened: <code>creditd replay --help</code></p>
<ul class="sums">${reasons.map(([reason, count]) => html`<li><b>${count}</b> ${reason.replaceAll('_', ' ')}</li>`)}
${open === 0 && html`<li><b>0</b> unsettled<small>nothing to do</small></li>`}</ul>
<section><h2>Unsettled</h2>${shown.length === 0 ? html`<p class="none">Nothing was refused that still waits for anybody.</p>` : table(shown, now)}</section>
${open > shown.length && html`<p class="quiet">The ${shown.length} seen last are shown.</p>`}
${settled.length > 0 && html`<section><h2>Settled</h2>${table(settled, now)}</section>`}
</article>`;
}

const table = (rows: readonly RefusalView[], now: Instant): Html =>
  html`<div class="scroll"><table class="wide"><thead><tr><th scope="col">Why</th><th scope="col">Account</th><th scope="col">Key</th><th scope="col" class="number">Times</th><th scope="col">First seen</th><th scope="col">Last seen</th></tr></thead>
<tbody>${rows.map((row) => rowOf(row, now))}</tbody></table></div>`;

function rowOf(row: RefusalView, now: Instant): Html {
  const mode = row.mode === 'if_covered' ? html` <span class="tag plain">if covered</span>` : null;
  return html`<tr data-row="${row.id}"><td class="why"><span class="tag">${row.reason.replaceAll('_', ' ')}</span>${mode}<p>${row.message}</p>
<details id="event-${row.id}"><summary>Event</summary><pre>${eventText(row.event)}</pre></details></td>
<td>${row.account === '' ? html`<i>unreadable</i>` : oneLine(row.account, 60)}</td><td>${row.key === '' ? html`<i>unreadable</i>` : html`<code>${oneLine(row.key, 60)}</code>`}</td>
<td class="number">${row.times}</td><td>${relative(row.firstSeenAt, now)}</td><td>${relative(row.lastSeenAt, now)}</td></tr>`;
}

function eventText(event: unknown): string {
  const text = JSON.stringify(event, null, 2) ?? '';
  return text.length > EVENT_LENGTH_MAX ? `${text.slice(0, EVENT_LENGTH_MAX)}…` : text;
}
