/** What the page does when things go wrong around it: faults of the service, two tabs, the way back, and a session that ends. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../support/wait.js';
import { canLook, openPages, type Pages, said, settled } from './pages.js';
import { atliosUsed, receptionist } from './scenes.js';

const SLOW_MS = 90_000;
const OFFLINE = 'The billing service does not answer at the moment. Nothing is lost; try again.';

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
  const paid = (account: string) =>
    pages.river.processor.double.control
      .summary()
      .payments.filter((payment) => payment.metadata.creditd_account === account)
      .map((payment) => payment.amountMinor);
  // As whatever stands before the service says it: in its own page.
  const FAULT = { status: 500, contentType: 'text/html', body: '<h1>500 Internal Server Error</h1>' };

  it('a service that answers with faults is said in plain words, at the first look too, and the page’s own button reads again', async () => {
    const account = await atliosUsed(pages, 'faults', 1);
    const page = await pages.visit('about:blank');
    let isBroken = true;
    let asked = 0;
    await page.route('**/v1/**', (route) => {
      asked += 1;
      return isBroken ? route.fulfill(FAULT) : route.continue();
    });
    await page.goto(pages.link(account));
    const again = page.getByRole('button', { name: 'Try again' });
    await again.waitFor({ timeout: 30_000 });
    expect(asked).toBeGreaterThan(1);
    const text = await said(page.locator('main'));
    expect(text).toMatch(/could not be read/);
    expect(text).not.toMatch(/500|internal|undefined|[{<]/i);
    isBroken = false;
    await again.click();
    await page.getByRole('region', { name: 'Balance', exact: true }).getByText('499', { exact: true }).waitFor();
  });

  it('a change that was answered by a fault is sent again under its key, and is done once', async () => {
    const account = await atliosUsed(pages, 'faulty', 1);
    await pages.river.attach(account, 'pm_card_visa');
    const page = await seen(account);
    const keys: (string | undefined)[] = [];
    let isBroken = true;
    await page.route('**/purchases', async (route) => {
      keys.push(route.request().headers()['idempotency-key']);
      // It is done, and the answer is lost on its way.
      if (isBroken) await route.fetch();
      return isBroken ? route.fulfill(FAULT) : route.continue();
    });
    await page.getByRole('button', { name: 'Buy credits' }).click();
    const form = page.getByRole('dialog', { name: 'Buy credits' });
    await form.getByRole('button', { name: 'Continue' }).click();
    await form.getByRole('button', { name: 'Pay $10.00' }).click();
    await form.getByText(OFFLINE).waitFor({ timeout: 30_000 });
    isBroken = false;
    await form.getByRole('button', { name: 'Pay $10.00' }).click();
    await form.getByText('Done. 250 credits were added to your balance.').waitFor({ timeout: 30_000 });
    expect(keys.length).toBeGreaterThan(2);
    expect(new Set(keys).size).toBe(1);
    expect(paid(account)).toEqual([1_000]);
  });

  it('what is bought in one tab shows in the other by itself', async () => {
    const account = await atliosUsed(pages, 'tabs', 10);
    await pages.river.attach(account, 'pm_card_visa');
    const [first, second] = [await seen(account), await seen(account)];
    const balance = (page: typeof first) => page.getByRole('region', { name: 'Balance', exact: true });
    await first.getByRole('button', { name: 'Buy credits' }).click();
    const form = first.getByRole('dialog', { name: 'Buy credits' });
    await form.getByRole('button', { name: 'Continue' }).click();
    await form.getByRole('button', { name: 'Pay $10.00' }).click();
    await form.getByText(/were added to your balance/).waitFor({ timeout: 30_000 });
    await balance(second).getByText('740', { exact: true }).waitFor({ timeout: 30_000 });
    expect(paid(account)).toEqual([1_000]);
  });

  it('the same pack clicked twice in each of two tabs at once is bought once in each, and both say what became of it', async () => {
    const account = await atliosUsed(pages, 'packs-at-once', 10);
    await pages.river.attach(account, 'pm_card_visa');
    const forms = [];
    for (const page of [await seen(account), await seen(account)]) {
      await page.getByRole('button', { name: 'Buy credits' }).click();
      const form = page.getByRole('dialog', { name: 'Buy credits' });
      await form.getByRole('button', { name: 'Continue' }).click();
      await form.getByRole('button', { name: 'Pay $10.00' }).waitFor();
      forms.push(form);
    }
    await Promise.all(forms.map((form) => form.getByRole('button', { name: 'Pay $10.00' }).dblclick()));
    for (const form of forms)
      await form.getByText('Done. 250 credits were added to your balance.').waitFor({ timeout: 30_000 });
    expect(paid(account)).toEqual([1_000, 1_000]);
  });

  it('turning auto top-off on while low in two tabs at once charges once', async () => {
    const account = await receptionist(pages, 'twice', 70);
    const tabs = [await seen(account), await seen(account)];
    for (const page of tabs) {
      await page.getByRole('button', { name: 'Set Up Auto Top-Off' }).click();
      await page
        .getByRole('dialog', { name: 'Auto Top-Off' })
        .getByText(/charges \$50\.00 at once/)
        .waitFor();
    }
    await Promise.all(
      tabs.map((page) =>
        page.getByRole('dialog', { name: 'Auto Top-Off' }).getByRole('button', { name: 'Save' }).dblclick(),
      ),
    );
    for (const page of tabs)
      await page
        .getByRole('region', { name: 'Balance', exact: true })
        .getByText('230', { exact: true })
        .waitFor({ timeout: 30_000 });
    expect(paid(account)).toEqual([5_000]);
  });

  it('going back out of a form that is half filled in does nothing, and forth again begins it anew', async () => {
    const account = await atliosUsed(pages, 'backer', 1);
    await pages.river.attach(account, 'pm_card_visa');
    const page = await seen(account);
    await page.getByRole('link', { name: 'Plans' }).click();
    await page.getByRole('link', { name: 'Overview' }).click();
    await page.getByRole('button', { name: 'Buy credits' }).click();
    const form = page.getByRole('dialog', { name: 'Buy credits' });
    await form.getByText('Other amount').click();
    await form.getByLabel('Amount (USD)').fill('40');
    await form.getByRole('button', { name: 'Continue' }).click();
    await form.getByRole('button', { name: 'Pay $40.00' }).waitFor();
    await page.goBack();
    await form.waitFor({ state: 'detached' });
    await page.getByRole('region', { name: 'Balance', exact: true }).waitFor();
    await page.goForward();
    await form.getByRole('button', { name: 'Continue' }).waitFor();
    await page.goBack();
    await page.goBack();
    await page.getByRole('heading', { name: 'Plans' }).first().waitFor();
    expect(paid(account)).toEqual([]);
  });

  it('a session that ends in the middle of a form says so with the way back, and what was clicked is not done', async () => {
    const account = await atliosUsed(pages, 'ended', 1);
    await pages.river.attach(account, 'pm_card_visa');
    const page = await seen(account, { path: '/billing?return=https%3A%2F%2Fatlios.example%2Fapp' });
    await page.getByRole('button', { name: 'Buy credits' }).click();
    const form = page.getByRole('dialog', { name: 'Buy credits' });
    await form.getByRole('button', { name: 'Continue' }).click();
    const pay = form.getByRole('button', { name: 'Pay $10.00' });
    await pay.waitFor();
    // What creditd answers once the hour is over.
    await page.route('**/v1/**', (route) =>
      route.fulfill({
        ...{ status: 401, contentType: 'application/problem+json' },
        body: JSON.stringify({ code: 'not_signed_in', detail: 'Send "Authorization: Bearer …"' }),
      }),
    );
    await pay.click();
    await page.getByText('Your session has ended.').first().waitFor({ timeout: 30_000 });
    await until(async () => (await page.getByRole('link', { name: 'Go back' }).count()) > 0, {
      ...{ timeoutMs: 30_000, what: 'the way back' },
    });
    await expect(page.getByRole('link', { name: 'Go back' }).first().getAttribute('href')).resolves.toBe(
      'https://atlios.example/app',
    );
    expect(await said(page.locator('body'))).not.toContain('Bearer');
    expect(paid(account)).toEqual([]);
  });

  it('where nothing answers any more, what was read stays and is said to be old; nothing typed is lost', async () => {
    const account = await receptionist(pages, 'gone', 12);
    const page = await seen(account);
    await page.getByRole('button', { name: 'Set Up Auto Top-Off' }).click();
    const form = page.getByRole('dialog', { name: 'Auto Top-Off' });
    await form.getByLabel('Add (credits)').fill('300');
    await page.route('**/v1/**', (route) => route.abort('connectionrefused'));
    await form.getByRole('button', { name: 'Save' }).click();
    await form.getByText(OFFLINE).waitFor({ timeout: 30_000 });
    await expect(form.getByLabel('Add (credits)').inputValue()).resolves.toBe('300');
    await page.unroute('**/v1/**');
    await form.getByRole('button', { name: 'Save' }).click();
    await form.waitFor({ state: 'detached', timeout: 30_000 });
    await page.getByRole('region', { name: 'Auto Top-Off', exact: true }).getByText('300 credits').first().waitFor();
  });
});
