/**
 * How the elements look where the product says nothing else: in its own type and colour, each warning on a ground of its own
 * so that it can be read on any page. Everything can be said by custom properties and parts.
 */
const LIGHT = '--a:#fff3d6;--a-text:#6b4200;--r:#fde8e8;--r-text:#7a1414;--line:#e9b4b4;--act:#7a1414;--act-text:#fff;';
const DARK =
  '--a:#463200;--a-text:#ffdf9e;--r:#3d1518;--r-text:#ffd9d9;--line:#74343a;--act:#ffd9d9;--act-text:#3d1518;';

const amber = 'background:var(--creditd-amber,var(--a));color:var(--creditd-amber-text,var(--a-text))';
const red = 'background:var(--creditd-red,var(--r));color:var(--creditd-red-text,var(--r-text))';

const CSS = `
:host{${LIGHT}display:inline-block;font:inherit;color:var(--creditd-text,inherit);line-height:1.4}
:host(creditd-banner){display:block}
:host([hidden]){display:none}
@media (prefers-color-scheme:dark){:host(:not([theme=light])){${DARK}}}
:host([theme=dark]){${DARK}}
[role=status]{display:flex;flex-wrap:wrap;align-items:baseline;gap:.15em .75em;overflow-wrap:anywhere}
[part~=remaining]{font-size:1.25em;font-variant-numeric:tabular-nums}
[part~=amber],[part~=red]{border-radius:var(--creditd-radius,.4em);padding:0 .4em}
[part~=amber]{${amber}}
[part~=red]{${red}}
a{color:var(--creditd-link,inherit)}
a:focus-visible,button:focus-visible{outline:2px solid currentColor;outline-offset:2px}
[part=stopped],[part=refused]{${amber};border-radius:var(--creditd-radius,.4em);padding:0 .4em}
[part=incident]{${red};display:grid;grid-template-columns:1fr auto;gap:.25em 1em;overflow-wrap:anywhere;
border:1px solid var(--creditd-border,var(--line));border-radius:var(--creditd-radius,.5em);padding:.75em 1em;margin:0 0 .5em}
[part=incident]>*{grid-column:1;margin:0}
[part=title]{font-weight:600}
[part=acts]{display:flex;flex-wrap:wrap;gap:.5em 1em;align-items:center;margin-top:.35em}
[part=action]{background:var(--creditd-action,var(--act));color:var(--creditd-action-text,var(--act-text));
border-radius:var(--creditd-radius,.4em);padding:.35em .8em;text-decoration:none;font-weight:600}
[part=dismiss]{grid-column:2;grid-row:1/span 2;align-self:start;font:inherit;font-size:1.25em;line-height:1;color:inherit;
background:none;border:0;border-radius:.3em;min-width:1.5em;min-height:1.5em;cursor:pointer}
`;

let sheet: CSSStyleSheet | null = null;

/** One sheet for all of them, made by script: a page's policy on styles need not allow anything for it. */
export function sheetOf(): CSSStyleSheet {
  if (sheet === null) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(CSS);
  }
  return sheet;
}
