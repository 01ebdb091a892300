#!/usr/bin/env node
/**
 * Every product's billing page in every state of the demo, each view and dialog of it in light, dark and at a phone's width, into one
 * folder with an index.html to look through: `npm run screenshots -- [folder] [--only text] [--look light,phone]`. `--only`
 * takes the pictures whose name holds the text. It runs a demo of its own, whose data is thrown away afterwards, so that a
 * running one is left alone; and it ends after twenty minutes, whatever has not been seen by then being said.
 */
import { spawn } from 'node:child_process';
import { accessSync, chmodSync, constants, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { DIALOGS, openDialog } from './screenshots-dialogs.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const { values, positionals } = parseArgs({
  options: { only: { type: 'string' }, look: { type: 'string' } },
  allowPositionals: true,
});
const folder = path.resolve(
  positionals[0] ??
    path.join(process.env.XDG_STATE_HOME || path.join(homedir(), '.local', 'state'), 'creditd', 'screenshots'),
);

/** Windows taller than any page: one that were resized for its picture would be drawn twice over by a slow machine. */
const LOOKS = [
  { name: 'light', width: 1280, height: 2600, dark: false },
  { name: 'dark', width: 1280, height: 2600, dark: true },
  { name: 'phone', width: 390, height: 4600, dark: false },
].filter(({ name }) => values.look === undefined || values.look.split(',').includes(name));
/** By their addresses; the first is the overview. */
const VIEWS = ['', 'plans', 'usage', 'activity', 'payments'];
/** One person in each; who comes after them belongs to the state. */
const ROLES = 4;
const WHOLE = 'in-use';
const READY_WITHIN_MS = 300_000;
const SEEN_WITHIN_MS = 30_000;
const ALL_WITHIN_MS = 20 * 60_000;
/** Pages at once, in the one browser. */
const HANDS = 2;

const say = (line) => process.stdout.write(`${line}\n`);

function browserHere() {
  for (const name of ['chromium', 'chromium-browser', 'google-chrome']) {
    for (const place of (process.env.PATH ?? '').split(path.delimiter)) {
      const file = path.join(place, name);
      try {
        accessSync(file, constants.X_OK);
        return file;
      } catch {
        // Not here.
      }
    }
  }
  throw new Error('There is no Chromium here. Install it: apt-get install chromium');
}

/** A demo that knows nothing of this shell's settings: whatever it meets is its own. */
async function startDemo(state) {
  const { PATH, HOME } = process.env;
  const child = spawn(process.execPath, [path.join(root, 'bin/creditd.mjs'), 'dev'], {
    env: { PATH, HOME, XDG_STATE_HOME: state },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  const close = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  process.once('exit', () => child.kill('SIGKILL'));
  const page = await new Promise((resolve, reject) => {
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      said += text;
      const found = /Billing pages\s+(\S+)/.exec(said)?.[1];
      if (found) resolve(found);
    });
    void ended.then(() => reject(new Error(`The demo ended:\n${said}`)));
  });
  return { page, close };
}

/** What the demo's own page links to, once every account is in its state, or has been given up on. */
async function visitsOf(browser, page) {
  const tab = await browser.newPage();
  const last = Date.now() + READY_WITHIN_MS;
  for (;;) {
    await tab.goto(page);
    const waiting = await tab.locator('tr[data-row]:not([data-ready])').count();
    if (waiting === 0) break;
    if (Date.now() > last) {
      say(`${waiting} accounts were not set up in time and are left out.`);
      break;
    }
    await new Promise((resolve) => setTimeout(resolve, 2_000));
  }
  const rows = await tab.locator('main section').evaluateAll((sections) =>
    sections.flatMap((section) =>
      [...section.querySelectorAll('tr[data-ready]')].map((row) => ({
        product: section.querySelector('h2').textContent.trim(),
        account: row.dataset.row,
        state: row.querySelector('td').textContent.trim(),
        people: [...row.querySelectorAll('a')].map((link) => ({ label: link.textContent, href: link.href })),
      })),
    ),
  );
  await tab.close();
  return rows.flatMap(visitsOfRow).filter(({ shots }) => shots.length > 0);
}

/** One person's visit to one account, with the pictures to be taken on it. The owner sees every view; others the first. */
function visitsOfRow({ product, account, state, people }) {
  const whole = account.endsWith(WHOLE);
  return people.flatMap(({ label, href }, place) => {
    const isOwn = place === 0;
    const isOfState = place >= ROLES;
    if (!isOwn && !isOfState && !whole) return [];
    const name = [account.replace(/^demo-/, ''), href.split('/').at(-1)].join('-');
    // Dialogs look the same in every state but for their words, and are taken once for each product.
    const views = isOwn || isOfState ? VIEWS : VIEWS.slice(0, 1);
    const shots = (isOwn && whole ? [...views, ...DIALOGS] : views)
      .map((view) => ({ product, state, who: label, view, file: [name, view].filter(Boolean).join('-') }))
      .filter(({ file }) => values.only === undefined || file.includes(values.only));
    return [{ href, shots }];
  });
}

async function settled(tab) {
  const isThere = () =>
    document.querySelector('main h2') !== null && document.querySelector('[aria-busy=true]') === null;
  await tab.waitForFunction(isThere, undefined, { timeout: SEEN_WITHIN_MS });
  // Painted, which takes the browser a frame or two.
  await tab.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
}

/** All pictures of one visit, from one tab: the page is loaded once and its views are gone through by their links. */
async function visit(tab, { href, shots }, look, done) {
  await tab.goto(href);
  await settled(tab);
  for (const { view, file } of shots) {
    if (DIALOGS.includes(view)) {
      await dialogPicture(tab, view, `${file}-${look.name}`, look, done);
      continue;
    }
    const tabs = tab.locator(`nav.tabs a[href="/billing${view === '' ? '' : `/${view}`}"]`);
    // What somebody may not see has no link.
    if ((await tabs.count()) === 0) continue;
    await tabs.click();
    await settled(tab);
    const height = await tab.evaluate(() => Math.ceil(document.getElementById('root').getBoundingClientRect().height));
    const whole = height > look.height ? { fullPage: true } : { clip: { x: 0, y: 0, width: look.width, height } };
    await tab.screenshot({ path: path.join(folder, `${file}-${look.name}.png`), animations: 'disabled', ...whole });
    done.add(`${file}-${look.name}`);
  }
}

/** With so much of the page around it as a person's window would show. */
async function dialogPicture(tab, view, name, look, done) {
  const dialog = await openDialog(tab, view);
  if (dialog === null) return;
  await tab.setViewportSize({ width: look.width, height: look.width > 500 ? 900 : 844 });
  await tab.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
  await tab.screenshot({ path: path.join(folder, `${name}.png`), animations: 'disabled' });
  await tab.setViewportSize({ width: look.width, height: look.height });
  done.add(name);
}

/** Answers the pictures that were taken, and what went wrong with others. */
async function takeAll(browser, visits) {
  const problems = [];
  const done = new Set();
  const last = Date.now() + ALL_WITHIN_MS;
  for (const look of LOOKS) {
    const context = await browser.newContext({
      viewport: { width: look.width, height: look.height },
      colorScheme: look.dark ? 'dark' : 'light',
      reducedMotion: 'reduce',
      locale: 'en-US',
    });
    const left = [...visits];
    const hand = async () => {
      let tab = await context.newPage();
      for (let next = left.shift(); next !== undefined && Date.now() < last; next = left.shift()) {
        try {
          await visit(tab, next, look, done);
        } catch (error) {
          problems.push(`${next.shots[0].file} (${look.name}): ${String(error.message).split('\n')[0]}`);
          // What is left of it must not be in the next one's picture.
          await tab.close().catch(() => undefined);
          tab = await context.newPage();
        }
      }
      await tab.close();
    };
    await Promise.all(Array.from({ length: HANDS }, hand));
    await context.close();
    if (left.length > 0) problems.push(`${left.length} pages were not reached in time (${look.name}).`);
    say(`${look.name}: ${[...done].filter((one) => one.endsWith(`-${look.name}`)).length} pictures`);
  }
  return { problems, done };
}

const escaped = (text) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

const picture = (shot, { name, width }) =>
  `<a href="${shot.file}-${name}.png"><img loading="lazy" src="${shot.file}-${name}.png" width="${width > 500 ? 430 : 160}" alt="${escaped(`${shot.product}, ${shot.state}, ${name}`)}"></a>`;

const rowOf = (shot, done) =>
  `<section id="${shot.file}" data-view="${shot.view || 'overview'}"><h3>${escaped([shot.state, shot.who, shot.view || 'overview'].join(' · '))}</h3><div>${LOOKS.filter(
    ({ name }) => done.has(`${shot.file}-${name}`),
  )
    .map((look) => picture(shot, look))
    .join('')}</div></section>`;

/** One sheet of everything: products one after the other, each with links to its states, and a choice of the view. */
function sheetOf(shots, done) {
  const taken = shots.filter(({ file }) => LOOKS.some(({ name }) => done.has(`${file}-${name}`)));
  const body = [...new Set(taken.map(({ product }) => product))]
    .map((name) => {
      const mine = taken.filter(({ product }) => product === name);
      const first = mine.filter(({ view }, place) => view === '' || place === 0);
      const ways = first.map(
        ({ file, state, who }) =>
          `<a href="#${file}">${escaped([state, who === 'Owner' ? null : who].filter(Boolean).join(', '))}</a>`,
      );
      return `<h2>${escaped(name)}</h2><nav>${ways.join(' ')}</nav>${mine.map((shot) => rowOf(shot, done)).join('\n')}`;
    })
    .join('\n');
  const views = ['every view', ...[...VIEWS, ...DIALOGS].map((view) => view || 'overview')];
  const choice = views.map((view) => `<option${view === 'overview' ? ' selected' : ''}>${view}</option>`).join('');
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Billing pages</title>
<style>body{font:14px/1.5 system-ui,sans-serif;margin:24px;background:#eceff3;color:#1a1f26}nav a{margin-right:14px;white-space:nowrap}div{display:flex;gap:16px;align-items:flex-start}img{border:1px solid #c9d0d8;height:auto;background:#fff}h3{margin:22px 0 6px}label{position:sticky;top:8px;background:#eceff3;padding:4px 8px}</style>
<h1>Billing pages</h1>
<label>Show <select>${choice}</select></label>
${body}
<script>
const choice = document.querySelector('select');
const show = () => { for (const one of document.querySelectorAll('section')) one.hidden = choice.selectedIndex > 0 && one.dataset.view !== choice.value; };
choice.addEventListener('change', show);
show();
</script>
</html>
`;
}

const executablePath = browserHere();
mkdirSync(folder, { recursive: true });
const state = mkdtempSync(path.join(tmpdir(), 'creditd-screenshots-'));
// Under root Postgres runs as another user, who must be able to enter; else the data would lie where everybody's does.
chmodSync(state, 0o711);
const demo = await startDemo(state);
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--hide-scrollbars'] });
try {
  say('The demo is running; its accounts are being set up …');
  const visits = await visitsOf(browser, demo.page);
  const { problems, done } = await takeAll(browser, visits);
  const shots = visits.flatMap((one) => one.shots);
  writeFileSync(path.join(folder, 'index.html'), sheetOf(shots, done));
  for (const problem of problems) say(problem);
  say(`Look through them: ${path.join(folder, 'index.html')}`);
  if (problems.length > 0) process.exitCode = 1;
} finally {
  await browser.close();
  await demo.close();
  rmSync(state, { recursive: true, force: true });
}
