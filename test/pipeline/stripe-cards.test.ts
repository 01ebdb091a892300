/** Cards that are attached, renewed, detached or deleted at Stripe, and what our accounts make of it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sdk } from '../stripe/double-client.js';
import { query } from '../support/admin.js';
import { fateOf } from '../support/fate.js';
import { allHeard, type LocalRiver, openLocalRiver } from '../support/local-river.js';

let river: LocalRiver;
let accounts = 0;

beforeAll(async () => {
  river = await openLocalRiver({ webhooks: true });
  await river.startWorker();
});
afterAll(() => river.close());

const control = () => river.processor.double.control;
const stripe = () => sdk(river.processor.double);
const settled = (): Promise<void> => allHeard(river);
const nextAccount = (): string => {
  accounts += 1;
  return `cards-${accounts}`;
};

const cardsOf = (account: string) =>
  query<{ processor_id: string; last4: string; year: number; attached: boolean }>(
    river.url,
    `select processor_id, last4, expiry_year as year, detached_at is null as attached from payment_methods p
     join accounts a on a.no = p.account_no where a.id = $1 order by p.attached_at`,
    [account],
  );

describe('cards at Stripe', () => {
  test('that are detached there are detached here, and the owner of an auto top-off is told at once', async () => {
    const account = nextAccount();
    await river.account(account);
    await settled();
    const [card] = await cardsOf(account);
    await stripe().paymentMethods.detach(card?.processor_id ?? '');
    await settled();
    expect(await cardsOf(account)).toMatchObject([{ attached: false }]);
    expect((await fateOf(river, account)).incidents).toEqual(['no_payment_method open']);
  });

  test('that are attached there are attached here, once', async () => {
    const account = nextAccount();
    await river.account(account);
    const [row] = await query<{ customer: string }>(river.url, 'select customer from accounts where id = $1', [
      account,
    ]);
    const setup = await stripe().setupIntents.create({
      ...{ customer: row?.customer ?? '', payment_method: 'pm_card_mastercard', confirm: true },
      ...{ usage: 'off_session', automatic_payment_methods: { enabled: true, allow_redirects: 'never' } },
    });
    expect(setup.status).toBe('succeeded');
    await settled();
    expect(await cardsOf(account)).toMatchObject([{ last4: '4242' }, { last4: '4444', attached: true }]);
  });

  test('of other customers are none of ours', async () => {
    const account = nextAccount();
    await river.account(account);
    const stranger = await stripe().customers.create({ name: 'Stranger' });
    await stripe().paymentMethods.attach('pm_card_mastercard', { customer: stranger.id });
    await settled();
    expect(await cardsOf(account)).toMatchObject([{ last4: '4242' }]);
  });

  test('that the network renews have their new number here, and are the same card', async () => {
    const account = nextAccount();
    await river.account(account);
    const [card] = await cardsOf(account);
    await control().automaticallyUpdate(card?.processor_id ?? '', { last4: '1881', expMonth: 4, expYear: 2044 });
    await settled();
    expect(await cardsOf(account)).toMatchObject([{ last4: '1881', year: 2044, attached: true }]);
  });

  test('go with their customer when it is deleted, and the next card brings another customer', async () => {
    const account = nextAccount();
    await river.account(account);
    const customerOf = async () =>
      (await query<{ customer: string | null }>(river.url, 'select customer from accounts where id = $1', [account]))[0]
        ?.customer;
    const gone = (await customerOf()) ?? '';
    await stripe().customers.del(gone);
    await settled();
    expect(await cardsOf(account)).toMatchObject([{ attached: false }]);
    expect(await customerOf()).toBeNull();
    expect((await fateOf(river, account)).incidents).toEqual(['no_payment_method open']);
    await river.attach(account, 'pm_card_mastercard');
    await settled();
    expect(await cardsOf(account)).toMatchObject([{ attached: false }, { last4: '4444', attached: true }]);
    expect(await customerOf()).not.toBe(gone);
    expect((await fateOf(river, account)).incidents).toEqual(['no_payment_method resolved']);
  });

  test('F33 and the charge that waited meanwhile is paid once by the next customer’s card, on an intent of its own', async () => {
    const account = nextAccount();
    await river.account(account);
    const [first] = await cardsOf(account);
    control().fail({
      ...{ kind: 'decline', declineCode: 'insufficient_funds', times: 1 },
      paymentMethod: first?.processor_id ?? '',
    });
    await river.calls(account, 60);
    await settled();
    expect(await fateOf(river, account)).toMatchObject({ charges: ['pending: card_declined'] });
    const [row] = await query<{ customer: string }>(river.url, 'select customer from accounts where id = $1', [
      account,
    ]);
    await stripe().customers.del(row?.customer ?? '');
    await settled();
    await river.attach(account, 'pm_card_mastercard');
    await settled();
    expect(await cardsOf(account)).toMatchObject([{ attached: false }, { last4: '4444', attached: true }]);
    expect(await fateOf(river, account)).toMatchObject({
      ...{ balance: 240, charges: ['succeeded'], grants: [200], payments: [5_000] },
      incidents: ['card_declined resolved', 'no_payment_method resolved'],
    });
    const mine = (await stripe().paymentIntents.list({ limit: 100 })).data.filter(
      (intent) => intent.metadata.creditd_account === account,
    );
    expect(mine.map((intent) => intent.status).sort()).toEqual(['canceled', 'succeeded']);
  });
});
