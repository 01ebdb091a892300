/** What an owner does about money on the billing page when it does not go by itself: overdue, paused, capped, other cards, shares. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { credits } from '../../src/domain/credits.js';
import { DAY_MS, HOUR_MS, later } from '../../src/domain/instant.js';
import { minorUnits } from '../../src/domain/money.js';
import { sdk } from '../stripe/double-client.js';
import { until } from '../support/wait.js';
import { canLook, openPages, type Pages, said, settled } from './pages.js';
import { atliosUsed, call, post, receptionist, topOffOn, use } from './scenes.js';

const SLOW_MS = 90_000;

describe.skipIf(!canLook)('on the billing page', { timeout: SLOW_MS }, () => {
  let pages: Pages;
  beforeAll(async () => {
    pages = await openPages();
  }, SLOW_MS);
  afterEach(() => pages.leave());
  afterAll(() => pages?.close());

  const seen = async (account: string, look: Parameters<Pages['look']>[1] = {}) => {
    const page = await pages.look(account, look);
    await settled(page);
    return page;
  };
  const payments = (account: string) =>
    pages.river.processor.double.control
      .summary()
      .payments.filter((payment) => payment.metadata.creditd_account === account);

  it('A9 an overdue plan says until when nothing changes, and its button leads to where it is paid', async () => {
    const account = await atliosUsed(pages, 'overdue', 5);
    await pages.river.attach(account, 'pm_card_visa');
    await post(pages, account, {
      kind: 'agree_invoice',
      view: {
        ...{ id: 'in_overdue', subscription: null, status: 'failed', paidAt: null, amountMinor: minorUnits(2_900) },
        ...{ periodStart: await pages.river.store.clock.now(), billingReason: 'subscription_cycle' },
      } as never,
    });
    const page = await seen(account);
    const banner = page.getByRole('region', { name: 'Payment overdue' });
    expect(await said(banner)).toMatch(
      /^The payment for your Growth plan failed .*Nothing changes until \w+ \d+, \d{4}, .+\. Update your payment method before then/,
    );
    const viewer = await seen(account, { role: 'viewer', member: 'vera' });
    await viewer.getByRole('region', { name: 'Payment overdue' }).waitFor();
    await expect(viewer.getByRole('region', { name: 'Payment overdue' }).getByRole('button').count()).resolves.toBe(0);
    await banner.getByRole('button').first().click();
    await page.waitForURL((url) => url.origin === pages.river.processor.double.url);
  });

  it('after unusual usage nothing is bought until the owner resumes, and then it is, at once', async () => {
    const { store } = pages.river;
    const account = await receptionist(pages, 'unusual', 0);
    const now = await store.clock.now();
    await post(
      pages,
      account,
      { kind: 'grant', key: 'moved', origin: 'purchase', credits: credits(440), paid: true, reason: 'Bank transfer' },
      // Four calls a day for ten days: an hour is usually worth one.
      ...Array.from({ length: 40 }, (_one, at) => ({
        ...call(`usual-${at}`),
        occurredAt: later(now, -(1 + Math.floor(at / 4)) * DAY_MS - (at % 4) * HOUR_MS),
      })),
      topOffOn(),
    );
    const usual = { account: { id: account }, usualHour: { not: null } };
    await until(async () => (await store.prisma.usageProgress.count({ where: usual })) > 0, {
      ...{ timeoutMs: 40_000, what: 'the usual hour' },
    });
    await post(pages, account, ...Array.from({ length: 470 }, (_one, at) => call(`sudden-${at}`)));
    const page = await seen(account);
    const banner = page.getByRole('region', { name: /^Unusual usage has paused/ });
    await banner.waitFor({ timeout: 30_000 });
    const viewer = await seen(account, { role: 'viewer', member: 'vera' });
    const theirs = viewer.getByRole('region', { name: /^Unusual usage has paused/ });
    expect(await said(theirs)).toMatch(/owner/i);
    await expect(theirs.getByRole('button', { name: /^Resume/ }).count()).resolves.toBe(0);
    expect(payments(account)).toEqual([]);
    await banner.getByRole('button', { name: 'Resume Auto Top-Off' }).dblclick();
    await banner.waitFor({ state: 'detached', timeout: 30_000 });
    await page
      .getByRole('region', { name: 'Balance', exact: true })
      .getByText('230', { exact: true })
      .waitFor({ timeout: 30_000 });
    expect(payments(account).map((one) => one.amountMinor)).toEqual([5_000]);
  });

  it('A34 A40 the cap reached is said with its figure and both ways on; raising it lets work go on', async () => {
    const account = await atliosUsed(pages, 'capped', 500);
    await pages.river.attach(account, 'pm_card_visa');
    await post(pages, account, {
      kind: 'configure_overage',
      settings: { enabled: true, capMinor: minorUnits(400) },
    });
    await post(pages, account, ...Array.from({ length: 100 }, (_one, at) => use(`beyond-${at}`, 'fix')));
    const page = await seen(account);
    const stopped = page.getByRole('region', { name: 'What has stopped' });
    await stopped.waitFor();
    const card = page.getByRole('region', { name: 'Continue past your balance' });
    expect(await said(card)).toContain('$4.00 of the $4.00 cap used');
    expect(await said(stopped)).toMatch(/cap/i);
    await card.getByRole('button', { name: 'Change' }).click();
    const form = page.getByRole('dialog', { name: 'Continue past your balance' });
    await form.getByLabel('Your cap for a period (USD)').fill('10');
    await form.getByRole('button', { name: 'Save' }).click();
    await card.getByText('$4.00 of the $10.00 cap used').waitFor();
    await stopped.waitFor({ state: 'detached' });
    await post(pages, account, use('goes-on', 'fix', { mode: 'if_covered' }));
    await card.getByText('$4.04 of the $10.00 cap used').waitFor();
    expect(payments(account)).toEqual([]);
  });

  it('T6 T10 a pool and a member’s budget are saved, changed and removed, and bind whom they name', async () => {
    await pages.open('toolbench', 'sharing', { plan: 'team' });
    const page = await seen('sharing');
    const card = page.getByRole('region', { name: 'Pools and budgets' });
    await card.getByRole('button', { name: 'Add pool' }).click();
    const form = page.getByRole('dialog', { name: 'Add pool' });
    await form.getByRole('button', { name: 'Save' }).click();
    await form.getByText('Give it a name.').waitFor();
    await form.getByLabel('Name', { exact: true }).fill('Design <b>team</b>');
    await form.getByLabel(/each period$/).fill('120.5');
    await form.getByLabel('Members who use nothing else of the balance').fill('mia\nnoor');
    await form.getByRole('button', { name: 'Save' }).click();
    await form.waitFor({ state: 'detached' });
    await card.getByText('Design <b>team</b>').waitFor();
    expect(await said(card)).toContain('0 of 120.5 used');
    await card.getByRole('button', { name: 'Add budget' }).click();
    const budget = page.getByRole('dialog', { name: 'Member budget' });
    await budget.getByLabel('Member', { exact: true }).fill('mia');
    await budget.getByLabel(/each period$/).fill('60');
    await budget.getByRole('button', { name: 'Save' }).click();
    await budget.waitFor({ state: 'detached' });
    await until(async () => (await said(card)).includes('0 of 60 used'), { what: 'the budget' });
    // She keeps to it, and sees it and nothing else.
    const hers = await seen('sharing', { role: 'editor', member: 'mia' });
    await hers.getByText('Design <b>team</b>').first().waitFor();
    const balance = hers.getByRole('region', { name: 'Balance', exact: true });
    await expect(balance.count()).resolves.toBe(0);
    // Two changes at once would be two owners: the page of the first shows what the second saved.
    await card.getByRole('button', { name: 'Change Design <b>team</b>' }).click();
    const change = page.getByRole('dialog', { name: 'Change pool' });
    await change.getByLabel(/each period$/).fill('80');
    await change.getByRole('button', { name: 'Save' }).click();
    await until(async () => (await said(card)).includes('0 of 80 used'), { what: 'the smaller pool' });
    await card.getByRole('button', { name: 'Change Design <b>team</b>' }).click();
    await change.getByRole('button', { name: 'Remove pool' }).click();
    await card.getByText('Design <b>team</b>').waitFor({ state: 'detached' });
    await hers.reload();
    await balance.waitFor();
  });

  it('cards are charged in the order the owner gives them, and one that is removed is charged no more', async () => {
    const account = await atliosUsed(pages, 'cards', 5);
    await pages.river.attach(account, 'pm_card_visa');
    await pages.river.attach(account, 'pm_card_mastercard');
    const page = await seen(account, { path: '/billing/payments' });
    const card = page.getByRole('region', { name: 'Payment methods' });
    const order = async () => (await card.getByRole('listitem').allInnerTexts()).map((text) => /\d{4}/.exec(text)?.[0]);
    await until(async () => (await order()).join() === '4242,4444', { what: 'both cards' });
    await card.getByRole('button', { name: 'Make Mastercard ending in 4444 the default' }).click();
    await until(async () => (await order()).join() === '4444,4242', { what: 'the new order' });
    expect(await said(card.getByRole('listitem').first())).toContain('Default');
    await card.getByRole('button', { name: 'Remove Visa ending in 4242' }).click();
    const sure = card.getByRole('group', { name: 'Remove Visa ending in 4242' });
    await sure.getByText('It will not be charged any more.').waitFor();
    await sure.getByRole('button', { name: 'Cancel' }).click();
    await card.getByRole('button', { name: 'Remove Visa ending in 4242' }).click();
    await sure.getByRole('button', { name: 'Remove' }).click();
    await until(async () => (await order()).join() === '4444', { what: 'the one card' });
    await page.getByRole('link', { name: 'Overview' }).click();
    await page.getByRole('button', { name: 'Buy credits' }).click();
    const form = page.getByRole('dialog', { name: 'Buy credits' });
    await form.getByRole('button', { name: 'Continue' }).click();
    await form.getByText('Mastercard ending in 4444').first().waitFor({ state: 'attached' });
    await form.getByRole('button', { name: /^Pay \$/ }).click();
    await form.getByText(/were added to your balance/).waitFor({ timeout: 30_000 });
    const [paid] = payments(account);
    const charge = await sdk(pages.river.processor.double).charges.retrieve(paid?.charge ?? '');
    expect(charge.payment_method_details?.card?.last4).toBe('4444');
  });
});
