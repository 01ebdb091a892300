import { describe, expect, test } from 'vitest';
import type { Book } from '../../src/domain/book.js';
import { bookAsIf } from '../../src/domain/overview-book.js';
import type { SubscriptionView } from '../../src/domain/plan-state.js';
import { type PlanStep, type PlanWish, planStep } from '../../src/domain/plan-wish.js';
import { returnLink, withResult } from '../../src/domain/return-link.js';
import { template } from '../support/catalogs.js';
import type { TestAccount } from './support-account.js';
import { CATALOG, close, mirror, on, seen, trial } from './support-plans.js';
import { loadCold, loadHot } from './support-rows.js';

const NOBODY: ReadonlySet<string> = new Set();

function bookOf(account: TestAccount): Book {
  const state = loadCold(account.rows, loadHot(account.rows, []), [], account.at());
  return bookAsIf(state, account.at(), { catalog: CATALOG, deployment: 'test', newId: () => 'none' });
}

const step = (
  account: TestAccount,
  wish: PlanWish,
  subscription: SubscriptionView | null = null,
  trialCards = NOBODY,
): PlanStep => planStep(bookOf(account), wish, { subscription, trialCards });

const choose = (plan: string, trial?: boolean): PlanWish => ({
  kind: 'choose',
  plan,
  ...(trial === undefined ? {} : { trial }),
});

/** On a plan by a subscription that is mirrored. */
function subscribed(plan: string, wish: Parameters<typeof seen>[2] = {}): [TestAccount, SubscriptionView] {
  const account = on('free');
  const view = seen(account, plan, wish);
  mirror(account, view);
  return [account, view];
}

const refusedFor = (reason: string) => ({ do: 'refuse', refusal: { reason } });

describe('without a subscription', () => {
  test('a plan that is sold by one begins with Checkout, with its trial where there is one to be had', () => {
    expect(step(on('free'), choose('small'))).toMatchObject({ do: 'checkout', price: 'price_small', trialDays: 14 });
    expect(step(on('free'), choose('small', false))).toMatchObject({ do: 'checkout', trialDays: null });
    expect(step(on('free'), choose('plain'))).toMatchObject({ do: 'checkout', trialDays: null });
    expect(step(on('free'), choose('plain', true))).toMatchObject(refusedFor('not_offered'));
  });

  test('a card that has had a trial is offered none, and who insists is told', () => {
    const account = on('free');
    const had = new Set(bookOf(account).cards.map((card) => card.fingerprint));
    expect(step(account, choose('small'), null, had)).toMatchObject({ do: 'checkout', trialDays: null });
    expect(step(account, choose('small', true), null, had)).toMatchObject(refusedFor('trial_used'));
  });

  test('a trial that has begun here goes on under the subscription for as long as it would have', () => {
    const account = on('free');
    account.post(trial('small'));
    account.travel(4 * 86_400_000 + 1);
    expect(step(account, choose('large'))).toMatchObject({ do: 'checkout', price: 'price_large', trialDays: 10 });
    expect(step(account, choose('small'))).toMatchObject({ do: 'checkout', price: 'price_small', trialDays: 10 });
  });

  test('what costs nothing is changed here: staying, going down, the free plan, canceling', () => {
    const account = on('large');
    expect(step(account, choose('large'))).toEqual({ do: 'change_here', plan: 'large' });
    expect(step(account, choose('small'))).toEqual({ do: 'change_here', plan: 'small' });
    expect(step(account, choose('free'))).toEqual({ do: 'change_here', plan: 'free' });
    expect(step(account, { kind: 'cancel' })).toEqual({ do: 'cancel_here' });
    expect(step(account, choose('plain'))).toMatchObject({ do: 'checkout', trialDays: null });
  });

  test('what was over is taken up again by name, and without a trial', () => {
    expect(step(on('free'), { kind: 'reactivate' })).toMatchObject(refusedFor('unknown_plan'));
    expect(step(on('free'), { kind: 'reactivate', plan: 'small' })).toMatchObject({ do: 'checkout', trialDays: null });
  });

  test('an unknown plan is named with those there are, and a closed account is refused', () => {
    expect(step(on('free'), choose('huge'))).toMatchObject(refusedFor('unknown_plan'));
    const account = on('free');
    account.post(close);
    expect(step(account, choose('small'))).toMatchObject(refusedFor('account_closed'));
  });
});

describe('with a subscription', () => {
  test('up is charged the difference, down and staying are not', () => {
    const [account, view] = subscribed('small');
    const changes = (plan: string) => {
      const asked = step(account, choose(plan), view);
      return asked.do === 'set_prices' ? asked.changes : asked.do;
    };
    expect(changes('large')).toEqual([{ price: 'price_large', prorates: true }]);
    expect(changes('small')).toEqual([{ price: 'price_small', prorates: false }]);
    expect(changes('free')).toBe('cancel_subscription');
    const [higher, its] = subscribed('large');
    expect(step(higher, choose('small'), its)).toMatchObject({ changes: [{ price: 'price_small', prorates: false }] });
  });

  test('up from a plan that was to go down is charged the difference to what this period was paid for', () => {
    const [account, view] = subscribed('large');
    const lowered = { ...view, priceIds: ['price_small'] };
    mirror(account, lowered);
    expect(step(account, choose('plain'), lowered)).toMatchObject({
      changes: [
        { price: 'price_large', prorates: false },
        { price: 'price_plain', prorates: true },
      ],
    });
    expect(step(account, choose('large'), lowered)).toMatchObject({
      changes: [{ price: 'price_large', prorates: false }],
    });
  });

  test('down to a plan that is billed at other times is refused: at Stripe it would end the period that is paid', () => {
    const [account, view] = subscribed('yearly');
    expect(step(account, choose('small'), view)).toMatchObject(refusedFor('not_offered'));
  });

  test('past due: up is refused, staying leads to where the open invoice is paid', () => {
    const [account, view] = subscribed('small');
    const due = { ...view, status: 'past_due' as const };
    mirror(account, due);
    expect(step(account, choose('large'), due)).toMatchObject(refusedFor('past_due'));
    expect(step(account, choose('small'), due)).toEqual({ do: 'portal' });
    expect(step(account, { kind: 'reactivate' }, due)).toEqual({ do: 'portal' });
    expect(step(account, { kind: 'cancel' }, due)).toEqual({ do: 'cancel_subscription', subscription: view.id });
  });
});

describe('the page to come back to', () => {
  const home = (key: string) => ({ catalog: template(key), slug: 'a b', publicUrl: 'https://pay.example.com/base' });

  test('is the product’s billing page unless another of the same houses is asked for', () => {
    expect(returnLink(home('atlios'), undefined)).toEqual({
      kind: 'link',
      url: 'https://pay.example.com/base/accounts/a%20b',
    });
    expect(returnLink(home('toolbench'), undefined)).toMatchObject({
      url: 'https://toolbench.example/org/a%20b/billing',
    });
    expect(returnLink(home('toolbench'), 'https://toolbench.example/org/x')).toMatchObject({ kind: 'link' });
    expect(returnLink(home('toolbench'), 'https://pay.example.com/x?a=1')).toMatchObject({ kind: 'link' });
    expect(withResult('https://pay.example.com/x?a=1', 'done')).toBe('https://pay.example.com/x?a=1&checkout=done');
  });

  test.each([
    'https://elsewhere.example/',
    'https://toolbench.example.elsewhere.example/',
    'https://toolbench.example@elsewhere.example/',
    'https://toolbench.example:444/',
    'http://toolbench.example/',
    'https://user:secret@toolbench.example/',
    'javascript:alert(1)',
    '//elsewhere.example',
    '/billing',
    '',
  ])('is never %s', (wished) => {
    expect(returnLink(home('toolbench'), wished)).toEqual({ kind: 'foreign' });
  });
});
