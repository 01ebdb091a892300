/** The frame of our own pages: the same links everywhere, one middle that is replaced as it changes. */
import { type Html, html, textOf } from './html.js';
import { PAGE_SCRIPT_PATH, PAGE_STYLE_PATH } from './page-assets.js';

export interface PageLink {
  readonly label: string;
  readonly href: string;
}

export const BOARD_PATH = '/ops/queues';

export const LINKS: readonly PageLink[] = [
  { label: 'Activity', href: '/activity' },
  { label: 'Queues', href: BOARD_PATH },
  { label: 'Outbox', href: '/ops/outbox' },
  { label: 'Refusals', href: '/ops/refusals' },
];

export interface Page {
  readonly title: string;
  /** The link of the page itself. */
  readonly here: string;
  /** Links to other parts, such as the demo's inbox. */
  readonly more: readonly PageLink[];
  readonly main: Html;
}

const NO_SCRIPT_REFRESH_S = 5;

export const layout = ({ title, here, more, main }: Page): string =>
  textOf(html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${PAGE_STYLE_PATH}">
<noscript><meta http-equiv="refresh" content="${NO_SCRIPT_REFRESH_S}"></noscript>
<script src="${PAGE_SCRIPT_PATH}" defer></script>
</head>
<body>
<header class="bar"><div>
<a class="name" href="/">creditd</a>
<nav>${LINKS.map((link) => linkTo(link, link.href === here))}${more.map((link) => linkTo(link, false))}</nav>
<span class="live" title="This page updates by itself"><i></i><b class="on">live</b><b class="off">no answer</b></span>
</div></header>
<main>${main}</main>
</body>
</html>
`);

const linkTo = ({ label, href }: PageLink, current: boolean): Html =>
  html`<a href="${href}"${current && html` aria-current="page"`}>${label}</a>`;
