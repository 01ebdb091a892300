import { describe, expect, test } from 'vitest';
import { credits } from '../../src/domain/credits.js';
import { paymentMethodId } from '../../src/domain/ids.js';
import { HOUR_MS, MINUTE_MS } from '../../src/domain/instant.js';
import { minorUnits } from '../../src/domain/money.js';
import { makeAccount } from './support-account.js';
import { attach, configure, grant, hold, ifCovered, reverse, said, use } from './support-commands.js';
import { makeProcessor, runDueCharges } from './support-processor.js';
import { chargesOf, lowAt50, openIncidents, pays } from './support-scene.js';

describe('the card', () => {
  test('switched on without one: allowed, raised at once, charged nothing; attaching resolves it and charges', () => {
    const account = makeAccount();
    account.post(grant('start', 10));
    expect(said(account.one(configure()))).toBe('configured');
    expect([openIncidents(account), chargesOf(account)]).toEqual([['no_payment_method'], []]);
    account.post(use('u', 1));
    expect(openIncidents(account)).toEqual(['no_payment_method']);
    account.post(attach('one'));
    expect([openIncidents(account), chargesOf(account)]).toEqual([[], ['pending 200 for 5000']]);
  });

  test('by default the account’s first, however many were detached before it', () => {
    const account = makeAccount();
    account.post(attach('one'), attach('two'));
    account.travel(1);
    account.post(attach('three'));
    const [one, two] = account.rows.cards.map((row) => row.card.id);
    if (one === undefined || two === undefined) throw new Error('cards are missing');
    account.post({ kind: 'detach_card', card: one }, { kind: 'detach_card', card: two });
    account.travel(1);
    account.post(attach('four'));
    account.post(grant('start', 10), configure());
    const [charge] = account.rows.charges.values();
    expect(account.rows.cards.find((row) => row.card.id === charge?.card)?.card.processorId).toBe('pm_three');
  });

  test('the one that was chosen, and one that is not attached is refused', () => {
    const account = makeAccount();
    account.post(grant('start', 10), attach('one'), attach('two'));
    const card = account.rows.cards[1]?.card.id ?? null;
    expect(said(account.one(configure({ card: paymentMethodId('nobody') })))).toBe('card_unknown');
    account.post(configure({ card }));
    expect([...account.rows.charges.values()][0]?.card).toBe(card);
  });

  test('attached twice is one card', () => {
    const account = makeAccount();
    account.post(attach('one'), attach('one'));
    account.post(attach('one'));
    expect(account.rows.cards).toHaveLength(1);
  });
});

describe('suspended', () => {
  const declined = async () => {
    const account = lowAt50();
    account.post(use('u', 60));
    const processor = makeProcessor();
    processor.state.mood = 'declines_hard';
    await runDueCharges(account, processor);
    return account;
  };

  test('nothing opens, however often the balance falls and time passes', async () => {
    const account = await declined();
    account.post(use('v', 10));
    account.travel(48 * HOUR_MS);
    account.post(ifCovered('w', 1_000));
    expect(chargesOf(account)).toEqual(['failed 200 for 5000']);
  });

  test('the same card attached again lifts nothing, another fingerprint does and charges', async () => {
    const account = await declined();
    account.post(attach('again', 'fp_one'));
    expect(chargesOf(account)).toEqual(['failed 200 for 5000']);
    account.post(attach('two'));
    expect(chargesOf(account)).toEqual(['pending 200 for 5000']);
    expect(account.rows.settings.topOff.suspendedAt).toBeNull();
  });

  test('the card that lifts it is the one charged, not the one that was refused', async () => {
    const account = await declined();
    account.post(attach('two'));
    const next = [...account.rows.charges.values()].find((charge) => charge.state === 'pending');
    const charged = account.rows.cards.find(({ card }) => card.id === next?.card);
    expect(charged?.card.processorId).toBe('pm_two');
  });

  test('settings do not lift it', async () => {
    const account = await declined();
    account.post(configure({ enabled: false }));
    account.post(configure({ threshold: credits(80) }));
    expect(chargesOf(account)).toHaveLength(1);
    expect(account.rows.settings.topOff.suspendedAt).not.toBeNull();
  });
});

describe('when the need is gone', () => {
  test.each([
    ['credits come in', grant('g', 10)],
    ['the use is given back', reverse('r', 'u')],
    ['it is switched off', configure({ enabled: false })],
    ['the threshold is lowered', configure({ threshold: credits(40) })],
  ])('because %s, the waiting charge is canceled without a word to the processor', async (_, command) => {
    const account = lowAt50();
    account.post(use('u', 60));
    account.post(command);
    expect(chargesOf(account)).toEqual(['pending 200 for 5000, not needed']);
    const processor = makeProcessor();
    await runDueCharges(account, processor);
    expect(chargesOf(account)).toEqual(['canceled 200 for 5000']);
    expect([processor.calls, account.rows.outbox.size, account.rows.notices.length]).toEqual([[], 0, 0]);
  });

  test('a charge for what fell short is needed while it still would', () => {
    const account = lowAt50();
    account.post(hold('h', 101));
    account.post(grant('g', '0.5'));
    expect(chargesOf(account)).toEqual(['pending 200 for 5000']);
    account.post(grant('i', '0.5'));
    expect(chargesOf(account)).toEqual(['pending 200 for 5000, not needed']);
  });

  test('and comes back before it was canceled, the next one is opened once it is', async () => {
    const account = lowAt50();
    account.post(use('u', 60));
    account.post(grant('g', 10));
    account.post(use('v', 10));
    await pays(account);
    expect(chargesOf(account)).toEqual(['canceled 200 for 5000', 'pending 200 for 5000']);
  });

  test('the incident that hung on it is over with it', async () => {
    const account = lowAt50();
    account.post(use('u', 60));
    const processor = makeProcessor();
    processor.state.mood = 'refuses';
    await runDueCharges(account, processor);
    expect(openIncidents(account)).toEqual(['internal_error']);
    account.post(grant('g', 100));
    processor.state.mood = 'pays';
    account.travel(MINUTE_MS);
    await runDueCharges(account, processor);
    expect(chargesOf(account)).toEqual(['canceled 200 for 5000']);
    expect(openIncidents(account)).toEqual([]);
  });
});

describe('settings that are refused', () => {
  test.each([
    ['an amount below the least', { amount: credits(0) }],
    ['an amount above the most', { amount: credits(1_010) }],
    ['an amount between two steps', { amount: credits(15) }],
    ['a threshold below zero', { threshold: credits(-1) }],
    ['a threshold below zero, switched off', { threshold: credits(-1), enabled: false }],
    ['a threshold no balance can reach', { threshold: credits(1_000_000_001) }],
    ['a cap below zero', { capDayMinor: minorUnits(-1) }],
    ['a cap below zero, by the month', { capMonthMinor: minorUnits(-1) }],
  ])('%s', (_, wish) => {
    const account = lowAt50();
    const before = account.rows.settings;
    expect(said(account.one(configure(wish)))).toBe('amount_not_allowed');
    expect(account.rows.settings).toEqual(before);
  });
});
