/** Our links inside bull-board's own page: a strip over it, so that what waits in Postgres is one click from what waits in queues. */
import { BOARD_STYLE_PATH } from './board-style.js';
import { html, textOf } from './html.js';
import { BOARD_PATH, LINKS } from './layout.js';

export function withLinks(page: string): string {
  const style = textOf(html`<link rel="stylesheet" href="${BOARD_STYLE_PATH}">`);
  const links = LINKS.map(
    ({ label, href }) => html`<a href="${href}"${href === BOARD_PATH && html` aria-current="page"`}>${label}</a>`,
  );
  const strip = textOf(html`<nav id="creditd-links">${links}</nav>`);
  return page
    .replace(/<link[^>]*fonts\.googleapis\.com[^>]*>/, '')
    .replace('</head>', `${style}</head>`)
    .replace(/<body[^>]*>/, (body) => `${body}${strip}`);
}
