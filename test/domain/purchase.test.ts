import { describe, expect, test } from 'vitest';
import { credits } from '../../src/domain/credits.js';
import { HOUR_MS, later } from '../../src/domain/instant.js';
import { minorUnits } from '../../src/domain/money.js';
import type { Outcome } from '../../src/domain/outcomes.js';
import type { TestAccount } from './support-account.js';
import { attach, configure, said, use } from './support-commands.js';
import { makeProcessor, viewOf } from './support-processor.js';
import { chargesOf, openIncidents } from './support-scene.js';
import { answer, buy, lastCharge, mails, type Pack, SMALL, shop } from './support-shop.js';

describe('a pack bought by hand', () => {
  test('is charged with the owner present, and brings a lot that never expires and one mail', async () => {
    const account = shop();
    expect(account.one(buy('a'))).toMatchObject({ kind: 'charge_opened', amountMinor: 2_000n, replayed: false });
    const processor = await answer(account, 'pays');
    expect([account.balance(), mails(account)]).toEqual(['140', ['purchase_succeeded']]);
    const lot = [...account.rows.lots.values()].find((one) => one.kind === 'purchase');
    expect(lot).toMatchObject({ paid: true, expiresAt: null, chargeId: lastCharge(account).id });
    expect(account.rows.attempts[0]?.attempt.params).toEqual({ payment_method: 'pm_one', off_session: false });
    expect(processor.calls).toHaveLength(2);
  });

  test.each<[string, Pack, string]>([
    ['by money, at the exact ratio', { kind: 'money', amountMinor: minorUnits(1_500) }, 'pending 60 for 1500'],
    ['by credits', { kind: 'credits', credits: credits(40) }, 'pending 40 for 1000'],
  ])('%s', (_, pack, opened) => {
    const account = shop();
    account.post(buy('a', pack));
    expect(chargesOf(account)).toEqual([opened]);
  });

  test('of an amount that cannot be sold is refused with the two nearest that can', () => {
    const outcome = shop().one(buy('a', { kind: 'money', amountMinor: minorUnits(1_234) }));
    expect(outcome).toMatchObject({ kind: 'refused', reason: 'amount_not_allowed' });
    expect(outcome.kind === 'refused' && outcome.message).toMatch(/40 credits for \$10\.00 or 60 credits for \$15\.00/);
  });

  test.each<[string, (account: TestAccount) => Outcome, string]>([
    ['of a pack that does not exist', (one) => one.one(buy('a', { kind: 'preset', preset: 'huge' })), 'not_offered'],
    [
      'with a card that is not attached',
      (one) => one.one({ kind: 'buy_pack', key: 'a', pack: SMALL, card: 'nobody' as never }),
      'card_unknown',
    ],
  ])('%s is refused', (_, ask, reason) => {
    expect(said(ask(shop()))).toBe(reason);
  });

  test('on a plan without packs is refused', () => {
    expect(said(shop('bare').one(buy('a')))).toBe('not_offered');
  });

  test('asked for again under its key is the same purchase, whatever became of it, and other content is a conflict', async () => {
    const account = shop();
    const [first, second] = account.post(buy('a'), buy('a'));
    expect(second).toEqual({ ...first, replayed: true });
    await answer(account, 'pays');
    expect(account.one(buy('a'))).toMatchObject({ state: 'succeeded', replayed: true });
    expect(said(account.one(buy('a', { kind: 'money', amountMinor: minorUnits(500) })))).toBe('conflict');
    expect(account.rows.charges.size).toBe(1);
  });

  test('whose key was refused leaves it free', () => {
    const account = shop();
    account.post(buy('a', { kind: 'preset', preset: 'huge' }));
    expect(said(account.one(buy('a')))).toBe('charge_opened');
  });

  test.each(['declines', 'declines_hard'] as const)(
    'that %s fails at once: no ladder, no backup card, no banner, one mail',
    async (mood) => {
      const account = shop();
      account.post(attach('two'), buy('a'));
      await answer(account, mood);
      expect([chargesOf(account), openIncidents(account), mails(account)]).toEqual([
        ['failed 100 for 2000'],
        [],
        ['purchase_failed'],
      ]);
      expect(account.rows.attempts).toHaveLength(1);
    },
  );

  test('that failed can be retried by its owner, and pays once', async () => {
    const account = shop();
    account.post(buy('a'));
    const processor = await answer(account, 'declines');
    expect(said(account.one({ kind: 'retry_charge', charge: lastCharge(account).id }))).toBe('charge_opened');
    await answer(account, 'pays', processor);
    expect([account.balance(), processor.intents.get(lastCharge(account).id)?.payments]).toEqual(['140', 1]);
  });

  test('for which the bank wants its owner waits for the owner, with a mail and without a banner', async () => {
    const account = shop();
    account.post(buy('a'));
    await answer(account, 'wants_authentication');
    expect([lastCharge(account).state, openIncidents(account), mails(account)]).toEqual([
      ...['action_required', [], ['action_required']],
    ]);
  });
});

describe('beside a top-off that waits', () => {
  async function waiting() {
    const account = shop();
    account.post(configure(), use('u', 1));
    await answer(account, 'declines');
    expect(chargesOf(account)).toEqual(['pending 200 for 5000']);
    return account;
  }

  test('a purchase is not held up, and cancels it once the balance is back at the threshold', async () => {
    const account = await waiting();
    account.post(buy('a'));
    const processor = makeProcessor();
    for (const charge of account.rows.charges.values()) {
      if (charge.intentId !== null)
        await processor.payments.createIntent({ charge: charge.id, amountMinor: 1n } as never);
    }
    await answer(account, 'pays', processor);
    await answer(account, 'pays', processor);
    expect(chargesOf(account)).toEqual(['canceled 200 for 5000', 'succeeded 100 for 2000']);
    expect([account.balance(), openIncidents(account)]).toEqual(['139', []]);
  });

  test('one that is too small for that makes it due at once', async () => {
    const account = await waiting();
    account.post(buy('a', { kind: 'money', amountMinor: minorUnits(500) }), use('v', 30));
    const next = lastCharge(account);
    account.post({ kind: 'claim_charge', charge: next.id });
    const view = viewOf({
      ...{ id: 'pi_x', charge: next.id, amountMinor: 500n },
      status: 'succeeded',
      payments: 1,
      lastDecline: null,
    });
    const version = account.rows.charges.get(next.id)?.version ?? 0;
    account.post({ kind: 'agree', charge: next.id, version, view, decline: null, looked: false });
    const [waited] = account.rows.charges.values();
    expect(waited?.course.extra).toEqual({ at: account.at(), by: 'payment' });
  });

  test('one that succeeds lifts the suspension, and the failed top-off is tried again instead of a second one', async () => {
    const account = shop();
    account.post(configure(), use('u', 40));
    const processor = await answer(account, 'declines_hard');
    account.post(buy('a', { kind: 'money', amountMinor: minorUnits(500) }));
    await answer(account, 'pays', processor);
    expect(account.rows.settings.topOff.suspendedAt).toBeNull();
    await answer(account, 'pays', processor);
    expect(chargesOf(account)).toEqual(['succeeded 200 for 5000', 'succeeded 20 for 500']);
    expect([account.balance(), openIncidents(account)]).toEqual(['220', []]);
  });
});

describe('a Checkout', () => {
  const offer = (account: TestAccount, key = 'c') =>
    account.one({ kind: 'offer_checkout', key, pack: SMALL, until: later(account.at(), HOUR_MS) });

  test('is a charge of its own that nothing is sent for, paid by agreeing with its session’s intent', () => {
    const account = shop();
    expect(offer(account)).toMatchObject({ kind: 'charge_opened', state: 'pending' });
    expect(offer(account)).toMatchObject({ replayed: true });
    const { id } = lastCharge(account);
    expect(account.one({ kind: 'claim_charge', charge: id })).toMatchObject({ task: { do: 'nothing' } });
    const view = viewOf({
      id: 'pi_checkout',
      charge: id,
      amountMinor: 2_000n,
      status: 'succeeded',
      payments: 1,
      lastDecline: null,
    });
    account.post({ kind: 'agree', charge: id, version: 1, view, decline: null, looked: true });
    expect([lastCharge(account).state, account.balance(), mails(account)]).toEqual([
      ...['succeeded', '140', ['purchase_succeeded']],
    ]);
  });

  test('takes no notice of declines on its page', () => {
    const account = shop();
    offer(account);
    const { id } = lastCharge(account);
    const lastDecline = { code: 'card_declined', declineCode: 'lost_card', adviceCode: null, message: '' };
    const view = viewOf({
      id: 'pi_checkout',
      charge: id,
      amountMinor: 2_000n,
      status: 'requires_payment_method',
      payments: 0,
      lastDecline,
    });
    account.post({ kind: 'agree', charge: id, version: 1, view, decline: null, looked: true });
    expect([lastCharge(account).state, mails(account)]).toEqual(['pending', []]);
    const asks = viewOf({
      ...view,
      id: 'pi_checkout',
      charge: id,
      amountMinor: 2_000n,
      status: 'requires_action',
      payments: 0,
      lastDecline: null,
    });
    account.post({ kind: 'agree', charge: id, version: 2, view: asks, decline: null, looked: true });
    expect([lastCharge(account).state, mails(account)]).toEqual(['pending', []]);
  });

  test('whose session has expired is canceled, by its event or by time, and paid all the same if money comes to light', () => {
    const account = shop();
    offer(account, 'one');
    offer(account, 'two');
    const [one, two] = [...account.rows.charges.keys()];
    if (one === undefined || two === undefined) throw new Error('charges are missing');
    account.post({ kind: 'end_checkout', charge: one });
    account.travel(HOUR_MS);
    account.post({ kind: 'claim_charge', charge: two });
    expect(chargesOf(account)).toEqual(['canceled 100 for 2000', 'canceled 100 for 2000']);
    const view = viewOf({
      id: 'pi_late',
      charge: two,
      amountMinor: 2_000n,
      status: 'succeeded',
      payments: 1,
      lastDecline: null,
    });
    const version = account.rows.charges.get(two)?.version ?? 0;
    account.post({ kind: 'agree', charge: two, version, view, decline: null, looked: true });
    expect([lastCharge(account).state, account.balance()]).toEqual(['succeeded', '140']);
  });

  test('whose payment was under way and came to nothing waits for its session’s end, and is canceled then', () => {
    const account = shop();
    offer(account);
    const { id } = lastCharge(account);
    const seen = (status: 'processing' | 'requires_payment_method' | 'canceled') => {
      const lastDecline = null;
      const view = viewOf({ id: 'pi_checkout', charge: id, amountMinor: 2_000n, status, payments: 0, lastDecline });
      const { version } = lastCharge(account);
      account.post({ kind: 'agree', charge: id, version, view, decline: null, looked: true, isHeard: true });
      return lastCharge(account).state;
    };
    expect([seen('processing'), seen('requires_payment_method')]).toEqual(['processing', 'pending']);
    account.travel(HOUR_MS);
    expect(account.one({ kind: 'claim_charge', charge: id })).toMatchObject({ task: { do: 'cancel' } });
    expect([seen('canceled'), mails(account)]).toEqual(['canceled', []]);
  });

  test('that ended in the past is not offered, and an end of nothing is refused', () => {
    const account = shop();
    const outcome = account.one({ kind: 'offer_checkout', key: 'c', pack: SMALL, until: account.at() });
    expect(said(outcome)).toBe('invalid');
    expect(said(account.one({ kind: 'end_checkout', charge: 'nobody' as never }))).toBe('charge_unknown');
  });
});
