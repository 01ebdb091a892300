/** What keeps a purchase by hand from being made: a card that was tried too often, and the operator's switch. */
import { describe, expect, test } from 'vitest';
import type { Charging } from '../../src/domain/book.js';
import { HOUR_MS, later } from '../../src/domain/instant.js';
import { catalogOf } from '../support/catalogs.js';
import { type Asked, makeAccount, type TestAccount } from './support-account.js';
import { attach, grant, said } from './support-commands.js';
import { type Mood, makeProcessor, runDueCharges } from './support-processor.js';

const CATALOG = catalogOf(
  `
meters: { call: { label: Call, group: Calls, rate: 1 } }
auto_top_off: { threshold: 50, amount: 200, min_amount: 10, max_amount: 1000, step: 10, largest_charge: 250.00, charges_per_hour: 3 }
packs:
  presets: [{ key: small, label: Small, credits: 100, amount: 20.00 }]
  custom: { by: money, min: 5.00, max: 100.00, step: 5.00 }
`,
  `
format: 1
key: test
currency: usd
brand: { name: Test }
words: { top_off_failed: Things stop., out_of_credits: Nothing is left., links: { billing: /billing } }
credit_price: { credits: 4, for: 1.00 }
plans:
  - { key: standard, label: Standard, allotment: 100, every: month, auto_top_off: true, packs: true }
  - { key: bare, label: Bare, allotment: 100, every: month, packs: false }
`,
);

type Pack = Extract<Asked, { kind: 'buy_pack' }>['pack'];
const SMALL: Pack = { kind: 'preset', preset: 'small' };
const buy = (key: string, pack: Pack = SMALL): Asked => ({ kind: 'buy_pack', key, pack });

function shop(plan = 'standard'): TestAccount {
  const account = makeAccount({ catalog: CATALOG, plan });
  account.post(grant('start', 40), attach('one'));
  return account;
}
async function answer(account: TestAccount, mood: Mood, processor = makeProcessor()) {
  processor.state.mood = mood;
  await runDueCharges(account, processor);
  return processor;
}
const mails = (account: TestAccount): string[] => account.rows.notices.map(({ facts }) => facts.kind);
const lastCharge = (account: TestAccount) => {
  const charge = [...account.rows.charges.values()].at(-1);
  if (charge === undefined) throw new Error('nothing was bought');
  return charge;
};

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
