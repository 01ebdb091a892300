import { describe, expect, it } from 'vitest';
import { called, outcomes, playOne, problemsOf } from './support.js';

const PARTS = { catalog: {}, accounts: [{ id: 'a' }], steps: [{ do: 'advance' }] };

describe('a scenario with mistakes', () => {
  it.each([
    ['no scenario at all', 7, /must be a map/],
    ['an unknown name', { ...PARTS, step: [] }, /^step: is not known here; did you mean "steps"/],
    ['no steps', { catalog: {} }, /^steps: is missing/],
    [
      'an unknown step',
      { ...PARTS, steps: [{ do: 'gramt' }] },
      /^steps\[0\].do: must be one of .*did you mean "grant"/,
    ],
    [
      'a time without an offset',
      { ...PARTS, start: '2026-01-01T00:00:00' },
      /^start: must be an instant with its offset/,
    ],
    ['a day that does not exist', { ...PARTS, until: '2026-02-30T00:00:00Z' }, /^until: must be an instant/],
    [
      'a step before the start',
      { ...PARTS, steps: [{ at: '-1s', do: 'advance' }] },
      /^steps\[0\].at: lies before the start/,
    ],
    ['an end before the last step', { ...PARTS, until: '-1d' }, /^until: lies before the last step/],
    ['seven decimals', { steps: [{ do: 'use', credits: '0.0000001' }] }, /^steps\[0\].credits: must be an amount/],
    ['a negative amount', { steps: [{ do: 'use', credits: -1 }] }, /^steps\[0\].credits: must be an amount/],
    ['neither meter nor credits', { steps: [{ do: 'use' }] }, /^steps\[0\].meter: is missing: say a meter, or plain/],
    ['both of them', { steps: [{ do: 'use', credits: 1, meter: 'm' }] }, /^steps\[0\].credits: cannot stand beside/],
    ['two ends', { steps: [{ do: 'grant', credits: 1, for: '1d', expires: '+1d' }] }, /^steps\[0\].for: cannot stand/],
    ['an extension to nowhere', { steps: [{ do: 'extend', hold: 'h' }] }, /^steps\[0\].for: is missing/],
    [
      'a lot’s id twice',
      { steps: [1, 2].map((credits) => ({ do: 'grant', id: 'l', credits })) },
      /^steps\[1\].id: "l" is/,
    ],
    ['an account’s id twice', { accounts: [{ id: 'a' }, { id: 'a' }], steps: [] }, /^accounts\[1\].id: "a" is the id/],
    [
      'an unknown account',
      { ...PARTS, steps: [{ do: 'advance', account: 'b' }] },
      /^steps\[0\].account: is no account/,
    ],
    ['an account unsaid', { ...PARTS, accounts: [{ id: 'a' }, { id: 'b' }] }, /^steps\[0\].account: is missing/],
    ['an unknown plan', { ...PARTS, accounts: [{ id: 'a', plan: 'x' }] }, /^accounts\[0\].plan: is not a plan/],
    [
      'an unknown zone',
      { ...PARTS, accounts: [{ id: 'a', zone: 'Mars' }] },
      /^accounts\[0\].zone: must be a time zone/,
    ],
    ['a repetition without a distance', { steps: [{ do: 'advance', times: 2 }] }, /^steps\[0\].every: is missing/],
    [
      'too many steps',
      { steps: [...Array(4).fill({ do: 'advance', every: 'hour', times: 100_000 }), { do: 'advance' }] },
      /^steps\[4\].times: makes more/,
    ],
    ['an unknown catalog', { ...PARTS, catalog: 'nobody' }, /^catalog: There is no catalog file "nobody"/],
    ['a broken catalog', { ...PARTS, catalog: { currency: 'xyz' } }, /^catalog.currency: must be a currency code/],
    ['money with too many decimals', { steps: [{ do: 'pay_as_you_go', cap: '1.001' }] }, /^steps\[0\].cap: is money/],
    [
      'settings that the catalog does not offer',
      { ...PARTS, accounts: [{ id: 'a', auto_top_off: { threshold: 1, amount: 1 } }] },
      /^accounts\[0\].auto_top_off: Auto top-off is not offered/,
    ],
  ])('is told so in words, at its place: %s', async (_what, scenario, message) => {
    const problems = await problemsOf(scenario);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(scenario === 7 ? /^: must be a map/ : message);
  });

  it('is told all of them at once: those of the text, the catalog and what they say of each other', async () => {
    const problems = await problemsOf({
      until: '-1d',
      catalog: { plans: [{ key: 'p' }] },
      accounts: [
        { id: 'a', plan: 'q' },
        { id: 'a', color: 'red' },
      ],
      steps: [{ do: 'use', credits: -1 }, { at: '-1h', do: 'advance', account: 'b' }, 5],
    });
    expect(problems.map((one) => one.slice(0, one.indexOf(':')))).toEqual([
      'accounts[1].color',
      'steps[0].credits',
      'steps[2]',
      'catalog.plans[0].allotment',
    ]);
    const withCatalog = await problemsOf({
      until: '-1d',
      accounts: [
        { id: 'a', plan: 'q' },
        { id: 'a', color: 'red' },
      ],
      steps: [{ do: 'use', credits: -1 }, { at: '-1h', do: 'advance', account: 'b' }, 5],
    });
    expect(withCatalog.map((one) => one.slice(0, one.indexOf(':')))).toEqual([
      'accounts[1].color',
      'steps[0].credits',
      'steps[2]',
      'accounts[0].plan',
      'accounts[1].id',
      'steps[1].at',
      'steps[1].account',
      'until',
    ]);
  });
});

describe('a scenario', () => {
  it('takes amounts as numbers or text, and loses nothing of either', async () => {
    const amounts = [0.1, '0.1', 0.000001, '999999999.999999', 999999999.999999];
    const { balance } = await playOne({ steps: amounts.map((credits) => ({ do: 'grant', credits })) });
    expect(balance).toBe('2000000000.199999');
  });

  it('counts times from its start, and lets a step without one share that of the step before', async () => {
    const { report } = await playOne({
      start: '2026-01-01T00:00:00+02:00',
      steps: [
        { at: '+1w 2d 3h 4m 5s 6ms', do: 'use', credits: 1 },
        { do: 'use', credits: 1 },
      ],
    });
    expect(report.events.map(({ at }) => at)).toEqual(Array(2).fill('2026-01-10T01:04:05.006Z'));
    expect(report.start).toBe('2025-12-31T22:00:00.000Z');
  });

  it('begins with its earliest step where it says no start', async () => {
    const steps = [
      { at: '2026-03-02T00:00:00Z', do: 'advance' },
      { at: '2026-03-01T00:00:00Z', do: 'advance' },
    ];
    expect((await playOne({ steps })).report).toMatchObject({
      start: '2026-03-01T00:00:00.000Z',
      end: '2026-03-02T00:00:00.000Z',
    });
  });

  it('repeats a step by the calendar, each time under a key of its own', async () => {
    const { report, balance } = await playOne({
      start: '2026-01-31T00:00:00Z',
      steps: [
        { do: 'grant', key: 'g', id: 'lot', credits: 10, every: 'month', times: 3 },
        { do: 'use', credits: 1 },
      ],
    });
    expect(report.events.map(({ at, key }) => `${at.slice(0, 10)} ${key}`)).toEqual([
      '2026-01-31 g-1',
      '2026-01-31 step-2',
      '2026-02-28 g-2',
      '2026-03-31 g-3',
    ]);
    expect(report.events.map(({ outcome }) => outcome?.lot)).toEqual(['lot-1', undefined, 'lot-2', 'lot-3']);
    expect(balance).toBe('29');
  });

  it('ends after the step limit of time alone, instead of renewing for ever', { timeout: 120_000 }, async () => {
    const problems = await problemsOf({
      until: '9000-01-01T00:00:00Z',
      catalog: { plans: [{ key: 'p', allotment: 1, every: 'hour' }] },
      steps: [],
    });
    expect(problems).toEqual(['until: lies so far off that renewals would never end.']);
  });

  it('quotes and debits the same', async () => {
    const run = { meter: 'analyze', quantity: 3 };
    const catalog = { meters: { analyze: { rate: { credits: '1.5', per: 2, round: 'up' } } } };
    const { report } = await playOne({
      catalog,
      steps: [
        { do: 'quote', ...run },
        { do: 'use', ...run },
      ],
    });
    expect(report.events.map(({ outcome }) => outcome?.credits)).toEqual(['3', '3']);
    expect(outcomes(report)).toEqual(['quoted', 'used']);
  });

  it('plays every built-in catalog', async () => {
    for (const catalog of ['atlios', 'receptionist', 'rheos', 'storewriter', 'toolbench']) {
      const { code } = await called(['-', '--json'], JSON.stringify({ catalog, until: '+400d', steps: [] }));
      expect(code, catalog).toBe(0);
    }
  }, 30_000);
});
