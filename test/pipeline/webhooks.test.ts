/**
 * Stripe's events over the whole river, from the real SDK's hands: late, twice, in any order, forged, lost. However they
 * come, what stands at the end is what Stripe's money says.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sdk } from '../stripe/double-client.js';
import { query } from '../support/admin.js';
import { fateOf, TOPPED_OFF_ONCE } from '../support/fate.js';
import { allHeard, type LocalRiver, openLocalRiver, runDry } from '../support/local-river.js';
import { brokenSums } from '../support/sums.js';
import { until } from '../support/wait.js';

let river: LocalRiver;
let accounts = 0;

beforeAll(async () => {
  river = await openLocalRiver({ webhooks: true });
  await river.startWorker();
});
afterAll(() => river.close());

const control = () => river.processor.double.control;
const stripe = () => sdk(river.processor.double);
const nextAccount = (): string => {
  accounts += 1;
  return `heard-${accounts}`;
};

const settled = (): Promise<void> => allHeard(river);

async function toppedOff(): Promise<{ readonly account: string; readonly intent: string }> {
  const account = nextAccount();
  await river.account(account);
  await river.calls(account, 60);
  await settled();
  return { account, intent: intentOf(account) };
}

const paymentsOf = (account: string) =>
  control()
    .summary()
    .payments.filter((one) => one.metadata.creditd_account === account);

function intentOf(account: string): string {
  const [payment] = paymentsOf(account);
  if (payment === undefined) throw new Error(`${account} has paid nothing`);
  return payment.intent;
}

const chargeOf = async (account: string) => {
  const [row] = await query<{ refunded: number; disputed: number; dispute: string | null; clawed: number }>(
    river.url,
    `select refunded_minor::int as refunded, disputed_minor::int as disputed, dispute, (clawed / 1000000)::int as clawed
     from charges c join accounts a on a.no = c.account_no where a.id = $1 and c.state = 'succeeded'`,
    [account],
  );
  return row;
};

const balanceOf = async (account: string) => (await fateOf(river, account)).balance;

const CONFIRM = 'POST /v1/payment_intents/*/confirm';

describe('the events of a payment', () => {
  test.each(['oldest_first', 'newest_first'] as const)(
    'F26 may all come later and %s: one payment, one grant, one mail',
    async (order) => {
      control().webhooks.hold();
      const account = nextAccount();
      await river.account(account);
      await river.calls(account, 60);
      await runDry(river);
      await control().webhooks.release(order);
      control().webhooks.clear();
      await settled();
      expect(await fateOf(river, account)).toEqual(TOPPED_OFF_ONCE);
    },
  );

  test('F25 may come twice each, and again days later', async () => {
    control().webhooks.duplicate({ times: 20 });
    const { account } = await toppedOff();
    await control().webhooks.clear();
    for (const event of control().events()) control().webhooks.replay(String(event.id));
    await settled();
    expect(await fateOf(river, account)).toEqual(TOPPED_OFF_ONCE);
  });

  test('F27 settle a charge whose own step was never answered, and its step then does nothing more', async () => {
    const account = nextAccount();
    await river.account(account);
    control().fail({ kind: 'timeout', moment: 'after', route: CONFIRM, times: 3 });
    await river.calls(account, 60);
    await until(async () => (await fateOf(river, account)).charges.includes('succeeded'), { timeoutMs: 30_000 });
    control().clearFaults();
    await settled();
    expect(await fateOf(river, account)).toEqual(TOPPED_OFF_ONCE);
  });

  test('F26 of a failure never close an attempt: that is for its own step', async () => {
    const account = nextAccount();
    await river.account(account, null);
    await river.attach(account, 'pm_card_chargeCustomerFail');
    control().fail({ kind: 'timeout', moment: 'after', route: CONFIRM, times: null });
    await river.calls(account, 60);
    const heard = () =>
      query(
        river.url,
        `select 1 from stripe_events e join accounts a on a.no = e.account_no
         where a.id = $1 and e.type = 'payment_intent.payment_failed' and e.state = 'done'`,
        [account],
      );
    await until(async () => (await heard()).length > 0, { timeoutMs: 30_000, what: 'the failure to be heard' });
    const attempts = await query<{ answered: boolean }>(
      river.url,
      `select t.answered_at is not null as answered from attempts t join accounts a on a.no = t.account_no where a.id = $1`,
      [account],
    );
    expect(attempts).toEqual([{ answered: false }]);
    control().clearFaults();
    await until(async () => (await fateOf(river, account)).incidents.includes('card_declined open'), {
      timeoutMs: 30_000,
      what: 'its own step to hear of the decline',
    });
  });
});

describe('money that goes back', () => {
  test('F32 takes credits along in proportion, is told, and comes back when the refund fails', async () => {
    const { account, intent } = await toppedOff();
    const refund = await stripe().refunds.create({ payment_intent: intent, amount: 2_500 });
    await settled();
    expect(await chargeOf(account)).toEqual({ refunded: 2_500, disputed: 0, dispute: null, clawed: 100 });
    expect(await balanceOf(account)).toBe(140);
    expect((await fateOf(river, account)).notices).toContain('refunded sent');
    await control().failRefund(refund.id);
    await settled();
    expect(await chargeOf(account)).toEqual({ refunded: 0, disputed: 0, dispute: null, clawed: 0 });
    expect(await balanceOf(account)).toBe(240);
  });

  test('takes nothing while a refund is only under way', async () => {
    const { account, intent } = await toppedOff();
    control().fail({ kind: 'refund_pending' });
    const refund = await stripe().refunds.create({ payment_intent: intent, amount: 4_000 });
    await settled();
    expect([refund.status, await balanceOf(account)]).toEqual(['pending', 240]);
    await control().finishRefund(refund.id);
    await settled();
    expect(await balanceOf(account)).toBe(80);
  });

  test('F32 by a dispute is taken when funds are withdrawn and given back when it is won', async () => {
    const { account, intent } = await toppedOff();
    const dispute = await control().dispute(intent);
    await settled();
    expect(await chargeOf(account)).toEqual({ refunded: 0, disputed: 5_000, dispute: 'dispute', clawed: 200 });
    expect(await balanceOf(account)).toBe(40);
    expect((await fateOf(river, account)).charges).toEqual(['succeeded']);
    await control().closeDispute(dispute, 'won');
    await settled();
    expect(await chargeOf(account)).toEqual({ refunded: 0, disputed: 0, dispute: null, clawed: 0 });
    expect(await balanceOf(account)).toBe(240);
  });

  test('by a lost dispute stays away', async () => {
    const { account, intent } = await toppedOff();
    const dispute = await control().dispute(intent, { amount: 2_500 });
    await settled();
    await control().closeDispute(dispute, 'lost');
    await settled();
    expect(await chargeOf(account)).toEqual({ refunded: 0, disputed: 2_500, dispute: null, clawed: 100 });
  });

  test('an inquiry freezes auto top-off and nothing else, until it is closed', async () => {
    const { account, intent } = await toppedOff();
    const inquiry = await control().dispute(intent, { inquiry: true });
    await settled();
    expect(await chargeOf(account)).toEqual({ refunded: 0, disputed: 0, dispute: 'inquiry', clawed: 0 });
    await river.calls(account, 220, 'more');
    await settled();
    expect(await fateOf(river, account)).toMatchObject({ balance: 20, charges: ['succeeded'] });
    await control().closeDispute(inquiry, 'warning_closed');
    await settled();
    expect(await fateOf(river, account)).toMatchObject({ balance: 220, charges: ['succeeded', 'succeeded'] });
  });

  test('F31 whose webhooks were all lost is caught up with by the poller', async () => {
    await river.poll();
    const { account, intent } = await toppedOff();
    control().webhooks.drop({ times: 1_000 });
    await stripe().refunds.create({ payment_intent: intent, amount: 4_000 });
    await settled();
    expect(await balanceOf(account)).toBe(240);
    await control().webhooks.clear();
    await river.poll();
    await settled();
    expect(await balanceOf(account)).toBe(80);
    const [{ n } = { n: 0 }] = await query<{ n: number }>(
      river.url,
      `select count(*)::int as n from stripe_events e join accounts a on a.no = e.account_no where a.id = $1 and e.source = 'poll'`,
      [account],
    );
    expect(n).toBeGreaterThan(0);
  });
});

test('F30 an event about nobody, or of a type that is not heard, is kept as ignored and harms nothing', async () => {
  await control().webhooks.emit('payout.paid', { id: 'po_1', object: 'payout' });
  await control().webhooks.emit('payment_intent.succeeded', {
    id: 'pi_stranger',
    object: 'payment_intent',
    customer: null,
  });
  await settled();
  const rows = await query<{ state: string }>(
    river.url,
    `select state from stripe_events where object_id in ('po_1', 'pi_stranger')`,
  );
  expect(rows).toEqual([{ state: 'ignored' }, { state: 'ignored' }]);
});

test('after all of it, every sum holds, no event waits and no step is parked', async () => {
  await settled();
  expect(await brokenSums(river.url)).toEqual([]);
  expect(await query(river.url, `select type, result from stripe_events where state = 'waiting'`)).toEqual([]);
  expect(await query(river.url, 'select topic, note from outbox where parked_at is not null')).toEqual([]);
});
