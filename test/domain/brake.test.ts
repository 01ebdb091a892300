import { describe, expect, test } from 'vitest';
import { credits, formatCredits } from '../../src/domain/credits.js';
import { check } from '../../src/domain/gate.js';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/domain/instant.js';
import { makeAccount, type TestAccount } from './support-account.js';
import { attach, CATALOG, configure, grant, reverse, SETTLE, TOP_OFF, use } from './support-commands.js';
import { loadCold, loadHot } from './support-rows.js';
import { chargesOf, openIncidents, pays } from './support-scene.js';

/** Five hours of 20 each, "below 50, add 200" on a card, and so much that nothing is due: 5 × 20 and the floor of 100 are the brake. */
function habitual(balance = 1_000, hours = 5, size = 20): TestAccount {
  const account = makeAccount({ at: '2026-03-01T12:00:00Z' });
  account.post(grant('start', balance + hours * size), attach('one'));
  for (let hour = 0; hour < hours; hour += 1) {
    account.post(use(`habit${hour}`, size));
    account.travel(HOUR_MS);
  }
  account.post(configure());
  return account;
}
const told = (account: TestAccount) =>
  account.rows.notices.flatMap(({ facts }) =>
    facts.kind === 'unusual_usage' ? [`${facts.hourCredits} instead of ${facts.usualCredits}`] : [],
  );
const isPaused = (account: TestAccount) => account.rows.settings.topOff.pausedAt !== null;
const state = (account: TestAccount) => ({
  charges: chargesOf(account),
  paused: isPaused(account),
  open: openIncidents(account),
  told: told(account),
});
const RESUME = { kind: 'resume_top_off' } as const;
const burn = (account: TestAccount, size: number) => account.post(use(`b${account.rows.lines.length}`, size));

describe('an operator’s pause', () => {
  const PAUSE = { kind: 'pause_top_off' } as const;
  const REFUSED = { kind: 'refused', reason: 'paused_by_operator' };

  test('is ended by an operator alone: the owner’s resume is refused and nothing opens', () => {
    const account = habitual(90);
    account.post(PAUSE);
    burn(account, 60);
    expect(account.one(RESUME)).toMatchObject(REFUSED);
    expect(state(account)).toEqual({ charges: [], paused: true, open: [], told: [] });
    expect(account.one({ ...RESUME, asOperator: true })).toEqual({ kind: 'configured' });
    expect(state(account)).toMatchObject({ charges: ['pending 200 for 5000'], paused: false });
  });

  test('takes a pause of the brake over: its banner and its remedy are gone, and the owner cannot end it any more', () => {
    const account = habitual();
    burn(account, 980);
    expect(openIncidents(account)).toEqual(['unusual_usage']);
    account.post(PAUSE, PAUSE);
    expect([openIncidents(account), account.one(RESUME)]).toEqual([[], expect.objectContaining(REFUSED)]);
    const context = { catalog: CATALOG, deployment: 'test', newId: () => 'none' };
    const read = loadCold(account.rows, loadHot(account.rows, []), [], account.at());
    const gate = check(read, { kind: 'run', list: [{ credits: credits(60) }] }, account.at(), context, 'acme');
    expect(gate).toMatchObject({ allowed: false });
    expect(JSON.stringify(gate, (_, value) => String(value))).not.toContain('resume_top_off');
    account.post({ ...RESUME, asOperator: true });
    burn(account, 1);
    expect(state(account), 'what was burned up to the resuming is believed').toMatchObject({
      ...{ paused: false, open: [] },
      told: ['980 instead of 20'],
    });
  });

  test('leaves the brake its own pause afterwards', () => {
    const account = habitual();
    account.post(PAUSE, { ...RESUME, asOperator: true });
    burn(account, 980);
    expect(state(account)).toMatchObject({ paused: true, open: ['unusual_usage'] });
    expect(account.one(RESUME)).toEqual({ kind: 'configured' });
  });
});

describe('the runaway brake', () => {
  test('an hour far beyond the usual pauses automatic top-off at the moment a charge would have opened', () => {
    const account = habitual();
    burn(account, 900);
    expect(state(account), 'nothing is due yet').toEqual({ charges: [], paused: false, open: [], told: [] });
    burn(account, 60);
    expect(state(account)).toEqual({
      charges: [],
      paused: true,
      open: ['unusual_usage'],
      told: ['960 instead of 20'],
    });
  });

  test.each([
    ['at five times the usual', 200, false],
    ['just over it', 201, true],
  ])('%s', (_, size, pauses) => {
    const account = habitual(240, 5, 40);
    burn(account, size);
    expect([isPaused(account), account.rows.charges.size]).toEqual([pauses, pauses ? 0 : 1]);
  });

  test('under the floor no multiple of a small habit is unusual', () => {
    const account = makeAccount();
    account.post(grant('start', 130), attach('one'));
    for (let hour = 0; hour < 5; hour += 1) {
      account.post(use(`habit${hour}`, 1));
      account.travel(HOUR_MS);
    }
    account.post(configure());
    burn(account, 100);
    expect([isPaused(account), account.rows.charges.size]).toEqual([false, 1]);
  });

  test('an account without habits has nothing unusual: its caps guard it', () => {
    const account = habitual(1_000, 2);
    burn(account, 990);
    expect([isPaused(account), account.rows.charges.size]).toEqual([false, 1]);
  });

  test('what was given back is not burned', () => {
    const account = habitual(1_000);
    burn(account, 900);
    const place = account.rows.lines.length;
    account.post(use('mistake', 40), reverse('undone', 'mistake'), grant('none', 1));
    account.post(reverse('most', `b${place - 1}`, 860));
    account.post(use('rest', 30));
    account.post({ kind: 'void', key: 'v', lot: [...account.rows.lots.keys()][0] as never, reason: 'gone' });
    expect([isPaused(account), account.rows.charges.size]).toEqual([false, 1]);
  });

  test('work of other hours that is posted now is no burst', () => {
    const account = habitual(1_000);
    const late = account.at() - 3 * HOUR_MS;
    account.post(use('backlog', 990, { occurredAt: late as never }));
    expect([isPaused(account), account.rows.charges.size]).toEqual([false, 1]);
  });

  test('while it is paused nothing opens, however low the balance, and the next day neither', () => {
    const account = habitual();
    burn(account, 980);
    account.travel(2 * DAY_MS);
    burn(account, 1);
    account.post(configure({ threshold: credits(90) }), attach('two'));
    expect(state(account)).toMatchObject({ charges: [], paused: true, told: ['980 instead of 20'] });
  });

  test('the owner’s one action ends the pause, resolves the incident and opens what is due', async () => {
    const account = habitual();
    burn(account, 980);
    expect(account.one(RESUME)).toMatchObject({ kind: 'configured' });
    expect(state(account)).toMatchObject({ charges: ['pending 200 for 5000'], paused: false, open: [] });
    await pays(account);
    burn(account, 180);
    expect(state(account), 'the same hour goes on').toMatchObject({ paused: false, told: ['980 instead of 20'] });
  });

  test('within a day of resuming twice the burn pauses again, and less does not; after the day the first rule holds', async () => {
    const account = habitual();
    burn(account, 980);
    account.post(RESUME);
    await pays(account);
    account.post(grant('more', 3_000));
    account.travel(HOUR_MS);
    burn(account, 1_900);
    burn(account, 1_280);
    expect(state(account)).toMatchObject({ paused: true, told: ['980 instead of 20', '3180 instead of 20'] });

    const calm = habitual();
    burn(calm, 980);
    calm.post(RESUME);
    await pays(calm);
    calm.post(grant('more', 1_500));
    calm.travel(HOUR_MS);
    burn(calm, 1_700);
    expect(state(calm)).toMatchObject({ paused: false, told: ['980 instead of 20'] });
    await pays(calm);
    calm.post(grant('still more', 1_500));
    calm.travel(DAY_MS);
    burn(calm, 1_690);
    expect(isPaused(calm)).toBe(true);
  });

  test('resuming where nothing is paused changes nothing, and comes to the same twice', () => {
    const account = habitual();
    account.post(RESUME);
    account.post(RESUME);
    expect(state(account)).toEqual({ charges: [], paused: false, open: [], told: [] });
  });

  test('the gate lends on no top-off that the brake would not let open, before and after the pause', () => {
    const gate = (account: TestAccount) => {
      const context = { catalog: CATALOG, deployment: 'test', newId: () => 'none' };
      const read = loadCold(account.rows, loadHot(account.rows, []), [], account.at());
      const answer = check(read, { kind: 'run', list: [{ credits: credits(60) }] }, account.at(), context, 'acme');
      return answer.kind === 'answered' ? [answer.allowed, answer.grace] : answer;
    };
    const calm = habitual(90);
    calm.post(use('a', 42));
    expect(gate(calm)).toEqual([true, true]);
    const wild = habitual();
    burn(wild, 960);
    expect(gate(wild)).toEqual([false, false]);
    // Unusual, and not yet looked at by any batch: the switch is what makes it due.
    const unseen = habitual();
    unseen.post({ kind: 'configure_top_off', settings: { ...TOP_OFF, threshold: credits(0) } });
    burn(unseen, 970);
    unseen.rows.settings = {
      ...unseen.rows.settings,
      topOff: { ...unseen.rows.settings.topOff, threshold: credits(50) },
    };
    expect([isPaused(unseen), gate(unseen)]).toEqual([false, [false, false]]);
  });

  test('the hour begins anew with the clock', () => {
    const account = habitual();
    account.travel(55 * MINUTE_MS);
    burn(account, 900);
    account.travel(10 * MINUTE_MS);
    burn(account, 60);
    expect([isPaused(account), account.rows.charges.size]).toEqual([false, 1]);
  });

  test('usual is the last fourteen days: what lies further back is no habit any more', () => {
    const account = habitual();
    account.travel(15 * DAY_MS);
    account.post(SETTLE);
    burn(account, 960);
    expect([isPaused(account), account.rows.charges.size]).toEqual([false, 1]);
  });

  test('a use that falls short of the balance is a reason for a top-off, and is braked like one', () => {
    const account = habitual();
    account.post(configure({ threshold: credits(0) }));
    burn(account, 950);
    expect(formatCredits(account.rows.hot.lots)).toBe('50');
    account.post({ kind: 'use', key: 'short', credits: credits(60), mode: 'if_covered' });
    expect(state(account)).toMatchObject({ charges: [], paused: true });
  });
});
