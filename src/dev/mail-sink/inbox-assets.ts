/** The inbox's style sheet and script, served from our own origin so that its pages need nothing inline. */

const STYLE = `
:root {
  color-scheme: light dark;
  --ground: #f6f7f9; --paper: #fff; --ink: #1b1f24; --quiet: #5b6570; --line: #e2e6ea; --hover: #f0f4fa; --mark: #1f6feb;
}
@media (prefers-color-scheme: dark) {
  :root { --ground: #0f1215; --paper: #181c20; --ink: #e8ebee; --quiet: #9aa5b1; --line: #2a3037; --hover: #20262d; --mark: #6ea8fe; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, Helvetica, Arial, sans-serif; }
main { max-width: 820px; margin: 0 auto; padding: 28px 16px 48px; }
h1 { margin: 0; font-size: 22px; line-height: 1.3; overflow-wrap: anywhere; }
header p { margin: 4px 0 0; color: var(--quiet); font-size: 14px; }
a { color: inherit; }
ol { list-style: none; margin: 20px 0 0; padding: 0; background: var(--paper); border: 1px solid var(--line); border-radius: 10px; overflow: hidden; }
li + li { border-top: 1px solid var(--line); }
li a { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 2px 16px; padding: 12px 16px; text-decoration: none; }
li a:hover, li a:focus-visible { background: var(--hover); }
a:focus-visible { outline: 2px solid var(--mark); outline-offset: -2px; }
.from { color: var(--quiet); font-size: 13px; }
.when { color: var(--quiet); font-size: 13px; font-variant-numeric: tabular-nums; white-space: nowrap; }
.subject { grid-column: 1 / -1; font-weight: 600; overflow-wrap: anywhere; }
.to { grid-column: 1 / -1; color: var(--quiet); font-size: 13px; overflow-wrap: anywhere; }
.empty { margin: 20px 0 0; padding: 48px 16px; text-align: center; color: var(--quiet); background: var(--paper); border: 1px solid var(--line); border-radius: 10px; }
.back { display: inline-block; margin: 0 0 14px; color: var(--quiet); font-size: 14px; text-decoration: none; }
.back:hover { color: var(--ink); }
.mail { display: flex; flex-direction: column; min-height: 100vh; padding-bottom: 16px; }
dl { margin: 10px 0 0; font-size: 14px; }
dl div { display: flex; gap: 8px; }
dt { flex: 0 0 44px; color: var(--quiet); }
dd { margin: 0; overflow-wrap: anywhere; }
nav { display: flex; gap: 20px; margin: 16px 0 0; border-bottom: 1px solid var(--line); }
nav a { padding: 8px 0; margin-bottom: -1px; color: var(--quiet); text-decoration: none; border-bottom: 2px solid transparent; }
nav a:hover { color: var(--ink); }
nav a[aria-current] { color: var(--ink); font-weight: 600; border-color: var(--mark); }
iframe { flex: 1 0 780px; width: 100%; margin-top: 16px; border: 1px solid var(--line); border-radius: 10px; background: var(--paper); }
pre { margin: 16px 0 0; padding: 16px; background: var(--paper); border: 1px solid var(--line); border-radius: 10px; white-space: pre-wrap; overflow-wrap: anywhere; font: 13px/1.55 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
@media (max-width: 520px) {
  main { padding: 18px 12px 32px; }
  li a { padding: 12px; }
}
`.trimStart();

/** Looks for new mail every two seconds while the page is seen, and puts the new list in the old one's place. */
const SCRIPT = `
const PERIOD_MS = 2000;
async function look() {
  if (document.hidden) return;
  const answer = await fetch('/', { cache: 'no-store' });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const now = document.getElementById('inbox');
  const next = fresh.getElementById('inbox');
  if (now === null || next === null || now.dataset.newest === next.dataset.newest) return;
  const focused = document.activeElement?.getAttribute('href');
  now.replaceWith(document.adoptNode(next));
  document.title = fresh.title;
  if (focused) document.querySelector('a[href="' + CSS.escape(focused) + '"]')?.focus();
}
// The sink may be stopped while the page is open: the next look finds it again or does not.
setInterval(() => look().catch(() => undefined), PERIOD_MS);
document.addEventListener('visibilitychange', () => look().catch(() => undefined));
`.trimStart();

export const ASSETS: ReadonlyMap<string, { readonly type: string; readonly body: string }> = new Map([
  ['/inbox.css', { type: 'text/css', body: STYLE }],
  ['/inbox.js', { type: 'text/javascript', body: SCRIPT }],
]);
