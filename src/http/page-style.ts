/** The look of our own pages: quiet, light and dark, from a phone's width up. */
export const PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --ground: #f6f7f9; --paper: #fff; --ink: #1a1f26; --quiet: #5c6672; --line: #e3e7ec; --hover: #eef2f7;
  --mark: #1f6feb; --good: #0f7a55; --good-soft: #e3f4ec; --bad: #b3261e; --bad-soft: #fcebea; --wait: #8a5a00; --wait-soft: #fdf3dc; --flat-soft: #eceff3;
  --sans: system-ui, -apple-system, "Segoe UI", Roboto, Helvetica, Arial, sans-serif;
  --mono: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0f1215; --paper: #171b20; --ink: #e8ebee; --quiet: #98a3af; --line: #2a3037; --hover: #20262d;
    --mark: #6ea8fe; --good: #5fd0a2; --good-soft: #12301f; --bad: #ff8a80; --bad-soft: #3a1715; --wait: #f0c060; --wait-soft: #332709; --flat-soft: #252b32;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.5 var(--sans); -webkit-text-size-adjust: 100%; }
a { color: var(--mark); text-decoration: none; }
a:hover { text-decoration: underline; }
:focus-visible { outline: 2px solid var(--mark); outline-offset: 2px; border-radius: 4px; }
code, pre { font-family: var(--mono); font-size: .87em; }
h1, h2, p, ul, dl, dd, figure { margin: 0; }
h1 { font-size: 21px; line-height: 1.3; overflow-wrap: anywhere; }
h2 { font-size: 15px; font-weight: 600; }
ul { padding: 0; list-style: none; }
.quiet, .none, small, figcaption { color: var(--quiet); }
small { font-size: 13px; }

.bar { position: sticky; top: 0; z-index: 1; background: var(--paper); border-bottom: 1px solid var(--line); }
.bar > div { max-width: 1120px; height: 52px; margin: 0 auto; padding: 0 20px; display: flex; align-items: center; gap: 24px; }
.bar .name { color: var(--ink); font-weight: 650; letter-spacing: -.01em; }
.bar nav { display: flex; gap: 20px; height: 100%; overflow-x: auto; scrollbar-width: none; flex: 1; }
.bar nav a { display: flex; align-items: center; color: var(--quiet); border-bottom: 2px solid transparent; border-top: 2px solid transparent; white-space: nowrap; }
.bar nav a:hover { color: var(--ink); text-decoration: none; }
.bar nav a[aria-current] { color: var(--ink); font-weight: 600; border-bottom-color: var(--mark); }
.live { display: flex; align-items: center; gap: 7px; color: var(--quiet); font-size: 13px; white-space: nowrap; }
.live i { width: 8px; height: 8px; border-radius: 50%; background: var(--good); animation: breathe 2s ease-in-out infinite; }
.live b { font-weight: 400; }
.live .off, [data-stale] .live .on { display: none; }
[data-stale] .live .off { display: inline; color: var(--bad); }
[data-stale] .live i { background: var(--bad); animation: none; }
@keyframes breathe { 50% { opacity: .35; } }

main { max-width: 1120px; margin: 0 auto; padding: 28px 20px 64px; }
main section { margin-top: 28px; }
.who { display: flex; align-items: center; gap: 10px; flex-wrap: wrap; }
.who p { color: var(--quiet); }
.mark { width: 18px; height: 18px; flex: none; }
.how { margin-top: 14px; color: var(--quiet); max-width: 78ch; }

main .incident, main .alarm { margin-top: 16px; padding: 14px 18px; border-radius: 12px; background: var(--bad-soft); border-left: 4px solid var(--bad); }
.incident p, .alarm > p { margin-top: 4px; max-width: 84ch; }
.incident .quiet { font-size: 13px; }

main .hero { margin-top: 18px; padding: 24px; display: grid; grid-template-columns: minmax(300px, 5fr) 6fr; gap: 20px 40px; background: var(--paper); border: 1px solid var(--line); border-radius: 14px; }
.remaining { color: var(--quiet); font-size: 17px; }
.remaining b { display: block; color: var(--ink); font-size: 68px; line-height: 1; font-weight: 650; letter-spacing: -.035em; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.remaining.low b { color: var(--wait); }
.held { margin-top: 2px; color: var(--quiet); font-size: 13px; }
.facts { margin-top: 20px; display: grid; gap: 8px; }
.facts div { display: grid; grid-template-columns: 104px 1fr; gap: 12px; }
.facts dt { color: var(--quiet); }
figure { display: flex; flex-direction: column; justify-content: flex-end; min-width: 0; }
.chart { width: 100%; flex: 1; min-height: 130px; display: block; overflow: visible; }
.chart path { fill: none; vector-effect: non-scaling-stroke; stroke-width: 2; stroke: var(--mark); stroke-linejoin: round; }
.chart .area { fill: var(--mark); opacity: .09; stroke: none; }
.chart .threshold { stroke: var(--wait); stroke-width: 1.5; stroke-dasharray: 5 5; }
.chart .bought { stroke: var(--good); stroke-width: 3.5; stroke-linecap: round; }
figcaption { margin-top: 12px; font-size: 13px; display: flex; flex-wrap: wrap; gap: 2px 20px; }
.key::before { content: ""; display: inline-block; width: 14px; margin: 0 6px 3px 0; border-top: 2px solid var(--mark); }
.key.threshold::before { border-top: 2px dashed var(--wait); }
.key.bought::before { border-top: 3px solid var(--good); }

.columns { display: grid; grid-template-columns: minmax(0, 7fr) minmax(0, 4fr); gap: 0 32px; }
.none { margin-top: 8px; padding: 18px; background: var(--paper); border: 1px dashed var(--line); border-radius: 12px; }
table { width: 100%; margin-top: 8px; border-collapse: separate; border-spacing: 0; background: var(--paper); border: 1px solid var(--line); border-radius: 12px; overflow: hidden; }
th, td { padding: 7px 14px; text-align: left; vertical-align: baseline; }
thead th { color: var(--quiet); font-weight: 500; font-size: 13px; padding-top: 10px; }
thead .number:first-letter { text-transform: uppercase; }
tbody td { border-top: 1px solid var(--line); }
.day th { padding-top: 14px; font-size: 13px; font-weight: 600; border-top: 1px solid var(--line); }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.when { color: var(--quiet); font-variant-numeric: tabular-nums; white-space: nowrap; width: 1%; }
.entry.in td { background: var(--good-soft); }
.entry.in .amount { color: var(--good); font-weight: 600; }
.as { display: inline-block; margin-right: 18px; white-space: nowrap; }
.things { margin-top: 8px; background: var(--paper); border: 1px solid var(--line); border-radius: 12px; overflow: hidden; }
.things li { padding: 11px 16px; overflow-wrap: anywhere; }
.things li + li { border-top: 1px solid var(--line); }
.things small { display: block; }
.things .why { color: var(--bad); }
.state, .tag { display: inline-block; padding: 1px 9px; border-radius: 99px; font-size: 12.5px; line-height: 1.55; background: var(--wait-soft); color: var(--wait); white-space: nowrap; }
.things .state { float: right; margin-left: 8px; }
.state.succeeded, .state.sent { background: var(--good-soft); color: var(--good); }
.state.failed { background: var(--bad-soft); color: var(--bad); }
.state.canceled, .tag { background: var(--flat-soft); color: var(--quiet); }
.fresh { animation: arrive 1.6s ease-out; }
@keyframes arrive { from { box-shadow: inset 4px 0 var(--mark); } to { box-shadow: inset 4px 0 transparent; } }
@media (prefers-reduced-motion: reduce) { .live i, .fresh { animation: none; } }

.cards { margin-top: 18px; display: grid; grid-template-columns: repeat(auto-fill, minmax(250px, 1fr)); gap: 16px; }
.cards a { display: flex; flex-direction: column; align-items: flex-start; gap: 10px; height: 100%; padding: 18px; color: inherit; background: var(--paper); border: 1px solid var(--line); border-radius: 14px; }
.cards a:hover { text-decoration: none; border-color: var(--mark); }
.cards .who { flex-wrap: nowrap; overflow-wrap: anywhere; }
.cards .remaining { font-size: 14px; }
.cards .remaining b { font-size: 38px; }
.cards .held { margin-top: -8px; }
.find { margin-top: 18px; display: flex; align-items: center; gap: 10px; flex-wrap: wrap; color: var(--quiet); }
.find input, .find button { font: inherit; color: var(--ink); padding: 6px 12px; background: var(--paper); border: 1px solid var(--line); border-radius: 8px; }
.find button:hover { background: var(--hover); cursor: pointer; }

.sums { margin-top: 18px; display: flex; flex-wrap: wrap; gap: 12px; }
.sums li { padding: 12px 18px; background: var(--paper); border: 1px solid var(--line); border-radius: 12px; min-width: 150px; }
.sums b { display: block; font-size: 26px; line-height: 1.2; font-variant-numeric: tabular-nums; }
.sums small { display: block; }
.sums .bad b { color: var(--bad); }
.scroll { overflow-x: auto; }
.wide td { overflow-wrap: anywhere; min-width: 118px; }
.wide time { white-space: nowrap; }
.wide .number, .wide code { overflow-wrap: normal; min-width: 0; }
.wide .note { min-width: 220px; color: var(--quiet); }
.wide .why { min-width: 300px; width: 46%; }
.why p { margin-top: 3px; }
details { margin-top: 3px; font-size: 13px; color: var(--quiet); }
summary { cursor: pointer; width: max-content; }
details pre { margin: 6px 0 4px; padding: 12px; background: var(--ground); border-radius: 8px; white-space: pre-wrap; overflow-wrap: anywhere; color: var(--ink); }
.trouble { max-width: 560px; padding-top: 18vh; }
.trouble p { margin-top: 10px; }

@media (max-width: 820px) {
  main .hero, .columns { grid-template-columns: minmax(0, 1fr); }
}
@media (max-width: 560px) {
  .bar > div { padding: 0 14px; gap: 16px; }
  .bar nav { gap: 16px; }
  .live b { display: none; }
  main { padding: 18px 14px 40px; }
  main .hero { padding: 18px; }
  .remaining b { font-size: 58px; }
  .facts div { grid-template-columns: 1fr; gap: 0; }
  .ledger th, .ledger td { padding-left: 10px; padding-right: 10px; }
  .ledger small { display: block; }
}
`.trimStart();
