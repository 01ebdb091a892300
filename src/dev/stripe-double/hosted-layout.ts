/** The look of the pages that people click through: plain, without a script, and saying on each that no real money moves. */
import { escaped } from './page.js';

const STYLE = `*{box-sizing:border-box}
body{margin:0;font:16px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif;color:#1a2233;background:#f4f5f8}
header{background:#1a2233;color:#dfe3ee;font-size:.875rem;text-align:center;padding:.5rem 1rem}header b{color:#fff}
main{max-width:60rem;margin:2.5rem auto;padding:0 1.25rem}main.narrow{max-width:32rem}
h1{font-size:1.375rem;line-height:1.3;margin:0 0 .25rem}h2{font-size:1rem;margin:0 0 .75rem}
.panel>:first-child,.panel>form>:first-child{margin-top:0}.panel>:last-child,.panel>form>:last-child{margin-bottom:0}
h1+p{margin-top:.25rem}
.columns{display:grid;grid-template-columns:1fr 1.15fr;gap:2.5rem;align-items:start}
.panel{background:#fff;border:1px solid #e1e5ee;border-radius:12px;padding:1.5rem;margin:0 0 1.25rem}
.amount{font-size:2rem;font-weight:650;line-height:1.2;margin:.25rem 0 1.25rem;font-variant-numeric:tabular-nums}
.quiet{color:#5b6478}.small{font-size:.875rem}
ul.rows{list-style:none;margin:0;padding:0}
ul.rows>li{display:flex;flex-wrap:wrap;justify-content:space-between;gap:.25rem 1rem;padding:.7rem 0;border-top:1px solid #e1e5ee}
ul.rows>li:first-child{border-top:0;padding-top:0}ul.rows>li:last-child{padding-bottom:0}
.n{font-variant-numeric:tabular-nums;white-space:nowrap}.sum{font-weight:650}
fieldset{border:0;margin:0 0 1.25rem;padding:0}legend{font-weight:650;padding:0;margin:0 0 .5rem}
label.card{display:flex;gap:.75rem;align-items:center;padding:.6rem .85rem;border:1px solid #e1e5ee;cursor:pointer;margin-top:-1px;background:#fff}
legend+label.card{border-radius:8px 8px 0 0}label.card:last-of-type{border-radius:0 0 8px 8px}
label.card:has(:checked){background:#eef2ff;border-color:#5266d6;position:relative}
label.card:has(:focus-visible){outline:2px solid #5266d6;outline-offset:2px;position:relative}
label.card span:first-of-type{flex:1}label.card input{accent-color:#3d52c9;margin:0}
label.text{display:block;font-weight:650;margin:0 0 1.25rem}
label.text input{display:block;width:100%;margin-top:.375rem;font:inherit;font-weight:400;padding:.55rem .75rem;border:1px solid #c6ccda;border-radius:8px}
button,a.button{font:inherit;font-weight:600;border-radius:8px;border:1px solid #c6ccda;background:#fff;color:#1a2233;padding:.5rem .9rem;cursor:pointer;text-decoration:none;display:inline-block}
button.wide,button.main{width:100%}button.main{background:#3d52c9;border-color:#3d52c9;color:#fff}button.wide,button.main{padding:.75rem 1rem}
button.main:hover{background:#33469f}button:focus-visible,a:focus-visible{outline:2px solid #5266d6;outline-offset:2px}
button.small{padding:.25rem .65rem;font-size:.875rem;font-weight:500}
form.inline{display:inline}.actions{display:flex;gap:.5rem;align-items:center}
.told{background:#fdecec;border:1px solid #f3b9b9;color:#8a1c1c;border-radius:8px;padding:.7rem .9rem;margin:0 0 1.25rem}
.done{background:#e9f7ef;border:1px solid #b4dfc5;color:#14532d;border-radius:8px;padding:.7rem .9rem;margin:0 0 1.25rem}
.tag{font-size:.8125rem;font-weight:600;border-radius:99px;padding:.1rem .6rem;background:#e8ebf3;color:#3a4358}
.tag.ok{background:#dff3e7;color:#14532d}.tag.no{background:#fde4e4;color:#8a1c1c}
a{color:#33469f}.back{display:inline-block;margin:0 0 1.25rem;text-decoration:none}
@media(max-width:46rem){main{margin:1.5rem auto}.columns{grid-template-columns:1fr;gap:1.25rem}}`;

/** `body` is HTML already; everything in it that came from elsewhere must have been escaped. */
export const hostedPage = (title: string, body: string, narrow = false): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escaped(title)}</title><style>${STYLE}</style></head><body>
<header><b>Stripe double</b> · stands in for Stripe on this machine. No real card, no real money.</header>
<main${narrow ? ' class="narrow"' : ''}>${body}</main></body></html>`;

export const dateText = (seconds: number): string =>
  new Date(seconds * 1_000).toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  });

export const button = (action: string, text: string, fields: Readonly<Record<string, string>>, quiet = true): string =>
  `<form class="inline" method="post" action="${escaped(action)}">${Object.entries(fields)
    .map(([name, value]) => `<input type="hidden" name="${escaped(name)}" value="${escaped(value)}">`)
    .join('')}<button${quiet ? ' class="small"' : ' class="main"'}>${escaped(text)}</button></form>`;
