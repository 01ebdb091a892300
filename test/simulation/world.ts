/**
 * One account's whole world in memory: its rows behind the walls that the schema has, the outbox with its leases and holds,
 * the queue, the processor. Every port keeps the promises of the real one; a mutant breaks exactly one of them.
 */
import type { Charging, DecideContext } from '../../src/domain/book.js';
import { accountId } from '../../src/domain/ids.js';
import { DAY_MS, type Instant, instant, later } from '../../src/domain/instant.js';
import { makeSimulatedAccount } from '../../src/simulate/account.js';
import { walkCatalog } from '../support/walk-catalog.js';
import { makeChance, makeIds } from '../support/walk-random.js';
import { brokenByExecution } from './invariants.js';
import { makeSimLedger } from './ledger.js';
import type { Mutant } from './mutants.js';
import { makeSimCharges, makeSimOutbox, makeSimTransport } from './outbox.js';
import type { Hold, Job, Parts } from './parts.js';
import { makeSimProcessor } from './processor.js';
import { makeScheduler } from './scheduler.js';

export type SimWorld = ReturnType<typeof makeSimWorld>;

const BEGINS = Date.UTC(2026, 2, 15, 10);
const DEPLOYMENT = 'simulated';
const CATALOG = walkCatalog();

export function makeSimWorld(seed: number, mutant: Mutant | null) {
  const chance = makeChance(seed);
  const time = { nowMs: BEGINS };
  const now = (): Instant => instant(time.nowMs);
  const newId = makeIds(seed % 4096);
  const switched: { charging: Charging } = { charging: 'on' };
  const fixed = { catalog: CATALOG, deployment: DEPLOYMENT, newId };
  const context = (): DecideContext => ({ ...fixed, charging: switched.charging });
  const profile = { id: accountId('sim'), no: 1, plan: 'basic', zone: 'UTC' };
  const { rows } = makeSimulatedAccount({ ...profile, anchor: later(now(), -DAY_MS), start: now() }, context());
  const broken: string[] = [];
  const jobs: Job[] = [];
  const holds = new Map<string, Hold>();
  const parts: Parts = { mutant, chance, now, context, rows, broken, jobs, holds, working: new Map() };
  const processor = makeSimProcessor(
    chance,
    (key, intent) => void broken.push(...brokenByExecution(rows, key, intent, now())),
    (what) => void broken.push(what),
  );
  if (mutant === 'confirm_in_create') confirmInCreate(processor);
  return {
    ...{ chance, time, now, rows, switched, context, processor, broken, jobs },
    ...{ catalog: CATALOG, deployment: DEPLOYMENT },
    ledger: makeSimLedger(parts),
    outbox: makeSimOutbox(parts),
    transport: makeSimTransport(parts),
    charges: makeSimCharges(parts),
    scheduler: makeScheduler(chance, () => time.nowMs),
  };
}

/** Money moves at once when the intent is made, under no attempt of ours. */
function confirmInCreate(processor: ReturnType<typeof makeSimProcessor>): void {
  const create = processor.payments.createIntent;
  processor.payments.createIntent = async (request) => {
    const answer = await create(request);
    if (answer.kind !== 'seen') return answer;
    const intent = processor.byId(answer.view.intentId);
    return intent.status === 'requires_payment_method' && intent.tries === 0
      ? processor.execute(intent, request.charge, true)
      : answer;
  };
}
