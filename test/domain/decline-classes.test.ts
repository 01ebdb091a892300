import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { declineClass, isKnownDecline } from '../../src/domain/decline-classes.js';
import { HOUR_MS } from '../../src/domain/instant.js';
import { chargeOf, declineWith, opened } from './support-scene.js';

interface Table {
  readonly decline_codes: readonly {
    readonly decline_code: string;
    readonly class: string;
    readonly stripe_smart_retries_blocks: boolean;
  }[];
  readonly error_codes: readonly { readonly code: string; readonly class: string }[];
  readonly advice_codes: readonly { readonly advice_code: string }[];
}
const TABLE: Table = JSON.parse(readFileSync(new URL('../stripe/decline-codes.json', import.meta.url), 'utf8'));
const CODES = TABLE.decline_codes.map((one) => [one.decline_code, one.class] as const);

const of = (declineCode: string | null, code = 'card_declined', adviceCode: string | null = null) => ({
  ...{ code, declineCode, adviceCode },
});

test('the table has all fifty codes of issuers', () => {
  expect(CODES).toHaveLength(50);
});

describe.each(CODES)('the decline %s is %s', (code, kind) => {
  test('by its class', () => {
    expect([declineClass(of(code)), isKnownDecline(of(code))]).toEqual([kind, true]);
  });

  test('and leads to the charge’s next state and the time of its next attempt', () => {
    const scene = opened();
    declineWith(scene, of(code));
    const { state, nextAttemptAt, course } = chargeOf(scene);
    const { suspendedAt } = scene.account.rows.settings.topOff;
    const isLater = kind === 'soft' || kind === 'unknown';
    expect(state).toBe(isLater ? 'pending' : kind === 'hard' ? 'failed' : 'action_required');
    expect(suspendedAt === null).toBe(isLater);
    expect(scene.open()).toEqual([kind === 'authentication' ? 'authentication_required' : 'card_declined']);
    if (!isLater) expect(nextAttemptAt).toBeNull();
    else {
      const wait = (nextAttemptAt ?? 0) - scene.account.at();
      expect(wait).toBeGreaterThanOrEqual(HOUR_MS);
      expect(wait).toBeLessThan(1.1 * HOUR_MS);
    }
    expect(course.actionUntil).toBe(kind === 'authentication' ? scene.account.at() + 72 * HOUR_MS : null);
    expect(scene.account.rows.cards[0]?.card.refusedAt === null).toBe(isLater);
  });
});

test.each(TABLE.error_codes.map((one) => [one.code, one.class] as const))(
  'Stripe’s own code %s, without one of the issuer, is %s',
  (code, kind) => {
    const expected = kind === 'by_decline_code' ? 'unknown' : kind === 'soft_infrastructure' ? 'infrastructure' : kind;
    expect(declineClass(of(null, code))).toBe(expected);
  },
);

describe('the issuer’s advice', () => {
  test.each(CODES)('never to try again, and to confirm the card’s data, make %s hard', (code) => {
    expect(declineClass(of(code, 'card_declined', 'do_not_try_again'))).toBe('hard');
    expect(declineClass(of(code, 'card_declined', 'confirm_card_data'))).toBe('hard');
  });

  test.each(TABLE.decline_codes.map((one) => [one.decline_code, one.stripe_smart_retries_blocks, one.class] as const))(
    'to try again later makes %s soft, unless Stripe never does (%s)',
    (code, isNever, kind) => {
      expect(declineClass(of(code, 'card_declined', 'try_again_later'))).toBe(isNever ? kind : 'soft');
    },
  );

  test('is known in all its words, and one that is not changes nothing', () => {
    expect(TABLE.advice_codes.map((one) => one.advice_code)).toEqual([
      'do_not_try_again',
      'confirm_card_data',
      'try_again_later',
    ]);
    expect(declineClass(of('insufficient_funds', 'card_declined', 'dance'))).toBe('soft');
  });
});

test('what the processor’s own rules blocked is hard, whatever the code', () => {
  expect(declineClass({ ...of('generic_decline'), blocked: true })).toBe('hard');
  expect(declineClass(of('highest_risk_level', 'card_declined', 'try_again_later'))).toBe('hard');
});

test('a code that nobody has heard of is tried once more and then never, and is not taken for known', () => {
  const scene = opened();
  expect([declineClass(of('solar_flare')), isKnownDecline(of('solar_flare'))]).toEqual(['unknown', false]);
  declineWith(scene, of('solar_flare'));
  scene.account.travelTo(new Date(chargeOf(scene).nextAttemptAt ?? 0).toISOString());
  declineWith(scene, of('solar_flare'));
  expect([scene.state(), scene.account.rows.settings.topOff.suspendedAt]).toEqual(['failed', scene.account.at()]);
});

test.each([
  ['rate_limit', 5, []],
  ['amount_too_large', 60, ['internal_error']],
])(
  '%s is not the card’s: no rung is burned, no card blamed, and it is tried anew after %i minutes',
  (code, minutes, open) => {
    const scene = opened();
    declineWith(scene, of(null, code));
    const { state, nextAttemptAt, course } = chargeOf(scene);
    expect([state, course.rung, nextAttemptAt]).toEqual(['pending', 0, scene.account.at() + minutes * 60_000]);
    expect(scene.open()).toEqual(open);
    expect(scene.account.rows.settings.topOff.suspendedAt).toBeNull();
    expect(scene.account.rows.cards[0]?.card.refusedAt).toBeNull();
  },
);
