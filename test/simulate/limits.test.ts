/** Limits in scenarios: a team tries a level, a window or a pool before an owner meets it. */
import { expect, test } from 'vitest';
import { outcomes, play, playOne, problemsOf } from './support.js';

const CATALOG = {
  limits: {
    stores: { kind: 'level', label: 'Stores' },
    scans: { kind: 'window', label: 'Scans', per: 'day' },
  },
  plans: [{ key: 'small', allotment: 100, limits: { stores: 1, scans: 2 } }],
  meters: { scan: { rate: 1, mode: 'if_covered', counts_toward: [{ limit: 'scans' }] } },
};
const start = '2026-05-01T00:00:00Z';
const scan = (more: object = {}) => ({ do: 'use', meter: 'scan', ...more });

test('levels, windows, pools and budgets bind, and the result says how they stand', async () => {
  const steps = [
    { do: 'set_level', limit: 'stores', value: 3 },
    { do: 'change_level', limit: 'stores', key: 'one-more' },
    { do: 'change_level', limit: 'stores', by: -2 },
    { do: 'check', level: 'stores', by: 1 },
    scan({ quantity: 2 }),
    scan(),
    { do: 'configure_pool', pool: 'design', credits: 30, members: ['ann'], unconfined: ['cid'] },
    { do: 'set_budget', member: 'cid', credits: 5 },
    { do: 'hold', credits: 10, member: 'ann', pool: 'design' },
    { do: 'use', credits: 21, mode: 'if_covered', member: 'ann', pool: 'design' },
    { do: 'use', credits: 6, mode: 'if_covered', member: 'cid' },
    { at: '+1d', ...scan() },
  ];
  const { report, limits } = await playOne({ start, catalog: CATALOG, steps });
  expect(outcomes(report)).toEqual([
    ...['level', 'level_reached', 'level', 'checked', 'used', 'window_reached', 'configured', 'configured', 'held'],
    ...['pool_empty', 'budget_reached', 'used'],
  ]);
  expect(limits).toMatchObject({
    levels: [{ limit: 'stores', count: 1, most: 1 }],
    windows: [{ limit: 'scans', count: 1, most: 2, resetsAt: '2026-05-03T00:00:00.000Z' }],
    pools: [{ pool: 'design', credits: '30', used: '0', unconfined: ['cid'], whenUsed: 'stop' }],
    budgets: [{ member: 'cid', credits: '5', left: '5' }],
    periodEndsAt: '2026-06-01T00:00:00.000Z',
  });
});

test('a check by a member who is confined to a pool says what the pool is worth', async () => {
  const steps = [
    { do: 'configure_pool', pool: 'design', credits: 30, members: ['ann'] },
    { do: 'check', credits: 40, member: 'ann', pool: 'design' },
    { do: 'check', level: 'stores' },
  ];
  const { events } = await play({ start, catalog: CATALOG, steps });
  expect(events.find((one) => one.step === 2)?.outcome).toMatchObject({
    allowed: false,
    available: '30',
    fired: [{ limit: 'pool', key: 'design' }],
  });
});

test('what cannot be meant is told with its place', async () => {
  expect(await problemsOf({ steps: [{ do: 'change_level', limit: 'stores', by: 0 }] })).toEqual([
    'steps[0].by: must be a whole number other than 0, such as 1 or -1, not "0".',
  ]);
  expect(await problemsOf({ steps: [{ do: 'check', credits: 1, by: 1 }] })).toEqual([
    'steps[0].by: stands beside a level only.',
  ]);
  expect(await problemsOf({ steps: [{ do: 'check', level: 'stores', credits: 1 }] })).toEqual([
    'steps[0].meter: is missing: say one use, a list of them, a feature or a level.',
  ]);
});
