import { describe, expect, test } from 'vitest';
import { credits } from '../../src/domain/credits.js';
import { HOUR_MS, MINUTE_MS } from '../../src/domain/instant.js';
import { minorUnits } from '../../src/domain/money.js';
import { template } from '../support/catalogs.js';
import { makeAccount } from './support-account.js';
import { attach, call, configure, grant, hold, ifCovered, reverse, SETTLE, said, use } from './support-commands.js';
import { chargesOf, lowAt50, pays } from './support-scene.js';

describe('when one is due', () => {
  test.each([
    ['above the threshold', '49', []],
    ['at the threshold', '50', []],
    ['a millionth below', '50.000001', ['pending 200 for 5000']],
    ['far below', '300', ['pending 400 for 10000']],
  ])('%s', (_, cost, opened) => {
    const account = lowAt50();
    account.post(use('u', cost));
    expect(chargesOf(account)).toEqual(opened);
    expect(account.rows.outbox.size).toBe(opened.length);
  });

  test('by the balance, not by what is available', () => {
    const account = lowAt50();
    account.post(hold('h', 100));
    expect(chargesOf(account)).toEqual([]);
  });

  test.each([
    ['an if_covered use', ifCovered('u', 101)],
    ['a hold', hold('h', 101)],
  ])('%s that falls short opens one although the balance is high', (_, command) => {
    const account = lowAt50();
    expect(said(account.one(command))).toBe('insufficient_credits');
    expect(chargesOf(account)).toEqual(['pending 200 for 5000']);
  });

  test('what fell short and was covered before the batch ended opens none', () => {
    const account = lowAt50();
    account.post(ifCovered('u', 101), grant('g', 50));
    expect(chargesOf(account)).toEqual([]);
  });

  test('what leaves the batch above the threshold again opens none', () => {
    const account = lowAt50();
    account.post(use('u', 80), reverse('r', 'u'));
    expect(chargesOf(account)).toEqual([]);
  });

  test('switching on below the threshold opens one at once, raising the threshold too', () => {
    const account = makeAccount();
    account.post(grant('start', 40), attach('one'), configure());
    expect(chargesOf(account)).toEqual(['pending 200 for 5000']);
    const other = lowAt50();
    other.post(configure({ threshold: credits(101) }));
    expect(chargesOf(other)).toEqual(['pending 200 for 5000']);
  });

  test('a lapse opens one when it is settled', () => {
    const account = makeAccount();
    account.post(grant('g', 60, { expiresAt: 1_772_370_000_000 as never }), attach('one'), configure());
    account.travel(10 * HOUR_MS);
    account.post(SETTLE);
    expect(chargesOf(account)).toEqual(['pending 200 for 5000']);
  });

  test('switched off, and on a plan or in a product that does not offer it, none is opened', () => {
    const off = lowAt50({ enabled: false });
    off.post(use('u', 100));
    expect(chargesOf(off)).toEqual([]);
    const bare = makeAccount({ plan: 'bare' });
    expect(said(bare.one(configure()))).toBe('not_offered');
    const rheos = makeAccount({ catalog: template('rheos'), plan: 'free' });
    expect(said(rheos.one(configure()))).toBe('not_offered');
  });

  test('a plan that stops offering it opens none, whatever the settings say', () => {
    const account = lowAt50();
    account.rows.settings = { ...account.rows.settings, plan: 'bare' };
    account.post(use('u', 100));
    expect(chargesOf(account)).toEqual([]);
  });
});

describe('how large it is', () => {
  test.each([
    ['one above zero', '60', 200],
    ['exactly one', '250', 200],
    ['a millionth more than one', '250.000001', 400],
    ['exactly two', '450', 400],
    ['five, which the largest charge still allows', '1050', 1000],
    ['more than the largest charge: as many as fit', '5000', 1000],
  ])('%s', (_, cost, size) => {
    const account = lowAt50();
    account.post(use('u', cost));
    expect(chargesOf(account)).toEqual([`pending ${size} for ${size * 25}`]);
  });

  test('what a first charge of the largest size leaves short, the next one brings', async () => {
    const account = lowAt50();
    account.post(use('u', 1_500));
    await pays(account);
    expect(chargesOf(account)).toEqual(['succeeded 1000 for 25000', 'pending 600 for 15000']);
  });
});

describe('one open at a time, and on its way', () => {
  test('while one is open nothing more is opened, however deep the balance falls', () => {
    const account = lowAt50();
    for (let index = 0; index < 5; index += 1) account.post(use(`u${index}`, 100));
    expect(chargesOf(account)).toEqual(['pending 200 for 5000']);
  });

  test('it is asked for once, in the transaction that opened it', () => {
    const account = lowAt50();
    account.post(use('u', 60));
    account.post(use('v', 1));
    expect([...account.rows.outbox.values()]).toMatchObject([{ topic: 'charge', asks: 1, dueAt: account.at() }]);
  });
});

describe('brakes', () => {
  test('charges within one hour, counted from each', async () => {
    const account = lowAt50();
    account.post(use('u', 60));
    for (let index = 0; index < 3; index += 1) {
      await pays(account);
      account.travel(MINUTE_MS);
      account.post(use(`v${index}`, 200));
    }
    expect(account.rows.charges.size).toBe(3);
    account.travel(HOUR_MS - 3 * MINUTE_MS - 1);
    account.post(use('w', 1));
    expect(account.rows.charges.size).toBe(3);
    account.travel(1);
    account.post(use('x', 1));
    expect(account.rows.charges.size).toBe(4);
  });

  test.each([
    ['no cap', null, 'pending 400 for 10000'],
    ['a cap that holds both', 10_000, 'pending 400 for 10000'],
    ['a cap that holds one', 9_999, 'pending 200 for 5000'],
    ['a cap that holds just one', 5_000, 'pending 200 for 5000'],
  ])('%s by the day', (_, cap, opened) => {
    const account = lowAt50({ capDayMinor: cap === null ? null : minorUnits(cap) });
    account.post(use('u', 300));
    expect(chargesOf(account)).toEqual([opened]);
  });

  test('a cap that holds none opens none', () => {
    const account = lowAt50({ capDayMinor: minorUnits(4_999) });
    account.post(use('u', 300));
    expect(chargesOf(account)).toEqual([]);
  });

  test.each([
    ['the day, at local midnight', { capDayMinor: minorUnits(5_000) }, '2026-03-31T21:59:00Z', '2026-03-31T22:00:00Z'],
    [
      'the month, at its local first',
      { capMonthMinor: minorUnits(5_000) },
      '2026-03-31T21:59:00Z',
      '2026-03-31T22:00:00Z',
    ],
  ])('a cap by %s', async (_, caps, before, after) => {
    const account = lowAt50(caps, { zone: 'Europe/Berlin', at: '2026-03-31T20:00:00Z' });
    account.post(use('u', 60));
    await pays(account);
    account.travelTo(before);
    account.post(use('v', 200));
    expect(account.rows.charges.size).toBe(1);
    account.travelTo(after);
    account.post(use('w', 1));
    expect(account.rows.charges.size).toBe(2);
  });

  test('a month’s cap outlives the day', async () => {
    const account = lowAt50({ capMonthMinor: minorUnits(9_999) });
    account.post(use('u', 60));
    await pays(account);
    account.travelTo('2026-03-31T23:59:00Z');
    account.post(use('v', 200));
    expect(account.rows.charges.size).toBe(1);
  });

  test('what failed or was canceled counts toward no cap', async () => {
    const account = lowAt50({ capDayMinor: minorUnits(5_000) });
    account.post(use('u', 60));
    account.post(grant('g', 10));
    await pays(account);
    expect(chargesOf(account)).toEqual(['canceled 200 for 5000']);
    account.post(use('v', 10));
    expect(chargesOf(account)[1]).toBe('pending 200 for 5000');
  });

  test('a charge that fails in the very batch that opens the next frees its money for it', async () => {
    const account = lowAt50({ capDayMinor: minorUnits(5_000) });
    account.post(use('u', 60));
    const [charge] = account.rows.charges.values();
    if (charge === undefined) throw new Error('no charge was opened');
    account.post(grant('g', 10));
    account.post({ kind: 'claim_charge', charge: charge.id }, use('v', 10));
    expect(chargesOf(account)).toEqual(['canceled 200 for 5000', 'pending 200 for 5000']);
  });
});

test('above the threshold nothing but the hot row is looked at', () => {
  const account = lowAt50();
  account.post(call('u', 49));
  expect(account.last.wasHot).toBe(true);
  account.post(call('v', 2));
  expect(account.last.wasHot).toBe(false);
});
