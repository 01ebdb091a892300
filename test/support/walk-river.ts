/** What carries the walk's river: the relay, steps that may die or freeze, Stripe's webhooks on their way, the clocks. */
import { DAY_MS, later } from '../../src/domain/instant.js';
import { makeHearStripe } from '../../src/flow/hear-stripe.js';
import { makePollStripe } from '../../src/flow/poll-stripe.js';
import { makeReconcile } from '../../src/flow/reconcile.js';
import { makeRelayOutbox } from '../../src/flow/relay-outbox.js';
import { makeRunCharge } from '../../src/flow/run-charge.js';
import { makeSendNotice } from '../../src/flow/send-notice.js';
import type { OutboxRef, Topic } from '../../src/ports.js';
import { runStruck, type Strike } from './walk-worker.js';
import { signed, type WalkWorld } from './walk-world.js';

const WALKED: readonly Topic[] = ['charge', 'notice', 'webhook'];
const SAFE: Strike = { kind: 'none' };

/** Carries what is due into the queue, in any order of topics. */
export async function relay(world: WalkWorld): Promise<void> {
  const publish = async (topic: Topic, refs: readonly OutboxRef[]): Promise<void> => {
    for (const ref of refs) if (!world.jobs.some((job) => job.ref.id === ref.id)) world.jobs.push({ topic, ref });
  };
  const carry = makeRelayOutbox(world.outbox, { publish });
  for (const topic of world.chance.shuffled(WALKED)) await carry(topic);
}

/** Runs one step of a queue's job. It throws what the step throws by itself, which a walk takes for a defect. */
export async function runJob(
  world: WalkWorld,
  { topic, ref }: { readonly topic: Topic; readonly ref: OutboxRef },
  strike: Strike = SAFE,
): Promise<string> {
  const { ledger, outbox, payments, side, events, charges, notices, mailer } = world;
  const { records, subscriptions } = side;
  const ports = { ledger, outbox, payments, records, subscriptions, events, charges, notices, mailer };
  const { log, deployment, catalogs } = world;
  const random = world.chance.next;
  const step = (guarded: typeof ports): Promise<unknown> => {
    switch (topic) {
      case 'charge':
        return makeRunCharge({ ...guarded, log, random })(ref);
      case 'webhook':
        return makeHearStripe({ ...guarded, log, random, deployment })(ref);
      case 'notice':
        return makeSendNotice({ ...guarded, log, random, catalogs, publicUrl: null, messageIdDomain: 'walk' })(ref);
      default:
        throw new Error(`the walk has no worker for ${topic}`);
    }
  };
  const how = await runStruck(
    ports,
    strike,
    step,
    () => world.time.nowMs,
    (frozen) => world.frozen.push(frozen),
  );
  return `${topic} ${how}`;
}

export function takeJob(world: WalkWorld): WalkWorld['jobs'][number] | undefined {
  if (world.jobs.length === 0) return undefined;
  return world.jobs.splice(world.chance.below(world.jobs.length), 1)[0];
}

/** Puts Stripe's newest events into the post. */
export function collectPost(world: WalkWorld): void {
  for (const event of world.control.events()) {
    const id = String(event.id);
    if (world.post.seen.has(id)) continue;
    world.post.seen.add(id);
    world.post.waiting.push(event);
  }
}

/** Posts these events to our door, signed now, one request each. */
export async function deliver(world: WalkWorld, events: readonly Record<string, unknown>[]): Promise<void> {
  for (const event of events) {
    const read = signed(world, event);
    if (read.kind === 'refused') throw new Error(`a signed event was refused: ${read.sentence}`);
    await world.take([read.event], 'webhook');
  }
}

export const poll = (world: WalkWorld): Promise<number> => makePollStripe({ ...world, records: world.side.records })();

export const reconcile = (world: WalkWorld, backDays = 400) =>
  makeReconcile({ ...world, records: world.side.records })({
    since: later(world.now(), -backDays * DAY_MS),
  });

/** Periods, lapses, ends of holds. */
export async function renew(world: WalkWorld): Promise<void> {
  const due = await world.accounts.due(100);
  if (due.length > 0) await world.ledger.post(due.map((account) => ({ kind: 'settle' as const, account })));
}

/** Time moves, and what falls due at Stripe happens there. */
export async function travel(world: WalkWorld, ms: number): Promise<void> {
  world.time.nowMs += ms;
  if (ms > 60_000) await world.control.tick();
}
