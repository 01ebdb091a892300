import { describe, expect, test } from 'vitest';
import { quoteUse } from '../../src/domain/versions.js';
import { instantOf } from './support-account.js';
import { call, capture, hold, said, use } from './support-commands.js';
import { FREE, on, PLANS, paid, payAsYouGo, planCatalog, settle, to } from './support-plans.js';

const at = (rate: number) => planCatalog(PLANS, `  deep: { label: Deep, group: Calls, rate: ${rate} }`);
const deep = (key: string, more: object = {}) => ({ ...call(key), meter: 'deep', ...more }) as ReturnType<typeof call>;

describe('a new version of the catalog', () => {
  const two = at(2);
  const three = at(3);
  const loaded = () => {
    const account = on('small', { catalog: two });
    account.travelTo('2026-04-10T12:00:00Z');
    account.load(three);
    return account;
  };

  test('prices new use at once', () => {
    const account = on('small', { catalog: two });
    account.post(deep('a'));
    account.load(three);
    account.post(deep('b'));
    expect(account.balance()).toBe('95');
  });

  test('lets a quote of the one before hold for fifteen minutes, by when the work happened', () => {
    const account = loaded();
    account.travelTo('2026-04-10T12:20:00Z');
    const quoted = { catalogVersion: two.version };
    account.post(deep('a', { ...quoted, occurredAt: instantOf('2026-04-10T12:15:00Z') }));
    expect(account.balance()).toBe('98');
    account.post(deep('b', { ...quoted, occurredAt: instantOf('2026-04-10T12:15:01Z') }));
    expect(account.balance()).toBe('95');
    expect(account.rows.lines.slice(-2).map((line) => line.version)).toEqual([two.version, three.version]);
  });

  test('of itself is quoted with until when it holds', () => {
    const now = instantOf('2026-04-10T12:00:00Z');
    expect(quoteUse({ catalog: three }, { meter: 'deep' }, now)).toEqual({
      kind: 'quoted',
      credits: 3_000_000n,
      version: three.version,
      until: instantOf('2026-04-10T12:15:00Z'),
    });
    expect(quoteUse({ catalog: three }, { meter: 'none' }, now)).toMatchObject({ reason: 'unknown_meter' });
  });

  test('that nobody has heard of is refused in words, and its key stays free', () => {
    const account = loaded();
    expect(account.one(deep('a', { catalogVersion: 'v1-unheard' }))).toMatchObject({
      reason: 'unknown_version',
      message: expect.stringContaining(three.version),
    });
    expect(said(account.one(deep('a')))).toBe('used');
  });

  test('leaves a hold at the price it was placed at, whatever is captured of it and however late', () => {
    const account = on('small', { catalog: two });
    account.post({ ...hold('h', 0), meter: 'deep', quantity: 5, credits: undefined } as never);
    account.load(three);
    account.travelTo('2026-04-20T00:00:00Z');
    account.post({ ...capture('c', 'h'), quantity: 4 } as never);
    expect([account.balance(), account.rows.lines.at(-1)?.version]).toEqual(['92', two.version]);
  });

  test('changes a plan’s allotment, its length of period and its cap at the account’s next period, not before', () => {
    const account = on('small');
    account.post(payAsYouGo());
    const plans = [
      FREE,
      paid('small', 150, 'price: { amount: 12.00 }, every: week, pay_as_you_go_cap: 1.00'),
      paid('large', 400, 'price: { amount: 40.00 }, pay_as_you_go_cap: 50.00'),
    ].join('\n');
    account.load(planCatalog(plans));
    settle(account, '2026-04-20T00:00:00Z');
    expect(account.balance()).toBe('100');
    account.post(use('a', 150));
    expect(account.balance()).toBe('0');
    settle(account, '2026-05-01T00:00:00Z');
    expect(account.balance()).toBe('150');
    account.post(use('b', 155));
    expect([account.balance(), account.rows.hot.overage]).toEqual(['-1', 4_000_000n]);
    settle(account, '2026-05-08T00:00:00Z');
    expect(account.lines().slice(-5)).toContain('grant 150');
  });

  test('an upgrade after it grants the difference to what this period was granted for', () => {
    const account = on('small');
    const plans = [
      FREE,
      paid('small', 300, 'price: { amount: 10.00 }'),
      paid('large', 400, 'price: { amount: 40.00 }'),
    ];
    account.load(planCatalog(plans.join('\n')));
    account.travelTo('2026-04-16T00:00:00Z');
    account.post(to('large'));
    expect(account.balance()).toBe('250');
  });
});
