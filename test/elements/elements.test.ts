/** The elements in a product's own page, which is of another origin: real services behind them, a real browser before them. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { memberId } from '../../src/domain/ids.js';
import type { Role } from '../../src/domain/permissions.js';
import { root } from '../house/source.js';
import { axe } from '../page/axe.js';
import { canLook, openPages, type Pages, said } from '../page/pages.js';
import { atliosEmpty, atliosTrial, atliosUsed, post, receptionist, rheosFree, topOffOn, use } from '../page/scenes.js';
import { until } from '../support/wait.js';
import { type Host, openHosts, pageOf } from './host.js';

const SLOW_MS = 60_000;
const SESSION_MS = 600_000;

const openAll = async () => {
  const hosts = await openHosts();
  return { ...hosts, pages: await openPages({ billingOrigins: [hosts.product.origin] }) };
};

describe.skipIf(!canLook)('in a product’s own page', { timeout: SLOW_MS }, () => {
  let pages: Pages;
  let product: Host;
  let stranger: Host;
  beforeAll(async () => {
    ({ pages, product, stranger } = await openAll());
  }, SLOW_MS);
  afterEach(() => pages.leave());
  afterAll(async () => {
    await product?.close();
    await stranger?.close();
    await pages?.close();
  });

  const session = (account: string, role: Role = 'owner', member = 'owner-1', lastsMs = SESSION_MS): string =>
    pages.sessions.mint({ account, member, role, until: Date.now() + lastsMs + pages.river.offsetMs() });
  let made = 0;
  /** A page that holds this, opened from the product's origin unless another's is named. */
  const show = async (body: string, host: Host = product, look = {}) => {
    made += 1;
    const page = await pages.visit(host.put(`/page-${made}`, pageOf(pages.river.apiUrl, body)), look);
    return page;
  };
  const element = (page: Page, name: string): Locator => page.locator(`creditd-${name}`);
  const saying = async (place: Locator, words: string | RegExp): Promise<void> => {
    const text = () => said(place.locator('[part=frame]')).catch(() => '');
    await until(
      async () => {
        const found = await text();
        if (typeof words === 'string' ? found === words : words.test(found)) return true;
        throw new Error(`it says "${found}"`);
      },
      { timeoutMs: 15_000, what: `"${words}"` },
    );
  };

  it('A13 the balance and a trial’s days left stand in the product’s own sidebar, with the way to more', async () => {
    const account = await atliosTrial(pages, 'el-trial');
    const page = await show(`<creditd-balance session="${session(account)}"></creditd-balance>`);
    const place = element(page, 'balance');
    await saying(place, /^[\d,]+ credits remaining \d+ days left in your Growth trial Buy credits$/);
    await expect(place.getByRole('link', { name: 'Buy credits' }).getAttribute('href')).resolves.toBe(
      `${pages.river.apiUrl}/accounts/${account}`,
    );
    await expect(place.getByRole('status').count()).resolves.toBe(1);
    // Nobody is asked but creditd and the product itself.
    expect(page.strangers.filter((address) => !address.startsWith(product.origin))).toEqual([]);
    await expect(page.context().cookies()).resolves.toEqual([]);
  });

  it('A26 beside an AI action stands what it costs and leaves, by what was chosen, and it follows the balance', async () => {
    const account = await atliosUsed(pages, 'el-cost', 10);
    const page = await show(
      `<creditd-balance session="${session(account)}"></creditd-balance>
<creditd-cost session="${session(account)}" meter="image" properties='{"width":1024,"height":512}'></creditd-cost>`,
    );
    const cost = element(page, 'cost');
    await saying(cost, '4 credits 486 left afterwards');
    await page.evaluate("document.querySelector('creditd-cost').properties = { width: 1024, height: 4096 }");
    await saying(cost, '7 credits 483 left afterwards');
    // Used elsewhere, by somebody else: nobody reloads.
    await post(pages, account, use('elsewhere', 'image', { properties: { width: 2000, height: 2000 } }));
    await saying(element(page, 'balance'), /^485 credits remaining/);
    await saying(cost, '7 credits 478 left afterwards');
  });

  it('an action that may not run names its limit and the one way out; who may not take it is told who may', async () => {
    const account = await atliosEmpty(pages, 'el-empty');
    const cost = (role: Role) =>
      `<creditd-cost session="${session(account, role)}" meter="image" properties='{"width":64,"height":64}'></creditd-cost>`;
    const owner = element(await show(cost('owner')), 'cost');
    await owner.getByRole('link').waitFor();
    const text = await said(owner.locator('[part=frame]'));
    const viewer = element(await show(cost('viewer')), 'cost');
    await saying(viewer, /an owner of this \w+ can do that\.$/);
    await expect(viewer.getByRole('link').count()).resolves.toBe(0);
    expect(text).toMatch(/^4 credits .+/);
    const free = await rheosFree(pages, 'el-free');
    await saying(
      element(await show(`<creditd-cost session="${session(free)}" meter="writing"></creditd-cost>`), 'cost'),
      'Free',
    );
  });

  it('a failure is a banner with its reason and its way out, for each until they dismiss it; a viewer reads it without', async () => {
    const account = await receptionist(pages, 'el-declined', 60, 'pm_card_chargeCustomerFail');
    await post(pages, account, topOffOn());
    const banner = (role: Role, member: string) =>
      show(`<creditd-banner session="${session(account, role, member)}"></creditd-banner>`);
    const owner = await banner('owner', 'owner-1');
    await saying(element(owner, 'banner'), /^Your card was declined .+ Update Payment Method ×$/);
    const action = element(owner, 'banner').getByRole('link', { name: 'Update Payment Method' });
    expect(await action.getAttribute('href')).toContain(`/accounts/${account}`);
    await expect(element(owner, 'banner').getByRole('alert').count()).resolves.toBe(1);
    const viewer = await banner('viewer', 'viewer-1');
    await saying(element(viewer, 'banner'), /^Your card was declined .+ An owner of this \w+ can mend it\. ×$/);
    await expect(element(viewer, 'banner').getByRole('link').count()).resolves.toBe(0);
    await element(viewer, 'banner').getByRole('button', { name: 'Dismiss: Your card was declined' }).click();
    await saying(element(viewer, 'banner'), '');
    await viewer.reload();
    await until(
      async () =>
        (await viewer.evaluate("document.querySelector('creditd-banner').source?.overview?.sequence")) !== undefined,
      {
        ...{ timeoutMs: 10_000, what: 'the overview' },
      },
    );
    await saying(element(viewer, 'banner'), '');
    await saying(element(owner, 'banner'), /^Your card was declined/);
    // Mended at the processor: it goes by itself.
    await pages.river.attach(account, 'pm_card_visa');
    await saying(element(owner, 'banner'), '');
  });

  it('a page of a stranger’s origin is told nothing, with the very same session', async () => {
    const account = await atliosUsed(pages, 'el-stranger', 10);
    const body = `<creditd-balance session="${session(account)}"></creditd-balance>`;
    const page = await show(body, stranger);
    await saying(element(page, 'balance'), 'Billing does not answer at the moment.');
    await saying(element(await show(body), 'balance'), /^490 credits remaining/);
  });

  it('a session that has ended is renewed by the product, once for all elements; without that it is said', async () => {
    const account = await atliosUsed(pages, 'el-ended', 3);
    let asked = 0;
    product.answer('/session', () => {
      asked += 1;
      return session(account);
    });
    const over = session(account, 'owner', 'owner-1', -1_000);
    const renewing = await show(`<creditd-balance></creditd-balance><creditd-cost meter="fix"></creditd-cost>
<script nonce="product" type="module">
import { connect } from '${pages.river.apiUrl}/elements.js';
const refresh = async () => (await fetch('/session', { method: 'POST' })).text();
connect({ session: '${over}', refresh });
</script>`);
    await saying(element(renewing, 'balance'), /^497 credits remaining/);
    await saying(element(renewing, 'cost'), '1 credit 496 left afterwards');
    expect(asked).toBe(1);
    const ended = await show(`<creditd-balance session="${over}"></creditd-balance>
<creditd-banner session="${over}"></creditd-banner>`);
    await saying(element(ended, 'balance'), 'Your session has ended. Reload the page.');
    await saying(element(ended, 'banner'), '');
  });

  it('a new session of the same person leaves what is shown until it has read; another person’s shows nothing before', async () => {
    const account = await atliosUsed(pages, 'el-again', 3);
    const other = await atliosUsed(pages, 'el-other', 4);
    const page = await show(
      `<creditd-balance session="${session(account)}"></creditd-balance>
<creditd-cost session="${session(account)}" meter="fix"></creditd-cost>`,
    );
    await saying(element(page, 'balance'), /^497 credits remaining/);
    await saying(element(page, 'cost'), '1 credit 496 left afterwards');
    let answer = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      answer = resolve;
    });
    await page.route('**/overview', async (route) => {
      await held;
      await route.continue();
    });
    const renew = (token: string) =>
      page.evaluate(
        `for (const one of document.querySelectorAll('creditd-balance, creditd-cost')) one.session = '${token}'`,
      );
    const words = async (name: string): Promise<string> => said(element(page, name).locator('[part=frame]'));
    await renew(session(account, 'owner', 'owner-1', SESSION_MS + 1_000));
    expect(await words('balance')).toMatch(/^497 credits remaining/);
    expect(await words('cost')).toBe('1 credit 496 left afterwards');
    await renew(session(other));
    expect(await words('balance')).toBe('');
    expect(await words('cost')).toBe('');
    answer();
    await saying(element(page, 'balance'), /^496 credits remaining/);
    await saying(element(page, 'cost'), '1 credit 495 left afterwards');
  });

  it('who is confined to pools sees those, hostile names as text, and never what the account has', async () => {
    await pages.open('toolbench', 'el-pools', { plan: 'team' });
    await post(pages, 'el-pools', {
      ...{ kind: 'configure_pool', pool: 'design', label: '<b>Design</b>', credits: 120_000_000n as never },
      ...{ whenUsed: 'stop', members: [memberId('mia')] },
    });
    const token = session('el-pools', 'editor', 'mia');
    const page = await show(`<creditd-balance session="${token}"></creditd-balance>
<creditd-cost session="${token}" meter="keyword_report" pool="design"></creditd-cost>`);
    await saying(element(page, 'balance'), '<b>Design</b>: 120 credits left');
    await saying(element(page, 'cost'), /^\d+ credits \d+ left afterwards$/);
    const after = Number(/(\d+) left/.exec(await said(element(page, 'cost').locator('[part=frame]')))?.[1]);
    expect(after).toBeLessThan(120);
  });

  it('says in the page’s events what its maker got wrong, and shows no half-truth', async () => {
    const account = await atliosUsed(pages, 'el-wrong', 1);
    const page = await show(`<script nonce="product" type="module">
document.addEventListener('creditd-trouble', ({ detail }) => { globalThis.told = detail.code; });
</script><creditd-cost session="${session(account)}" meter="teleport"></creditd-cost>`);
    await saying(element(page, 'cost'), 'The cost cannot be shown.');
    expect(await page.evaluate('globalThis.told')).toBe('unknown_meter');
    await page.evaluate("document.querySelector('creditd-cost').setAttribute('meter', 'fix')");
    await saying(element(page, 'cost'), '1 credit 498 left afterwards');
    await page.evaluate("document.querySelector('creditd-cost').setAttribute('properties', 'no json')");
    await saying(element(page, 'cost'), 'The cost cannot be shown.');
  });

  it('figures are written as its reader writes them', async () => {
    const account = await receptionist(pages, 'el-locale', 0, null);
    await post(pages, account, {
      ...{ kind: 'grant', key: 'much', origin: 'promotion', credits: 1_234_500_000n as never, reason: 'Welcome' },
    });
    const page = await show(`<creditd-balance locale="de-DE" session="${session(account)}"></creditd-balance>`);
    await saying(element(page, 'balance'), /^1\.334,5 credits remaining/);
    await page.evaluate("document.querySelector('creditd-balance').locale = 'no such language'");
    await saying(element(page, 'balance'), /^1,334\.5 credits remaining/);
  });

  it.each([
    ['light', {}],
    ['dark', { dark: true }],
    ['a phone', { width: 360 }],
  ])('axe finds nothing wrong with them, in %s', async (_name, look) => {
    const account = await receptionist(pages, `el-axe-${_name.length}`, 100, 'pm_card_chargeCustomerFail');
    await post(pages, account, topOffOn());
    const token = session(account);
    const page = await show(
      `<creditd-banner session="${token}"></creditd-banner><creditd-balance session="${token}"></creditd-balance>
<creditd-cost session="${token}" meter="answered_call" properties='{"outcome":"full_conversation"}'></creditd-cost>`,
      product,
      look,
    );
    await saying(element(page, 'banner'), /^Your card was declined/);
    await element(page, 'cost').locator('[part=cost]').waitFor();
    expect(await axe(page)).toEqual([]);
    await expect(page.evaluate('document.documentElement.scrollWidth - innerWidth')).resolves.toBeLessThanOrEqual(0);
  });
});

describe('the module of the elements', () => {
  const file = path.join(root, 'dist/elements/elements.js');

  it('is under 7 KB for all three, compressed, and loads nothing else', () => {
    const gzip = readFileSync(`${file}.gz`);
    const text = readFileSync(file, 'utf8');
    expect(gunzipSync(gzip).toString()).toBe(text);
    expect(gzip.length).toBeGreaterThan(2_000);
    expect(gzip.length).toBeLessThan(7_000);
    expect(text).not.toMatch(/\bimport\s*\(|\bfrom\s*["']|innerHTML|insertAdjacentHTML|document\.write|\beval\b/);
  });

  it('may be loaded where there is no page at all, as servers that render pages do', async () => {
    const loaded = (await import(file)) as { connect: (one: object) => void };
    expect(() => loaded.connect({ session: 'cs_none' })).not.toThrow();
  });
});
