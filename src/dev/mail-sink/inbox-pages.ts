/** The inbox's three pages as HTML. Everything a mail says is escaped; its own HTML is only ever shown in a frame. */
import type { SunkMail } from './mailbox.js';

export type View = 'html' | 'text' | 'source';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const e = (text: string): string => text.replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign);

function layout(title: string, main: string, script: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${e(title)}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/inbox.css">
${script}
</head>
<body>
${main}
</body>
</html>
`;
}

/** In the zone of this machine, which is also the reader's. */
function whenOf(at: Date): string {
  const day = at.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' });
  const time = at.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
  return `<time datetime="${at.toISOString()}">${day}, ${time}</time>`;
}

/** The sender's name alone where there is one: the list is narrow. */
const senderOf = (from: string): string => from.replace(/ <[^<>]*>$/, '');

function line(mail: SunkMail): string {
  return `<li><a href="/mail/${mail.id}">
<span class="from">${e(senderOf(mail.from))}</span>
<span class="when">${whenOf(mail.receivedAt)}</span>
<span class="subject">${e(mail.subject)}</span>
<span class="to">to ${e(mail.to.join(', '))}</span>
</a></li>`;
}

export function listPage(mails: readonly SunkMail[]): string {
  const count = mails.length === 1 ? '1 mail' : `${mails.length} mails`;
  const list =
    mails.length === 0
      ? '<p class="empty">No mail yet. Whatever is sent appears here by itself.</p>'
      : `<ol>${mails.map(line).join('\n')}</ol>`;
  return layout(
    `Inbox (${mails.length})`,
    `<main id="inbox" data-newest="${mails[0]?.id ?? ''}">
<header><h1>Inbox</h1><p>${count}. Kept on this machine; nothing is delivered to anybody.</p></header>
${list}
</main>`,
    '<noscript><meta http-equiv="refresh" content="5"></noscript>\n<script src="/inbox.js" defer></script>',
  );
}

function bodyOf(mail: SunkMail, view: View): string {
  if (view === 'text') return `<pre>${e(mail.text === '' ? '(no text)' : mail.text)}</pre>`;
  if (view === 'source') return `<pre class="source">${e(mail.raw.toString('utf8'))}</pre>`;
  if (mail.html === null) return '<pre>(no HTML)</pre>';
  return `<iframe title="The mail as HTML" src="/mail/${mail.id}/html" sandbox="allow-popups allow-popups-to-escape-sandbox"></iframe>`;
}

export function mailPage(mail: SunkMail, view: View): string {
  const tab = (of: View, href: string, label: string): string =>
    `<a href="${href}"${of === view ? ' aria-current="page"' : ''}>${label}</a>`;
  const path = `/mail/${mail.id}`;
  const html = mail.html === null ? '' : tab('html', path, 'HTML');
  return layout(
    mail.subject,
    `<main class="mail">
<header>
<a class="back" href="/">← Inbox</a>
<h1>${e(mail.subject)}</h1>
<dl>
<div><dt>From</dt><dd>${e(mail.from)}</dd></div>
<div><dt>To</dt><dd>${e(mail.to.join(', '))}</dd></div>
<div><dt>Date</dt><dd>${whenOf(mail.receivedAt)}</dd></div>
</dl>
<nav>${html}${tab('text', `${path}/text`, 'Text')}${tab('source', `${path}/source`, 'Source')}</nav>
</header>
${bodyOf(mail, view)}
</main>`,
    '',
  );
}

export const missingPage = (): string =>
  layout(
    'Not here',
    '<main><header><a class="back" href="/">← Inbox</a><h1>Not here</h1><p>There is no such mail; only the newest are kept.</p></header></main>',
    '',
  );
