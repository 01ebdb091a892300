import { describe, expect, test } from 'vitest';
import { check, type GateAnswer, type GateWish } from '../../src/domain/gate.js';
import { minorUnits } from '../../src/domain/money.js';
import { loadCold, loadHot } from '../../src/simulate/rows.js';
import { template } from '../support/catalogs.js';
import { onPlan, type TestAccount } from './support-account.js';
import { attach, configure, grant, use } from './support-commands.js';

function asked(account: TestAccount, key: string, wish: GateWish): GateAnswer {
  const before = JSON.stringify(account.rows, (_, value) => (typeof value === 'bigint' ? `${value}` : value));
  const state = loadCold(account.rows, loadHot(account.rows, []), [], account.at());
  const context = { catalog: template(key), deployment: 'test', newId: () => 'unused' };
  const answer = check(state, wish, account.at(), context, 'acme');
  if (answer.kind === 'refused') throw new Error(answer.message);
  expect(JSON.stringify(account.rows, (_, value) => (typeof value === 'bigint' ? `${value}` : value))).toBe(before);
  return answer;
}

const run = (meter: string, properties: Record<string, string | number | boolean> = {}): GateWish => ({
  kind: 'run',
  list: [{ meter, properties }],
});
const codes = (answer: GateAnswer): string[] => answer.remedies.map((remedy) => remedy.code);
const fired = (answer: GateAnswer): string[] => answer.fired.map((one) => one.limit);
/** Leaves nothing of what there is. */
const empty = (account: TestAccount): void => {
  account.post(use('all', account.balance()));
};

const CALL = run('answered_call', { outcome: 'full_conversation' });
const FIX = run('fix');

describe('receptionist', () => {
  test('C7 an empty balance does not stop a call while a top-off will still save it', () => {
    const account = onPlan('receptionist', 'standard');
    account.post(attach('one'), configure());
    empty(account);
    expect(asked(account, 'receptionist', CALL)).toMatchObject({ allowed: true, grace: true });
  });

  test('C13 at zero with auto top-off off the call is stopped, in the product’s own words', () => {
    const account = onPlan('receptionist', 'standard');
    empty(account);
    const answer = asked(account, 'receptionist', CALL);
    expect(answer).toMatchObject({ allowed: false, grace: false });
    expect(answer.fired[0]?.sentence).toContain('This call cannot be answered');
  });

  test('at zero while the owner’s own cap leaves no room, raising it is the first thing to do', () => {
    const account = onPlan('receptionist', 'standard');
    account.post(attach('one'), configure({ capDayMinor: minorUnits(1) }));
    empty(account);
    expect(codes(asked(account, 'receptionist', CALL))[0]).toBe('raise_top_off_cap');
  });

  test('C13 C14 at zero without a card for the top-off the call is stopped, and mending that comes first', () => {
    const account = onPlan('receptionist', 'standard');
    account.post(configure());
    empty(account);
    const answer = asked(account, 'receptionist', CALL);
    expect(answer.allowed).toBe(false);
    expect(codes(answer)[0]).toBe('fix_payment');
  });

  test('nobody is lent more than one charge brings', () => {
    const account = onPlan('receptionist', 'standard');
    account.post(attach('one'), configure());
    account.post(use('all', 500));
    // What is due now is as large as the hole, so that it still saves the next call.
    expect(asked(account, 'receptionist', CALL)).toMatchObject({ allowed: true, grace: true });
    account.post(use('more', 9_000));
    expect(asked(account, 'receptionist', CALL)).toMatchObject({ allowed: false, grace: false });
  });
});

describe('atlios, when you run out', () => {
  test('A37 on the free plan: choose a paid plan', () => {
    const account = onPlan('atlios', 'free');
    if (account.balance() !== '0') empty(account);
    expect(codes(asked(account, 'atlios', FIX))).toContain('choose_plan');
  });

  test('A38 on a paid plan: turn on pay-as-you-go or buy a pack', () => {
    const account = onPlan('atlios', 'growth');
    empty(account);
    const answer = asked(account, 'atlios', FIX);
    expect(fired(answer)).toEqual(['balance']);
    expect(codes(answer).slice(0, 2)).toEqual(['turn_on_pay_as_you_go', 'buy_pack']);
  });

  test('A39 turned off earlier in the period: turn it back on', () => {
    const account = onPlan('atlios', 'growth');
    account.post(attach('one'), { kind: 'configure_overage', settings: { enabled: true, capMinor: null } });
    account.post(use('all', Number(account.balance()) + 10));
    account.post({ kind: 'configure_overage', settings: { enabled: false, capMinor: null } });
    const back = asked(account, 'atlios', FIX).remedies.find((one) => one.code === 'turn_pay_as_you_go_back_on');
    expect(back?.sentence).toBe('Turn “Continue past your balance” back on.');
  });

  test('A40 the cap reached: upgrade to raise it, or wait for the next period', () => {
    const account = onPlan('atlios', 'growth');
    account.post(attach('one'), { kind: 'configure_overage', settings: { enabled: true, capMinor: minorUnits(100) } });
    account.post(use('all', Number(account.balance()) + 25));
    const answer = asked(account, 'atlios', FIX);
    expect(fired(answer)).toEqual(['overage_cap']);
    expect(answer.fired[0]?.sentence).toMatch(/^The cap for “Continue past your balance” is reached\. /);
    expect(codes(answer).slice(-2)).toEqual(['upgrade', 'wait']);
    expect(answer.remedies.find((one) => one.code === 'wait')?.sentence).toContain('2026-05-01');
  });

  test('a cap that the owner has set below the plan’s can be raised again by the owner; the plan’s own cannot', () => {
    const capped = (capMinor: number | null, used: number) => {
      const account = onPlan('atlios', 'growth');
      const cap = capMinor === null ? null : minorUnits(capMinor);
      account.post(attach('one'), { kind: 'configure_overage', settings: { enabled: true, capMinor: cap } });
      account.post(use('all', Number(account.balance()) + used));
      return asked(account, 'atlios', FIX);
    };
    const own = capped(100, 25);
    expect(fired(own)).toEqual(['overage_cap']);
    expect(own.remedies[0]).toMatchObject({
      code: 'raise_pay_as_you_go_cap',
      sentence: 'Raise your cap for “Continue past your balance”.',
      who: 'owner',
    });
    const plans = capped(null, 1_250);
    expect(fired(plans)).toEqual(['overage_cap']);
    expect(codes(plans)).toEqual(['upgrade', 'wait']);
  });

  test('A41 A42 a feature that the plan does not include names the plan that unlocks it, and links to billing', () => {
    const account = onPlan('atlios', 'free');
    const answer = asked(account, 'atlios', { kind: 'feature', feature: 'scheduled_scans' });
    expect(fired(answer)).toEqual(['feature']);
    expect(answer.fired[0]?.sentence).toContain('Growth');
    expect(answer.remedies[0]).toMatchObject({
      code: 'choose_plan',
      who: 'owner',
      url: expect.stringContaining('acme'),
    });
  });
});

describe('rheos', () => {
  test('R15 on the free plan at nothing generation pauses until the period resets', () => {
    const account = onPlan('rheos', 'free');
    empty(account);
    const answer = asked(account, 'rheos', run('standard_image'));
    expect(answer.allowed).toBe(false);
    expect(codes(answer)).toContain('wait');
    expect(codes(answer)).not.toContain('buy_pack');
  });

  test('R16 R19 publishing goes on at nothing', () => {
    const account = onPlan('rheos', 'free');
    empty(account);
    expect(asked(account, 'rheos', run('publishing'))).toMatchObject({ allowed: true, cost: 0n });
  });
});

describe('storewriter', () => {
  test('W7 a whole workflow is asked for at once, and how often it can be paid', () => {
    const account = onPlan('storewriter', 'free');
    const list = [{ meter: 'draft' }, { meter: 'cover_image' }];
    const answer = asked(account, 'storewriter', { kind: 'run', list });
    expect(answer).toMatchObject({ allowed: true, cost: 3_000_000n, times: 3 });
  });
});

test('what a check counts on is what the debit would do', () => {
  const account = onPlan('receptionist', 'standard');
  account.post(grant('g', 5));
  const { spendable } = asked(account, 'receptionist', CALL);
  const micro = Number(spendable) / 1_000_000;
  expect(account.one(use('too-much', micro + 1, { mode: 'if_covered' }))).toMatchObject({ kind: 'refused' });
  expect(account.one(use('all', micro, { mode: 'if_covered' }))).toMatchObject({ kind: 'used' });
});
