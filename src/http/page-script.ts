/** Keeps a page current: asks for it again every two seconds while it is seen, and puts the new middle in the old one's place. */
export const PAGE_SCRIPT = `
const PERIOD_MS = 2000;
let busy = false;
async function look() {
  if (busy || document.hidden || String(getSelection())) return;
  busy = true;
  try {
    const answer = await fetch(location.href, { cache: 'no-store', headers: { accept: 'text/html' }, signal: AbortSignal.timeout(8000) });
    document.documentElement.toggleAttribute('data-stale', !answer.ok);
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const now = document.querySelector('main');
    const next = fresh.querySelector('main');
    if (now === null || next === null || now.innerHTML === next.innerHTML) return;
    for (const open of now.querySelectorAll('details[open][id]')) fresh.getElementById(open.id)?.setAttribute('open', '');
    const focused = document.activeElement?.id;
    const before = new Set([...now.querySelectorAll('[data-row]')].map((row) => row.dataset.row));
    for (const row of next.querySelectorAll('[data-row]')) if (!before.has(row.dataset.row)) row.classList.add('fresh');
    now.replaceWith(document.adoptNode(next));
    document.title = fresh.title;
    if (focused) document.getElementById(focused)?.focus();
  } finally {
    busy = false;
  }
}
// The process may be stopped while the page is open: the mark at the top says so until it answers again.
const again = () => look().catch(() => document.documentElement.setAttribute('data-stale', ''));
setInterval(again, PERIOD_MS);
document.addEventListener('visibilitychange', again);
`.trimStart();
