/** Backup and restore, rehearsed on the machine's own Postgres with the programs that an operator has. */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeAudit } from '../../src/adapters/postgres/audit.js';
import { migrate } from '../../src/adapters/postgres/migrate.js';
import { LIMITS } from '../../src/domain/limits.js';
import { auditAll } from '../../src/flow/audit.js';
import { databaseUrl, execute, query } from '../support/admin.js';
import { fateOf } from '../support/fate.js';
import { openLocalRiver, runDry } from '../support/local-river.js';
import { pgDump, pgRestore } from '../support/programs.js';
import { removeScratch, scratchFolder } from '../support/scratch.js';
import { brokenSums } from '../support/sums.js';
import { type SystemPostgres, startSystemPostgres, systemPostgresAvailable } from '../support/system-postgres.js';
import { until } from '../support/wait.js';

const run = promisify(execFile);
const possible = systemPostgresAvailable && pgDump !== null && pgRestore !== null;

describe.skipIf(!possible)('a backup', () => {
  let server: SystemPostgres;
  let folder: string;
  beforeAll(async () => {
    server = await startSystemPostgres();
    folder = scratchFolder();
  });
  afterAll(async () => {
    await server?.stop();
    if (folder !== undefined) removeScratch(folder);
  });

  it('brings everything back: every sum holds, queues are filled from the outbox, and money is what Stripe says', async () => {
    await execute(server.url, 'create database billing');
    const url = databaseUrl(server.url, 'billing');
    await migrate(url);
    const stateFile = path.join(folder, 'stripe.json');
    const file = path.join(folder, 'billing.dump');

    const before = await openLocalRiver({ databaseUrl: url, stateFile, limits: LIMITS });
    await before.account('kept');
    await before.account('declined', 'pm_card_chargeCustomerFail');
    await before.account('halfway');
    await before.account('paid-later');
    const worker = await before.startWorker();
    await before.calls('kept', 60);
    await before.calls('declined', 60);
    await until(async () => (await fateOf(before, 'kept')).charges[0] === 'succeeded', {
      what: 'a top-off to be paid',
    });
    await runDry(before, 60_000, true);
    await worker.close();
    // Asked for and not begun when the backup is taken: its only trace is a row of the outbox.
    await before.desk.ledger.post([
      {
        kind: 'use',
        account: 'halfway' as never,
        key: 'h',
        meter: 'answered_call',
        quantity: 60,
        properties: { outcome: 'full_conversation' },
      },
    ]);
    // The queue's own schema is left out, as after a loss of Redis.
    await run(pgDump ?? '', ['--format=custom', '--exclude-schema=creditd_queue', `--file=${file}`, url]);
    // What happens after the backup is lost here and known at Stripe.
    const late = await before.startWorker();
    await before.calls('paid-later', 60);
    await until(async () => (await fateOf(before, 'paid-later')).charges[0] === 'succeeded', {
      what: 'a payment after the backup',
    });
    await late.close();
    await before.close();

    await execute(server.url, 'create database restored');
    const restored = databaseUrl(server.url, 'restored');
    await run(pgRestore ?? '', ['--exit-on-error', `--dbname=${restored}`, file]);
    expect(await migrate(restored)).toEqual([]);
    const after = await openLocalRiver({ databaseUrl: restored, stateFile, limits: LIMITS });
    try {
      const { store } = after;
      const audit = makeAudit(store.prisma, store.pool, store.clock);
      expect(await auditAll(audit)).toMatchObject({ accounts: 4, drifts: [], complete: true });
      expect(await brokenSums(restored)).toEqual([]);
      const [{ n } = { n: 0 }] = await query<{ n: number }>(restored, 'select count(*)::int as n from outbox');
      expect(n).toBeGreaterThan(0);
      // The ledger is final here too.
      await expect(execute(restored, 'update ledger_entries set amount = 0')).rejects.toThrow(/never changed/);

      const report = await after.reconcile({ backMs: 7 * 86_400_000 });
      expect(report.counts.restored).toBe(1);
      await after.startWorker();
      await runDry(after, 60_000, true);
      expect(await fateOf(after, 'kept')).toMatchObject({ charges: ['succeeded'], payments: [expect.anything()] });
      expect(await fateOf(after, 'halfway')).toMatchObject({ charges: ['succeeded'], grants: [200] });
      expect(await fateOf(after, 'paid-later')).toMatchObject({ charges: ['succeeded'], grants: [200] });
      const declined = await fateOf(after, 'declined');
      expect(declined.charges).toHaveLength(1);
      for (const id of ['kept', 'halfway', 'paid-later']) expect((await fateOf(after, id)).payments).toHaveLength(1);
      const second = await after.reconcile({ backMs: 7 * 86_400_000 });
      expect(second.counts).toMatchObject({ restored: 0, settled: 0, credits_without_money: 0, second_payment: 0 });
      expect(await brokenSums(restored)).toEqual([]);
    } finally {
      await after.close();
    }
  }, 180_000);
});
