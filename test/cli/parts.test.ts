/** The parts alone on real servers: the machine's own Postgres and Redis, the double over HTTP, real SMTP. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Redis } from 'ioredis';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeQueues, type Queues } from '../../src/adapters/queue/queues.js';
import { freePort } from '../../src/dev/free-port.js';
import { type StripeDouble, startStripeDouble } from '../../src/dev/stripe-double/server.js';
import { USAGE_QUEUE } from '../../src/messages.js';
import { databaseUrl, execute, query } from '../support/admin.js';
import { type Creditd, runCreditd, startCreditd } from '../support/creditd.js';
import { redisAvailable, startRedis, type TestRedis } from '../support/redis.js';
import { callEvent } from '../support/river.js';
import { removeScratch, scratchFolder } from '../support/scratch.js';
import { startTestSmtp, type TestSmtp } from '../support/smtp.js';
import { brokenSums } from '../support/sums.js';
import { type SystemPostgres, startSystemPostgres, systemPostgresAvailable } from '../support/system-postgres.js';
import { until } from '../support/wait.js';

const PASSWORD = 'hush-hush-hush';

describe.skipIf(!systemPostgresAvailable || !redisAvailable)('creditd on real servers', { timeout: 90_000 }, () => {
  const folder = scratchFolder();
  let postgres: SystemPostgres;
  let redis: TestRedis;
  let double: StripeDouble;
  let smtp: TestSmtp;
  let queues: Queues;
  let settings: Record<string, string>;
  const running: Creditd[] = [];

  beforeAll(async () => {
    [postgres, redis, double, smtp] = await Promise.all([
      startSystemPostgres(),
      startRedis(),
      startStripeDouble(),
      startTestSmtp(),
    ]);
    await execute(postgres.url, 'create database creditd');
    queues = await makeQueues({ kind: 'redis', url: redis.url }, pino({ level: 'silent' }));
    settings = {
      DATABASE_URL: databaseUrl(postgres.url, 'creditd'),
      REDIS_URL: redis.url,
      STRIPE_SECRET_KEY: 'sk_test_hushhush',
      STRIPE_API_BASE: double.url,
      SMTP_URL: smtp.url,
      OPERATOR_PASSWORD: PASSWORD,
      CATALOG: 'receptionist',
    };
  });
  afterAll(async () => {
    for (const one of running) one.signal('SIGKILL');
    await Promise.all(running.map((one) => one.ended));
    await queues.close();
    await Promise.all([postgres.stop(), redis.stop(), double.stop(), smtp.stop()]);
    removeScratch(folder);
  });

  const run = (args: string[], changed: Record<string, string> = {}) => runCreditd(args, { ...settings, ...changed });
  const start = async (args: string[], ready: string, changed: Record<string, string> = {}): Promise<Creditd> => {
    const started = startCreditd(args, { ...settings, ...changed });
    running.push(started);
    await until(() => started.said().includes(ready), { timeoutMs: 30_000, what: `"${ready}"` });
    return started;
  };
  const stopped = async (part: Creditd): Promise<void> => {
    part.signal('SIGTERM');
    expect(await part.ended).toEqual({ code: 0, signal: null });
    expect(part.said()).not.toContain('hush');
  };
  /** Added by a producer so long ago that an unknown account or meter earns no more patience. */
  const enqueueOld = (data: unknown) =>
    queues.ask(USAGE_QUEUE, (usage) => usage.add('usage', data, { timestamp: Date.now() - 3_600_000 }));
  const balance = async (account: string): Promise<number | undefined> => {
    const rows = await query<{ credits: number }>(
      settings.DATABASE_URL ?? '',
      `select ((lots - debt) / 1000000)::int as credits from balances b join accounts a on a.no = b.account_no where a.id = $1`,
      [account],
    );
    return rows[0]?.credits;
  };
  const sql = <Row extends Record<string, unknown>>(text: string) => query<Row>(settings.DATABASE_URL ?? '', text);

  test('a database without its tables is refused by every part, with the command that makes them', async () => {
    const verbs = [['worker'], ['api'], ['replay'], ['account', 'create', 'nobody']];
    for (const { code, said } of await Promise.all(verbs.map((verb) => run(verb)))) {
      expect(code).toBe(1);
      expect(said).toMatch(/The database lacks .*\. Run: creditd migrate/);
    }
  });

  test('migrate makes them, and has nothing to do the second time', async () => {
    const first = await run(['migrate']);
    expect(first).toMatchObject({ code: 0, said: expect.stringContaining('Applied:') });
    expect(await run(['migrate'])).toEqual({ code: 0, said: 'The database is up to date.\n' });
  });

  test('a command that needs no processor waits until the database has been used with one', async () => {
    const { code, said } = await run(['account', 'create', 'early'], { STRIPE_SECRET_KEY: '', STRIPE_API_BASE: '' });
    expect(code).toBe(1);
    expect(said).toContain('has not been used yet');
  });

  test('account create says all that is wrong at once and opens nothing', async () => {
    const wrong = ['--catalog', 'rheos', '--zone', 'Mars/Olympus', '--anchor', 'soon', '--owner', 'nobody'];
    const { code, said } = await run(['account', 'create', 'wrong', ...wrong, '--top-off', '50-200']);
    expect(code).toBe(1);
    for (const part of ['"rheos"', '"Mars/Olympus"', '--anchor', '--owner "nobody"', '--top-off is written']) {
      expect(said).toContain(part);
    }
    expect(await balance('wrong')).toBeUndefined();
  });

  test('account create opens an account with its card and its top-off, and again changes nothing that stands', async () => {
    const wish = [
      '--owner',
      'ada=ada@example.com',
      '--zone',
      'Europe/Berlin',
      '--card',
      'pm_card_visa',
      '--top-off',
      '50:200',
    ];
    const first = await run(['account', 'create', 'clinic', ...wish]);
    expect(first.said).toContain('Opened clinic.');
    expect(first.said).toContain('ending in 4242');
    expect(first.said).toContain('Auto top-off is on');
    expect(first.code).toBe(0);
    expect(await balance('clinic')).toBe(100);
    const again = await run(['account', 'create', 'clinic', '--name', 'Another', '--zone', 'UTC']);
    expect(again).toEqual({ code: 0, said: 'clinic exists.\n' });
    expect(await sql(`select name, zone from accounts join account_settings on account_no = no`)).toEqual([
      { name: 'clinic', zone: 'Europe/Berlin' },
    ]);
    expect(await balance('clinic')).toBe(100);
    const refused = await run(['account', 'create', 'clinic', '--card', 'pm_card_visa_chargeDeclined']);
    expect(refused).toMatchObject({ code: 1, said: expect.stringContaining('The card was refused') });
  });

  test('a worker takes usage, charges and mails, and stops on SIGTERM', async () => {
    const worker = await start(['worker'], 'worker ready');
    const events = Array.from({ length: 60 }, (_, index) => callEvent('clinic', `call-${index}`));
    await queues.ask(USAGE_QUEUE, (usage) => usage.add('usage', { v: 1, events }));
    await until(() => smtp.mails.length === 1, { timeoutMs: 30_000, what: 'the owner to be told' });
    expect(smtp.mails[0]?.recipients).toEqual(['ada@example.com']);
    expect(await balance('clinic')).toBe(240);
    expect(double.control.summary().payments).toHaveLength(1);
    await stopped(worker);
    expect(await brokenSums(settings.DATABASE_URL ?? '')).toEqual([]);
  });

  test('replay sends refused usage again once the account is open and the meter is known', async () => {
    const template = readFileSync(new URL('../../src/catalogs/receptionist.yaml', import.meta.url), 'utf8');
    const mended = path.join(folder, 'receptionist.yaml');
    writeFileSync(
      mended,
      template.replace(
        '\nmeters:\n',
        '\nmeters:\n  text_message:\n    label: Text message\n    rate: 1\n    mode: happened\n',
      ),
    );
    const worker = await start(['worker'], 'worker ready');
    await enqueueOld({ v: 1, event: callEvent('late-clinic', 'early-bird') });
    await enqueueOld({ v: 1, event: { account: 'clinic', meter: 'text_message', key: 'text-1' } });
    await until(async () => (await sql('select 1 from refusals where settled_at is null')).length === 2, {
      timeoutMs: 30_000,
      what: 'both refusals',
    });
    await stopped(worker);

    expect((await run(['replay', '--dry-run'])).said).toContain('2 refused events would be sent again.');
    expect(await run(['replay'])).toMatchObject({ code: 1, said: expect.stringContaining('say --yes') });
    expect((await run(['replay', '--yes'])).said).toMatch(/2 sent again: 0 posted, 2 refused again/);
    await run(['account', 'create', 'late-clinic']);
    const replayed = await run(['replay', '--yes'], { CATALOG: mended });
    expect(replayed).toMatchObject({
      code: 0,
      said: expect.stringContaining('2 sent again: 2 posted, 0 refused again'),
    });
    expect(await balance('late-clinic')).toBe(99);
    expect(await balance('clinic')).toBe(239);
    expect((await run(['replay'], { CATALOG: mended })).said).toContain('0 sent again');
    expect((await run(['replay', '--parked'])).said).toContain('0 parked steps are due again.');
  });

  test('the api answers its probes to everybody and its pages to who has the password', async () => {
    const port = await freePort();
    const api = await start(['api'], 'api ready', { PORT: String(port) });
    const get = (page: string, password?: string) =>
      fetch(`http://127.0.0.1:${port}${page}`, {
        redirect: 'manual',
        headers: password === undefined ? {} : { authorization: `Basic ${btoa(`operator:${password}`)}` },
      }).then(async (answer) => ({ status: answer.status, text: await answer.text() }));
    expect((await get('/healthz')).status).toBe(200);
    expect((await get('/readyz')).status).toBe(200);
    expect((await get('/activity')).status).toBe(401);
    expect((await get('/activity', 'another-password')).status).toBe(401);
    const page = await get('/activity', PASSWORD);
    expect(page.status).toBe(200);
    expect(page.text).toContain('clinic');
    await stopped(api);
  });

  test('a database is never charged through another processor than the one it began with, either way', async () => {
    const stateFile = path.join(folder, 'stripe.json');
    const real = await startStripeDouble({ stateFile });
    await real.stop();
    // As Stripe's own accounts are named: to creditd this one is Stripe in test mode.
    const state = readFileSync(stateFile, 'utf8').replace(/"acct_double\w+"/, '"acct_1RealAccount"');
    writeFileSync(stateFile, state);
    const stripe = await startStripeDouble({ stateFile });
    const inTestMode = 'Stripe account acct_1RealAccount in test mode';
    try {
      const parts = ['worker', 'api'].map((verb) => run([verb], { STRIPE_API_BASE: stripe.url }));
      for (const { code, said } of await Promise.all(parts)) {
        expect(code).toBe(1);
        expect(said).toContain(`charged through the Stripe double, and the key given here is of ${inTestMode}`);
        expect(said).not.toContain('hushhush');
      }
      await execute(postgres.url, 'create database other');
      const other = { DATABASE_URL: databaseUrl(postgres.url, 'other') };
      await run(['migrate'], other);
      expect(await run(['account', 'create', 'one'], { ...other, STRIPE_API_BASE: stripe.url })).toMatchObject({
        code: 0,
      });
      const back = await run(['worker'], other);
      expect(back.code).toBe(1);
      expect(back.said).toContain(`charged through ${inTestMode}, and the key given here is of the Stripe double`);
    } finally {
      await stripe.stop();
    }
  });

  test('a Redis that may lose usage is refused with what mends it, and runs with a warning where that is allowed', async () => {
    const admin = new Redis(redis.url);
    await admin.config('SET', 'appendonly', 'no');
    await admin.config('SET', 'maxmemory-policy', 'allkeys-lru');
    for (const { code, said } of await Promise.all(['worker', 'api'].map((verb) => run([verb])))) {
      expect(code).toBe(1);
      expect(said).toContain('redis-cli CONFIG SET appendonly yes');
      expect(said).toContain('redis-cli CONFIG SET maxmemory-policy noeviction');
      expect(said).toContain('CREDITD_ALLOW_UNSAFE_REDIS=1');
    }
    const worker = await start(['worker'], 'worker ready', { CREDITD_ALLOW_UNSAFE_REDIS: '1' });
    expect(worker.said()).toContain('this Redis may lose usage events');
    await stopped(worker);
    await admin.config('SET', 'maxmemory-policy', 'noeviction');
    await admin.config('SET', 'appendonly', 'yes');
    admin.disconnect();
  });
});
