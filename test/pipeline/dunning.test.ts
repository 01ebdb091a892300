/** What a declined charge goes through on real parts: the ladder, a backup card, its owner at the bank, a card that is gone. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { setCharging } from '../../src/adapters/postgres/switch.js';
import { makeStripeClient } from '../../src/adapters/stripe/client.js';
import type { Command } from '../../src/domain/commands.js';
import { credits } from '../../src/domain/credits.js';
import { accountId, chargeId } from '../../src/domain/ids.js';
import { HOUR_MS } from '../../src/domain/instant.js';
import { makeAuthenticate } from '../../src/flow/authenticate.js';
import { query } from '../support/admin.js';
import { fateOf, TOPPED_OFF_ONCE } from '../support/fate.js';
import { type LocalRiver, openLocalRiver } from '../support/local-river.js';
import { lowAccounts } from '../support/low-account.js';
import { brokenSums } from '../support/sums.js';
import { until } from '../support/wait.js';

let river: LocalRiver;
beforeAll(async () => {
  river = await openLocalRiver();
  // Two, so that every promise below is also one between processes.
  await Promise.all([river.startWorker(), river.startWorker()]);
});
afterAll(() => river.close());

/** The processor's name of the account's card. */
async function storedCard(account: string): Promise<string> {
  const [card] = await query<{ processor_id: string }>(
    river.url,
    'select m.processor_id from payment_methods m join accounts a on a.no = m.account_no where a.id = $1',
    [account],
  );
  return card?.processor_id ?? '';
}

/** When the account's charge is tried again. */
async function nextAttempt(account: string): Promise<number> {
  const [row] = await query<{ at: Date | null }>(
    river.url,
    'select c.next_attempt_at as at from charges c join accounts a on a.no = c.account_no where a.id = $1',
    [account],
  );
  return row?.at?.getTime() ?? 0;
}

const { dry, requests, lowOn, goesOn } = lowAccounts(() => river);

const NO_CARD = {
  balance: 40,
  charges: ['failed: no_payment_method'],
  grants: [],
  payments: [],
  incidents: ['no_payment_method open'],
  notices: ['top_off_failed sent'],
  mails: 1,
};

test('a soft decline is tried again at its rung’s time, on the same intent, and the ladder is a column', async () => {
  const account = 'laddered';
  const { control } = river.processor.double;
  await river.account(account);
  control.fail({
    ...{ kind: 'decline', declineCode: 'insufficient_funds', times: 2 },
    paymentMethod: await storedCard(account),
  });
  await river.calls(account, 60);
  await dry();
  const rungs: number[] = [];
  for (let rung = 0; rung < 2; rung += 1) {
    const next = await nextAttempt(account);
    rungs.push(Math.floor((next - (await river.store.clock.now())) / HOUR_MS));
    river.travel(next - (await river.store.clock.now()));
    await until(async () => (await nextAttempt(account)) !== next, { what: 'the rung' });
    await dry();
  }
  expect(rungs).toEqual([1, 6]);
  expect(await fateOf(river, account)).toMatchObject({
    ...{ balance: 240, charges: ['succeeded'], payments: [5_000], incidents: ['card_declined resolved'] },
    notices: ['top_off_failed sent', 'top_off_succeeded sent'],
  });
});

test('a backup card is charged at once after the first was declined, and nobody is told of a failure', async () => {
  const account = 'backed-up';
  await river.account(account, 'pm_card_chargeCustomerFail');
  await river.attach(account, 'pm_card_mastercard');
  await river.calls(account, 60);
  await dry();
  expect(await fateOf(river, account)).toEqual(TOPPED_OFF_ONCE);
});

test('the owner approves the payment at the bank: the same intent is confirmed in person and paid once', async () => {
  const account = 'approved';
  await lowOn(account, 'pm_card_authenticationRequired');
  const [charge] = await query<{ id: string }>(
    river.url,
    'select c.id from charges c join accounts a on a.no = c.account_no where a.id = $1',
    [account],
  );
  const authenticate = makeAuthenticate({ ledger: river.desk.ledger, payments: river.payments });
  const asked = await authenticate(accountId(account), chargeId(charge?.id ?? ''), 'https://billing.example/back');
  if (asked.kind !== 'go') throw new Error(`the owner was not sent to the bank: ${JSON.stringify(asked)}`);
  expect(await authenticate(accountId(account), chargeId(charge?.id ?? ''), 'https://billing.example/back')).toEqual(
    asked,
  );
  expect((await fateOf(river, account)).charges).toEqual(['action_required: authentication_required']);
  const intent = asked.url.split('/').at(-1) ?? '';
  expect(await river.processor.double.control.completeAuthentication(intent, true)).toContain(
    'https://billing.example/back',
  );
  river.travel(HOUR_MS);
  await until(async () => (await fateOf(river, account)).charges[0] === 'succeeded', { what: 'the payment' });
  await dry();
  expect(await fateOf(river, account)).toMatchObject({
    ...{ balance: 240, payments: [5_000], grants: [200], incidents: ['authentication_required resolved'] },
    notices: ['action_required sent', 'top_off_succeeded sent'],
  });
});

test('F33 a card that was detached at the processor behind our back is taken off here: told once, and the next card pays', async () => {
  const account = 'detached';
  await river.account(account);
  const stripe = makeStripeClient({ secretKey: 'sk_test_river', apiBase: river.processor.double.url });
  await stripe.paymentMethods.detach(await storedCard(account));
  await river.calls(account, 60);
  await dry();
  expect(await fateOf(river, account)).toEqual(NO_CARD);
  await river.attach(account, 'pm_card_mastercard');
  await dry();
  expect(await fateOf(river, account)).toMatchObject({
    ...{ balance: 240, charges: ['succeeded'], payments: [5_000], incidents: ['no_payment_method resolved'] },
  });
});

test('F33 a customer that was deleted at the processor is no loop: the charge fails for want of a card', async () => {
  const account = 'deleted';
  await river.account(account);
  const [found] = await query<{ customer: string }>(river.url, 'select customer from accounts where id = $1', [
    account,
  ]);
  const stripe = makeStripeClient({ secretKey: 'sk_test_river', apiBase: river.processor.double.url });
  await stripe.customers.del(found?.customer ?? '');
  await river.calls(account, 60);
  await dry();
  expect(await fateOf(river, account)).toEqual(NO_CARD);
  expect(await goesOn(account, 'more')).toBe(0);
});

test('a pack bought by hand is charged once under its key though an answer was lost, and cancels the top-off that waits', async () => {
  const account = 'shopper';
  const { control } = river.processor.double;
  await river.account(account);
  control.fail({
    ...{ kind: 'decline', declineCode: 'insufficient_funds', times: 1 },
    paymentMethod: await storedCard(account),
  });
  await river.calls(account, 60);
  await dry();
  expect((await fateOf(river, account)).charges).toEqual(['pending: card_declined']);
  const buy = (wanted: number) => ({
    ...{ kind: 'buy_pack', account: accountId(account), key: 'order-1' },
    pack: { kind: 'credits', credits: credits(wanted) },
  });
  const bought = async (wanted: number) => {
    const posted = await river.desk.ledger.post([buy(wanted) as Command]);
    return posted.kind === 'posted' ? posted.outcomes[0] : posted;
  };
  control.fail({ kind: 'cut', moment: 'after', route: 'POST /v1/payment_intents/*/confirm' });
  expect(await bought(20)).toMatchObject({ kind: 'charge_opened', state: 'pending', replayed: false });
  await dry();
  expect(await bought(20)).toMatchObject({ state: 'succeeded', replayed: true });
  expect(await bought(30)).toMatchObject({ kind: 'refused', reason: 'conflict' });
  expect(await fateOf(river, account)).toMatchObject({
    ...{ balance: 60, charges: ['canceled: card_declined', 'succeeded'], payments: [500] },
    ...{ incidents: ['card_declined resolved'], notices: ['top_off_failed sent', 'purchase_succeeded sent'] },
  });
});

test('F57 stopped by the operator nothing is opened or sent; on again, what is due is charged once', async () => {
  const account = 'stopped';
  await river.account(account);
  await setCharging(river.store.prisma, 'stopped');
  const before = requests();
  await river.calls(account, 60);
  await dry();
  expect(requests()).toBe(before);
  expect((await fateOf(river, account)).charges).toEqual([]);
  await setCharging(river.store.prisma, 'on');
  await river.calls(account, 1, 'on');
  await dry();
  expect(await fateOf(river, account)).toEqual({ ...TOPPED_OFF_ONCE, balance: 239 });
});

test('after all of it, every sum holds', async () => {
  expect(await brokenSums(river.url)).toEqual([]);
});
