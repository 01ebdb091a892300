/** The demo that a newcomer meets: from the page of its links to the billing page of each product, in the state that was asked for. */
import path from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../src/dev/free-port.js';
import { type Creditd, startCreditd } from '../support/creditd.js';
import { chromiumBinary } from '../support/programs.js';
import { removeScratch, scratchFolder } from '../support/scratch.js';
import { until } from '../support/wait.js';
import { canLook, settled } from './pages.js';

/** Product, account and person, and the words that the page must and must not say. */
const SEEN: readonly {
  readonly product: string;
  readonly link: string;
  readonly says: string | RegExp;
  readonly not?: string;
}[] = [
  { product: 'AI Receptionist', link: 'demo-receptionist-card-declined/member-1', says: 'Your card was declined' },
  { product: 'Atlios', link: 'demo-atlios-trial/member-1', says: /days? left/ },
  { product: 'Rheos', link: 'demo-rheos-empty/member-1', says: 'AI generation pauses until your credits refresh.' },
  { product: 'Storewriter', link: 'demo-storewriter-past-due/member-4', says: 'The payment for your Pro plan failed' },
  { product: 'Toolbench', link: 'demo-toolbench-pools/mia', says: 'Design team', not: 'Research' },
];
const SLOW_MS = 180_000;

describe.skipIf(!canLook)('the demo', { timeout: SLOW_MS }, () => {
  const home = scratchFolder();
  let creditd: Creditd;
  let browser: Browser;
  let url: string;
  beforeAll(async () => {
    const settings = { HOME: home, XDG_STATE_HOME: path.join(home, 'state'), PORT: String(await freePort()) };
    creditd = startCreditd(['dev'], settings);
    const page = () => /Billing pages\s+(\S+)/.exec(creditd.said())?.[1];
    url = await until(page, { timeoutMs: 90_000, what: 'the link in the banner' }).catch((error: Error) => {
      throw new Error(`${error.message}. It said:\n${creditd.said()}`);
    });
    browser = await chromium.launch({
      executablePath: chromiumBinary ?? '',
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking'],
    });
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    creditd?.signal('SIGTERM');
    await creditd?.ended;
    removeScratch(home);
  }, 60_000);

  it('links to each of the five products, and each link opens a page that says its state', async () => {
    for (const { product, link, says, not } of SEEN) {
      const href = `/demo/${link}`;
      await until(async () => (await (await fetch(url)).text()).includes(`href="${href}"`), {
        ...{ timeoutMs: 120_000, everyMs: 300, what: `the link ${href}` },
      });
      const page = await browser.newPage();
      await page.goto(url);
      expect(await page.getByRole('heading', { name: product }).count()).toBe(1);
      await page.locator(`a[href="${href}"]`).click();
      await settled(page);
      const text = (await page.locator('main').textContent()) ?? '';
      expect(text, link).toMatch(says);
      if (not !== undefined) expect(text, link).not.toContain(not);
      // The session that the link carried is in no address that could be copied.
      expect(page.url(), link).toMatch(/\/billing$/);
      await page.close();
    }
  });

  it('leads from a mail’s link to the account’s billing page, and opens nothing under another name', async () => {
    const mailed = await fetch(new URL('/accounts/harbor-dental?checkout=done', url), { redirect: 'manual' });
    expect(mailed.headers.get('location')).toMatch(/^\/billing\?checkout=done#cs_/);
    expect((await fetch(new URL('/demo/demo-atlios-trial/nobody', url))).status).toBe(404);
    expect((await fetch(new URL('/accounts/nobody', url))).status).toBe(404);
  });
});
