/** What keeps a purchase by hand from being made: a card that was tried too often, and the operator's switch. */
import { describe, expect, test } from 'vitest';
import type { Charging } from '../../src/domain/book.js';
import { HOUR_MS, later } from '../../src/domain/instant.js';
import type { Asked, TestAccount } from './support-account.js';
import { attach, said } from './support-commands.js';
import { answer, buy, lastCharge, mails, SMALL, shop } from './support-shop.js';

describe('with a card whose network allows no further try', () => {
  /** Ten declines of the card within the hour, all of other charges. */
  function wearOut(account: TestAccount): void {
    const [row] = account.rows.cards;
    const [first] = account.rows.attempts;
    if (row === undefined || first === undefined) throw new Error('no attempt was made');
    row.card = { ...row.card, brand: 'mastercard' };
    for (let more = 2; more <= 10; more += 1) {
      const attempt = { ...first.attempt, ordinal: more };
      account.rows.attempts.push({ ...first, charge: 'other' as never, attempt });
    }
  }

  test('a pack is refused in words, and its key stays free', async () => {
    const account = shop();
    account.post(buy('declined'));
    await answer(account, 'declines');
    wearOut(account);
    expect(said(account.one(buy('p')))).toBe('too_many_retries');
    account.post(attach('fresh'));
    const [, fresh] = account.rows.cards;
    const other = { ...buy('p'), card: fresh?.card.id } as Asked;
    expect(account.one(other)).toMatchObject({ kind: 'charge_opened', replayed: false });
  });

  test('a pack that was opened before fails at once, instead of being charged when nobody is there any more', async () => {
    const account = shop();
    account.post(buy('declined'));
    await answer(account, 'declines');
    account.post(buy('p'));
    wearOut(account);
    const processor = await answer(account, 'pays');
    expect([lastCharge(account).state, lastCharge(account).nextAttemptAt]).toEqual(['failed', null]);
    expect(processor.calls).toEqual([]);
    expect(mails(account)).toEqual(['purchase_failed', 'purchase_failed']);
  });
});

describe.each<Charging>(['stopped', 'dry_run'])('with the operator’s switch at %s', (charging) => {
  test('nothing is bought or offered, no key is claimed, and a dry run says what would have been charged', () => {
    const account = shop();
    account.context.charging = charging;
    const until = later(account.at(), HOUR_MS);
    const offer: Asked = { kind: 'offer_checkout', key: 'c', pack: SMALL, until };
    expect([said(account.one(buy('p'))), account.last.effects.wouldCharge]).toEqual([
      'charging_stopped',
      charging === 'dry_run' ? [{ amountMinor: 2_000n, currency: 'usd', last4: '4242' }] : [],
    ]);
    expect([said(account.one(offer)), account.rows.charges.size]).toEqual(['charging_stopped', 0]);
    account.context.charging = 'on';
    expect(account.one(buy('p'))).toMatchObject({ kind: 'charge_opened', replayed: false });
    expect(account.one(offer)).toMatchObject({ kind: 'charge_opened', replayed: false });
  });
});
