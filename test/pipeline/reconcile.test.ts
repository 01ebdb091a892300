/** Stripe's payments and our charges, compared both ways: what was paid is credited once, and nothing is taken from anybody. */
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { table } from '../../src/cli/reconcile.js';
import { credits } from '../../src/domain/credits.js';
import { accountId } from '../../src/domain/ids.js';
import { DAY_MS, later } from '../../src/domain/instant.js';
import { sdk } from '../stripe/double-client.js';
import { databaseUrl, execute, query } from '../support/admin.js';
import { freshDatabase } from '../support/database.js';
import { fateOf, TOPPED_OFF_ONCE } from '../support/fate.js';
import { type LocalRiver, openLocalRiver, runDry } from '../support/local-river.js';
import { removeScratch, scratchFolder } from '../support/scratch.js';
import { brokenSums } from '../support/sums.js';
import { until } from '../support/wait.js';

const CONFIRM = 'POST /v1/payment_intents/*/confirm';
const WEEK = { backMs: 7 * DAY_MS };

const folder = scratchFolder();
const closers: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of closers.reverse()) await close();
  removeScratch(folder);
});

/** No webhooks: the reconciler is alone. */
async function open(wish: Parameters<typeof openLocalRiver>[0] = {}): Promise<LocalRiver> {
  const river = await openLocalRiver(wish);
  let closed = false;
  const close = async () => {
    if (!closed) await river.close();
    closed = true;
  };
  closers.push(close);
  return { ...river, close };
}

async function toppedOff(river: LocalRiver, account: string): Promise<void> {
  await river.account(account);
  await river.calls(account, 60);
  await runDry(river);
}

describe('money without credits', () => {
  test('is settled once and reported, and comparing again finds that all agrees', async () => {
    const river = await open();
    const worker = await river.startWorker();
    await river.account('unheard');
    river.processor.double.control.fail({ kind: 'timeout', moment: 'after', route: CONFIRM, times: null });
    await river.calls('unheard', 60);
    await until(() => river.processor.double.control.summary().payments.length > 0, { what: 'the money to move' });
    await worker.close();
    river.processor.double.control.clearFaults();
    expect(await fateOf(river, 'unheard')).toMatchObject({ grants: [], payments: [5_000] });

    const report = await river.reconcile(WEEK);
    expect(report).toMatchObject({ intents: 1, foreign: 0, complete: true, counts: { settled: 1, agrees: 0 } });
    expect(report.lines).toMatchObject([{ finding: 'settled', account: 'unheard', amountMinor: 5_000 }]);
    expect(await fateOf(river, 'unheard')).toMatchObject({ grants: [200], charges: ['succeeded'], balance: 240 });

    const again = await river.reconcile(WEEK);
    expect(again.counts).toMatchObject({ settled: 0, agrees: 1 });
    await river.startWorker();
    await runDry(river);
    expect(await fateOf(river, 'unheard')).toEqual(TOPPED_OFF_ONCE);
    expect(await brokenSums(river.url)).toEqual([]);
  });

  test('two reconcilers at once settle it once', async () => {
    const river = await open();
    const worker = await river.startWorker();
    await toppedOff(river, 'raced');
    await worker.close();
    await sdk(river.processor.double).refunds.create({ payment_intent: intentOf(river, 'raced'), amount: 2_500 });
    const reports = await Promise.all([river.reconcile(WEEK), river.reconcile(WEEK), river.reconcile(WEEK)]);
    expect(reports.map((report) => report.counts.credits_without_money)).toEqual([0, 0, 0]);
    expect((await fateOf(river, 'raced')).balance).toBe(140);
    expect(await brokenSums(river.url)).toEqual([]);
  });

  test('refunds and disputes that were never heard of are followed', async () => {
    const river = await open();
    const worker = await river.startWorker();
    await toppedOff(river, 'refunded');
    await toppedOff(river, 'disputed');
    await worker.close();
    await sdk(river.processor.double).refunds.create({ payment_intent: intentOf(river, 'refunded'), amount: 2_500 });
    await river.processor.double.control.dispute(intentOf(river, 'disputed'));
    const report = await river.reconcile(WEEK);
    expect(report.counts).toMatchObject({ followed: 2, agrees: 0 });
    expect((await fateOf(river, 'refunded')).balance).toBe(140);
    expect((await fateOf(river, 'disputed')).balance).toBe(40);
    expect((await river.reconcile(WEEK)).counts).toMatchObject({ followed: 0, agrees: 2 });
  });
});

const intentOf = (river: LocalRiver, account: string): string =>
  river.processor.double.control.summary().payments.find((one) => one.metadata.creditd_account === account)?.intent ??
  '';

describe('what is none of ours', () => {
  test('is counted and left alone: payments without our charge, and those of another deployment', async () => {
    const river = await open();
    const stripe = sdk(river.processor.double);
    const customer = await stripe.customers.create({ name: 'Stranger' });
    const method = await stripe.paymentMethods.attach('pm_card_visa', { customer: customer.id });
    const pay = async (metadata: Record<string, string>) => {
      const { id } = await stripe.paymentIntents.create({
        ...{ amount: 700, currency: 'usd', customer: customer.id, metadata },
        allowed_payment_method_types: ['card'],
      });
      await stripe.paymentIntents.confirm(id, { payment_method: method.id, off_session: true });
    };
    await pay({});
    await pay({ creditd_deployment: 'other', creditd_account: 'a', creditd_charge: 'c' });
    const report = await river.reconcile(WEEK);
    expect(report).toMatchObject({ intents: 2, foreign: 2, lines: [] });
  });
});

describe('credits without money', () => {
  test('are never taken: a second payment of a charge that is paid through another is only reported', async () => {
    const river = await open();
    const worker = await river.startWorker();
    await toppedOff(river, 'odd');
    await worker.close();
    await query(river.url, `update charges set intent_id = 'pi_gone'`);
    const report = await river.reconcile(WEEK);
    expect(report.counts).toMatchObject({ second_payment: 1, settled: 0 });
    expect(report.lines).toMatchObject([{ finding: 'second_payment', account: 'odd', amountMinor: 5_000 }]);
    expect((await fateOf(river, 'odd')).balance).toBe(240);
    expect(table(report).join('\n')).toMatch(/second_payment +1 +5000/);
  });

  test('whose payment Stripe does not know are found from the charges here', async () => {
    const river = await open();
    const worker = await river.startWorker();
    await toppedOff(river, 'moneyless');
    await worker.close();
    // Stripe forgets: another double, with no payment at all, under the same deployment.
    await river.processor.down();
    await river.processor.up();
    const report = await river.reconcile(WEEK);
    expect(report.counts).toMatchObject({ credits_without_money: 1 });
    expect(report.lines).toMatchObject([{ account: 'moneyless', note: 'Stripe does not know its payment.' }]);
    expect((await fateOf(river, 'moneyless')).balance).toBe(240);
  });
});

/** Where an older copy of a database is tried: what `begin` makes is in it, what `live` does is lost, and Stripe knows all. */
async function restoredAfter(
  wish: Parameters<typeof openLocalRiver>[0] & { readonly name: string },
  begin: (river: LocalRiver) => Promise<void>,
  live: (river: LocalRiver) => Promise<void>,
) {
  const stateFile = path.join(folder, `${wish.name}.json`);
  const first = await freshDatabase();
  const [database, maintenance] = [new URL(first.url).pathname.slice(1), databaseUrl(first.url, 'postgres')];
  const before = await open({ ...wish, databaseUrl: first.url, stateFile });
  await begin(before);
  await before.close();
  await execute(maintenance, `create database ${database}_copy template ${database}`);

  const lived = await open({ ...wish, databaseUrl: first.url, stateFile });
  const worker = await lived.startWorker();
  await live(lived);
  await runDry(lived);
  await worker.close();
  await lived.close();

  const restored = await open({ ...wish, databaseUrl: databaseUrl(first.url, `${database}_copy`), stateFile });
  const drop = async (): Promise<void> => {
    await restored.close();
    await execute(maintenance, `drop database ${database}_copy with (force)`);
    await first.drop();
  };
  return { restored, drop };
}

describe('a database restored from an older copy', () => {
  test('gets back the charges that were paid since, with their credits, once', async () => {
    const { restored, drop } = await restoredAfter(
      { name: 'topped-off' },
      async (river) => void (await river.account('restored')),
      async (river) => void (await river.calls('restored', 60)),
    );
    expect(await fateOf(restored, 'restored')).toMatchObject({ balance: 100, charges: [], payments: [5_000] });
    const report = await restored.reconcile(WEEK);
    expect(report.counts).toMatchObject({ restored: 1, not_restorable: 0 });
    expect(await fateOf(restored, 'restored')).toMatchObject({ balance: 300, charges: ['succeeded'], grants: [200] });
    expect((await restored.reconcile(WEEK)).counts).toMatchObject({ restored: 0, agrees: 1 });
    expect(await brokenSums(restored.url)).toEqual([]);
    await drop();
  });

  test('gets back pay-as-you-go that was paid since: what the copy had billed anew is dropped, and nothing is charged twice', async () => {
    const account = accountId('beyond');
    const use = (river: LocalRiver, key: string, amount: number) =>
      river.desk.ledger.post([{ kind: 'use', account, key, credits: credits(amount) }]);
    const { restored, drop } = await restoredAfter(
      { name: 'beyond', catalogs: ['atlios'] },
      async (river) => {
        const anchor = later(await river.store.clock.now(), -DAY_MS);
        const profile = { name: 'beyond', slug: null, catalog: 'atlios', plan: 'growth', zone: 'UTC' };
        const owners = [{ id: 'owner-1', email: 'beyond@example.com' }];
        await river.desk.openAccount({ ...profile, id: account, anchor, owners, billingEmail: null });
        await river.attach('beyond', 'pm_card_visa');
        await river.desk.ledger.post([
          { kind: 'configure_overage', account, settings: { enabled: true, capMinor: null } },
        ]);
        await use(river, 'before', 600);
      },
      async (river) => {
        await use(river, 'lost', 50);
        river.travel(32 * DAY_MS);
        await river.desk.ledger.post([{ kind: 'settle', account }]);
      },
    );
    restored.travel(32 * DAY_MS);
    const long = { backMs: 60 * DAY_MS };
    // 150 were paid; the copy knows of 100 of them, and bills those as soon as its time has come.
    expect(await fateOf(restored, 'beyond')).toMatchObject({ balance: 0, charges: [], payments: [600] });
    await restored.desk.ledger.post([{ kind: 'settle', account }]);
    expect((await fateOf(restored, 'beyond')).charges).toEqual(['pending']);
    expect((await restored.reconcile(long)).counts).toMatchObject({ restored: 1, not_restorable: 0 });
    const restoredFate = { balance: 550, payments: [600], incidents: [] };
    const after = await fateOf(restored, 'beyond');
    expect(after).toMatchObject(restoredFate);
    expect([...after.charges].sort()).toEqual(['canceled', 'succeeded']);
    expect((await restored.reconcile(long)).counts).toMatchObject({ restored: 0, agrees: 1 });
    await restored.startWorker();
    await runDry(restored);
    expect(await fateOf(restored, 'beyond')).toMatchObject(restoredFate);
    expect(await brokenSums(restored.url)).toEqual([]);
    await drop();
  });
});
