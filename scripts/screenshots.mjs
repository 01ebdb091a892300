#!/usr/bin/env node
/**
 * Every product's billing page in every state of the demo, in light, dark and at a phone's width, into one folder with an
 * index.html to look through: `npm run screenshots -- [folder] [--only text]`. `--only` takes those whose name holds the text.
 * It runs a demo of its own, whose data lies beside the pictures and is thrown away, so that a running one is left alone.
 */
import { spawn } from 'node:child_process';
import { accessSync, chmodSync, constants, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const { values, positionals } = parseArgs({ options: { only: { type: 'string' } }, allowPositionals: true });
const folder = path.resolve(
  positionals[0] ??
    path.join(process.env.XDG_STATE_HOME || path.join(homedir(), '.local', 'state'), 'creditd', 'screenshots'),
);

const LOOKS = [
  { name: 'light', width: 1280, dark: false },
  { name: 'dark', width: 1280, dark: true },
  { name: 'phone', width: 390, dark: false },
];
/** Beside the overview of every state, and each person's, these of the account in everyday use. */
const VIEWS = ['plans', 'usage', 'activity', 'payments'];
const WHOLE = 'in-use';
const TALL = 900;
const READY_WITHIN_MS = 300_000;
const SEEN_WITHIN_MS = 30_000;
/** Pages at once. */
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
async function shotsOf(browser, page) {
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
  return rows.flatMap(shotsOfRow).filter(({ file }) => values.only === undefined || file.includes(values.only));
}

function shotsOfRow({ product, account, state, people }) {
  const whole = account.endsWith(WHOLE);
  const shot = (person, view = null) => ({
    ...{ product, state, href: person.href, view },
    who: person.label,
    file: [account.replace(/^demo-/, ''), person.href.split('/').at(-1), view].filter(Boolean).join('-'),
  });
  // The owner first; others see the same where they may not act, and one state shows how that looks.
  const others = people.slice(1).filter((_one, place) => whole || place >= 3);
  return [
    shot(people[0]),
    ...(whole ? VIEWS.map((view) => shot(people[0], view)) : []),
    ...others.map((one) => shot(one)),
  ];
}

async function take(context, { href, view, file }, look) {
  let tab;
  try {
    tab = await context.newPage();
    await tab.goto(href);
    const settled = () =>
      tab.waitForFunction(
        () => document.querySelector('h2') !== null && document.querySelector('[aria-busy=true]') === null,
        undefined,
        { timeout: SEEN_WITHIN_MS },
      );
    await settled();
    if (view !== null) {
      await tab.goto(new URL(`/billing/${view}`, href).href);
      await settled();
    }
    // In a window as tall as the page: a browser that has to stitch a picture together draws what sticks twice.
    const height = await tab.evaluate(() => document.documentElement.scrollHeight);
    await tab.setViewportSize({ width: look.width, height: Math.max(height, TALL) });
    // Painted anew at that size, which takes the browser a frame or two.
    await tab.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    await tab.screenshot({ path: path.join(folder, `${file}-${look.name}.png`), animations: 'disabled' });
    return null;
  } catch (error) {
    return `${file} (${look.name}): ${String(error.message).split('\n')[0]}`;
  } finally {
    await tab?.close().catch(() => undefined);
  }
}

async function takeAll(browser, shots) {
  const problems = [];
  for (const look of LOOKS) {
    const context = await browser.newContext({
      viewport: { width: look.width, height: TALL },
      colorScheme: look.dark ? 'dark' : 'light',
      reducedMotion: 'reduce',
      locale: 'en-US',
    });
    const left = [...shots];
    const hand = async () => {
      for (let shot = left.shift(); shot !== undefined; shot = left.shift()) {
        const problem = await take(context, shot, look);
        if (problem !== null) problems.push(problem);
      }
    };
    await Promise.all(Array.from({ length: HANDS }, hand));
    await context.close();
    say(`${look.name}: ${shots.length} pages`);
  }
  return problems;
}

const escaped = (text) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

function sheetOf(shots) {
  const products = [...new Set(shots.map(({ product }) => product))];
  const picture = (shot, { name, width }) =>
    `<a href="${shot.file}-${name}.png"><img loading="lazy" src="${shot.file}-${name}.png" width="${width > 500 ? 420 : 150}" alt="${escaped(`${shot.product}, ${shot.state}, ${name}`)}"></a>`;
  const row = (shot) =>
    `<section id="${shot.file}"><h3>${escaped([shot.state, shot.who, shot.view].filter(Boolean).join(' · '))}</h3><div>${LOOKS.map((look) => picture(shot, look)).join('')}</div></section>`;
  const body = products
    .map((name) => {
      const mine = shots.filter(({ product }) => product === name);
      const ways = mine.map(
        ({ file, state, who, view }) =>
          `<a href="#${file}">${escaped([state, view ?? (who === 'Owner' ? null : who)].filter(Boolean).join(', '))}</a>`,
      );
      return `<h2>${escaped(name)}</h2><nav>${ways.join(' ')}</nav>${mine.map(row).join('\n')}`;
    })
    .join('\n');
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Billing pages</title>
<style>body{font:14px/1.5 system-ui,sans-serif;margin:24px;background:#eceff3;color:#1a1f26}nav a{margin-right:14px;white-space:nowrap}div{display:flex;gap:16px;align-items:flex-start}img{border:1px solid #c9d0d8;height:auto;background:#fff}h3{margin:22px 0 6px}</style>
<h1>Billing pages</h1>
${body}
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
  const shots = await shotsOf(browser, demo.page);
  const problems = await takeAll(browser, shots);
  writeFileSync(path.join(folder, 'index.html'), sheetOf(shots));
  for (const problem of problems) say(problem);
  say(`Look through them: ${path.join(folder, 'index.html')}`);
  if (problems.length > 0) process.exitCode = 1;
} finally {
  await browser.close();
  await demo.close();
  rmSync(state, { recursive: true, force: true });
}
