import { describe, expect, it } from 'vitest';
import { grant, outcomes, play, playOne, remaining, TOP_OFF, topOff, use } from './support.js';

describe('burn order', () => {
  const CREATED = { created: '-5d', effective: '-5d' };
  it.each([
    ['the lower priority', { priority: 60, expires: '+1d' }, { priority: 40 }],
    ['what expires sooner', { expires: '+9d' }, { expires: '+8d' }],
    ['what expires before what never does', {}, { expires: '+900d' }],
    ['what was free before what was paid for', { kind: 'purchase', created: '-9d' }, { kind: 'promotion' }],
    ['what began earlier', { ...CREATED, effective: '-1d' }, { ...CREATED, effective: '-2d' }],
    ['what was made earlier', { ...CREATED, created: '-6d' }, { ...CREATED, created: '-7d' }],
  ])('takes %s first, in whichever order they came', async (_rule, later, sooner) => {
    const steps = [grant('later', 10, later), grant('sooner', 10, sooner)];
    for (const grants of [steps, [...steps].reverse()]) {
      const played = await playOne({ steps: [...grants, use(4)] });
      expect(remaining(played)).toEqual({ later: '10', sooner: '6' });
      expect(played.burnOrder).toEqual(['sooner', 'later']);
    }
  });

  it('takes the lower id first where everything else is equal', async () => {
    const played = await playOne({ steps: [grant('b', 10), grant('a', 10), use('10.5')] });
    expect(remaining(played)).toEqual({ a: '0', b: '9.5' });
  });

  it('takes nothing from what has not begun or has lapsed', async () => {
    const steps = [
      grant('lapses', 10, { for: '1d' }),
      grant('begins', 10, { effective: '+3d' }),
      use(5, { at: '+2d' }),
    ];
    const played = await playOne({ steps });
    expect(remaining(played)).toMatchObject({ lapses: '0', begins: '0' });
    expect(played).toMatchObject({ balance: '-5', debt: '5' });
    expect(played.lots).toMatchObject({ lapses: { state: 'lapsed' }, begins: { state: 'not begun', amount: '10' } });
  });

  it('takes from a named lot alone, whole or not at all', async () => {
    const steps = [grant('a', 10, { priority: 0 }), grant('b', 10), use(6, { lot: 'b' }), use(6, { lot: 'b' })];
    const played = await playOne({ steps });
    expect(outcomes(played.report)).toEqual(['granted', 'granted', 'used', 'insufficient_credits']);
    expect(remaining(played)).toEqual({ a: '10', b: '4' });
  });
});

describe('one instant', () => {
  it('runs lapses and renewals, then grants, then uses, however the steps are written', async () => {
    const played = await playOne({
      start: '2026-01-31T00:00:00Z',
      catalog: { plans: [{ key: 'p', allotment: 10 }] },
      steps: [
        { at: '2026-02-28T00:00:00Z', ...use(14) },
        { at: '2026-02-28T00:00:00Z', ...grant('gift', 5, { priority: 0 }) },
      ],
    });
    const order = played.report.events.map(({ do: what, lines }) => [
      what,
      ...lines.map((one) => `${one.kind} ${one.amount}`),
    ]);
    expect(order).toEqual([
      ['time', 'grant 10'],
      ['time', 'lapse -10', 'grant 10'],
      ['grant', 'grant 5'],
      ['use', 'use -5', 'use -9'],
    ]);
    expect(played.balance).toBe('1');
  });

  it('decides on a top-off after the grants of the instant, not between renewal and grant', async () => {
    const played = await playOne({
      ...topOff(),
      catalog: { ...TOP_OFF, plans: [{ key: 'p', allotment: 10, auto_top_off: true }] },
      until: '2026-06-01T00:00:00Z',
      steps: [grant('a', 100), grant('b', 100, { at: '2026-06-01T00:00:00Z' })],
    });
    expect(played.charges).toEqual([]);
    expect(played.balance).toBe('210');
  });

  it('tells what happened to several accounts in the order of time', async () => {
    const report = await play({
      accounts: [{ id: 'a' }, { id: 'b' }],
      steps: [
        { at: '+2h', account: 'a', ...use(1) },
        { at: '+1h', account: 'b', ...use(2) },
        { at: '+2h', account: 'b', ...grant('g', 5) },
      ],
    });
    expect(report.events.map(({ account, step }) => `${account} ${step}`)).toEqual(['b 2', 'b 3', 'a 1']);
    expect(report.accounts).toMatchObject({ a: { debt: '1' }, b: { balance: '3', debt: '0' } });
  });
});

describe('periods', () => {
  const monthly = (more: object) => playOne({ catalog: { plans: [{ key: 'p', allotment: 10 }] }, steps: [], ...more });

  it('come back to the 31st after a short month, and to 29 February in a leap year', async () => {
    const months = await monthly({ start: '2027-12-31T12:00:00Z', until: '2028-04-30T11:59:59Z' });
    expect(months.periods.map((one) => String(one.endsAt).slice(0, 10))).toEqual([
      '2028-01-31',
      '2028-02-29',
      '2028-03-31',
      '2028-04-30',
    ]);
    const years = await playOne({
      start: '2028-02-29T00:00:00Z',
      until: '2032-03-01T00:00:00Z',
      catalog: { plans: [{ key: 'p', allotment: 10, every: 'year' }] },
      steps: [],
    });
    expect(years.periods.map((one) => String(one.startsAt).slice(0, 10))).toEqual([
      '2028-02-29',
      '2029-02-28',
      '2030-02-28',
      '2031-02-28',
      '2032-02-29',
    ]);
    expect(years.period).toMatchObject({ ordinal: 4, start: '2032-02-29T00:00:00.000Z' });
  });

  it('keep the local hour when the clocks change', async () => {
    const { period } = await monthly({
      start: '2026-03-15T08:00:00Z',
      accounts: [{ id: 'berlin', zone: 'Europe/Berlin' }],
    });
    expect(period).toEqual({ ordinal: 0, start: '2026-03-15T08:00:00.000Z', end: '2026-04-15T07:00:00.000Z' });
  });

  it('are counted from an anchor before the start, and only the current one is granted', async () => {
    const played = await monthly({
      start: '2026-06-10T00:00:00Z',
      accounts: [{ id: 'a', anchor: '2026-01-31T00:00:00Z' }],
    });
    expect(played.period).toEqual({ ordinal: 4, start: '2026-05-31T00:00:00.000Z', end: '2026-06-30T00:00:00.000Z' });
    expect(played.balance).toBe('10');
    const later = await monthly({ start: '2026-06-10T00:00:00Z', accounts: [{ id: 'a', anchor: '+1d' }] });
    expect(later).toMatchObject({ period: null, balance: '0' });
  });

  it('end with debt forgiven where the catalog forgives it, and carried where it does not', async () => {
    const run = (policies: object) =>
      playOne({
        start: '2026-01-01T00:00:00Z',
        until: '2026-02-01T00:00:00Z',
        catalog: { policies, plans: [{ key: 'p', allotment: 10 }] },
        steps: [use(14)],
      });
    expect(await run({ debt_at_renewal: 'forgive' })).toMatchObject({ balance: '10', debt: '0' });
    expect(await run({ debt_at_renewal: 'carry' })).toMatchObject({ balance: '6', debt: '0' });
  });
});

describe('plans', () => {
  it('go up at once for the time that is left, and down at the period’s end', async () => {
    const plans = [
      { key: 'small', allotment: 30, price: { amount: '5.00' } },
      { key: 'large', allotment: 90, price: { amount: '15.00' } },
    ];
    const played = await playOne({
      start: '2026-04-01T00:00:00Z',
      until: '2026-05-01T00:00:00Z',
      catalog: { plans },
      steps: [
        { at: '2026-04-16T00:00:00Z', do: 'change_plan', plan: 'large' },
        { do: 'change_plan', plan: 'small' },
      ],
    });
    expect(played.report.events.map(({ balance }) => balance)).toEqual(['30', '60', '60', '30']);
    expect(played.plan).toBe('small');
  });
});
