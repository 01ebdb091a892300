import { describe, expect, test } from 'vitest';
import { COOL_DOWN_MS } from '../../src/domain/alerts-low.js';
import { openBook } from '../../src/domain/book.js';
import { credits, formatCredits } from '../../src/domain/credits.js';
import { includedOf } from '../../src/domain/included.js';
import { DAY_MS } from '../../src/domain/instant.js';
import { minorUnits } from '../../src/domain/money.js';
import type { TestAccount } from './support-account.js';
import { CATALOG, mails, opened } from './support-alerts.js';
import { attach, configure, grant, ifCovered, reverse, SETTLE, use } from './support-commands.js';
import { loadCold, loadHot } from './support-rows.js';

const sums = (account: TestAccount) => {
  const book = openBook(loadCold(account.rows, loadHot(account.rows, []), [], account.at()), account.at(), {
    catalog: CATALOG,
    deployment: 'test',
    newId: () => 'never',
  });
  const found = includedOf(book);
  return found && `${formatCredits(found.used)} of ${formatCredits(found.included)}`;
};

describe('a low balance', () => {
  test('an account that begins with nothing is told nothing; one that falls through a line is told once', () => {
    const account = opened('free');
    account.post(use('u0', 1), SETTLE);
    expect(mails(account)).toEqual([]);
    account.post(grant('g', 101));
    account.post(use('u1', 60));
    expect(mails(account)).toEqual([]);
    account.post(use('u2', 0.5));
    account.post(use('u3', 10));
    expect(mails(account)).toEqual(['low 39.5 of 40']);
  });

  test('standing on the line is not below it', () => {
    const account = opened('free');
    account.post(grant('g', 100));
    account.post(use('u', 60));
    expect(mails(account)).toEqual([]);
    account.post(use('v', '0.000001'));
    expect(mails(account)).toEqual(['low 39.999999 of 40']);
  });

  test('a percentage is one of the plan’s allotment', () => {
    const account = opened('large');
    account.post(use('u', 449));
    account.post(use('v', 2));
    expect(mails(account)).toEqual(['amber 449 of 500', 'low 49 of 50', 'red 451 of 500']);
  });

  test('of several lines crossed at once the gravest is told, and the others not afterwards', () => {
    const account = opened('free');
    account.post(grant('g', 100));
    account.post(use('u', 100));
    account.travel(COOL_DOWN_MS);
    account.post(use('v', 1));
    expect(mails(account)).toEqual(['empty 0']);
  });

  test('trembling around a line, and falling again within the cool-down, tells nothing more', () => {
    const account = opened('free');
    account.post(grant('g', 100), SETTLE);
    account.post(use('u', 61));
    account.travel(8 * DAY_MS);
    account.post(grant('h', 4), SETTLE);
    account.post(use('v', 4));
    expect(mails(account), 'it rose to 43, which is not a tenth above 40').toEqual(['low 39 of 40']);
    account.post(grant('i', 5));
    account.post(use('w', 10));
    expect(mails(account, 1), 'a real recovery, after the cool-down').toEqual(['low 34 of 40']);
    account.post(grant('j', 50));
    account.post(use('x', 50));
    account.travel(8 * DAY_MS);
    account.post(use('y', 1));
    expect(mails(account, 2), 'the crossing fell into the cool-down, and is not told late').toEqual([]);
  });

  test('where automatic top-off acts, its own mails tell of it; where something holds it back, the owner is told', () => {
    const helped = opened('free');
    helped.post(grant('g', 100), attach('one'), configure({ threshold: credits(5) }));
    helped.post(use('u', 70));
    helped.post(use('v', 27));
    expect(mails(helped)).toEqual([]);
    expect(helped.rows.charges.size).toBe(1);

    const capped = opened('free');
    capped.post(grant('g', 100), attach('one'), configure({ threshold: credits(50), capDayMinor: minorUnits(0) }));
    const before = capped.rows.notices.length;
    capped.post(use('u', 70));
    expect(mails(capped, before).filter((one) => one.startsWith('low'))).toEqual(['low 30 of 40']);

    const cardless = opened('free');
    cardless.post(grant('g', 100), configure({ threshold: credits(50) }));
    cardless.post(use('u', 70));
    expect(mails(cardless)).toEqual(['low 30 of 40']);
  });
});

describe('the included credits', () => {
  test('amber, then red, once a period, and anew in the next', () => {
    const account = opened('small');
    account.post(use('u', 74.9 as never));
    expect(sums(account)).toBe('74.9 of 100');
    account.post(use('v', '0.1'));
    account.post(reverse('r', 'v'));
    account.post(use('w', 5));
    account.post(use('x', 12));
    expect(mails(account).filter((one) => !one.startsWith('low'))).toEqual(['amber 75 of 100', 'red 91.9 of 100']);
    account.travelTo('2026-05-02T00:00:00Z');
    account.post(use('y', 92));
    expect(mails(account).at(-1)).toBe('red 92 of 100');
    expect(mails(account).filter((one) => one.startsWith('amber'))).toHaveLength(1);
  });

  test('counts differences of upgrades, and an upgrade that widens the bar rings nothing twice', () => {
    const account = opened('small');
    account.post(use('u', 80));
    account.travelTo('2026-04-16T00:00:00Z');
    account.post({ kind: 'change_plan', plan: 'large' });
    expect(sums(account)).toBe('80 of 300');
    account.post(use('v', 150));
    expect(mails(account).filter((one) => one.startsWith('amber'))).toEqual(['amber 80 of 100']);
    account.post(use('w', 45));
    expect(mails(account).at(-1)).toBe('red 275 of 300');
  });

  test('credits of any other origin have no part in it, whichever burns first', () => {
    const account = opened('small');
    account.post(grant('first', 100, { priority: 0 }), grant('last', 100));
    account.post(use('u', 100));
    expect([sums(account), mails(account)]).toEqual(['0 of 100', []]);
    account.post(use('v', 80));
    expect([sums(account), mails(account)]).toEqual(['80 of 100', ['amber 80 of 100']]);
    account.post(use('w', 70));
    expect(sums(account)).toBe('100 of 100');
  });

  test('a trial’s credits are what it includes, and its first paid period begins anew', () => {
    const account = opened('free');
    account.post(attach('one'), { kind: 'start_trial', plan: 'tried' });
    expect(sums(account)).toBe('0 of 50');
    account.post(use('u', 40));
    expect([sums(account), mails(account).filter((one) => one.startsWith('amber'))]).toEqual([
      '40 of 50',
      ['amber 40 of 50'],
    ]);
    account.travel(15 * DAY_MS);
    account.post(SETTLE);
    expect(sums(account)).toBe('0 of 200');
  });

  test('what lapses because the plan is not paid is not told as used', () => {
    const account = opened('small');
    const { rows } = account;
    const since = account.at();
    rows.settings = {
      ...rows.settings,
      standing: {
        ...rows.settings.standing,
        pastDue: { since, ordinal: 0, stopped: false, withheld: null, lapsed: [] },
      },
    };
    account.travel(10 * DAY_MS);
    account.post(SETTLE);
    expect(rows.settings.standing.pastDue?.stopped).toBe(true);
    expect([account.balance(), mails(account).filter((one) => !one.startsWith('empty'))]).toEqual([
      '0',
      expect.not.arrayContaining([expect.stringMatching(/^(amber|red)/)]),
    ]);
  });

  test('what was voided of it counts as used', () => {
    const account = opened('small');
    const [lot] = account.rows.lots.keys();
    account.post({ kind: 'void', key: 'v', lot: lot as never, reason: 'a mistake' });
    expect(sums(account)).toBe('100 of 100');
  });

  test('a plain use stays hot while no line can be crossed by it', () => {
    const account = opened('small');
    account.post(grant('g', 500));
    for (let n = 0; n < 7; n += 1) {
      account.post(use(`u${n}`, 10));
      expect(account.last.wasHot).toBe(true);
    }
    account.post(use('crossing', 5));
    expect([account.last.wasHot, mails(account)]).toEqual([false, ['amber 75 of 100']]);
    account.post(use('after', 10));
    expect(account.last.wasHot).toBe(true);
  });
});

describe('the cap of pay-as-you-go', () => {
  const paying = (): TestAccount => {
    const account = opened('small');
    account.post(attach('one'), { kind: 'configure_overage', settings: { enabled: true, capMinor: minorUnits(500) } });
    account.post(use('all', 100));
    return account;
  };
  const ofCap = (account: TestAccount) => mails(account).filter((one) => one.startsWith('cap'));

  test('near and reached are told once a period, in money', () => {
    const account = paying();
    account.post(use('u', 39));
    expect(ofCap(account)).toEqual([]);
    account.post(use('v', 1));
    account.post(use('w', 30));
    account.post(use('x', 1));
    expect(ofCap(account)).toEqual(['cap_near 400 of 500', 'cap_reached 500 of 500']);
    account.travelTo('2026-05-01T00:00:00Z');
    account.post(use('y', 200));
    expect(ofCap(account).slice(2)).toEqual(['cap_reached 500 of 500']);
  });

  test('near the cap, a use that is refused because of it has reached it', () => {
    const account = paying();
    account.post(use('u', 45));
    account.post(ifCovered('v', 6));
    expect(ofCap(account)).toEqual(['cap_near 450 of 500', 'cap_reached 450 of 500']);
  });

  test('far from it, a refusal of something large tells nothing', () => {
    const account = paying();
    account.post(use('u', 10));
    account.post(ifCovered('v', 45));
    expect(ofCap(account)).toEqual([]);
  });
});
