/**
 * How long it takes to renew many accounts that fall due at the same minute, on an embedded Postgres of its own, and how long
 * debits wait meanwhile. Arguments: how many accounts (100000 unless said) and how many workers (2).
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pino from 'pino';
import { v7 } from 'uuid';
import { makeCatalogs, readCatalogs } from '../src/adapters/catalog/registry.js';
import { makeAccounts } from '../src/adapters/postgres/accounts.js';
import { makeDatabaseClock } from '../src/adapters/postgres/clock.js';
import { makePostgresLedger } from '../src/adapters/postgres/ledger.js';
import { migrate } from '../src/adapters/postgres/migrate.js';
import { makePool } from '../src/adapters/postgres/pool.js';
import { makePrisma } from '../src/adapters/postgres/prisma.js';
import { startEmbeddedPostgres } from '../src/dev/postgres.js';
import { accountId } from '../src/domain/ids.js';
import { makeBatcher } from '../src/flow/batcher.js';
import { makeRenewDue } from '../src/flow/renew-due.js';

const [count = 100_000, workers = 2] = process.argv.slice(2).map(Number);
const LANES = 4;

const INSERT = [
  `insert into accounts (id, name, catalog, created_at)
   select 'account-' || n, 'account ' || n, 'receptionist', '2026-01-01Z' from generate_series(1, $1::int) n`,
  `insert into account_settings (account_no, plan, zone, anchor) select no, 'standard', 'UTC', '2026-01-01Z' from accounts`,
  `insert into balances (account_no, last_instant, settled_until) select no, '2026-01-01Z', '2026-01-01Z' from accounts`,
];

async function measure(url: string): Promise<void> {
  const log = pino({ level: 'error' });
  const pool = makePool({ url, max: workers * LANES + 2, name: 'bench', log });
  const prisma = makePrisma(url, workers + 1);
  const clock = makeDatabaseClock(pool);
  const files = readCatalogs(['receptionist']);
  if (files.kind === 'invalid') throw new Error(files.problems.join('\n'));
  const catalogs = makeCatalogs(files.files);
  const ledger = makePostgresLedger({
    ...{ pool, clock, catalogs, log, deployment: 'bench', newId: () => v7() },
    onAsked: () => undefined,
  });
  for (const text of INSERT) await pool.query(text, text.includes('$1') ? [count] : []);
  await pool.query('analyze');
  const batches: number[] = [];
  const onBatch = ({ durationMs }: { durationMs: number }) => batches.push(durationMs);
  const batchers = Array.from({ length: workers }, () =>
    makeBatcher(ledger, { lanes: LANES, batchMax: 1_000, waitMs: 4, onBatch }),
  );
  const accounts = makeAccounts(prisma, clock);
  let isRunning = true;
  const began = performance.now();
  const renewals = Promise.all(batchers.map((batcher) => renewAll(makeRenewDue(accounts, batcher)))).finally(() => {
    isRunning = false;
  });
  const waits: number[] = [];
  for (let n = 0; isRunning; n += 1) {
    const account = accountId(`account-${1 + ((n * 7_919) % count)}`);
    const asked = performance.now();
    const use = { kind: 'use', account, key: `use-${n}`, meter: 'answered_call' } as const;
    await batchers[n % workers]?.post([{ ...use, properties: { outcome: 'full_conversation' } }]);
    waits.push(performance.now() - asked);
  }
  await renewals;
  const seconds = (performance.now() - began) / 1_000;
  const { rows } = await pool.query<{ n: number }>(`select count(*)::int as n from grants where kind = 'allotment'`);
  console.log(`${count} accounts by ${workers} workers: ${seconds.toFixed(1)} s, ${rows[0]?.n} allotments`);
  console.log(
    `${batches.length} batches, ${spread(batches)}; ${waits.length} debits meanwhile waited ${spread(waits)}`,
  );
  await prisma.$disconnect();
  await pool.end();
}

/** Ticks, until one finds nothing. */
async function renewAll(renew: () => Promise<number>): Promise<void> {
  while ((await renew()) > 0);
}

function spread(times: readonly number[]): string {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (part: number): string => (sorted[Math.floor((sorted.length - 1) * part)] ?? 0).toFixed(0);
  return `${at(0.5)} ms in the middle, ${at(0.99)} ms at the 99th percentile, ${at(1)} ms at most`;
}

const folder = mkdtempSync(path.join(tmpdir(), 'creditd-renewals-'));
// Under root Postgres runs as another user, who must be able to enter.
chmodSync(folder, 0o711);
const server = await startEmbeddedPostgres({ dataDir: path.join(folder, 'postgres'), log: () => undefined });
try {
  await migrate(server.url);
  await measure(server.url);
} finally {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}
