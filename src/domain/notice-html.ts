/**
 * A notice as HTML that mail clients take: tables for layout, styles on the elements, one style sheet only for what
 * cannot stand there (dark mode, narrow screens), no fonts, nothing that is fetched but the brand's own logo where the
 * catalog names one, at an address that is the same in every mail: nothing tells anybody which mail was opened. What the style sheet adds is a gain where a client keeps it and no loss elsewhere.
 */
import type { NoticeContent, NoticeLink, NoticeVoice, NoticeWords } from './notice-content.js';
import { escapeHtml as e } from './notice-format.js';
import { footerLine, footerLinks } from './notice-plain.js';
import { fill } from './notice-say.js';
import { ENGLISH } from './notice-words/english.js';

const FONT = "-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";
const INK = '#1b1f24';
const QUIET = '#5b6570';
const LINE = '#e4e7eb';
const PAPER = '#ffffff';
const GROUND = '#f3f5f7';
const HEADINGS: Readonly<Record<NoticeContent['tone'], string>> = { good: '#1a7f4b', trouble: '#b42318', plain: INK };

interface Colours {
  readonly ground: string;
  readonly text: string;
}

const QUIET_BLUE: Colours = { ground: '#1f6feb', text: '#ffffff' };

/** A colour goes into a style, where anything but six hexadecimal digits could be more than a colour. */
function coloursOf({ color, textOnColor }: NoticeWords): Colours {
  const fine = [color, textOnColor].every((colour) => /^#[\da-f]{6}$/i.test(colour));
  return fine ? { ground: color, text: textOnColor } : QUIET_BLUE;
}

const STYLE = `
:root{color-scheme:light dark;supported-color-schemes:light dark}
a{color:inherit}
@media (prefers-color-scheme:dark){
.ground{background:#0f1215!important}
.paper{background:#1a1e23!important;border-color:#2c323a!important}
.ink{color:#e8ebee!important}
.quiet{color:#9aa5b1!important}
.line{border-color:#2c323a!important}
.plain{color:#e8ebee!important}
.good{color:#4cc38a!important}
.trouble{color:#ff8a7a!important}
.edge{border-color:#4a525c!important}
}
@media (max-width:480px){
.outer{padding:0!important}
.paper{border-radius:0!important;border-left:0!important;border-right:0!important}
.inner{padding-left:20px!important;padding-right:20px!important}
.button{display:block!important;text-align:center!important}
}`.trim();

const cell = (style: string, kind: string, inside: string): string =>
  `<td class="${kind}" style="${style}">${inside}</td>`;
/** Between links that stand in one line. */
const BETWEEN = '&nbsp;&nbsp;·&nbsp;&nbsp;';
const row = (inside: string): string => `<tr>${inside}</tr>`;
const TABLE = 'role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"';

/** The one thing a mail fetches, and only where the operator has named it. Its name stands beside it, so that it needs no words of its own. */
const pictureCell = (url: string, name: string): string =>
  `<td height="28" style="height:28px"><img src="${e(url)}" alt="" title="${e(name)}" height="28" style="display:block;height:28px;max-width:160px;width:auto;border:0"></td>`;

function brandRow(voice: NoticeVoice, colours: Colours): string {
  const name = voice.words.product;
  const initial = [...name][0]?.toUpperCase() ?? '•';
  const mark = `<td class="edge" width="28" height="28" align="center" style="width:28px;height:28px;border-radius:7px;border:1px solid ${colours.ground};background:${colours.ground};color:${colours.text};font:700 15px/28px ${FONT}">${e(initial)}</td>`;
  const logo = voice.logo === null ? mark : pictureCell(voice.logo, name);
  const label = cell(`padding-left:10px;font:600 15px/20px ${FONT};color:${INK}`, 'ink', e(name));
  return row(
    cell(
      'padding:24px 32px 0',
      'inner',
      `<table role="presentation" cellpadding="0" cellspacing="0" border="0"><tr>${logo}${label}</tr></table>`,
    ),
  );
}

function headingRow(content: NoticeContent): string {
  const colour = HEADINGS[content.tone];
  const heading = `<h1 class="${content.tone}" style="margin:0;font:700 24px/31px ${FONT};color:${colour};text-wrap:balance;overflow-wrap:anywhere">${e(content.heading)}</h1>`;
  return row(cell('padding:24px 32px 0', 'inner', heading));
}

function paragraphRow(paragraph: string): string {
  const text = `<p class="ink" style="margin:0;font:400 16px/24px ${FONT};color:${INK};overflow-wrap:anywhere">${e(paragraph)}</p>`;
  return row(cell('padding:12px 32px 0', 'inner', text));
}

function factsRow(rows: NoticeContent['rows']): string {
  const line = ([label, value]: readonly [string, string]): string =>
    row(
      cell(
        `padding:11px 12px 11px 0;border-top:1px solid ${LINE};font:400 14px/20px ${FONT};color:${QUIET};vertical-align:top;white-space:nowrap`,
        'quiet line',
        e(label),
      ) +
        `<td class="ink line" align="right" style="padding:11px 0;border-top:1px solid ${LINE};font:600 14px/20px ${FONT};color:${INK};text-align:right;vertical-align:top;overflow-wrap:anywhere">${e(value)}</td>`,
    );
  return row(
    cell(
      'padding:24px 32px 0',
      'inner',
      `<table ${TABLE} style="border-collapse:collapse">${rows.map(line).join('\n')}</table>`,
    ),
  );
}

function buttonRow({ label, url }: NoticeLink, colours: Colours): string {
  const link = `<a class="button edge" href="${e(url)}" style="display:inline-block;padding:12px 24px;border-radius:8px;border:1px solid ${colours.ground};background:${colours.ground};color:${colours.text};font:600 16px/22px ${FONT};text-decoration:none">${e(label)}</a>`;
  return row(cell('padding:24px 32px 0', 'inner', link));
}

function linksRow(links: readonly NoticeLink[]): string {
  const each = links.map(
    ({ label, url }) =>
      `<a class="ink" href="${e(url)}" style="color:${INK};text-decoration:underline">${e(label)}</a>`,
  );
  return row(cell(`padding:20px 32px 0;font:600 14px/20px ${FONT}`, 'inner', each.join(BETWEEN)));
}

function footerRow(voice: NoticeVoice): string {
  const { supportEmail } = voice.words;
  const link = (url: string, label: string): string =>
    `<a class="quiet" href="${e(url)}" style="color:${QUIET}">${e(label)}</a>`;
  const lines = [
    ...(supportEmail === null
      ? []
      : [fill(e(ENGLISH.questionsTo), { address: link(`mailto:${supportEmail}`, supportEmail) })]),
    e(footerLine(voice)),
    ...[footerLinks(voice).map(({ label, url }) => link(url, label))]
      .filter((links) => links.length > 0)
      .map((links) => links.join(BETWEEN)),
  ];
  const style = `padding:28px 32px;font:400 13px/19px ${FONT};color:${QUIET};overflow-wrap:anywhere`;
  return row(cell(style, 'inner quiet', lines.join('<br>')));
}

export function layOutHtml(content: NoticeContent, voice: NoticeVoice): string {
  const colours = coloursOf(voice.words);
  const inside = [
    brandRow(voice, colours),
    headingRow(content),
    ...content.paragraphs.map(paragraphRow),
    ...(content.button === null ? [] : [buttonRow(content.button, colours)]),
    factsRow(content.rows),
    ...(content.links.length === 0 ? [] : [linksRow(content.links)]),
    footerRow(voice),
  ].join('\n');
  const hidden = `<div style="display:none;max-height:0;overflow:hidden;mso-hide:all">${e(content.preview)}</div>`;
  const paper = `<table class="paper" ${TABLE} style="max-width:560px;background:${PAPER};border:1px solid ${LINE};border-radius:12px;border-collapse:separate">\n${inside}\n</table>`;
  return `<!doctype html>
<html lang="${ENGLISH.lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${e(content.subject)}</title>
<style>${STYLE}</style>
</head>
<body class="ground" style="margin:0;padding:0;background:${GROUND};-webkit-text-size-adjust:100%">
${hidden}
<table class="ground" ${TABLE} style="background:${GROUND}"><tr><td class="outer" align="center" style="padding:32px 16px">
${paper}
</td></tr></table>
</body>
</html>
`;
}
