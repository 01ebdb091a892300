import { describe, expect, test } from 'vitest';
import { credits } from '../../src/domain/credits.js';
import { MINUTE_MS } from '../../src/domain/instant.js';
import type { Outcome } from '../../src/domain/outcomes.js';
import type { Asked, TestAccount } from './support-account.js';
import { attach, capture, configure, hold, ifCovered, reverse, said, use } from './support-commands.js';
import { budget, by, gate, limited, metered, pool, poolsOf, run, viewOf } from './support-limits.js';

/** 200 credits a period; 60 of them are design's, who may use nothing else. */
function earmarked(...more: readonly Asked[]): TestAccount {
  const account = limited('team');
  account.post(pool('design', 60, ['ann'], { label: 'Design' }), ...more);
  return account;
}
const covered = (key: string, cost: number, more: object = {}): Asked =>
  ({ ...ifCovered(key, cost), ...more }) as Asked;
const inDesign = { pool: 'design', ...by('ann') };
const message = (outcome: Outcome): string => (outcome.kind === 'refused' ? outcome.message : '');

describe('a pool', () => {
  test('is offered by the plan, and moves nothing', () => {
    expect(said(limited('free').one(pool('design', 10, [])))).toBe('not_offered');
    const account = earmarked();
    expect([account.balance(), account.lines(1)]).toEqual(['200', []]);
    expect(poolsOf(account)).toEqual(['design: 0 of 60, worth 60']);
  });

  test('pays for its members up to its credits, whole or not at all', () => {
    const account = earmarked();
    expect(said(account.one(covered('a', 50, inDesign)))).toBe('used');
    const outcome = account.one(covered('b', 11, inDesign));
    expect(said(outcome)).toBe('pool_empty');
    expect(message(outcome)).toBe(
      'The pool Design has 10 of its 60 credits of this period left, and this needs 11. Nothing was used.',
    );
    expect(said(account.one(covered('b', 10, inDesign)))).toBe('used');
    expect(poolsOf(account)).toEqual(['design: 60 of 60, worth 0']);
  });

  test('a member confined to pools uses nothing else, and nobody else uses the pool', () => {
    const account = earmarked();
    expect(said(account.one(covered('a', 1, by('ann'))))).toBe('not_in_pool');
    expect(said(account.one(covered('b', 1, { pool: 'design', ...by('ben') })))).toBe('not_in_pool');
    expect(said(account.one(covered('c', 1, { pool: 'sales', ...by('ann') })))).toBe('not_in_pool');
    expect(said(account.one(covered('d', 1, by('ben'))))).toBe('used');
    expect(said(account.one(covered('e', 0, by('ann'))))).toBe('used');
  });

  test('a member who is not confined may use the pool and what lies outside', () => {
    const account = limited('team');
    account.post(pool('design', 60, ['ann'], { unconfined: [by('cid').member] }));
    expect(said(account.one(covered('a', 1, by('cid'))))).toBe('used');
    expect(said(account.one(covered('b', 1, { pool: 'design', ...by('cid') })))).toBe('used');
    account.post(pool('sales', 10, [], { unconfined: [by('ann').member] }));
    expect(said(account.one(covered('c', 1, by('ann'))))).toBe('used');
  });

  test('usage outside may use what is available less what pools have unspent', () => {
    const account = earmarked();
    const outcome = account.one(covered('a', 141));
    expect(said(outcome)).toBe('insufficient_credits');
    expect(message(outcome)).toContain('140 are available beside the 60 that pools set aside');
    expect(said(account.one(covered('a', 140)))).toBe('used');
    expect(said(account.one(covered('b', 60, inDesign)))).toBe('used');
  });

  test('what the pool has used no longer keeps anything from the others', () => {
    const account = earmarked();
    account.post(covered('a', 60, inDesign));
    expect(said(account.one(covered('b', 140)))).toBe('used');
  });

  test('what has happened is never refused or moved, and a pool is then worth no more than what is available', () => {
    const account = earmarked();
    expect(said(account.one(use('a', 170, by('ann'))))).toBe('used');
    expect(poolsOf(account)).toEqual(['design: 0 of 60, worth 30']);
    const short = account.one(covered('b', 31, inDesign));
    expect([said(short), message(short)]).toEqual([
      'pool_empty',
      'The pool Design is worth 30 credits at present, and this needs 31. Nothing was used.',
    ]);
    expect(said(account.one(use('c', 100, inDesign)))).toBe('used');
    expect(poolsOf(account)).toEqual(['design: 100 of 60, worth 0']);
    expect(said(account.one(covered('d', 1)))).toBe('insufficient_credits');
  });

  test('used up it stops, or goes on with what is left beside all pools', () => {
    const account = earmarked(pool('open', 20, ['bea'], { whenUsed: 'use_rest' }));
    const inOpen = { pool: 'open', ...by('bea') };
    // 200 less 60 of design: 140 beside it, 20 of them open's own.
    expect(said(account.one(covered('a', 141, inOpen)))).toBe('pool_empty');
    expect(said(account.one(covered('a', 140, inOpen)))).toBe('used');
    expect(said(account.one(covered('b', 60, inDesign)))).toBe('used');
    expect(account.balance()).toBe('0');
  });

  test('a hold keeps its part of the pool, and gives it back when it ends', () => {
    const account = earmarked();
    account.post({ ...hold('h', 50), ...inDesign } as Asked);
    expect(said(account.one(covered('a', 11, inDesign)))).toBe('pool_empty');
    expect(said(account.one(covered('b', 141)))).toBe('insufficient_credits');
    account.post(capture('c', 'h', 20));
    expect(poolsOf(account)).toEqual(['design: 20 of 60, worth 40']);
    account.post({ ...hold('h2', 40), ...inDesign } as Asked);
    account.travel(16 * MINUTE_MS);
    expect(said(account.one(covered('d', 40, inDesign)))).toBe('used');
  });

  test('what is given back is the pool’s again, in the period it was used in', () => {
    const account = earmarked();
    account.post(covered('a', 50, inDesign), reverse('r', 'a', 30));
    expect(poolsOf(account)).toEqual(['design: 20 of 60, worth 40']);
    account.travelTo('2026-05-02T00:00:00Z');
    account.post(covered('b', 60, inDesign), reverse('r2', 'a'));
    expect(poolsOf(account)).toEqual(['design: 60 of 60, worth 0']);
  });

  test('starts anew with the period', () => {
    const account = earmarked();
    account.post(covered('a', 60, inDesign));
    account.travelTo('2026-05-01T00:00:00Z');
    expect(said(account.one(covered('b', 60, inDesign)))).toBe('used');
  });

  test('changing it forgets nothing of what was used, and removing it frees its members', () => {
    const account = earmarked();
    account.post(covered('a', 60, inDesign), pool('design', 80, ['ann']));
    expect(poolsOf(account)).toEqual(['design: 60 of 80, worth 20']);
    account.post({ kind: 'remove_pool', pool: 'design' });
    expect(said(account.one({ kind: 'remove_pool', pool: 'design' }))).toBe('unknown_pool');
    expect(said(account.one(covered('b', 100, by('ann'))))).toBe('used');
  });

  test('stays when the plan no longer offers pools, and can then only be removed', () => {
    const account = earmarked();
    account.post({ kind: 'change_plan', plan: 'free' });
    account.travelTo('2026-05-01T00:00:00Z');
    expect(said(account.one(covered('a', 1, by('ann'))))).toBe('not_in_pool');
    expect(said(account.one(pool('design', 90, ['ann'])))).toBe('not_offered');
    expect(said(account.one({ kind: 'remove_pool', pool: 'design' }))).toBe('configured');
    expect(said(account.one(covered('b', 1, by('ann'))))).toBe('used');
  });

  test('uses leave the hot row while there are pools or budgets, and come back to it', () => {
    const account = earmarked();
    account.post(use('a', 1));
    expect(account.last.wasHot).toBe(false);
    account.post({ kind: 'remove_pool', pool: 'design' });
    account.post(use('b', 1));
    expect(account.last.wasHot).toBe(true);
  });

  test('a use outside that falls short because of pools is a reason to top off', () => {
    const account = limited('team');
    account.post(pool('design', 190, ['ann']), attach('one'), configure({ threshold: credits(1) }));
    expect(account.rows.charges.size).toBe(0);
    expect(said(account.one(covered('a', 50)))).toBe('insufficient_credits');
    expect([...account.rows.charges.values()].map((one) => one.credits)).toEqual([credits(200)]);
  });
});

describe('a budget', () => {
  test('bounds what a member uses and holds within a period', () => {
    const account = limited('team');
    account.post(budget('ann', 30));
    expect(said(account.one(covered('a', 20, by('ann'))))).toBe('used');
    account.post({ ...hold('h', 5), ...by('ann') } as Asked);
    const outcome = account.one(covered('b', 6, by('ann')));
    expect([said(outcome), message(outcome)]).toEqual([
      'budget_reached',
      'The budget of ann is 30 credits a period; 25 are used or held, and this needs 6. Nothing was used.',
    ]);
    expect(said(account.one({ ...hold('h2', 6), ...by('ann') } as Asked))).toBe('budget_reached');
    expect(said(account.one(covered('c', 100, by('ben'))))).toBe('used');
    account.travelTo('2026-05-01T00:00:00Z');
    expect(said(account.one(covered('d', 30, by('ann'))))).toBe('used');
  });

  test('never refuses what has happened, counts it, and counts back what is given back', () => {
    const account = limited('team');
    account.post(budget('ann', 30));
    expect(said(account.one(use('a', 50, by('ann'))))).toBe('used');
    expect(said(account.one(covered('b', 1, by('ann'))))).toBe('budget_reached');
    account.post(reverse('r', 'a', 25));
    expect(said(account.one(covered('b', 5, by('ann'))))).toBe('used');
    expect(viewOf(account).budgets).toMatchObject([{ member: 'ann', used: credits(30), left: 0n }]);
  });

  test('raised forgets nothing, and taken away binds no more', () => {
    const account = limited('team');
    account.post(budget('ann', 30), covered('a', 30, by('ann')), budget('ann', 40));
    expect(said(account.one(covered('b', 11, by('ann'))))).toBe('budget_reached');
    account.post(budget('ann', null));
    expect(said(account.one(covered('b', 11, by('ann'))))).toBe('used');
  });

  test('what was used before it stood is not taken off it when it is given back', () => {
    const account = limited('team');
    account.post(covered('early', 10, by('ann')));
    account.travel(MINUTE_MS);
    account.post(budget('ann', 30), covered('a', 30, by('ann')), reverse('r', 'early'));
    expect(said(account.one(covered('b', 1, by('ann'))))).toBe('budget_reached');
  });
});

describe('the gate', () => {
  test('names level, window, budget and pool before the balance', () => {
    const account = limited('team');
    account.post(pool('design', 3, ['ann'], { label: 'Design' }), budget('ann', 2), use('all', 199));
    account.post(...['a', 'b', 'c', 'd'].map((key) => metered(key, 'run', { mode: 'happened', ...inDesign })));
    const answer = gate(account, run({ meter: 'run', ...inDesign }));
    expect(answer.fired.map((one) => one.limit)).toEqual(['window', 'budget', 'pool', 'balance']);
    expect(answer.remedies.map((one) => one.code)).toEqual(['change_pool', 'raise_budget', 'upgrade', 'wait']);
  });

  test('a list is held against the pool together, and against what is left beside it', () => {
    const account = earmarked();
    const one = { credits: credits(25), ...inDesign };
    expect(gate(account, run(one, one))).toMatchObject({ allowed: true, times: 1 });
    expect(gate(account, run(one, one, one)).fired.map((fired) => fired.limit)).toEqual(['pool']);
    const outside = { credits: credits(80) };
    expect(gate(account, run(outside, outside)).fired.map((fired) => fired.limit)).toEqual(['balance']);
    expect(gate(account, run(outside, one, one))).toMatchObject({ allowed: true });
  });

  test('what it allows the debit allows, and what it stops the debit refuses', () => {
    for (const cost of [59, 60, 61, 139, 140, 141]) {
      for (const whose of [inDesign, by('ben'), by('ann'), {}]) {
        const account = earmarked(budget('ben', 139));
        const allowed = gate(account, run({ credits: credits(cost), ...whose })).allowed;
        expect([cost, whose, said(account.one(covered('a', cost, whose))) === 'used']).toEqual([cost, whose, allowed]);
      }
    }
  });
});
