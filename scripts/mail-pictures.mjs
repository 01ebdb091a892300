#!/usr/bin/env node
/**
 * Every mail in light, dark and at 360 pixels, into one folder with an index.html to look through:
 * `node scripts/mail-pictures.mjs [folder] [--only text] [--product key]`. One product shows every kind, the others the two that
 * are sent most. Nothing is sent and nothing is fetched: the mails are made from the samples that the tests use.
 */
import { accessSync, constants, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { runnerImport } from 'vite';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const { values, positionals } = parseArgs({
  options: { only: { type: 'string' }, product: { type: 'string', default: 'receptionist' } },
  allowPositionals: true,
});
const folder = path.resolve(positionals[0] ?? path.join(tmpdir(), 'creditd-mail-pictures'));
const PRODUCTS = ['receptionist', 'rheos', 'atlios', 'storewriter', 'toolbench'];
const SENT_MOST = ['top_off_succeeded', 'top_off_failed'];
const LOOKS = [
  { name: 'light', width: 720, dark: false },
  { name: 'dark', width: 720, dark: true },
  { name: 'narrow', width: 360, dark: false },
];

const say = (line) => process.stdout.write(`${line}\n`);

function browserHere() {
  for (const name of ['chromium', 'chromium-browser', 'google-chrome']) {
    for (const place of ['/usr/bin', '/usr/local/bin', '/snap/bin']) {
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

const load = async (file) =>
  (await runnerImport(path.join(root, file), { root, configFile: false, logLevel: 'error' })).module;

/** Each mail with the name of its pictures. */
async function mails() {
  const { SAMPLES, render } = await load('test/domain/support-notices.ts');
  const { noticeWords } = await load('src/domain/notice-brand.ts');
  const { template } = await load('test/support/catalogs.ts');
  return PRODUCTS.flatMap((product) => {
    const words = noticeWords(template(product), 'acme');
    const shown = SAMPLES.filter(([facts]) => product === values.product || SENT_MOST.includes(facts.kind));
    return shown.map(([facts], place) => ({
      name: `${product}-${String(place).padStart(2, '0')}-${[facts.kind, facts.reason].filter(Boolean).join('-')}`,
      ...render(facts, { words }),
    }));
  }).filter(({ name }) => values.only === undefined || name.includes(values.only));
}

const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

const all = await mails();
mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({ executablePath: browserHere(), args: ['--no-sandbox'] });
try {
  for (const { name: look, width, dark } of LOOKS) {
    const page = await browser.newPage({
      viewport: { width, height: 400 },
      colorScheme: dark ? 'dark' : 'light',
      javaScriptEnabled: false,
      offline: true,
    });
    for (const mail of all) {
      await page.setContent(mail.html);
      await page.screenshot({ path: path.join(folder, `${mail.name}.${look}.png`), fullPage: true });
    }
    await page.close();
  }
} finally {
  await browser.close();
}
const sections = all.map(({ name, subject, text }) => {
  const pictures = LOOKS.map((look) => `<img src="${name}.${look.name}.png" alt="${look.name}">`).join('\n');
  return `<h2>${escaped(name)}</h2><p>${escaped(subject)}</p>${pictures}<details><summary>As text</summary><pre>${escaped(text)}</pre></details>`;
});
const style =
  'body{font:14px sans-serif;background:#888}img{vertical-align:top;margin:4px}pre{background:#fff;padding:12px}';
writeFileSync(
  path.join(folder, 'index.html'),
  `<!doctype html><meta charset="utf-8"><title>Mails</title><style>${style}</style>${sections.join('\n')}`,
);
say(`${all.length} mails in ${LOOKS.length} looks: ${path.join(folder, 'index.html')}`);
