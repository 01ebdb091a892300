import { describe, expect, test } from 'vitest';
import type { Charging } from '../../src/domain/book.js';
import { HOUR_MS, isoOf, MINUTE_MS } from '../../src/domain/instant.js';
import { minorUnits } from '../../src/domain/money.js';
import { attach, configure, grant, SETTLE, said, use } from './support-commands.js';
import { makeProcessor, runDueCharges } from './support-processor.js';
import { chargeOf, chargesOf, claim, lowAt50, opened, openIncidents, paidTimes, pays } from './support-scene.js';

const noticesOf = (account: ReturnType<typeof lowAt50>) => account.rows.notices.map(({ facts }) => facts.kind);

describe('the owner’s cap', () => {
  test('that leaves no room raises an incident and one mail, once a window, with when it starts anew', () => {
    const account = lowAt50({ capDayMinor: minorUnits(4_999) }, { zone: 'Europe/Berlin' });
    account.post(use('u', 60), use('v', 1));
    account.post(use('w', 1));
    expect([openIncidents(account), noticesOf(account), chargesOf(account)]).toEqual([
      ...[['spending_cap_reached'], ['spending_cap_reached'], []],
    ]);
    expect(account.rows.notices[0]?.facts).toMatchObject({
      ...{ capMinor: '4999', window: 'day', until: '2026-03-01T23:00:00.000Z' },
    });
  });

  test('is named by the window that lasts longer where both are reached', () => {
    const account = lowAt50({ capDayMinor: minorUnits(1), capMonthMinor: minorUnits(1) });
    account.post(use('u', 60));
    expect(account.rows.notices[0]?.facts).toMatchObject({ window: 'month', until: '2026-04-01T00:00:00.000Z' });
  });

  test('lets go by itself when the next window begins: nothing has to be used for it', async () => {
    const account = lowAt50({ capDayMinor: minorUnits(5_000) });
    account.post(use('u', 60));
    await pays(account);
    account.post(use('v', 200));
    expect(openIncidents(account)).toEqual(['spending_cap_reached']);
    expect(isoOf(account.rows.hot.settledUntil ?? (0 as never))).toBe('2026-03-02T00:00:00.000Z');
    account.travelTo('2026-03-02T00:00:00Z');
    account.post(SETTLE);
    expect([openIncidents(account), account.rows.charges.size]).toEqual([[], 2]);
  });

  test('that is raised resolves it and charges at once; reached again the same day it is raised again without a mail', async () => {
    const account = lowAt50({ capDayMinor: minorUnits(4_999) });
    account.post(use('u', 60));
    account.post(configure({ capDayMinor: minorUnits(5_000) }));
    expect([openIncidents(account), chargesOf(account)]).toEqual([[], ['pending 200 for 5000']]);
    await pays(account);
    account.post(use('v', 200));
    expect([openIncidents(account), account.rows.charges.size]).toEqual([['spending_cap_reached'], 1]);
    expect(noticesOf(account)).toEqual(['spending_cap_reached', 'top_off_succeeded']);
  });

  test('counts a failed charge that is tried again where it is paid, not where it began', async () => {
    const account = lowAt50({ capDayMinor: minorUnits(5_000) });
    account.post(use('u', 60));
    const processor = makeProcessor();
    processor.state.mood = 'declines_hard';
    await runDueCharges(account, processor);
    account.travelTo('2026-03-02T08:00:00Z');
    account.post(attach('two'));
    processor.state.mood = 'pays';
    await runDueCharges(account, processor);
    expect(chargesOf(account)).toEqual(['succeeded 200 for 5000']);
    account.post(use('v', 200));
    expect([openIncidents(account), account.rows.charges.size]).toEqual([['spending_cap_reached'], 1]);
  });
});

test('charges per hour let go by themselves: the account is looked at when the oldest of them is an hour old', async () => {
  const account = lowAt50();
  account.post(use('u', 60));
  const first = account.at();
  for (let time = 0; time < 3; time += 1) {
    await pays(account);
    account.travel(MINUTE_MS);
    account.post(use(`v${time}`, 200));
  }
  expect([account.rows.charges.size, account.rows.hot.settledUntil]).toEqual([3, first + HOUR_MS]);
  account.travelTo(isoOf((first + HOUR_MS) as never));
  account.post(SETTLE);
  expect(account.rows.charges.size).toBe(4);
});

describe('a brake that is put on while a charge waits', () => {
  test('keeps its place: the rung is not made, not burned and not lost', async () => {
    const scene = opened();
    await scene.run('declines');
    const next = chargeOf(scene).nextAttemptAt ?? 0;
    const { topOff } = scene.account.rows.settings;
    scene.account.rows.settings = {
      ...scene.account.rows.settings,
      topOff: { ...topOff, pausedAt: scene.account.at() },
    };
    scene.account.travelTo(isoOf(next as never));
    expect(claim(scene)).toEqual({ do: 'nothing', next: next + MINUTE_MS });
    scene.account.rows.settings = { ...scene.account.rows.settings, topOff };
    expect(claim(scene)).toMatchObject({ do: 'confirm' });
    expect(chargeOf(scene).course.rung).toBe(1);
  });
});

describe.each<Charging>(['stopped', 'dry_run'])('the operator’s switch at %s', (charging) => {
  test('opens nothing, and refuses what owners retry; on again, what is due opens', async () => {
    const scene = opened();
    await scene.run('declines_hard');
    scene.account.context.charging = charging;
    expect(said(scene.account.one({ kind: 'retry_charge', charge: scene.charge }))).toBe('charging_stopped');
    const account = lowAt50();
    account.context.charging = charging;
    account.post(use('u', 60));
    expect([chargesOf(account), openIncidents(account)]).toEqual([[], []]);
    account.context.charging = 'on';
    account.post(SETTLE);
    expect(chargesOf(account)).toEqual(['pending 200 for 5000']);
  });

  test('ends the gate’s grace: a top-off that is not sent saves nobody', () => {
    const scene = opened();
    scene.account.post(use('rest', 40));
    expect(scene.gate()).toMatchObject({ allowed: true, grace: true });
    scene.account.context.charging = charging;
    expect(scene.gate()).toMatchObject({ allowed: false, grace: false });
  });

  test('sends nothing that could move money: first attempts, rungs and repeats wait and keep their place', async () => {
    const scene = opened();
    scene.account.context.charging = charging;
    await scene.run('pays');
    expect([scene.processor.calls, scene.state()]).toEqual([[], 'pending']);
    scene.account.context.charging = 'on';
    await scene.run('confirm_unheard', MINUTE_MS);
    const sent = scene.processor.calls.length;
    scene.account.context.charging = charging;
    await scene.run('pays', MINUTE_MS);
    await scene.run('pays', HOUR_MS);
    expect(scene.processor.calls).toHaveLength(sent);
    scene.account.context.charging = 'on';
    await scene.run('pays', MINUTE_MS);
    expect([scene.state(), paidTimes(scene)]).toEqual(['succeeded', 1]);
  });

  test('still cancels what is not needed, and looks', async () => {
    const scene = opened();
    await scene.run('declines');
    scene.account.context.charging = charging;
    scene.account.post(grant('g', 100));
    await scene.run('pays');
    expect(scene.state()).toBe('canceled');
  });
});

test('a dry run says what would be charged, of what would open and of what waits', () => {
  const account = lowAt50();
  account.context.charging = 'dry_run';
  account.post(use('u', 60));
  const would = { amountMinor: 5_000n, currency: 'usd', last4: '4242' };
  expect(account.last.effects.wouldCharge).toEqual([would]);
  account.context.charging = 'stopped';
  account.post(use('v', 1));
  expect(account.last.effects.wouldCharge).toEqual([]);
  const scene = opened();
  scene.account.context.charging = 'dry_run';
  claim(scene);
  expect(scene.account.last.effects.wouldCharge).toEqual([would]);
});

describe('a card that expires', () => {
  const expiring = (month: number, year: number) => ({
    ...attach('old'),
    card: {
      ...{ processorId: 'pm_old', fingerprint: 'fp_old', brand: 'visa', last4: '1111' },
      ...{ expiryMonth: month, expiryYear: year },
    },
  });

  test('is told once, from the first of the month before, in the account’s zone', () => {
    const account = lowAt50({}, { zone: 'Europe/Berlin' });
    account.post(expiring(5, 2026) as never);
    expect(isoOf(account.rows.hot.settledUntil ?? (0 as never))).toBe('2026-03-31T22:00:00.000Z');
    account.travelTo('2026-03-31T22:00:00Z');
    account.post(SETTLE);
    account.post(SETTLE);
    expect(account.rows.notices.map(({ facts }) => facts)).toEqual([
      { kind: 'card_expiring', card: { brand: 'visa', last4: '1111' }, expiryMonth: 5, expiryYear: 2026 },
    ]);
  });

  test('and is renewed by the network is told of its next expiry, not again of the old one', () => {
    const account = lowAt50();
    account.post(expiring(4, 2026) as never);
    expect(noticesOf(account)).toEqual(['card_expiring']);
    const [, row] = account.rows.cards;
    if (row === undefined) throw new Error('there is no second card');
    const { id: _, refusedAt: __, toldExpiry: ___, ...facts } = row.card;
    account.post({ kind: 'update_card', card: { ...facts, expiryYear: 2029 } });
    account.post(SETTLE);
    expect(noticesOf(account)).toEqual(['card_expiring']);
    account.travelTo('2029-03-01T00:00:00Z');
    account.post(SETTLE);
    expect(noticesOf(account)).toEqual(['card_expiring', 'card_expiring']);
  });

  test('and has expired already is no news', () => {
    const account = lowAt50();
    account.post(expiring(2, 2026) as never);
    expect([noticesOf(account), account.rows.cards[1]?.card.toldExpiry]).toEqual([[], '2026-02']);
  });
});
