/** A card that is refused: said once, then nothing more is sent until there is a reason to believe in another answer. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accountId } from '../../src/domain/ids.js';
import { fateOf, TOPPED_OFF_ONCE } from '../support/fate.js';
import { type LocalRiver, openLocalRiver } from '../support/local-river.js';
import { lowAccounts } from '../support/low-account.js';
import { TOP_OFF } from '../support/store.js';
import { brokenSums } from '../support/sums.js';
import { until } from '../support/wait.js';

let river: LocalRiver;
beforeAll(async () => {
  river = await openLocalRiver();
  // Two, so that every promise below is also one between processes.
  await Promise.all([river.startWorker(), river.startWorker()]);
});
afterAll(() => river.close());

const { dry, requests, lowOn, goesOn } = lowAccounts(() => river);

const NOTICE = { failed: 'top_off_failed', pending: 'top_off_failed', action_required: 'action_required' } as const;

const refused = (reason: string, state: keyof typeof NOTICE = 'failed') => ({
  balance: 40,
  charges: [`${state}: ${reason}`],
  grants: [],
  payments: [],
  incidents: [`${reason} open`],
  notices: [`${NOTICE[state]} sent`],
  mails: 1,
});

type Row = readonly [what: string, account: string, card: string, reason: string, state: keyof typeof NOTICE];
const CARDS: readonly Row[] = [
  ['declines for now', 'declined', 'pm_card_chargeCustomerFail', 'card_declined', 'pending'],
  ['is blocked as fraudulent', 'blocked', 'pm_card_radarBlock', 'card_declined', 'failed'],
  [
    'wants its owner',
    'unauthenticated',
    'pm_card_authenticationRequired',
    'authentication_required',
    'action_required',
  ],
];

describe.each(CARDS)('a card that %s', (_what, account, card, reason, state) => {
  test('leaves the charge unpaid, raises one incident and sends one mail', async () => {
    await lowOn(account, card);
    expect(await fateOf(river, account)).toEqual(refused(reason, state));
  });

  test('is not tried again before its time: further calls are debited, open no charge and send nothing to the processor', async () => {
    expect(await goesOn(account, 'more')).toBe(0);
    expect(await fateOf(river, account)).toEqual({ ...refused(reason, state), balance: 35 });
  });

  test('stays refused when the same card is attached once more', async () => {
    await river.attach(account, card);
    await dry();
    expect(await goesOn(account, 'same')).toBe(0);
    expect(await fateOf(river, account)).toEqual({ ...refused(reason, state), balance: 30 });
  });

  test('gives way to a new card, which pays the same intent at once, once, and ends the incident', async () => {
    const intents = river.processor.double.control.summary().intents;
    await river.attach(account, 'pm_card_mastercard');
    await dry();
    const fate = await fateOf(river, account);
    expect(fate).toMatchObject({ balance: 230, grants: [200], payments: [5_000], incidents: [`${reason} resolved`] });
    expect(fate.charges).toEqual(['succeeded']);
    expect(fate.notices).toEqual([`${NOTICE[state]} sent`, 'top_off_succeeded sent']);
    expect(river.smtp.mails.at(-1)?.raw.includes('4444')).toBe(true);
    expect(river.processor.double.control.summary().intents).toBe(intents);
  });
});

describe.each([
  ['insufficient_funds', 'scripted-1', 'pending'],
  ['lost_card', 'scripted-2', 'failed'],
  ['expired_card', 'scripted-3', 'failed'],
] as const)('the decline %s', (declineCode, account, state) => {
  test('is the same to the owner, and its code reaches no mail', async () => {
    river.processor.double.control.fail({ kind: 'decline', declineCode });
    await lowOn(account, 'pm_card_visa');
    expect(await fateOf(river, account)).toEqual(refused('card_declined', state));
    expect(await goesOn(account, 'more')).toBe(0);
    const mail = river.smtp.mails.find(({ recipients }) => recipients.includes(`${account}@example.com`));
    expect(mail?.raw.includes(declineCode)).toBe(false);
  });
});

test('a decline whose answer was lost counts as one decline', async () => {
  const account = 'lost-decline';
  river.processor.double.control.fail({ kind: 'cut', moment: 'after', route: 'POST /v1/payment_intents/*/confirm' });
  await lowOn(account, 'pm_card_chargeCustomerFail');
  expect(await fateOf(river, account)).toEqual(refused('card_declined', 'pending'));
});

test('an account without a card is told that it has none, charges nothing, and pays once one is attached', async () => {
  const account = 'cardless';
  const before = requests();
  await lowOn(account, null);
  expect(requests()).toBe(before);
  expect(await fateOf(river, account)).toMatchObject({
    ...{ balance: 40, charges: [], grants: [], payments: [] },
    incidents: ['no_payment_method open'],
  });
  await river.attach(account, 'pm_card_visa');
  await dry();
  expect(await fateOf(river, account)).toMatchObject({
    ...{ balance: 240, charges: ['succeeded'], grants: [200], payments: [5_000] },
    incidents: ['no_payment_method resolved'],
  });
});

test('two workers that find one account low at once charge it once', async () => {
  const account = 'wanted-twice';
  await river.account(account);
  await Promise.all(Array.from({ length: 60 }, (_, index) => river.calls(account, 1, `single-${index}`)));
  await dry();
  expect(await fateOf(river, account)).toEqual(TOPPED_OFF_ONCE);
});

test('a top-off switched off while its charge waits is canceled at the processor and not paid', async () => {
  const account = 'changed-mind';
  const { control } = river.processor.double;
  control.fail({ kind: 'timeout', moment: 'before', route: 'POST /v1/payment_intents', times: 2 });
  await river.account(account);
  await river.calls(account, 60);
  await until(() => control.faults().length < 1 || control.faults()[0]?.times === 1, { what: 'the first silence' });
  const settings = { ...TOP_OFF, enabled: false };
  await river.desk.ledger.post([{ kind: 'configure_top_off', account: accountId(account), settings }]);
  await dry();
  expect(await fateOf(river, account)).toMatchObject({ balance: 40, charges: ['canceled'], payments: [], grants: [] });
});

test('after all of it, every sum holds', async () => {
  expect(await brokenSums(river.url)).toEqual([]);
});
