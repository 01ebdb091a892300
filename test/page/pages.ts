/** The billing page over a whole river, in a real browser: accounts of all five products, sessions, and pages to look at. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { type Browser, type BrowserContext, chromium, type Locator, type Page } from 'playwright-core';
import { accountId } from '../../src/domain/ids.js';
import { DAY_MS, later } from '../../src/domain/instant.js';
import type { Role } from '../../src/domain/permissions.js';
import { makeSessions } from '../../src/http/api/session-token.js';
import type { NewAccount } from '../../src/ports.js';
import { root } from '../house/source.js';
import { type LocalRiverOptions, openLocalRiver, SESSION_SECRET } from '../support/local-river.js';
import { chromiumBinary } from '../support/programs.js';

export const PRODUCTS = ['atlios', 'rheos', 'storewriter', 'receptionist', 'toolbench'] as const;

/** Without a browser or without a built page there is nothing to look at. */
export const canLook: boolean = chromiumBinary !== null && existsSync(path.join(root, 'dist/page/index.html'));

export type Pages = Awaited<ReturnType<typeof openPages>>;

interface Look {
  readonly role?: Role;
  readonly member?: string;
  readonly path?: string;
  readonly width?: number;
  readonly dark?: boolean;
  readonly locale?: string;
}

/** Everything that the page reads first is there. Its flow of events never ends, so that the network is never idle. */
export async function settled(page: Page): Promise<void> {
  await page.locator('h2').first().waitFor();
  await page.locator('[aria-busy=true]').first().waitFor({ state: 'detached' });
}

/** As a person reads it: what is not shown is not there, and a line's end is a blank. */
export const said = async (place: Locator): Promise<string> =>
  // biome-ignore lint/performance/useDomNodeTextContent: what is hidden must not count as said.
  (await place.innerText()).replace(/\s+/g, ' ');

export const widerBy = (page: Page): Promise<unknown> =>
  page.evaluate('document.documentElement.scrollWidth - innerWidth');
export const isFocused = async (place: Locator): Promise<boolean> =>
  (await place.and(place.page().locator(':focus')).count()) === 1;

const SESSION_MS = 3_600_000;
const TALL = 1_000;

export async function openPages(options: Pick<LocalRiverOptions, 'billingOrigins' | 'changed'> = {}) {
  const river = await openLocalRiver({ webhooks: true, catalogs: PRODUCTS, ...options });
  const worker = await river.startWorker();
  const sessions = makeSessions([SESSION_SECRET]);
  const browser: Browser | null =
    chromiumBinary === null
      ? null
      : await chromium.launch({
          executablePath: chromiumBinary,
          args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking'],
        });
  const contexts: BrowserContext[] = [];
  const link = (account: string, { role = 'owner', member = 'owner-1', path: at = '/billing' }: Look = {}): string => {
    // Real time, whatever the river's clock says: a session that has ended would show nothing.
    const until = Date.now() + SESSION_MS + river.offsetMs();
    return `${river.apiUrl}${at}#${sessions.mint({ account, member, role, until })}`;
  };
  /** Any page, in a browser of its own. What it asks of other hosts is kept in `strangers`. */
  const visit = async (address: string, look: Look = {}): Promise<Page & { readonly strangers: string[] }> => {
    if (browser === null) throw new Error('there is no browser');
    const context = await browser.newContext({
      viewport: { width: look.width ?? 1280, height: TALL },
      colorScheme: look.dark === true ? 'dark' : 'light',
      locale: look.locale ?? 'en-US',
    });
    contexts.push(context);
    const page = await context.newPage();
    const strangers: string[] = [];
    page.on('request', (request) => {
      const { origin, protocol } = new URL(request.url());
      if (/^https?:$/.test(protocol) && origin !== river.apiUrl) strangers.push(request.url());
    });
    await page.goto(address);
    return Object.assign(page, { strangers });
  };
  return {
    ...{ river, worker, link, sessions },
    /** Opens an account a day ago; `plan` absent: the lowest. */
    async open(catalog: string, id: string, wish: Partial<NewAccount> = {}): Promise<string> {
      const anchor = later(await river.store.clock.now(), -DAY_MS);
      const plan = river.store.catalogs.find(catalog)?.plans[0]?.key ?? '';
      await river.desk.openAccount({
        ...{ id: accountId(id), name: id, slug: id, catalog, plan, zone: 'Europe/Berlin', anchor },
        billingEmail: null,
        owners: [{ id: 'owner-1', email: `${id}@example.com` }],
        ...wish,
      });
      return id;
    },
    /** A tab of its own, as the product's link opens it. What the page asks of other hosts is kept in `strangers`. */
    look: (account: string, look: Look = {}) => visit(link(account, look), look),
    visit,
    /** After each test: a page that stays open goes on listening. */
    async leave() {
      await Promise.all(contexts.splice(0).map((context) => context.close()));
    },
    async close() {
      await browser?.close();
      await river.close();
    },
  };
}
