/** What the river leans on goes away and comes back: nothing is lost, nothing is done twice, and nobody restarts anything. */
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { migrate } from '../../src/adapters/postgres/migrate.js';
import { startEmbeddedPostgres } from '../../src/dev/postgres.js';
import { DAY_MS } from '../../src/domain/instant.js';
import { query } from '../support/admin.js';
import { type FreshDatabase, freshDatabase } from '../support/database.js';
import { fateOf, TOPPED_OFF_ONCE } from '../support/fate.js';
import { type LocalRiver, openLocalRiver, runDry, troubled } from '../support/local-river.js';
import { type PostgresProxy, startPostgresProxy } from '../support/postgres-proxy.js';
import { removeScratch, scratchFolder } from '../support/scratch.js';
import { brokenSums } from '../support/sums.js';
import { until } from '../support/wait.js';

const messageIds = (river: LocalRiver): (string | undefined)[] =>
  river.smtp.mails.map((mail) => /^message-id: (.*)$/im.exec(mail.raw)?.[1]);

describe('a Postgres that is stopped and started again', { timeout: 90_000 }, () => {
  const folder = scratchFolder();
  const start = (port?: number) =>
    startEmbeddedPostgres({
      dataDir: path.join(folder, 'postgres'),
      fast: true,
      log: () => undefined,
      ...(port === undefined ? {} : { port }),
    });
  let server: Awaited<ReturnType<typeof start>>;
  let river: LocalRiver;
  const warnings: string[] = [];

  beforeAll(async () => {
    server = await start();
    await migrate(server.url);
    const warn = (_: unknown, message: string) => void warnings.push(message);
    const log = { info: () => undefined, warn, error: () => undefined };
    river = await openLocalRiver({ databaseUrl: server.url, log });
    await river.startWorker();
  });
  afterAll(async () => {
    await river.close();
    await server.stop();
    removeScratch(folder);
  });

  test('in the middle of usage and of a charge: the same worker catches up by itself', async () => {
    await river.account('caught');
    river.processor.double.control.fail({ kind: 'delay', ms: 300, route: 'POST /v1/payment_intents/*/confirm' });
    for (let index = 0; index < 60; index += 1) await river.calls('caught', 1, `call-${index}`);
    await until(() => river.processor.double.control.faults().length === 0, { what: 'the charge to be under way' });
    await server.stop();
    await until(() => warnings.length > 2, { what: 'the worker to notice', timeoutMs: 30_000 });
    server = await start(server.port);
    await runDry(river);
    expect(await fateOf(river, 'caught')).toEqual(TOPPED_OFF_ONCE);
    expect((await river.usageCounts()).failed).toBe(0);
    expect(await brokenSums(river.url)).toEqual([]);
  });

  test('and again, with every connection broken in mid-sentence', async () => {
    await river.account('cut-off');
    for (let index = 0; index < 60; index += 1) {
      await until(() => river.calls('cut-off', 1, `call-${index}`).then(() => true), { what: 'the job to be added' });
      if (index % 20 === 10) await terminateAll(river.url);
    }
    await runDry(river);
    expect(await fateOf(river, 'cut-off')).toEqual(TOPPED_OFF_ONCE);
    expect((await river.usageCounts()).failed).toBe(0);
    expect(await brokenSums(river.url)).toEqual([]);
  });
});

const terminateAll = (url: string) =>
  query(
    url,
    'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
  );

describe('a connection cut during COMMIT', { timeout: 90_000 }, () => {
  let database: FreshDatabase;
  let proxy: PostgresProxy;
  let river: LocalRiver;
  beforeAll(async () => {
    database = await freshDatabase();
    proxy = await startPostgresProxy(database.url);
    river = await openLocalRiver({ databaseUrl: database.url, workerDatabaseUrl: proxy.url });
    await river.startWorker();
  });
  afterAll(async () => {
    await river.close();
    await proxy.close();
    await database.drop();
  });

  test.each(['after', 'before'] as const)('%s the server got it: nothing is done twice', async (moment) => {
    const account = `cut-${moment}`;
    await river.account(account);
    proxy.cutCommits(moment, 12);
    for (let index = 0; index < 12; index += 1) await river.calls(account, 5, `call-${index}`);
    await runDry(river);
    // How many commits it takes is the batcher's affair: not every planned cut need have come.
    expect(proxy.left()).toBeLessThan(9);
    proxy.cutCommits(moment, 0);
    const fate = await fateOf(river, account);
    expect({ ...fate, mails: 1 }).toEqual(TOPPED_OFF_ONCE);
    // A mail whose record was rolled back is sent again, as the same mail.
    if (moment === 'after') expect(fate.mails).toBe(1);
    expect(new Set(messageIds(river)).size).toBe(moment === 'after' ? 1 : 2);
    expect((await river.usageCounts()).failed).toBe(0);
    expect(await brokenSums(river.url)).toEqual([]);
  });
});

describe('a mail server', () => {
  let river: LocalRiver;
  beforeAll(async () => {
    river = await openLocalRiver();
    await river.startWorker();
  });
  afterAll(() => river.close());

  test('that is down for a while gets the mail once when it is back, and the top-off does not wait for it', async () => {
    await river.account('mail-down');
    await river.smtp.down();
    await river.calls('mail-down', 60);
    await troubled(river, 'mail-down');
    expect(await fateOf(river, 'mail-down')).toEqual({
      ...TOPPED_OFF_ONCE,
      notices: ['top_off_succeeded waiting'],
      mails: 0,
    });
    await river.smtp.up();
    await runDry(river);
    expect(await fateOf(river, 'mail-down')).toEqual(TOPPED_OFF_ONCE);
  });

  test('that greylists gets the same mail again', async () => {
    await river.account('greylisted');
    river.smtp.fault('recipient', { kind: 'reply', code: 451, text: '4.7.1 Greylisted, try again later' }, 2);
    await river.calls('greylisted', 60);
    expect((await troubled(river, 'greylisted')).note).toContain('451');
    await runDry(river);
    expect(await fateOf(river, 'greylisted')).toEqual(TOPPED_OFF_ONCE);
  });

  test('that loses the connection in the middle gets the same mail again', async () => {
    await river.account('cut-mail');
    river.smtp.fault('content', { kind: 'cut' }, 1);
    await river.calls('cut-mail', 60);
    await runDry(river);
    expect(await fateOf(river, 'cut-mail')).toEqual(TOPPED_OFF_ONCE);
  });

  test('that refuses the address for good has the mail given up on record, and the credits stand', async () => {
    await river.account('refused');
    river.smtp.refuseRecipient('refused@example.com', 550);
    await river.calls('refused', 60);
    await runDry(river);
    const given = { ...TOPPED_OFF_ONCE, notices: ['top_off_succeeded failed'], mails: 0 };
    expect(await fateOf(river, 'refused')).toEqual(given);
    const [notice] = await query<{ result: string }>(river.url, `select result from notices where state = 'failed'`);
    expect(notice?.result).toContain('550');
  });

  test('that never takes a mail has it given up after three days, not tried for ever', async () => {
    await river.account('never');
    river.smtp.refuseRecipient('never@example.com', 452);
    await river.calls('never', 60);
    await troubled(river, 'never');
    river.travel(3 * DAY_MS);
    await runDry(river);
    expect((await fateOf(river, 'never')).notices).toEqual(['top_off_succeeded failed']);
  });
});
