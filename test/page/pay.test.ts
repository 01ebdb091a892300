/** The link in a mail that asks an owner to approve a payment, as their browser shows it, with the bank's page behind it. */
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { HOUR_MS, later } from '../../src/domain/instant.js';
import { query } from '../support/admin.js';
import { fateOf } from '../support/fate.js';
import { allHeard } from '../support/local-river.js';
import { until } from '../support/wait.js';
import { axe } from './axe.js';
import { canLook, openPages, type Pages, said, widerBy } from './pages.js';
import { post, receptionist, topOffOn } from './scenes.js';

const SLOW_MS = 60_000;

describe.skipIf(!canLook)('the page that approves a payment', { timeout: SLOW_MS }, () => {
  let pages: Pages;
  beforeAll(async () => {
    pages = await openPages();
  }, SLOW_MS);
  afterEach(() => pages.leave());
  afterAll(() => pages?.close());

  /** A top-off that the bank wants approved. */
  const waiting = async (account: string, card = 'pm_card_authenticationRequired') => {
    await receptionist(pages, account, 60, card);
    await post(pages, account, topOffOn());
    const found = await until(
      async () => {
        const [row] = await query<{ id: string; state: string }>(
          pages.river.url,
          'select c.id, c.state from charges c join accounts a on a.no = c.account_no where a.id = $1',
          [account],
        );
        return row?.state === 'action_required' ? row : undefined;
      },
      { timeoutMs: 30_000, what: 'the bank’s wish' },
    );
    return found.id;
  };
  const token = async (account: string, role: 'owner' | 'viewer' = 'owner'): Promise<string> => {
    const end = later(await pages.river.store.clock.now(), 200 * HOUR_MS);
    return pages.sessions.mint({ account, member: 'owner-1', role, until: end });
  };
  /** As the link in the mail leads there, or with the session that the product's billing page has in its tab. */
  const open = async (charge: string, session: string | null, look = {}): Promise<Page> =>
    pages.visit(`${pages.river.apiUrl}/pay/${charge}${session === null ? '' : `#${session}`}`, look);
  const approve = (page: Page) => page.getByRole('button', { name: 'Approve this payment' });
  const atBank = (page: Page) => page.waitForURL((url) => url.origin === pages.river.processor.double.url);
  const confirms = () =>
    pages.river.processor.double.control.journal().filter(({ path }) => /\/confirm$/.test(path)).length;

  it('leads to the bank’s own page and back, and says there that the payment has been made', async () => {
    const account = 'pay-approves';
    const charge = await waiting(account);
    const page = await open(charge, await token(account));
    await page.getByRole('heading', { name: '$50.00' }).waitFor();
    expect(await said(page.locator('main'))).toContain('200 credits');
    // The session is in no address that could be copied or logged.
    await until(() => Promise.resolve(page.url().endsWith(`/pay/${charge}`)), { what: 'the clean address' });
    await approve(page).click();
    await atBank(page);
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.waitForURL((url) => url.origin === pages.river.apiUrl);
    await page.getByText('This payment has been made. There is nothing to approve.').waitFor({ timeout: 30_000 });
    await allHeard(pages.river);
    expect(await fateOf(pages.river, account)).toMatchObject({ payments: [5_000], grants: [200], balance: 240 });
  });

  it('says in words that the bank has refused, charges nothing, and lets the owner try again', async () => {
    const account = 'pay-refused';
    const charge = await waiting(account);
    const page = await open(charge, await token(account));
    await approve(page).click();
    await atBank(page);
    await page.getByRole('button', { name: 'Refuse' }).click();
    await page.waitForURL((url) => url.origin === pages.river.apiUrl);
    await page.getByRole('status').filter({ hasText: 'The bank did not approve this payment.' }).waitFor();
    // The processor hands a secret of the payment back in the address: it stays in nobody's history.
    expect(page.url()).toBe(`${pages.river.apiUrl}/pay/${charge}?refused=1`);
    await allHeard(pages.river);
    expect(await fateOf(pages.river, account)).toMatchObject({
      ...{ payments: [], grants: [], charges: ['action_required: authentication_required'] },
    });
    await page.reload();
    await approve(page).click();
    await atBank(page);
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.getByText('This payment has been made.').waitFor({ timeout: 30_000 });
    await allHeard(pages.river);
    expect(await fateOf(pages.river, account)).toMatchObject({ payments: [5_000], grants: [200] });
  });

  it('a double click asks the bank once, and both tabs of one owner lead to one payment', async () => {
    const account = 'pay-double';
    const charge = await waiting(account);
    const session = await token(account);
    const before = confirms();
    const [first, second] = [await open(charge, session), await open(charge, session)];
    await approve(first).dblclick();
    await atBank(first);
    await approve(second).click();
    await atBank(second);
    expect(second.url()).toBe(first.url());
    expect(confirms() - before).toBe(1);
    await first.getByRole('button', { name: 'Approve' }).click();
    await first.getByText('This payment has been made.').waitFor({ timeout: 30_000 });
    await allHeard(pages.river);
    expect(await fateOf(pages.river, account)).toMatchObject({ payments: [5_000], grants: [200] });
  });

  it('without a session it says where to sign in; in a role that may not, who may', async () => {
    const account = 'pay-others';
    const charge = await waiting(account);
    const nobody = await open(charge, null);
    await nobody.getByText(/open billing as an owner/).waitFor();
    await expect(approve(nobody).count()).resolves.toBe(0);
    const viewer = await open(charge, await token(account, 'viewer'));
    await approve(viewer).click();
    await viewer.getByRole('alert').filter({ hasText: 'only owner may' }).waitFor();
    expect((await fateOf(pages.river, account)).charges).toEqual(['action_required: authentication_required']);
  });

  it.each([
    ['light', {}],
    ['dark', { dark: true }],
    ['a phone', { width: 360 }],
  ])('axe finds nothing wrong with it, and nothing is wider than the screen, in %s', async (name, look) => {
    const account = `pay-axe-${name.length}`;
    const charge = await waiting(account);
    const page = await open(charge, await token(account), look);
    await approve(page).waitFor();
    expect(await axe(page)).toEqual([]);
    await expect(widerBy(page)).resolves.toBeLessThanOrEqual(0);
    expect(page.url()).not.toContain('cs_');
  });

  it('after its time it approves nothing, and says so, in an open tab as well', async () => {
    const account = 'pay-late';
    const charge = await waiting(account);
    const session = await token(account);
    const page = await open(charge, session);
    await approve(page).waitFor();
    pages.river.travel(73 * HOUR_MS);
    await until(async () => (await fateOf(pages.river, account)).charges[0]?.startsWith('failed') === true, {
      ...{ timeoutMs: 30_000, what: 'the end of its time' },
    });
    await approve(page).click();
    await page.getByRole('alert').waitFor();
    expect(new URL(page.url()).origin).toBe(pages.river.apiUrl);
    const late = await open(charge, session);
    await late.getByText(/does not wait for approval any more, and nothing was charged/).waitFor();
    await expect(approve(late).count()).resolves.toBe(0);
    expect((await fateOf(pages.river, account)).payments).toEqual([]);
  });
});
