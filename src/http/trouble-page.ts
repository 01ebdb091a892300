/** The page a person sees instead of the one that was asked for. It comes back by itself when what is down may return. */
import { html, textOf } from './html.js';
import { PAGE_STYLE_PATH } from './page-assets.js';

const AGAIN_S = 5;

export const troublePage = (title: string, sentence: string, passing: boolean): string =>
  textOf(html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
${passing && html`<meta http-equiv="refresh" content="${AGAIN_S}">`}
<title>${title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${PAGE_STYLE_PATH}">
</head>
<body>
<main class="trouble">
<h1>${title}</h1>
<p>${sentence}</p>
${passing && html`<p class="quiet">This page looks again by itself.</p>`}
<p><a href="/">Start page</a></p>
</main>
</body>
</html>
`);
