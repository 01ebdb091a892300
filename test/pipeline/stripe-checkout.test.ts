/** Checkout sessions at Stripe: an offer's own charge is paid, or ends with its session; a card is stored by one. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accountId } from '../../src/domain/ids.js';
import { HOUR_MS, later } from '../../src/domain/instant.js';
import { minorUnits } from '../../src/domain/money.js';
import { sdk } from '../stripe/double-client.js';
import { query } from '../support/admin.js';
import { fateOf } from '../support/fate.js';
import { allHeard, type LocalRiver, openLocalRiver } from '../support/local-river.js';
import { brokenSums } from '../support/sums.js';

let river: LocalRiver;
let accounts = 0;

beforeAll(async () => {
  river = await openLocalRiver({ webhooks: true, catalogs: ['atlios'] });
  await river.startWorker();
});
afterAll(() => river.close());

const control = () => river.processor.double.control;
const stripe = () => sdk(river.processor.double);
const settled = (): Promise<void> => allHeard(river);

async function account(): Promise<{ readonly id: string; readonly customer: string }> {
  accounts += 1;
  const id = `checkout-${accounts}`;
  const anchor = await river.store.clock.now();
  const profile = { name: id, slug: null, catalog: 'atlios', plan: 'scale', zone: 'UTC', billingEmail: null };
  await river.desk.openAccount({
    ...profile,
    id: accountId(id),
    anchor,
    owners: [{ id: 'o', email: `${id}@example.com` }],
  });
  await river.attach(id, 'pm_card_visa');
  const [row] = await query<{ customer: string }>(river.url, 'select customer from accounts where id = $1', [id]);
  return { id, customer: row?.customer ?? '' };
}

/** A pack offered through a session, as the api makes one. */
async function offer({ id, customer }: { readonly id: string; readonly customer: string }) {
  const until = later(await river.store.clock.now(), 2 * HOUR_MS);
  const command = { kind: 'offer_checkout', account: accountId(id), key: `offer-${id}`, until } as const;
  const result = await river.desk.ledger.post([
    { ...command, pack: { kind: 'money', amountMinor: minorUnits(2_500) } },
  ]);
  const [outcome] = result.kind === 'posted' ? result.outcomes : [];
  if (outcome?.kind !== 'charge_opened') throw new Error(`the offer was ${outcome?.kind}`);
  const [deployment] = await query<{ id: string }>(river.url, 'select id from deployment');
  const [charge] = await query<{ id: string; amount: number }>(
    river.url,
    `select c.id, c.amount_minor::int as amount from charges c join accounts a on a.no = c.account_no where a.id = $1`,
    [id],
  );
  const metadata = {
    ...{ creditd_deployment: deployment?.id ?? '', creditd_account: id, creditd_charge: charge?.id ?? '' },
  };
  const price_data = { currency: 'usd', unit_amount: charge?.amount ?? 0, product_data: { name: '625 credits' } };
  return stripe().checkout.sessions.create({
    ...{ mode: 'payment', customer, metadata, payment_intent_data: { metadata } },
    ...{ line_items: [{ price_data, quantity: 1 }], success_url: 'https://example.com/', expires_at: expiry() },
  });
}

const expiry = (): number => Math.floor(Date.now() / 1_000) + 3_600;

describe('a Checkout', () => {
  test('that is paid settles its own charge, once', async () => {
    const owner = await account();
    const session = await offer(owner);
    await control().completeCheckout(session.id, {});
    await settled();
    for (const event of control().events()) control().webhooks.replay(String(event.id));
    await settled();
    expect(await fateOf(river, owner.id)).toMatchObject({ balance: 2_625, charges: ['succeeded'], payments: [2_500] });
  });

  test('whose payment comes days later settles then', async () => {
    const owner = await account();
    const session = await offer(owner);
    await control().completeCheckout(session.id, { settlesLater: true });
    await settled();
    expect(await fateOf(river, owner.id)).toMatchObject({ balance: 2_000 });
    await control().settleCheckout(session.id, 'succeeded');
    await settled();
    expect(await fateOf(river, owner.id)).toMatchObject({ balance: 2_625, charges: ['succeeded'] });
  });

  test('that expires ends its offer, and nothing is paid', async () => {
    const owner = await account();
    const session = await offer(owner);
    await stripe().checkout.sessions.expire(session.id);
    await settled();
    expect(await fateOf(river, owner.id)).toMatchObject({ balance: 2_000, charges: ['canceled'], payments: [] });
  });

  test('that stores a card attaches it here', async () => {
    const owner = await account();
    const session = await stripe().checkout.sessions.create({
      ...{ mode: 'setup', customer: owner.customer, currency: 'usd', success_url: 'https://example.com/' },
    });
    await control().completeCheckout(session.id, { card: 'pm_card_mastercard' });
    await settled();
    const cards = await query<{ last4: string }>(
      river.url,
      `select last4 from payment_methods p join accounts a on a.no = p.account_no where a.id = $1 order by attached_at`,
      [owner.id],
    );
    expect(cards.map((card) => card.last4)).toEqual(['4242', '4444']);
  });

  test('leaves every sum as it must be', async () => {
    expect(await brokenSums(river.url)).toEqual([]);
  });
});
