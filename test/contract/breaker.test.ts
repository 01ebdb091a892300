import { describe, expect, test } from 'vitest';
import { type Breaker, makeBreaker, TROUBLES_UNTIL_OPEN, withBreaker } from '../../src/adapters/stripe/breaker.js';
import { makeStripePayments } from '../../src/adapters/stripe/payments.js';
import { startStripeDouble } from '../../src/dev/stripe-double/server.js';
import { later } from '../../src/domain/instant.js';
import type { PaymentOutcome } from '../../src/ports.js';
import { openStripeSide } from '../../src/wire-stripe.js';

const SEEN = { kind: 'seen' } as const;
const SILENT = { kind: 'silent', reason: 'no answer' } as const;
const away = (retryAfterMs: number | null = null) => ({ kind: 'unavailable', reason: '429', retryAfterMs }) as const;
const BUSY = { kind: 'unavailable', reason: '409', retryAfterMs: null, busy: true } as const;
type Said = {
  readonly kind: string;
  readonly reason?: string;
  readonly retryAfterMs?: number | null;
  readonly busy?: boolean;
};

/** An answer that a test gives when it likes. */
function answerLater() {
  let resolve: (said: Said) => void = () => undefined;
  const promise = new Promise<Said>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

function rig() {
  const time = { at: later(0 as never, 0) };
  const changes: boolean[] = [];
  const lines: string[] = [];
  const log = {
    info: (_: unknown, line: string) => lines.push(line),
    warn: (_: unknown, line: string) => lines.push(line),
    error: () => undefined,
  };
  const breaker = makeBreaker({ now: async () => time.at, log, onChange: (isOpen) => changes.push(isOpen) });
  let calls = 0;
  const call = (said: Said): Promise<Said> =>
    breaker(async () => {
      calls += 1;
      return said;
    });
  return {
    ...{ changes, lines, call },
    calls: () => calls,
    pass: (ms: number) => {
      time.at = later(time.at, ms);
    },
    /** As many troubles as open it. */
    async fail() {
      for (let time_ = 0; time_ < TROUBLES_UNTIL_OPEN; time_ += 1) await call(SILENT);
    },
  };
}

describe('the breaker', () => {
  test('opens after several answers in a row that were none, and then asks nobody', async () => {
    const one = rig();
    await one.fail();
    expect(await one.call(SEEN)).toMatchObject({ kind: 'unavailable', retryAfterMs: 5_000 });
    expect([one.calls(), one.changes]).toEqual([TROUBLES_UNTIL_OPEN, [true]]);
  });

  test('counts in a row only: an answer, a decline or a refusal between them starts anew', async () => {
    const one = rig();
    for (const said of [SEEN, { kind: 'declined' }, { kind: 'refused', reason: '400' }]) {
      for (let time = 1; time < TROUBLES_UNTIL_OPEN; time += 1) await one.call(SILENT);
      await one.call(said);
    }
    expect(one.changes).toEqual([]);
  });

  test('is not opened by requests that meet their own kind', async () => {
    const one = rig();
    for (let time = 0; time < 3 * TROUBLES_UNTIL_OPEN; time += 1) await one.call(BUSY);
    expect(one.changes).toEqual([]);
  });

  test('lets one call probe when its time is over; the others wait for what that one hears', async () => {
    const one = rig();
    await one.fail();
    one.pass(5_000);
    const [probe, other] = await Promise.all([one.call(SEEN), one.call(SEEN)]);
    expect([probe?.kind, other?.kind]).toEqual(['seen', 'unavailable']);
    expect((await one.call(SEEN)).kind).toBe('seen');
    expect(one.changes).toEqual([true, false]);
  });

  test('still lets one alone probe when a call that was out before it opened ends meanwhile', async () => {
    const time = { at: later(0 as never, 0) };
    const breaker = makeBreaker({ now: async () => time.at });
    const [old, probe] = [answerLater(), answerLater()];
    const before = breaker(() => old.promise);
    for (let turn = 0; turn < TROUBLES_UNTIL_OPEN; turn += 1) await breaker(async () => SILENT);
    time.at = later(time.at, 5_000);
    const probing = breaker(() => probe.promise);
    old.resolve(BUSY);
    await before;
    expect(await breaker(async () => SEEN)).toMatchObject({ kind: 'unavailable' });
    probe.resolve(SEEN);
    expect((await probing).kind).toBe('seen');
  });

  test('stays open longer each time that a probe hears nothing, up to two minutes, and says so once', async () => {
    const one = rig();
    await one.fail();
    const waits: unknown[] = [];
    for (let time = 0; time < 7; time += 1) {
      const refused = await one.call(SEEN);
      waits.push(refused.retryAfterMs);
      one.pass(refused.retryAfterMs ?? 0);
      await one.call(SILENT);
    }
    expect(waits).toEqual([5_000, 10_000, 20_000, 40_000, 80_000, 120_000, 120_000]);
    expect(one.lines).toHaveLength(1);
    one.pass(120_000);
    await one.call(SEEN);
    await one.fail();
    expect(await one.call(SEEN)).toMatchObject({ retryAfterMs: 5_000 });
  });

  test('obeys for all calls what a 429 asks of one, and opens at once for it', async () => {
    const one = rig();
    await one.call(away(30_000));
    expect(await one.call(SEEN)).toMatchObject({ kind: 'unavailable', retryAfterMs: 30_000 });
    one.pass(29_999);
    expect((await one.call(SEEN)).kind).toBe('unavailable');
    one.pass(1);
    expect((await one.call(SEEN)).kind).toBe('seen');
  });

  test('goes on after a call that threw', async () => {
    const one = rig();
    await one.fail();
    one.pass(5_000);
    const breaker = makeBreaker({ now: async () => later(0 as never, 0) });
    await expect(breaker(() => Promise.reject(new Error('ours')))).rejects.toThrow('ours');
    expect((await one.call(SEEN)).kind).toBe('seen');
  });
});

test('F20 in a storm of 429 the processor sees the rate of requests fall, and is asked again once it is over', async () => {
  const double = await startStripeDouble({});
  try {
    const time = { at: later(0 as never, 0) };
    const bare = makeStripePayments({ secretKey: 'sk_test_x', apiBase: double.url, maxNetworkRetries: 0 });
    const payments = withBreaker(bare, makeBreaker({ now: async () => time.at }));
    double.control.fail({ kind: 'rate_limit', retryAfterSeconds: 10, route: '*', times: null });
    const heard: PaymentOutcome['kind'][] = [];
    for (let second = 0; second < 60; second += 1) {
      heard.push((await payments.retrieveIntent('pi_any')).kind);
      time.at = later(time.at, 1_000);
    }
    const requests = double.control.journal().length;
    expect(requests).toBeLessThanOrEqual(6);
    expect(new Set(heard)).toEqual(new Set(['unavailable']));
    double.control.clearFaults();
    time.at = later(time.at, 120_000);
    expect((await payments.retrieveIntent('pi_any')).kind).toBe('refused');
  } finally {
    await double.stop();
  }
});

describe('while the breaker is open', () => {
  const settings = (apiBase: string) => ({ secretKey: 'sk_test_x', apiBase, maxNetworkRetries: 0 });
  /** Everything that is asked of Stripe beside its payments, one call of each. */
  const asks = (url: string, breaker: Breaker): Readonly<Record<string, () => Promise<Said>>> => {
    const payments = withBreaker(makeStripePayments(settings(url)), breaker);
    const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
    const side = openStripeSide({ ...settings(url), log }, { kind: 'double' }, breaker);
    return {
      'the poller’s list of events': () => side.records.events({ since: null, after: null }),
      'the reconciler’s list of payments': () => side.records.intents({ since: null, after: null }),
      'a card': () => side.records.card('pm_any'),
      'what a setup stored': () => side.records.storedBy('seti_any'),
      'a subscription': () => side.subscriptions.subscription('sub_any'),
      'an invoice': () => side.subscriptions.invoice('in_any'),
      'a session': () => side.subscriptions.session('cs_any'),
      'the portal': () => side.checkout.portal({ customer: 'cus_any', returnUrl: 'https://example.com' }),
      'what a customer subscribes to': () => side.checkout.living('cus_any'),
      'a customer’s name': () => side.desk.describeCustomer('cus_any', { name: 'Any', email: null }),
      'a payment': () => payments.retrieveIntent('pi_any'),
    };
  };
  const NAMES = Object.keys(asks('http://127.0.0.1:1', makeBreaker({ now: async () => later(0 as never, 0) })));

  test.for(NAMES)('%s is not asked for, and is told so with the time to wait', async (name) => {
    const double = await startStripeDouble({});
    try {
      const time = { at: later(0 as never, 0) };
      const all = asks(double.url, makeBreaker({ now: async () => time.at }));
      double.control.fail({ kind: 'rate_limit', retryAfterSeconds: 10, route: '*', times: null });
      // Whichever call hears it first, it is heard for all of them.
      expect(await all['a payment']?.()).toMatchObject({ kind: 'unavailable', retryAfterMs: 10_000 });
      double.control.clearFaults();
      const before = double.control.journal().length;
      time.at = later(time.at, 4_000);
      expect(await all[name]?.()).toEqual({
        kind: 'unavailable',
        reason: 'The processor does not answer; it is not asked for a while.',
        retryAfterMs: 6_000,
      });
      expect(double.control.journal().length).toBe(before);
      // Its time is over: the call is the probe, and what it hears closes the breaker.
      time.at = later(time.at, 6_000);
      expect((await all[name]?.())?.kind).not.toBe('unavailable');
      expect(double.control.journal().length).toBeGreaterThan(before);
      expect((await all['a payment']?.())?.kind).toBe('refused');
    } finally {
      await double.stop();
    }
  });

  test.for(NAMES)('%s counts as any other call: its silence opens it', async (name) => {
    const time = { at: later(0 as never, 0) };
    const all = asks('http://127.0.0.1:1', makeBreaker({ now: async () => time.at }));
    for (let turn = 0; turn < TROUBLES_UNTIL_OPEN; turn += 1) await all[name]?.();
    expect(await all['a payment']?.()).toMatchObject({ kind: 'unavailable', retryAfterMs: 5_000 });
  });
});
