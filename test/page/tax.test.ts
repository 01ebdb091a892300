/** A catalog may say whether its prices contain tax; then every price on the billing page says so, and in a form before it is paid. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { canLook, openPages, type Pages, said, settled } from './pages.js';
import { atliosUsed, post, receptionist, topOffOn } from './scenes.js';

const SLOW_MS = 90_000;
const SAYS = { atlios: 'excluded', receptionist: 'included' } as const;

describe.skipIf(!canLook)('on the billing page', { timeout: SLOW_MS }, () => {
  let pages: Pages;
  beforeAll(async () => {
    pages = await openPages({
      changed: (files) =>
        files.map(({ catalog, text }) => {
          const tax = catalog.key in SAYS ? SAYS[catalog.key as keyof typeof SAYS] : null;
          return { text, catalog: { ...catalog, prices: { ...catalog.prices, tax } } };
        }),
    });
  }, SLOW_MS);
  afterEach(() => pages.leave());
  afterAll(() => pages?.close());

  const seen = async (account: string, path: string) => {
    const page = await pages.look(account, { path });
    await settled(page);
    return page;
  };
  const dialog = async (account: string, path: string) => {
    const place = (await seen(account, path)).getByRole('dialog');
    await place.getByRole('button').nth(1).waitFor();
    return said(place);
  };

  it('prices to which tax is added say so: of plans, of a change of plan, of pay-as-you-go and of a pack', async () => {
    const account = await atliosUsed(pages, 'taxed', 1);
    await pages.river.attach(account, 'pm_card_visa');
    const plans = (await seen(account, '/billing/plans')).locator('table.plans thead');
    expect((await said(plans)).match(/a month, plus tax/g)).toHaveLength(2);
    expect(await dialog(account, '/billing/plans?open=plan%3Ascale')).toMatch(/costs \$[\d.]+ a month plus tax\./);
    expect(await dialog(account, '/billing?open=overage')).toContain('It costs $0.04 per credit plus tax.');
    expect(await dialog(account, '/billing?open=buy')).toMatch(/\$10\.00 plus tax/);
    const overview = await said((await seen(account, '/billing')).locator('main'));
    expect(overview).toMatch(/Price \$[\d.]+ a month plus tax/);
  });

  it('prices that contain tax say so: of an automatic purchase, also before it is charged at once', async () => {
    const account = await receptionist(pages, 'gross', 70);
    expect(await dialog(account, '/billing?open=top-off')).toContain('charges $50.00 (tax included) at once.');
    const other = await receptionist(pages, 'gross-on', 1);
    await post(pages, other, topOffOn());
    const card = (await seen(other, '/billing')).getByRole('region', { name: 'Auto Top-Off', exact: true });
    expect(await said(card)).toContain('200 credits for $50.00 (tax included)');
  });

  it('where the catalog says nothing of tax, nothing is said', async () => {
    await pages.open('storewriter', 'silent', { plan: 'pro' });
    for (const path of ['/billing', '/billing/plans', '/billing?open=buy'])
      expect(await said((await seen('silent', path)).locator('body'))).not.toMatch(/\btax\b/i);
  });
});
