/** Postgres under the ledger as a worker has it, on a database of the test's own. */
import pino from 'pino';
import { v7 } from 'uuid';
import { makeCatalogs, readCatalogs } from '../../src/adapters/catalog/registry.js';
import { makeAccounts } from '../../src/adapters/postgres/accounts.js';
import { makeDatabaseClock } from '../../src/adapters/postgres/clock.js';
import { makePostgresLedger } from '../../src/adapters/postgres/ledger.js';
import { makePostgresOutbox } from '../../src/adapters/postgres/outbox.js';
import { makePool } from '../../src/adapters/postgres/pool.js';
import { makePrisma } from '../../src/adapters/postgres/prisma.js';
import type { Command } from '../../src/domain/commands.js';
import { credits } from '../../src/domain/credits.js';
import { type AccountId, accountId } from '../../src/domain/ids.js';
import { DAY_MS, type Instant, later } from '../../src/domain/instant.js';
import { LIMITS } from '../../src/domain/limits.js';
import type { Outcome } from '../../src/domain/outcomes.js';
import { makeOpenAccount } from '../../src/flow/open-account.js';
import type { NewAccount, OutboxRef } from '../../src/ports.js';
import { freshDatabase } from './database.js';

export type TestStore = Awaited<ReturnType<typeof openTestStore>>;

export const DEPLOYMENT = '00000000-0000-7000-8000-000000000001';

/** Everything is closed and dropped by `close`. Time moves with `travel`. Catalogs that are not named are not loaded. */
export async function openTestStore(named: readonly string[] = ['receptionist', 'rheos', 'atlios']) {
  const database = await freshDatabase();
  const log = pino({ level: 'silent' });
  let offsetMs = 0;
  const pool = makePool({ url: database.url, max: 10, name: 'test', log });
  const prisma = makePrisma(database.url, 3);
  const clock = makeDatabaseClock(pool, () => offsetMs);
  const files = readCatalogs(named);
  if (files.kind === 'invalid') throw new Error(files.problems.join('\n'));
  const catalogs = makeCatalogs(files.files);
  const asked = { times: 0 };
  const parked: OutboxRef[] = [];
  const ledger = makePostgresLedger({
    ...{ pool, clock, catalogs, log, deployment: DEPLOYMENT, newId: () => v7() },
    onAsked: () => {
      asked.times += 1;
    },
  });
  const outbox = makePostgresOutbox({ pool, clock, limits: LIMITS, onParked: (step) => parked.push(step) });
  const accounts = makeAccounts(prisma, clock);
  const open = makeOpenAccount(accounts, ledger);
  return {
    ...{ url: database.url, pool, prisma, clock, catalogs, ledger, outbox, accounts, asked, parked, log },
    travel: (ms: number) => {
      offsetMs += ms;
    },
    /** Opens an account of the receptionist with its allotment of 100. */
    async account(id: string, wish: Partial<NewAccount> = {}): Promise<AccountId> {
      const anchor = later(await clock.now(), -DAY_MS);
      await open({ ...receptionist(id, anchor), ...wish });
      return accountId(id);
    },
    /** The outcomes; throws where the ledger could not be reached. */
    async post(...commands: Command[]): Promise<readonly Outcome[]> {
      const result = await ledger.post(commands);
      if (result.kind === 'unavailable') throw new Error(result.reason);
      return result.outcomes;
    },
    async close() {
      await prisma.$disconnect();
      await pool.end();
      await database.drop();
    },
  };
}

const receptionist = (id: string, anchor: Instant): NewAccount => ({
  id: accountId(id),
  name: id,
  slug: null,
  catalog: 'receptionist',
  plan: 'standard',
  zone: 'UTC',
  anchor,
  billingEmail: null,
  owners: [{ id: 'owner-1', email: `${id}@example.com` }],
});

export const CARD = {
  processorId: 'pm_1',
  fingerprint: 'fp_1',
  brand: 'visa',
  last4: '4242',
  expiryMonth: 12,
  expiryYear: 2030,
} as const;

/** "Below 50, add 200". */
export const TOP_OFF = {
  enabled: true,
  threshold: credits(50),
  amount: credits(200),
  card: null,
  capDayMinor: null,
  capMonthMinor: null,
} as const;

export const call = (account: AccountId, key: string, quantity = 1): Command => ({
  kind: 'use',
  account,
  key,
  meter: 'answered_call',
  quantity,
  properties: { outcome: 'full_conversation' },
  onRefusal: 'record',
});
