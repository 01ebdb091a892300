/** Scenarios after what other systems publish of burn-down, tiers, month ends and top-offs, worked out by hand. */
import { describe, expect, it } from 'vitest';
import { grant, outcomes, play, playOne, remaining, use } from './support.js';

const START = '2026-01-01T00:00:00Z';
/** Days on which something was granted by time. */
const renewals = (events: readonly { at: string; lines: readonly { kind: string }[] }[]): string[] =>
  events.flatMap(({ at, lines }) => (lines.some((line) => line.kind === 'grant') ? [at.replace('.000Z', 'Z')] : []));

describe('burn-down', () => {
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

  it('passes over what has not begun and what has lapsed, to the very instant', async () => {
    const steps = [
      grant('ends', 10, { expires: '+10d' }),
      grant('begins', 10, { effective: '+10d', expires: '+20d' }),
      grant('stays', 10),
      { at: '+9d', ...use(4) },
      { at: '+10d', ...use(4) },
      { at: '+20d', ...use(4) },
    ];
    const { lots, balance } = await playOne({ start: START, steps });
    expect([lots.ends?.state, lots.begins?.state, lots.stays?.remaining, balance]).toEqual([
      'lapsed',
      'lapsed',
      '6',
      '6',
    ]);
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
    expect(outcomes(report)).toEqual(['granted', 'granted', 'used', 'voided', 'voided', 'lot_unknown', 'lot_unknown']);
    expect(balance).toBe('0');
  });
});

describe('price tiers', () => {
  const catalog = {
    meters: {
      graduated: { rate: { tiers: [{ up_to: 5, credits: 7 }, { up_to: 10, credits: 6.5 }, { credits: 6 }] } },
      volume: { rate: { by: 'quantity', bands: [{ up_to: 5, rate: 7 }, { up_to: 10, rate: 6.5 }, { rate: 6 }] } },
      packaged: { rate: { credits: 2, per: 1000, round: 'up' } },
    },
  };
  it.each([
    ['graduated', 5, '35'],
    ['graduated', 6, '41.5'],
    ['graduated', 20, '127.5'],
    ['volume', 5, '35'],
    ['volume', 6, '39'],
    ['volume', 20, '120'],
    ['packaged', 1000, '2'],
    ['packaged', 1001, '4'],
  ])('%s, %i of them: %s', async (meter, quantity, credits) => {
    const { report } = await playOne({ catalog, steps: [{ do: 'quote', meter, quantity }] });
    expect(report.events[0]?.outcome).toMatchObject({ kind: 'quoted', credits });
  });
});

describe('cycles', () => {
  const renewed = async (every: string, start: string, until: string, zone = 'UTC') => {
    const plan = { key: 'only', allotment: 10, every };
    const scenario = { start, until, catalog: { plans: [plan] }, accounts: [{ id: 'a', zone }], steps: [] };
    return renewals((await play(scenario)).events);
  };
  it('from the 31st clamp to short months and come back', async () => {
    const days = ['2026-01-31', '2026-02-28', '2026-03-31', '2026-04-30', '2026-05-31'];
    expect(await renewed('month', '2026-01-31T08:00:00Z', '2026-06-01T00:00:00Z')).toEqual(
      days.map((day) => `${day}T08:00:00Z`),
    );
  });
  it('from 29 February keep to the 28th until the next leap year', async () => {
    const days = ['2024-02-29', '2025-02-28', '2026-02-28', '2027-02-28', '2028-02-29'];
    expect(await renewed('year', '2024-02-29T00:00:00Z', '2028-03-01T00:00:00Z')).toEqual(
      days.map((day) => `${day}T00:00:00Z`),
    );
  });
  it('in the hour that spring skips move forward by what is skipped, and are back the day after', async () => {
    const found = await renewed('day', '2026-03-27T01:30:00Z', '2026-03-30T12:00:00Z', 'Europe/Berlin');
    expect(found.map((at) => at.slice(5, 16))).toEqual(['03-27T01:30', '03-28T01:30', '03-29T01:30', '03-30T00:30']);
  });
  it('in the hour that autumn repeats take its first', async () => {
    const found = await renewed('day', '2026-10-31T05:30:00Z', '2026-11-02T12:00:00Z', 'America/New_York');
    expect(found.map((at) => at.slice(5, 16))).toEqual(['10-31T05:30', '11-01T05:30', '11-02T06:30']);
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
});

describe('wallets that top themselves off', () => {
  const wallet = (settings: object, steps: readonly object[]) => ({
    start: START,
    catalog: { credit_price: { credits: 10, for: '1.00' }, auto_top_off: { threshold: 50, amount: 200 } },
    accounts: [{ id: 'a', cards: ['visa'], auto_top_off: settings }],
    steps: [grant('start', 100), ...steps],
  });
  const asked = async (settings: object, ...steps: object[]) =>
    (await playOne(wallet(settings, steps))).charges.map((charge) => [charge.credits, charge.amountMinor]);

  it('buy below the threshold and not at it', async () => {
    expect(await asked({ threshold: 50, amount: 100 }, use(50))).toEqual([]);
    expect(await asked({ threshold: 50, amount: 100 }, use('50.000001'))).toEqual([['100', 1_000]]);
  });
  it('buy as many amounts at once as bring the balance back to it', async () => {
    // From −151 to 50 are missing 201: three of 100.
    expect(await asked({ threshold: 50, amount: 100 }, use(251))).toEqual([['300', 3_000]]);
  });
  it('count what is on the way, and what is held not at all', async () => {
    expect(await asked({ threshold: 50, amount: 100 }, { do: 'hold', key: 'h', credits: 90 })).toEqual([]);
    expect(await asked({ threshold: 50, amount: 100 }, use(60), { at: '+1m', ...use(30) })).toEqual([['100', 1_000]]);
  });
  it('never beyond the day’s cap', async () => {
    const capped = { threshold: 50, amount: 100, cap_per_day: '15.00' };
    expect(await asked(capped, use(251))).toEqual([['100', 1_000]]);
  });
});
