/** Much of everything: a long ledger on the screen and as a file, every form that opens, and what the first look costs. */
import { readFileSync } from 'node:fs';
import { get } from 'node:http';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { credits } from '../../src/domain/credits.js';
import { memberId } from '../../src/domain/ids.js';
import { query } from '../support/admin.js';
import { until } from '../support/wait.js';
import { axe } from './axe.js';
import { canLook, openPages, type Pages, said, settled, widerBy } from './pages.js';
import { atliosUsed, call, post, receptionist, toolbenchPools, use } from './scenes.js';

const SLOW_MS = 120_000;
const MANY = 10_000;
const AT_ONCE = 1_000;
const HOSTILE = ['=1+1', '+49 30', '-2', '@SUM(A1)', '\t=1', ' =1', '＝1', 'a "quoted", text', 'two\nlines'];

/** As spreadsheets read it: quoted cells may hold anything. */
function cellsOf(text: string): string[][] {
  const rows: string[][] = [];
  for (const [line] of text.matchAll(/(?:"(?:[^"]|"")*"|[^"\r\n])*\r\n/g)) {
    const cells = [...line.slice(0, -2).matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g)];
    rows.push(cells.map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? ''));
  }
  return rows;
}

/** Answers how many bytes travel, compressed as every browser can. */
const bytesOf = (address: string): Promise<number> =>
  new Promise((resolve, reject) => {
    get(address, { headers: { 'accept-encoding': 'gzip' } }, (answer) => {
      let bytes = 0;
      answer.on('data', (part: Buffer) => {
        bytes += part.length;
      });
      answer.on('end', () => resolve(bytes));
    }).on('error', reject);
  });

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
  const ledger = async (account: string) => {
    const [sums] = await query<{ lines: number; total: number; uses: number }>(
      pages.river.url,
      `select count(*)::int as lines, (sum(e.amount) / 1000000)::float8 as total,
         (count(*) filter (where e.kind = 'use' and e.line = 0))::int as uses
       from ledger_entries e join accounts a on a.no = e.account_no where a.id = $1`,
      [account],
    );
    return sums;
  };
  const download = async (page: Page): Promise<string[][]> => {
    const loading = page.waitForEvent('download', { timeout: 60_000 });
    await page.getByRole('button', { name: /download/i }).click();
    return cellsOf(readFileSync(await (await loading).path(), 'utf8'));
  };

  it('the ledger as a file holds every entry once, sums to the balance, and begins no formula', async () => {
    const account = await atliosUsed(pages, 'filed', 7);
    await post(
      pages,
      account,
      ...HOSTILE.map((text, at) => use(`hostile-${at}`, 'fix', { member: memberId(text.trim() === '' ? 'x' : text) })),
      ...HOSTILE.map((text, at) => ({
        ...({ kind: 'grant', key: `grant-${at}`, origin: 'promotion', credits: credits(2), reason: text } as const),
      })),
    );
    await post(pages, account, { kind: 'reverse', key: 'back', of: 'fix-3', reason: '=cmd|calc' });
    const page = await seen(account, { path: '/billing/activity' });
    const [head, ...rows] = await download(page);
    const column = (name: string): number => head?.indexOf(name) ?? -1;
    const [kind, moved, after] = [column('kind'), column('credits'), column('balance after')];
    expect(Math.min(kind, moved, after), String(head)).toBeGreaterThanOrEqual(0);
    const total = rows.reduce((sum, cells) => sum + Number(cells[moved]), 0);
    const sums = await ledger(account);
    expect(total).toBe(sums?.total);
    expect(rows[0]?.[after]).toBe(String(sums?.total));
    expect(rows.filter((cells) => cells[kind] === 'use')).toHaveLength(sums?.uses ?? 0);
    for (const cells of rows) expect(cells).toHaveLength(head?.length ?? 0);
    const texts = rows.flat().filter((cell) => !/^-?\d+(\.\d+)?$/.test(cell));
    expect(texts.filter((cell) => /^\s*[=+\-@＝＋－＠]|^[\t\r\n]/.test(cell))).toEqual([]);
    for (const text of HOSTILE)
      expect(
        texts.some((cell) => cell.includes(text)),
        JSON.stringify(text),
      ).toBe(true);
  });

  it('ten thousand entries are paged: few rows are on the screen, none is missing or twice, and the file has them all', async () => {
    const account = await receptionist(pages, 'long', 0, null);
    await post(pages, account, {
      ...{ kind: 'grant', key: 'much', origin: 'purchase', credits: credits(MANY), reason: 'Transfer', paid: true },
    });
    for (let from = 0; from < MANY; from += AT_ONCE)
      await post(pages, account, ...Array.from({ length: AT_ONCE }, (_one, at) => call(`long-${from + at}`)));
    const page = await seen(account, { path: '/billing/activity' });
    const table = page.getByRole('table');
    const rows = table.locator('tbody tr');
    const balances = async (): Promise<number[]> =>
      (await rows.locator('td:nth-child(4)').allInnerTexts()).map((text) => Number(text.replaceAll(',', '')));
    const nodes = () => page.evaluate('document.querySelectorAll("*").length') as Promise<number>;
    const shown: number[] = [];
    for (let turn = 0; turn < 5; turn += 1) {
      const next = (shown.at(-1) ?? 99) + 1;
      await until(async () => (await balances())[0] === next, { timeoutMs: 15_000, what: `the balance ${next}` });
      shown.push(...(await balances()));
      await expect(rows.count()).resolves.toBeLessThanOrEqual(50);
      expect(await nodes()).toBeLessThan(2_500);
      await page.getByRole('button', { name: 'Older' }).click();
    }
    // One call each: the balance after the entry before is one more.
    expect(shown).toEqual(Array.from({ length: shown.length }, (_one, at) => 100 + at));
    expect(shown.length).toBe(250);
    await page.getByLabel('Kind').selectOption('purchase');
    await until(async () => (await rows.count()) === 1, { timeoutMs: 15_000, what: 'the one purchase' });
    await page.getByLabel('Kind').selectOption('');
    await until(async () => (await balances())[0] === 100, { timeoutMs: 15_000, what: 'the first page' });
    const [, ...filed] = await download(page);
    expect(filed.length).toBe((await ledger(account))?.lines);
    await page.getByRole('link', { name: 'Overview' }).click();
    await page.getByRole('region', { name: 'Recent activity' }).getByText('Answered call').first().waitFor();
    expect(await nodes()).toBeLessThan(2_500);
  });

  /** Until what moves has come to rest; what turns for ever is not waited for. */
  const REST = `Promise.all(document.getAnimations().filter((one) => Number.isFinite(one.effect?.getComputedTiming().endTime))
    .map((one) => one.finished.catch(() => null)))`;

  describe('a form', () => {
    const ACCOUNTS = { atlios: 'forms-atlios', receptionist: 'forms-receptionist', toolbench: 'toolbench-pools' };
    beforeAll(async () => {
      await atliosUsed(pages, ACCOUNTS.atlios, 20);
      await pages.river.attach(ACCOUNTS.atlios, 'pm_card_visa');
      await receptionist(pages, ACCOUNTS.receptionist, 70);
      await toolbenchPools(pages);
    }, SLOW_MS);

    it.each([
      ['atlios', 'buy'],
      ['atlios', 'overage'],
      ['atlios', 'card'],
      ['atlios', 'plan:scale'],
      ['atlios', 'plan:free'],
      ['atlios', 'cancel'],
      ['receptionist', 'top-off'],
      ['toolbench', 'pool'],
      ['toolbench', 'pool:design'],
      ['toolbench', 'budget'],
      ['toolbench', 'budget:mia'],
    ] as const)('of %s, %s: axe finds nothing wrong with it in light, dark and on a phone', async (product, form) => {
      const path = `/billing?open=${encodeURIComponent(form)}`;
      const page = await seen(ACCOUNTS[product], { path });
      const dialog = page.getByRole('dialog');
      const looked = async (what: string): Promise<void> => {
        await dialog.locator('[aria-busy=true]').first().waitFor({ state: 'detached' });
        await page.evaluate(REST);
        expect(await axe(page), what).toEqual([]);
        expect(await widerBy(page), what).toBeLessThanOrEqual(0);
      };
      await dialog.waitFor();
      await looked('light');
      await page.emulateMedia({ colorScheme: 'dark' });
      await looked('dark');
      await page.setViewportSize({ width: 360, height: 800 });
      await looked('a phone');
      if (form !== 'buy') return;
      await dialog.getByRole('button', { name: 'Continue' }).click();
      await dialog.getByRole('button', { name: /^Pay \$/ }).waitFor();
      await looked('before paying');
    });

    it('tells whoever may not use it who may, and offers nothing to save', async () => {
      for (const form of ['buy', 'overage', 'card', 'plan:scale', 'cancel']) {
        const path = `/billing?open=${encodeURIComponent(form)}`;
        const page = await seen(ACCOUNTS.atlios, { path, role: 'viewer', member: 'vera' });
        const dialog = page.getByRole('dialog');
        await dialog.getByText(/owner/i).first().waitFor();
        await expect(dialog.locator('form, input, [type=submit]').count(), form).resolves.toBe(0);
        expect(await axe(page), form).toEqual([]);
        await pages.leave();
      }
    });
  });

  it('the first look asks a few times and carries under 200 KB, compressed, of everything', async () => {
    const account = await atliosUsed(pages, 'cold', 12);
    const page = await pages.visit('about:blank');
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(pages.link(account));
    await settled(page);
    await page.getByRole('region', { name: 'Recent activity' }).getByText('AI fix').first().waitFor();
    const files = asked.filter((address) => !address.includes('/v1/')).map((address) => address.split('#')[0] ?? '');
    const calls = asked.filter((address) => address.includes('/v1/'));
    expect(new Set(files).size, 'a file twice').toBe(files.length);
    expect(new Set(calls).size, `a call twice: ${calls.join(' ')}`).toBe(calls.length);
    expect(asked.length, asked.join('\n')).toBeLessThanOrEqual(20);
    const sizes = await Promise.all(files.map(bytesOf));
    const whole = sizes.reduce((sum, one) => sum + one, 0);
    expect(whole).toBeGreaterThan(50_000);
    expect(whole).toBeLessThan(200_000);
    expect(page.strangers).toEqual([]);
    expect(await said(page.getByRole('region', { name: 'Balance', exact: true }))).toContain('488');
  });
});
