import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { credits } from '../../../src/domain/credits.js';
import { accountId } from '../../../src/domain/ids.js';
import { makeTotalUsage } from '../../../src/flow/total-usage.js';
import { csvLine, ownCell, textCell } from '../../../src/http/api/csv.js';
import { writeCharge } from '../rows.js';
import { type Api, openApi, used } from './support.js';

const HOSTILE = '=HYPERLINK("https://evil.example","click")';
let api: Api;
let token: string;
beforeAll(async () => {
  api = await openApi();
  token = await api.key();
  await api.account('ledger');
  const account = accountId('ledger');
  await api.post(
    used('ledger', 'u1', 60, 'ann'),
    { kind: 'grant', account, key: 'g1', origin: 'promotion', credits: credits(30), reason: HOSTILE },
    // On two lots: the allotment's rest and the promotion.
    used('ledger', 'u2', 55, 'bob'),
    // More than there is: the rest is debt, which the next grant pays.
    used('ledger', 'u3', 20, 'ann'),
    { kind: 'grant', account, key: 'g2', origin: 'adjustment', credits: credits(50), reason: 'made good' },
    { kind: 'reverse', account, key: 'r1', of: 'u2', credits: credits(5) },
  );
});
afterAll(() => api?.close());

const get = async (path: string) => (await api.call('GET', `/v1/accounts/ledger/${path}`, { token })).json;
const shown = (entries: { kind: string; credits: string; balanceAfter: string }[]) =>
  entries.map((one) => [one.kind, one.credits, one.balanceAfter]);

describe('activity', () => {
  it('is what happened, each once and whole, with a balance that chains; the engine’s own bookkeeping is not there', async () => {
    const { entries, next } = await get('activity');
    expect(next).toBeNull();
    expect(shown(entries)).toEqual([
      ['given_back', '5', '50'],
      ['correction', '50', '45'],
      ['use', '-20', '-5'],
      ['use', '-55', '15'],
      ['grant', '30', '70'],
      ['use', '-60', '40'],
      ['grant', '100', '100'],
    ]);
    expect(entries[3]).toMatchObject({ title: 'Answered call', meter: 'answered_call', quantity: '55', member: 'bob' });
  });

  it('comes in pages that neither repeat nor leave out, however small', async () => {
    const all = (await get('activity')).entries;
    const paged: unknown[] = [];
    let next: number | null = null;
    do {
      const page: { entries: unknown[]; next: number | null } = await get(
        `activity?limit=1${next === null ? '' : `&before=${next}`}`,
      );
      paged.push(...page.entries);
      next = page.next;
    } while (next !== null);
    expect(paged).toEqual(all);
  });

  it('is narrowed by kind, meter, member and time', async () => {
    expect(shown((await get('activity?kind=grant,correction')).entries).map(([, amount]) => amount)).toEqual([
      '50',
      '30',
      '100',
    ]);
    expect((await get('activity?member=ann')).entries).toHaveLength(2);
    expect((await get('activity?meter=nothing')).entries).toEqual([]);
    expect((await get('activity?from=2099-01-01T00:00:00Z')).entries).toEqual([]);
    expect((await get('activity?to=2020-01-01T00:00:00Z')).entries).toEqual([]);
    expect((await get('activity?kind=nonsense')).code).toBe('invalid');
  });

  it('as a table holds the same, and no cell that a spreadsheet would run', async () => {
    const { text, headers } = await api.call('GET', '/v1/accounts/ledger/activity.csv', { token });
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(headers.get('content-disposition')).toContain('attachment');
    const rows = text.trim().split('\r\n');
    expect(rows).toHaveLength(1 + (await get('activity')).entries.length);
    expect(text).toContain(`"'=HYPERLINK(""https://evil.example"",""click"")"`);
    expect(text).not.toMatch(/(^|,|")=/m);
  });

  it.each(['=1', '+1', '-1', '@a', '\t=1', ' =1', '\r=1', '＝1', '＋1', '\n'])(
    'a cell of text %j stays text',
    (cell) => {
      expect(textCell(cell).replace(/^"/, '')[0]).toBe("'");
    },
  );

  it('a cell of ours stays a number, and commas, quotes and lines stay inside their cell', () => {
    expect(
      csvLine([ownCell('-2.5'), textCell('a,b'), textCell('say "x"'), textCell('two\nlines'), ownCell(null)]),
    ).toBe('-2.5,"a,b","say ""x""","two\nlines",\r\n');
  });

  it('a long history is streamed whole', async () => {
    await api.account('long');
    for (let part = 0; part < 3; part += 1)
      await api.post(...Array.from({ length: 400 }, (_, place) => used('long', `${part}-${place}`)));
    const { text, headers } = await api.call('GET', '/v1/accounts/long/activity.csv', { token });
    // What is kept in memory until it is whole has a length; this is sent as it is read.
    expect([headers.get('content-length'), headers.get('transfer-encoding')]).toEqual([null, 'chunked']);
    expect(text.trim().split('\r\n')).toHaveLength(1 + 1 + 1_200);
    let next: number | null = null;
    let seen = 0;
    do {
      const page: { entries: unknown[]; next: number | null } = (
        await api.call('GET', `/v1/accounts/long/activity?limit=200${next === null ? '' : `&before=${next}`}`, {
          token,
        })
      ).json;
      seen += page.entries.length;
      next = page.next;
    } while (next !== null);
    expect(seen).toBe(1_201);
  });
});

describe('usage', () => {
  it('is summed by meter and day, and for the present period', async () => {
    await makeTotalUsage(api.store.totals)();
    const today = new Date(await api.store.clock.now()).toISOString().slice(0, 10);
    const { days } = await get(`usage/daily?from=${today}&to=${today}`);
    expect(days).toEqual([
      { day: today, meter: 'answered_call', member: null, quantity: '135', credits: '130', events: 3 },
    ]);
    expect(
      (await get('usage/period?byMember=true')).meters.map((one: { member: string }) => one.member).sort(),
    ).toEqual(['ann', 'bob']);
    expect((await get(`usage/daily?from=${today}&to=2020-01-01`)).code).toBe('invalid');
  });
});

describe('the statement', () => {
  it('has for each month of the account’s zone totals that are the sum of that month’s receipts', async () => {
    await api.account('paid');
    const { no } = await api.store.prisma.account.findUniqueOrThrow({ where: { id: 'paid' } });
    await api.store.prisma.accountSettings.update({ where: { accountNo: no }, data: { zone: 'America/New_York' } });
    const wrote = [
      ['2026-03-01T00:30:00Z', 2_500n, 0n],
      ['2026-03-31T23:30:00Z', 1_000n, 400n],
      ['2026-04-01T00:30:00Z', 700n, 0n],
    ] as const;
    for (const [when, paid, refunded] of wrote) {
      const id = await writeCharge(api.store.prisma, { no, at: new Date(when) }, { state: 'succeeded' });
      await api.store.prisma.charge.update({
        where: { accountNo_id: { accountNo: no, id } },
        data: { amountMinor: paid, paidMinor: paid, refundedMinor: refunded, settledAt: new Date(when) },
      });
    }
    const { months } = (await api.call('GET', '/v1/accounts/paid/statement', { token })).json;
    expect(
      months.map(
        (one: { month: string; receipts: number; paidMinor: number; refundedMinor: number; netMinor: number }) => [
          one.month,
          one.receipts,
          one.paidMinor,
          one.refundedMinor,
          one.netMinor,
        ],
      ),
    ).toEqual([
      ['2026-03', 2, 1_700, 400, 1_300],
      ['2026-02', 1, 2_500, 0, 2_500],
    ]);
    const { charges } = (await api.call('GET', '/v1/accounts/paid/charges', { token })).json;
    const sum = (all: { paidMinor: number }[]) => all.reduce((total, one) => total + one.paidMinor, 0);
    expect(sum(months)).toBe(sum(charges));
  });
});
