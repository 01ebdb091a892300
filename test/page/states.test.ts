/** What the billing page says and offers in the states that owners meet: the one way out of each, and nothing that would mislead. */
import type { Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { credits } from '../../src/domain/credits.js';
import { later } from '../../src/domain/instant.js';
import { minorUnits } from '../../src/domain/money.js';
import { query } from '../support/admin.js';
import { until } from '../support/wait.js';
import { canLook, isFocused, openPages, type Pages, said, settled, widerBy } from './pages.js';
import { atliosEmpty, atliosTrial, atliosUsed, post, receptionist, toolbenchPools, topOffOn, use } from './scenes.js';

const SLOW_MS = 90_000;
const LATE = { timeout: 45_000 } as const;
const OVERAGE_ENDS_MS = 8_000;

describe.skipIf(!canLook)('the billing page', { timeout: SLOW_MS }, () => {
  let pages: Pages;
  beforeAll(async () => {
    pages = await openPages();
  }, 60_000);
  afterEach(() => pages.leave());
  afterAll(() => pages.close());

  const seen = async (account: string, look: Parameters<Pages['look']>[1] = {}) => {
    const page = await pages.look(account, look);
    await settled(page);
    return page;
  };
  const buttonsIn = (place: Locator): Promise<string[]> => place.getByRole('button').allInnerTexts();

  it('past due it offers to update the payment method, leads to where that is done, and does not say reactivate', async () => {
    const account = await atliosUsed(pages, 'past-due', 5);
    const now = await pages.river.store.clock.now();
    const invoice = { id: 'in_1', subscription: null, status: 'failed', paidAt: null, amountMinor: minorUnits(2_900) };
    await post(pages, account, { kind: 'agree_invoice', view: { ...invoice, periodStart: now } as never });
    const page = await seen(account, { path: '/billing/plans' });
    expect(await buttonsIn(page.locator('main'))).not.toContain('Reactivate');
    const banner = page.getByRole('region', { name: 'Payment overdue' });
    expect(await said(banner)).toContain('Update your payment method before then to keep the plan.');
    await banner.getByRole('button', { name: 'Update Payment Method' }).click();
    await page.waitForURL((url) => url.origin === pages.river.processor.double.url);
  });

  it('a cap that the owner has set is raised from the very banner that says it is reached, up to the plan’s', async () => {
    const account = await atliosUsed(pages, 'own-cap', 500);
    await pages.river.attach(account, 'pm_card_visa');
    await post(pages, account, {
      kind: 'configure_overage',
      settings: { enabled: true, capMinor: minorUnits(100) },
    });
    await post(pages, account, use('beyond', 'fix', { quantity: 25 }));
    const page = await seen(account);
    const gate = page.getByRole('region', { name: 'What has stopped' });
    expect(await said(gate)).toContain('The cap for “Continue past your balance” is reached');
    await gate.getByRole('button', { name: 'Raise your cap for “Continue past your balance”' }).click();
    const form = page.getByRole('dialog', { name: 'Continue past your balance' });
    await form.getByLabel('Your cap for a period (USD)').fill('5');
    await form.getByRole('button', { name: 'Save' }).click();
    await form.waitFor({ state: 'detached' });
    await gate.waitFor({ state: 'detached' });
  });

  it('pools and budgets are set where the plan offers them, from the first field on, and elsewhere it says that it does not', async () => {
    const without = await atliosUsed(pages, 'poolless', 1);
    const account = await toolbenchPools(pages, 'pool-forms');
    for (const [form, field] of [
      ['pool', 'Name'],
      ['budget', 'Member'],
    ] as const) {
      const dialog = (await seen(without, { path: `/billing?open=${form}` })).getByRole('dialog');
      await dialog.getByText('The current plan does not offer pools and budgets.').waitFor();
      await expect(dialog.locator('input').count()).resolves.toBe(0);
      const offered = (await seen(account, { path: `/billing?open=${form}` })).getByRole('dialog');
      const first = offered.getByLabel(field, { exact: true });
      await until(() => isFocused(first), { timeoutMs: 5_000, what: 'the first field in focus' });
    }
  });

  it('A9 A11 a canceled plan says on its card that it ends, and is reactivated from there', async () => {
    const account = await atliosUsed(pages, 'canceled', 5);
    await post(pages, account, { kind: 'cancel_plan' });
    const page = await seen(account);
    const plan = page.getByRole('region', { name: 'Plan', exact: true });
    expect(await said(plan)).toMatch(/Canceled Growth .*Ends \w+ \d+, \d{4} Then Free/);
    expect(await said(page.getByRole('region', { name: 'Balance', exact: true }))).toMatch(/5 of 500 used Ends /);
    await plan.getByRole('button', { name: 'Reactivate' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Reactivate' }).click();
    await plan.getByText('Current plan').waitFor();
  });

  it('in a trial nothing resets, its credits are the trial’s, and what a trial cannot do is not offered', async () => {
    const page = await seen(await atliosTrial(pages));
    const balance = await said(page.getByRole('region', { name: 'Balance', exact: true }));
    expect(balance).toMatch(/0 of 500 used Trial ends /);
    expect(balance).not.toContain('Resets');
    const card = page.getByRole('region', { name: 'Continue past your balance' });
    expect(await said(card)).toContain('You can turn it on when your trial has ended, on ');
    expect(await buttonsIn(card)).toEqual([]);
    const recent = page.getByRole('region', { name: 'Recent activity' });
    await recent.getByText('Trial credits').waitFor();
  });

  it('A36 a declined charge of pay-as-you-go shows its amount and its retry, and no credits come in with it', async () => {
    const now = await pages.river.store.clock.now();
    const account = await pages.open('atlios', 'declined', { plan: 'growth', anchor: later(now, OVERAGE_ENDS_MS) });
    await pages.river.attach(account, 'pm_card_chargeCustomerFail');
    await post(
      pages,
      account,
      { kind: 'configure_overage', settings: { enabled: true, capMinor: null } },
      // Before its first period there is nothing included: all of it goes beyond the balance.
      ...Array.from({ length: 100 }, (_one, at) => use(`fix-${at}`, 'fix')),
    );
    const page = await seen(account);
    const banner = page.getByRole('region', { name: 'Your card was declined' });
    await banner.waitFor(LATE);
    expect(await said(banner)).toContain('$4.00 · Continue past your balance · Since ');
    const card = page.getByRole('region', { name: 'Continue past your balance' });
    await card.getByText('Payment failed').waitFor();
    expect(await said(card)).toContain('Not paid $4.00');
    // One place to mend it: the banner, and for whoever has dismissed that the card.
    expect(await buttonsIn(card)).toEqual(['Change']);
    const line = page.getByRole('listitem').filter({ hasText: '100 credits beyond the balance' });
    expect(await said(line)).toMatch(/\$4\.00 (Will be retried|Pending)$/);
    expect(await said(line)).not.toContain('+');
    await banner.getByRole('button', { name: 'Dismiss: Your card was declined' }).click();
    await card.getByRole('button', { name: 'Retry Charge' }).waitFor();
    await card.getByRole('button', { name: 'Retry Charge' }).click();
    // Declined anew: a fresh failure has a fresh banner, from which another card is tried.
    await banner.waitFor(LATE);
    await pages.river.attach(account, 'pm_card_visa');
    await banner.getByRole('button', { name: 'Retry Charge' }).click();
    await card.getByText('Payment failed').waitFor({ state: 'detached', ...LATE });
    await line.getByRole('link', { name: 'Receipt of $4.00' }).waitFor(LATE);
  });

  it('a payment that the bank asks about has one way on, the bank’s page', async () => {
    const account = await receptionist(pages, 'bank', 60, 'pm_card_authenticationRequired');
    await post(pages, account, topOffOn());
    const page = await seen(account);
    const banner = page.getByRole('region', { name: 'Your bank wants you to approve this payment' });
    await banner.waitFor(LATE);
    expect(await said(banner)).toContain('$50.00 · Auto Top-Off · Since ');
    const acts = (await buttonsIn(page.locator('main'))).filter((one) => /approve|retry|resume|update/i.test(one));
    expect(acts).toEqual(['Approve Payment']);
  });

  it('C13 with nothing left it says so to its owner, and what callers are told as theirs; nothing is said to last', async () => {
    const account = await receptionist(pages, 'nothing', 100);
    const page = await seen(account);
    const gate = page.getByRole('region', { name: 'What has stopped' });
    expect(await said(gate)).toMatch(
      /^No credits left AI Receptionist now says: “This call cannot be answered because the account has no credits left\.” Buy Credits Wait until \w+ \d+, \d{4}, /,
    );
    expect(await said(page.locator('main'))).not.toContain('At the recent pace');
    // With one plan there is nothing to compare.
    await expect(page.getByRole('button', { name: 'Compare plans' }).count()).resolves.toBe(0);
    await page.getByRole('navigation').getByRole('link', { name: 'Plan', exact: true }).waitFor();
  });

  it('A37 on a plan that brings no credits it says that, and not that they were used up or refresh', async () => {
    const page = await seen(await atliosEmpty(pages));
    const gate = page.getByRole('region', { name: 'What has stopped' });
    expect(await said(gate)).toMatch(/^The Free plan includes no credits Atlios now says: “.*” Choose a paid plan$/);
    expect(await said(page.locator('main'))).not.toMatch(/Refreshes|Resets/);
  });

  it('A40 a cap that is reached is named in a sentence that holds the product’s own words, with how much it is', async () => {
    const account = await atliosUsed(pages, 'capped', 500);
    await pages.river.attach(account, 'pm_card_visa');
    const settings = { enabled: true, capMinor: minorUnits(100) };
    await post(
      pages,
      account,
      { kind: 'configure_overage', settings },
      ...Array.from({ length: 25 }, (_one, at) => use(`more-${at}`, 'fix')),
    );
    const gate = (await seen(account)).getByRole('region', { name: 'What has stopped' });
    expect(await said(gate)).toMatch(
      /^The cap for “Continue past your balance” is reached \$1\.00 of the \$1\.00 cap used\. Atlios now says: “/,
    );
  });

  it('T6 a member who keeps to pools sees the figures of those, the own budget below them, and nothing of the account', async () => {
    const account = await toolbenchPools(pages, 'pooled');
    const page = await seen(account, { role: 'editor', member: 'mia' });
    const own = await said(page.getByRole('region', { name: 'Your pools' }));
    expect(own).toMatch(/^Your pools 30 credits remaining in your pools 90 of 120 used Resets /);
    expect(own).toContain('Your budget leaves you 0 of these.');
    expect(await said(page.locator('main'))).not.toMatch(/Seats|Projects|Site audits/);
  });

  it('T18 T19 a limit until a date ends then; people are known by their address, or as the member they are', async () => {
    const account = await toolbenchPools(pages, 'limits');
    const page = await seen(account);
    const limits = await said(page.getByRole('region', { name: 'Usage against your limits' }));
    expect(limits).toContain('Trend preview runs 0 of 25 Ends Dec 31, 2027');
    expect(limits).not.toContain('anew');
    const pools = page.getByRole('region', { name: 'Pools and budgets' });
    expect(await said(pools)).toContain('member mia');
    await page.getByRole('link', { name: 'Activity' }).click();
    await page.getByRole('row', { name: /Text generation/ }).waitFor();
    const text = await said(page.locator('tbody'));
    expect(text).toContain('3 images · Model: studio · Design team · member mia');
    expect(text).toContain('Model: deep · 12,000 input tokens · 4,000 output tokens');
    expect(text).toContain('member kai');
  });

  it('changing a pool leaves whoever may use the rest as well as they are', async () => {
    const account = await toolbenchPools(pages, 'change-pool');
    const page = await seen(account);
    const pools = page.getByRole('region', { name: 'Pools and budgets' });
    expect(await said(pools)).toContain('1 member · Then uses the rest of the balance');
    await pools.getByRole('button', { name: 'Change Research' }).click();
    const form = page.getByRole('dialog', { name: 'Change pool' });
    await form.getByLabel('Credits each period').fill('90');
    await form.getByRole('button', { name: 'Save' }).click();
    await form.waitFor({ state: 'detached' });
    await pools.getByText('0 of 90 used · 90 available').waitFor();
    const members = await query(
      pages.river.url,
      `select m.member, m.confined from pool_members m join accounts a on a.no = m.account_no
       where a.id = $1 and m.pool = 'research'`,
      [account],
    );
    expect(members).toEqual([{ member: 'kai', confined: false }]);
  });

  it('on a phone all five sections are reached, and amounts stand on the screen and not beside it', async () => {
    const account = await receptionist(pages, 'phone', 12);
    await post(pages, account, { kind: 'buy_pack', key: 'p', pack: { kind: 'credits', credits: credits(100) } });
    for (const [path, what] of [
      ['', /^\+100$/],
      ['/activity', /^\+100$/],
      ['/payments', /^\$25\.00$/],
      ['/usage', /^1 credit$/],
    ] as const) {
      const page = await seen(account, { path: `/billing${path}`, width: 360 });
      const place = page.locator('main').getByText(what).last();
      await place.waitFor(LATE);
      for (const one of [place, page.getByRole('link', { name: 'Payments' })]) {
        const box = await one.boundingBox();
        expect((box?.x ?? 999) + (box?.width ?? 999), `${path} ${what}`).toBeLessThanOrEqual(360);
      }
      await expect(widerBy(page)).resolves.toBeLessThanOrEqual(0);
      await pages.leave();
    }
  });

  it('buttons that stand together are of one size', async () => {
    const account = await receptionist(pages, 'sizes', 60, 'pm_card_chargeCustomerFail');
    await post(pages, account, topOffOn());
    const page = await seen(account);
    const banner = page.getByRole('region', { name: 'Your card was declined' });
    await banner.waitFor(LATE);
    await banner.getByRole('button', { name: 'Dismiss' }).click();
    const card = page.getByRole('region', { name: 'Auto Top-Off' });
    await card.getByRole('button', { name: 'Retry Charge' }).waitFor();
    for (const place of [card, page.getByRole('region', { name: 'Plan', exact: true })]) {
      const boxes = await Promise.all((await place.getByRole('button').all()).map((one) => one.boundingBox()));
      expect(new Set(boxes.map((one) => one?.height)).size).toBe(1);
    }
  });
});
