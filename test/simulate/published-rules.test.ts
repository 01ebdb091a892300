/**
 * Scenarios after what other systems publish of burn-down, price tiers, month ends and top-offs, worked out by hand. The tables
 * name the source of each rule; below them are instants and amounts at which several rules meet.
 */
import { describe, expect, it } from 'vitest';
import { periodsCommand } from '../../src/cli/periods.js';
import { BURN_DOWN } from './published/burn-down.js';
import { CYCLES } from './published/cycles.js';
import { PRICE_TIERS } from './published/price-tiers.js';
import { WALLETS } from './published/wallets.js';
import { called, grant, outcomes, play, playOne, remaining, use } from './support.js';

const START = '2026-01-01T00:00:00Z';
/** Days on which something was granted by time. */
const renewals = (events: readonly { at: string; lines: readonly { kind: string }[] }[]): string[] =>
  events.flatMap(({ at, lines }) => (lines.some((line) => line.kind === 'grant') ? [at.replace('.000Z', 'Z')] : []));

describe('burn-down', () => {
  it.each(BURN_DOWN)('$source: $rule', async ({ steps, left, also, accounts }) => {
    const played = await playOne({ start: START, ...(accounts === undefined ? {} : { accounts }), steps });
    expect(remaining(played)).toMatchObject(left);
    if (also !== undefined) expect(played).toMatchObject(also);
  });

  it('goes by priority, then expiry, then free before paid, then effective, then created, then id', async () => {
    const steps = [
      grant('a-paid-for-ever', 10, { kind: 'purchase' }),
      grant('b-paid-60d', 10, { kind: 'purchase', expires: '+60d' }),
      grant('c-free-60d', 10, { expires: '+60d' }),
      grant('d-first', 10, { kind: 'purchase', priority: 10 }),
      grant('e-free-60d-earlier', 10, { expires: '+60d', effective: '2025-12-31T00:00:00Z' }),
      grant('f-free-60d-made-before', 10, { expires: '+60d', created: '2025-12-01T00:00:00Z' }),
      grant('g-last-though-it-expires-first', 10, { expires: '+30d', priority: 60 }),
      grant('h-free-for-ever', 10),
      grant('c-free-60d-twin', 10, { expires: '+60d' }),
    ];
    const before = await playOne({ start: START, steps });
    expect(before.burnOrder).toEqual([
      ...['d-first', 'e-free-60d-earlier', 'f-free-60d-made-before', 'c-free-60d', 'c-free-60d-twin', 'b-paid-60d'],
      ...['h-free-for-ever', 'a-paid-for-ever', 'g-last-though-it-expires-first'],
    ]);
    const after = await playOne({ start: START, steps: [...steps, use(85)] });
    expect(remaining(after)).toMatchObject({ 'g-last-though-it-expires-first': '5', 'a-paid-for-ever': '0' });
  });

  it('is exact to a micro-credit in sums that no float holds', async () => {
    const steps = [
      grant('g', '999999999.999999', { every: 'hour', times: 20 }),
      { at: '+1d', ...use('0.000001') },
      { at: '+1d', ...use(1_000_000_000), every: 'hour', times: 20 },
    ];
    const { balance, debt, lots } = await playOne({ start: START, steps });
    expect([balance, debt, lots['g-20']?.remaining]).toEqual(['-0.000021', '0.000021', '0']);
  });

  it('voids the rest of a lot once, and refuses one that is empty or has lapsed', async () => {
    const steps = [
      grant('a', 10),
      grant('b', 5, { for: '1d' }),
      use(5),
      { do: 'void', lot: 'a', key: 'v', reason: 'a mistake' },
      { do: 'void', lot: 'a', key: 'v', reason: 'a mistake' },
      { do: 'void', lot: 'a', key: 'w' },
      { at: '+1d', do: 'void', lot: 'b', key: 'x' },
    ];
    const { report, balance } = await playOne({ start: START, steps });
    expect(outcomes(report)).toEqual(['granted', 'granted', 'used', 'voided', 'voided', 'lot_empty', 'lot_lapsed']);
    expect(balance).toBe('0');
  });
});

describe('price tiers', () => {
  it.each(PRICE_TIERS)('$source: $model', async ({ meter, costs }) => {
    const wishes = costs.map(([asked]) => (typeof asked === 'number' ? { quantity: asked } : { properties: asked }));
    const steps = [
      ...wishes.map((wish) => ({ do: 'quote', meter: 'm', ...wish })),
      ...wishes.map((wish) => ({ do: 'use', meter: 'm', ...wish })),
    ];
    const { report } = await playOne({ catalog: { meters: { m: meter } }, steps });
    const found = report.events.map(({ outcome }) => outcome?.credits);
    const expected = costs.map(([, credits]) => credits);
    // What is quoted is what is used.
    expect(found).toEqual([...expected, ...expected]);
  });
});

describe('cycles', () => {
  it.each(CYCLES)('$source: $rule', ({ args, starts }) => {
    const lines: string[] = [];
    expect(periodsCommand([...args, '--json'], (line) => lines.push(line))).toBe(0);
    const { boundaries } = JSON.parse(lines[0] ?? '') as { boundaries: string[] };
    expect(boundaries.map((at, index) => at.slice(0, starts[index]?.length))).toEqual(starts);
  });

  const renewed = async (every: string, start: string, until: string, zone = 'UTC') => {
    const plan = { key: 'only', allotment: 10, every };
    const scenario = { start, until, catalog: { plans: [plan] }, accounts: [{ id: 'a', zone }], steps: [] };
    return renewals((await play(scenario)).events);
  };
  it('renew an allotment at the very boundaries: month ends, leap days and both changes of the clocks', async () => {
    expect(await renewed('month', '2026-01-31T08:00:00Z', '2026-05-01T00:00:00Z')).toEqual([
      ...['2026-01-31T08:00:00Z', '2026-02-28T08:00:00Z', '2026-03-31T08:00:00Z', '2026-04-30T08:00:00Z'],
    ]);
    expect(await renewed('year', '2024-02-29T00:00:00Z', '2028-03-01T00:00:00Z')).toHaveLength(5);
    const spring = await renewed('day', '2026-03-27T01:30:00Z', '2026-03-30T12:00:00Z', 'Europe/Berlin');
    expect(spring.map((at) => at.slice(5, 16))).toEqual(['03-27T01:30', '03-28T01:30', '03-29T01:30', '03-30T00:30']);
    const autumn = await renewed('day', '2026-10-31T05:30:00Z', '2026-11-02T12:00:00Z', 'America/New_York');
    expect(autumn.map((at) => at.slice(5, 16))).toEqual(['10-31T05:30', '11-01T05:30', '11-02T06:30']);
  });

  it('lapse, renew and take grants before a use of the same instant, in whatever order they are written', async () => {
    const steps = [
      { at: '2026-02-01T00:00:00Z', ...use(130, { mode: 'if_covered' }) },
      { at: '2026-02-01T00:00:00Z', ...grant('gift', 30) },
      { at: '2026-01-05T00:00:00Z', ...grant('old', 7, { expires: '2026-02-01T00:00:00Z' }) },
    ];
    const catalog = { plans: [{ key: 'only', allotment: 100 }] };
    const { balance, report } = await playOne({ start: START, catalog, steps });
    expect([outcomes(report).at(-1), balance]).toEqual(['used', '0']);
  });

  it('renew before a lot of the same instant begins, so that it pays no debt that the renewal pays or forgives', async () => {
    const run = (policy: string) =>
      playOne({
        ...{ start: START, until: '2026-02-01T00:00:00Z' },
        catalog: { policies: { debt_at_renewal: policy }, plans: [{ key: 'only', allotment: 100 }] },
        steps: [grant('gift', 20, { effective: '2026-02-01T00:00:00Z' }), use(110)],
      });
    const [carried, forgiven] = [await run('carry'), await run('forgive')];
    expect([carried.lots.gift?.remaining, carried.balance]).toEqual(['20', '110']);
    expect([forgiven.lots.gift?.remaining, forgiven.balance]).toEqual(['20', '120']);
  });

  it('grant for a higher plan what is left of the period, rounded down to a micro-credit', async () => {
    const plans = [
      { key: 's', allotment: 100, price: { amount: '5.00' } },
      { key: 'l', allotment: 200, price: { amount: '9.00' } },
    ];
    const steps = [{ at: '+10d', do: 'change_plan', plan: 'l' }];
    // 21 of 31 days of 100 more: 67.741935483…
    expect((await playOne({ start: START, catalog: { plans }, steps })).balance).toBe('167.741935');
  });
});

describe('wallets that top themselves off', () => {
  it.each(WALLETS)(
    '$source: $rule',
    async ({ settings, processor = 'succeeds', topOff, steps, until, ...expected }) => {
      const { cards = ['visa'], ...terms } = (topOff ?? {}) as { cards?: string[] };
      const played = await playOne({
        start: '2026-05-01T00:00:00Z',
        ...(until === undefined ? {} : { until }),
        catalog: {
          credit_price: { credits: 10, for: '1.00' },
          auto_top_off: { threshold: 50, amount: 100, ...terms },
        },
        accounts: [{ id: 'a', cards, processor, auto_top_off: settings }],
        steps,
      });
      const charges = played.charges.map((one) => `${one.credits} for ${one.amountMinor} ${one.state}`);
      expect([charges, played.balance]).toEqual([expected.charges, expected.balance]);
      const kinds = new Set(played.incidents.map((one) => one.kind));
      expect([...kinds]).toEqual(expected.incidents ?? []);
    },
  );
});

describe('a scenario that another system’s export was made into', () => {
  it('may say null for what is absent, in grants and in prices', async () => {
    const { lots, report } = await playOne({
      ...{ name: null, start: START },
      catalog: {
        meters: {
          m: {
            rate: {
              tiers: [
                { up_to: 10, credits: 1 },
                { up_to: null, credits: 2 },
              ],
            },
          },
        },
      },
      steps: [
        grant('g', 20, { expires: null, effective: null, priority: null }),
        { do: 'use', meter: 'm', quantity: 12 },
      ],
    });
    expect([lots.g?.remaining, lots.g?.priority, report.events.at(-1)?.outcome?.credits]).toEqual(['6', 50, '14']);
  });

  it('may begin with the mark that some editors put before a file', async () => {
    const { code, lines } = await called(['-'], '\uFEFF{"steps":[]}\n{"steps":[]}');
    expect([code, lines.length]).toEqual([0, 2]);
  });

  it('is refused in a sentence where it nests without end, names a folder, or holds what no text is', async () => {
    const nested = `{"catalog":{"meters":{"m":{"rate":${'['.repeat(5_000)}1${']'.repeat(5_000)}}}},"steps":[]}`;
    const folder = '{"catalog":".","steps":[]}';
    const half = '{"steps":[{"do":"grant","credits":1,"id":"\\ud800"}]}';
    const { code, lines } = await called(['--jsonl'], [nested, folder, half].join('\n'));
    expect(code).toBe(1);
    const messages = lines.map((line) => JSON.parse(line).problems[0].message);
    expect(messages).toEqual([
      expect.stringContaining('nests more deeply'),
      expect.stringContaining('cannot be read'),
      expect.stringContaining('must be text'),
    ]);
  });
});
