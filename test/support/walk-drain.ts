/** The end of a walk: nothing goes wrong any more, everybody comes back, time moves on, and whatever was begun has to end. */
import { setCharging } from '../../src/adapters/postgres/switch.js';
import type { WalkAccount } from './walk-accounts.js';
import { collectPost, deliver, poll, reconcile, relay, renew, runJob, takeJob, travel } from './walk-river.js';
import type { WalkWorld } from './walk-world.js';

const MOST_TURNS = 1_000;
/** The clocks go on: what no webhook said, the poller or the reconciler hears. */
const POLL_EVERY = 20;
const RECONCILE_EVERY = 200;

export async function drain(world: WalkWorld, accounts: readonly WalkAccount[]): Promise<void> {
  world.control.clearFaults();
  await setCharging(world.prisma, 'on');
  for (const frozen of world.frozen.splice(0)) await frozen.thaw();
  // The breaker, too, has to hear that the processor is back.
  await travel(world, 600_000);
  await endAtStripe(world);
  for (const { id } of accounts) await world.ledger.post([{ kind: 'resume_top_off', account: id }]);
  await runDown(world);
  await endAtStripe(world);
  collectPost(world);
  // Of what still waits a part is lost for ever: the poller and the reconciler have to make up for it.
  await deliver(
    world,
    world.chance.shuffled(world.post.waiting).filter(() => world.chance.in100(60)),
  );
  world.post.waiting = [];
  await runDown(world);
  await poll(world);
  await runDown(world);
  await reconcile(world);
  await runDown(world);
}

/** Runs what is due, and moves time on to what is due next, until nothing is left. */
async function runDown(world: WalkWorld): Promise<void> {
  for (let turn = 0; turn < MOST_TURNS; turn += 1) {
    await relay(world);
    for (let job = takeJob(world); job !== undefined; job = takeJob(world)) await runJob(world, job);
    const { rows } = await world.pool.query<{ due: number | null }>(
      `select (extract(epoch from min(greatest(due_at, coalesce(held_until, due_at)))) * 1000)::float8 as due
       from outbox where parked_at is null and topic <> 'event'`,
    );
    const due = rows[0]?.due ?? null;
    if (due === null) return;
    if (turn % POLL_EVERY === POLL_EVERY - 1) await poll(world);
    if (turn % RECONCILE_EVERY === RECONCILE_EVERY - 1) await reconcile(world);
    await travel(world, Math.max(1, Math.ceil(due) - world.time.nowMs));
    await renew(world);
  }
  const { rows } = await world.pool.query(
    `select topic, subject, note, due_at, starts from outbox where topic <> 'event'`,
  );
  throw new Error(`what was begun does not end: ${JSON.stringify(rows)}`);
}

/** Payments under way end, pending refunds come through, disputes are closed. */
export async function endAtStripe(world: WalkWorld): Promise<void> {
  const { sdk, control, chance } = world;
  for (const { id, status } of await sdk.paymentIntents.list({ limit: 100 }).autoPagingToArray({ limit: 10_000 })) {
    if (status === 'processing') await control.finishProcessing(id, chance.pick(['succeeded', 'failed'] as const));
  }
  for (const { id, status } of await sdk.refunds.list({ limit: 100 }).autoPagingToArray({ limit: 10_000 })) {
    if (status === 'pending') await control.finishRefund(id);
  }
  for (const { id, status } of await sdk.disputes.list({ limit: 100 }).autoPagingToArray({ limit: 10_000 })) {
    if (status.startsWith('warning') && status !== 'warning_closed') await control.closeDispute(id, 'warning_closed');
    else if (status === 'needs_response' || status === 'under_review') {
      await control.closeDispute(id, chance.pick(['won', 'lost'] as const));
    }
  }
}
