/** What a person sees on the billing page, looked at in a browser over the whole stack. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../support/wait.js';
import { axe } from './axe.js';
import { canLook, openPages, type Pages, said, settled, widerBy } from './pages.js';
import {
  atliosBusy,
  atliosEmpty,
  atliosOverageOff,
  atliosTrial,
  atliosUsed,
  post,
  receptionist,
  rheosFree,
  storewriterPro,
  toolbenchPools,
} from './scenes.js';

const VIEWS = ['', '/plans', '/usage', '/activity', '/payments'] as const;

describe.skipIf(!canLook)('the billing page', () => {
  let pages: Pages;
  beforeAll(async () => {
    pages = await openPages();
    await atliosBusy(pages);
    await toolbenchPools(pages);
    await rheosFree(pages);
    await storewriterPro(pages);
  }, 60_000);
  afterEach(() => pages.leave());
  afterAll(() => pages.close());

  const seen = async (account: string, look: Parameters<Pages['look']>[1] = {}) => {
    const page = await pages.look(account, look);
    await settled(page);
    return page;
  };
  const textOf = async (account: string, look: Parameters<Pages['look']>[1] = {}) => {
    const page = await seen(account, look);
    return await said(page.locator('body'));
  };

  it('A22 A23 A24 T12 the large remaining number, what is used of the included amount and when it resets, with its zone', async () => {
    const page = await seen('atlios-busy');
    const balance = page.getByRole('region', { name: 'Balance', exact: true });
    const number = balance.getByText('564', { exact: true });
    await number.waitFor();
    const box = await number.boundingBox();
    expect(box?.height ?? 0).toBeGreaterThan(40);
    const text = await said(balance);
    expect(text).toContain('564 credits remaining');
    expect(text).toContain('211 of 500 used');
    expect(text).toMatch(/Resets \w+ \d+, \d{4}, .* GMT\+\d/);
    expect(text).toContain('Held for work in progress 7 credits');
    await balance.getByRole('button', { name: 'Buy credits' }).waitFor();
    await page.getByRole('button', { name: 'Manage billing' }).waitFor();
  });

  it('A25 the bar of included credits is amber, then red, and says so in words', async () => {
    for (const [used, level, words] of [
      [100, 'is-ok', '100 of 500 used'],
      [400, 'is-amber', '400 of 500 used · running low'],
      [470, 'is-red', '470 of 500 used · almost used up'],
    ] as const) {
      const page = await seen(await atliosUsed(pages, `used-${used}`, used));
      const bar = page.getByRole('progressbar', { name: 'Included credits used' });
      await expect(bar.getAttribute('class')).resolves.toContain(level);
      expect(await said(page.getByRole('region', { name: 'Balance', exact: true }))).toContain(words);
    }
  });

  it('A10 A11 A5 the current plan has its badge among the plans side by side, and it says when it renews, or ends when canceled', async () => {
    const page = await seen('atlios-busy', { path: '/billing/plans' });
    const heads = page.locator('table.plans thead th');
    await expect(heads.allInnerTexts().then((all) => all.map((one) => one.split('\n')[0]))).resolves.toEqual([
      'Free',
      'Growth',
      'Scale',
    ]);
    expect(await said(heads.nth(1))).toContain('Current plan');
    await page.getByText(/^Growth renews on \w+ \d+, \d{4}\.$/).waitFor();
    const rows = await page.locator('table.plans tbody th').allInnerTexts();
    expect(rows).toEqual(
      expect.arrayContaining(['Credits', 'Stores', 'Products', 'Bulk fixes', 'Continue past your balance']),
    );
    const canceled = await atliosUsed(pages, 'canceled', 1);
    await post(pages, canceled, { kind: 'cancel_plan' });
    const ended = await seen(canceled, { path: '/billing/plans' });
    await ended.getByText(/^Growth (changes to Free on|is canceled and ends on) \w+ \d+, \d{4}\.$/).waitFor();
    await ended.getByRole('button', { name: 'Reactivate: Growth' }).waitFor();
  });

  it('A14 the trial’s banner says the days left, the date, and that the card is not charged before then', async () => {
    const page = await seen(await atliosTrial(pages));
    const banner = page.getByRole('region', { name: 'Free trial' });
    expect(await said(banner)).toMatch(
      /^14 days left in your Growth trial The trial ends on \w+ \d+, \d{4}\. Your card is not charged before then\.$/,
    );
  });

  it('A35 A36 how much of the pay-as-you-go cap is used, also after it was turned off', async () => {
    const page = await seen(await atliosOverageOff(pages));
    const card = page.getByRole('region', { name: 'Continue past your balance' });
    const text = await said(card);
    expect(text).toContain('$4.00 of the $50.00 cap used');
    expect(text).toContain('Still to be billed $4.00');
    await card.getByRole('button', { name: 'Turn back on' }).waitFor();
  });

  it('A45 R11 recent activity lists uses, images, the monthly grant and purchases in the product’s words', async () => {
    const page = await seen('atlios-busy', { path: '/billing/activity' });
    await page
      .getByRole('row', { name: /Image generation/ })
      .first()
      .waitFor();
    const text = await said(page.locator('table'));
    for (const what of ['Image generation', 'AI fix', 'Credits bought', 'Given back']) expect(text).toContain(what);
    await page.getByRole('button', { name: 'Older' }).click();
    await page.getByRole('row', { name: /Monthly credits/ }).waitFor();
    const kind = page.getByLabel('Kind');
    await kind.selectOption('purchase');
    const rows = page.locator('tbody tr');
    await until(async () => (await rows.count()) === 1, { timeoutMs: 10_000, what: 'the one purchase' });
    await page.getByRole('row', { name: /Credits bought/ }).waitFor();
  });

  it('A1 the plan sets limits and features, credits pay for work: usage stands against the plan’s limits', async () => {
    const text = await textOf('atlios-busy');
    expect(text).toContain('Stores 2 of 3');
    expect(text).toContain('Products 1,000 of 1,000 Limit reached');
    expect(text).toMatch(/Scans today · store berlin 3 of 4/);
  });

  it('T11 what each action costs is listed by group, from the very rates', async () => {
    const page = await seen('toolbench-pools', { path: '/billing/usage' });
    await page.getByRole('tab', { name: 'Video' }).click();
    const panel = page.getByRole('tabpanel');
    expect(await said(panel)).toContain(
      'Clip: 1.5 credits per seconds Film: 4 credits per seconds, at least 20 credits',
    );
    await page.getByRole('tab', { name: 'Video' }).press('ArrowLeft');
    await page.getByRole('tabpanel', { name: 'Image' }).waitFor();
  });

  it('W13 C4 the balance and the ledger in each product’s own words', async () => {
    expect(await textOf('rheos-free')).toContain('280 credits remaining');
    expect(await textOf('storewriter-pro', { path: '/billing/activity' })).toContain('Activity Ledger');
    const calls = await receptionist(pages, 'calls');
    // Totals are counted by a clock, a few seconds behind what was posted.
    await expect
      .poll(() => textOf(calls, { path: '/billing/usage' }), { timeout: 25_000, interval: 500 })
      .toContain('Answered call 12 12');
  });

  it('R12 a product without packs offers none', async () => {
    const page = await seen('rheos-free');
    await expect(page.getByRole('button', { name: /Buy/ }).count()).resolves.toBe(0);
  });

  it('A3 T2 T12 whoever is no owner sees everything, can change nothing, and reads who can', async () => {
    for (const role of ['admin', 'editor', 'viewer'] as const) {
      for (const view of VIEWS) {
        const page = await seen('atlios-busy', { role, member: 'eve', path: `/billing${view}` });
        const buttons = await page.getByRole('button').allInnerTexts();
        const acts = buttons.filter((one) =>
          /buy|upgrade|downgrade|cancel plan|manage|turn|change$|add|remove|retry|save/i.test(one),
        );
        expect(acts, `${role} ${view}`).toEqual([]);
      }
      await pages.leave();
      expect(await textOf('atlios-busy', { role, member: 'eve' })).toContain(
        'Buy credits: owner only. Ask an owner of this organization.',
      );
    }
  }, 90_000);

  it('T6 T7 a member who keeps to a pool sees that pool and no balance of the account', async () => {
    const text = await textOf('toolbench-pools', { role: 'editor', member: 'mia' });
    expect(text).toContain('Design team');
    expect(text).toContain('90 of 120 used');
    expect(text).not.toContain('Research');
    expect(text).not.toMatch(/of 400 used|\b293\b/);
    expect(text).not.toContain('Payments');
  });

  it('T20 the page names the limit that fired and links onward', async () => {
    const page = await seen(await atliosEmpty(pages));
    const gate = page.getByRole('region', { name: 'What has stopped' });
    await gate.getByText('There are no credits left for this action').waitFor();
    await gate.getByRole('button', { name: 'Choose a paid plan' }).click();
    await page.waitForURL('**/billing/plans');
    await page
      .getByRole('button', { name: 'Upgrade: Scale' })
      .or(page.getByRole('button', { name: /: Scale$/ }))
      .first()
      .waitFor();
  });

  it('shows what people chose as text, whatever it holds and however it is written', async () => {
    const name = `<img src=x onerror=alert(1)> ${'very long '.repeat(30)}`;
    await pages.open('storewriter', 'hostile', { plan: 'pro', name });
    const page = await seen('hostile', { width: 360 });
    await page.getByText('<img src=x onerror=alert(1)>').first().waitFor();
    await expect(page.locator('img').count()).resolves.toBe(0);
    await expect(widerBy(page)).resolves.toBeLessThanOrEqual(0);
    const wide = await seen('hostile', { width: 3840 });
    await expect(widerBy(wide)).resolves.toBeLessThanOrEqual(0);
    const main = await wide.locator('main').boundingBox();
    // On a wall of a screen the page, its type larger, stays a column to read, in the middle.
    expect(main?.width ?? 9_999).toBeLessThanOrEqual(1_920);
    expect(Math.abs((main?.x ?? 0) * 2 + (main?.width ?? 0) - 3_840)).toBeLessThanOrEqual(20);
    const arabic = await seen('storewriter-pro');
    await arabic.locator('bdi:dir(rtl)', { hasText: 'متجر الورد' }).waitFor();
    await arabic.getByText('<script>alert(1)</script>').first().waitFor();
  });

  it.each(VIEWS)(
    'axe finds nothing wrong with %s, in light, dark and on a phone',
    async (view) => {
      for (const look of [{}, { dark: true }, { width: 360 }]) {
        for (const account of ['atlios-busy', 'toolbench-pools']) {
          const page = await pages.look(account, { ...look, path: `/billing${view}` });
          const troubles: string[] = [];
          page.on('console', (message) => message.type() === 'error' && troubles.push(message.text()));
          await page.reload();
          await settled(page);
          expect(await axe(page), `${account} ${JSON.stringify(look)}`).toEqual([]);
          expect(troubles).toEqual([]);
          expect(page.strangers).toEqual([]);
          const over = await widerBy(page);
          expect(over, 'wider than the screen').toBeLessThanOrEqual(0);
          await pages.leave();
        }
      }
    },
    90_000,
  );

  it('takes the session out of the address bar and keeps it for a reload', async () => {
    const page = await seen('rheos-free', { path: '/billing?return=https%3A%2F%2Frheos.example%2Fapp' });
    expect(page.url()).toBe(`${pages.river.apiUrl}/billing`);
    await expect(page.getByRole('link', { name: 'Go back' }).getAttribute('href')).resolves.toBe(
      'https://rheos.example/app',
    );
    await page.reload();
    await page.getByRole('region', { name: 'Balance', exact: true }).waitFor();
  });

  it('says in plain words that a session has ended, with the way back', async () => {
    const page = await pages.look('rheos-free', { path: '/billing?return=https%3A%2F%2Frheos.example%2Fapp' });
    await page.getByRole('region', { name: 'Balance', exact: true }).waitFor();
    await page.evaluate("sessionStorage.setItem('creditd.session', sessionStorage.getItem('creditd.session') + 'x')");
    await page.reload();
    await page.getByRole('heading', { name: 'Your session has ended.' }).waitFor();
    await expect(page.getByRole('link', { name: 'Go back' }).getAttribute('href')).resolves.toBe(
      'https://rheos.example/app',
    );
  });

  it('is under 200 KB for the first view, compressed', async () => {
    const page = await pages.look('rheos-free');
    let bytes = 0;
    const session = await page.context().newCDPSession(page);
    await session.send('Network.enable');
    session.on('Network.loadingFinished', (one) => {
      bytes += one.encodedDataLength;
    });
    await session.send('Network.clearBrowserCache');
    await page.reload();
    await page
      .getByRole('region', { name: 'Recent activity' })
      .getByText('Standard image generation')
      .first()
      .waitFor();
    expect(bytes).toBeGreaterThan(50_000);
    expect(bytes).toBeLessThan(200_000);
  });
});
