/** What goes wrong in a walk: the processor, the post, workers, the queue, time; and what banks do with money that was paid. */
import type { Fault } from '../../src/dev/stripe-double/faults.js';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../src/domain/instant.js';
import type { WalkAccount } from './walk-accounts.js';
import type { Move } from './walk-moves.js';
import { collectPost, deliver, poll, reconcile, relay, renew, runJob, takeJob, travel } from './walk-river.js';
import type { Strike } from './walk-worker.js';
import type { WalkWorld } from './walk-world.js';

const ROUTES = [
  'POST /v1/payment_intents',
  'POST /v1/payment_intents/*/confirm',
  'POST /v1/payment_intents/*/confirm',
  'POST /v1/payment_intents/*/cancel',
  'GET /v1/payment_intents/*',
  'POST /v1/checkout/sessions',
  '*',
];
const SOFT = ['insufficient_funds', 'generic_decline', 'try_again_later', 'processing_error', 'issuer_not_available'];
const HARD = [
  'lost_card',
  'stolen_card',
  'expired_card',
  'do_not_honor',
  'authentication_required',
  'a_code_of_tomorrow',
];

async function fault(world: WalkWorld): Promise<string> {
  const { chance } = world;
  const moment = chance.pick(['before', 'after'] as const);
  const route = chance.pick(ROUTES);
  const times = 1 + chance.below(3);
  const faults: readonly Fault[] = [
    { kind: 'cut', moment, route, times },
    { kind: 'reset', moment, route, times: 2 * times },
    { kind: 'server_error', moment, route, times },
    { kind: 'server_error', moment: 'rolled_back', route, times },
    { kind: 'html', moment, route, times },
    { kind: 'unavailable', route, times },
    { kind: 'rate_limit', route, times, ...(chance.in100(50) ? { retryAfterSeconds: chance.below(90) } : {}) },
    { kind: 'conflict', code: chance.pick(['idempotency_key_in_use', 'lock_timeout'] as const), route, times },
    { kind: 'decline', declineCode: chance.pick(SOFT), times },
    { kind: 'decline', declineCode: chance.pick(SOFT), times },
    { kind: 'decline', declineCode: chance.pick(HARD), times },
    { kind: 'processing' },
    { kind: 'refund_pending' },
  ];
  // Silence costs real time: it is rare.
  const struck: Fault = chance.in100(5) ? { kind: 'timeout', moment, route } : chance.pick(faults);
  world.control.fail(struck);
  return `${struck.kind} ${'moment' in struck ? struck.moment : ''} ${'route' in struck ? struck.route : ''}`;
}

/** The processor behaves again, mostly. */
async function mend(world: WalkWorld): Promise<string> {
  world.control.clearFaults();
  return 'mended';
}

const strikeOf = ({ chance }: WalkWorld): Strike => {
  if (chance.in100(70)) return { kind: 'none' };
  return {
    kind: chance.pick(['crash', 'freeze'] as const),
    call: 1 + chance.below(8),
    moment: chance.pick(['before', 'after'] as const),
  };
};

async function work(world: WalkWorld): Promise<string> {
  await relay(world);
  const said: string[] = [];
  for (let count = 1 + world.chance.below(4); count > 0; count -= 1) {
    const job = takeJob(world);
    if (job === undefined) break;
    const strike = strikeOf(world);
    if (!world.chance.in100(15)) said.push(await runJob(world, job, strike));
    // The queue gives it to two at once.
    else said.push(...(await Promise.all([runJob(world, job, strike), runJob(world, job, strikeOf(world))])));
  }
  return said.join(', ');
}

/** A worker that has stood still goes on. */
async function thaw(world: WalkWorld): Promise<string> {
  const place = world.chance.below(Math.max(1, world.frozen.length));
  const [frozen] = world.frozen.splice(place, 1);
  if (frozen === undefined) return 'none';
  await frozen.thaw();
  return `after ${Math.round((world.time.nowMs - frozen.since) / SECOND_MS)} s`;
}

async function emptyQueue(world: WalkWorld): Promise<string> {
  const lost = world.jobs.splice(0).length;
  return `${lost} lost`;
}

/** Some of what waits, in any order, some of it twice; some is never sent. */
async function mail(world: WalkWorld): Promise<string> {
  const { chance, post } = world;
  collectPost(world);
  const all = chance.shuffled(post.waiting);
  const count = chance.below(8);
  const chosen = all.slice(0, count);
  post.waiting = post.waiting.filter((event) => !chosen.includes(event));
  const lost = chosen.filter(() => chance.in100(15));
  const sent = chosen.filter((event) => !lost.includes(event));
  await deliver(
    world,
    sent.flatMap((event) => (chance.in100(20) ? [event, event] : [event])),
  );
  return `${sent.length} sent, ${lost.length} lost, ${post.waiting.length} wait`;
}

const paidOf = (world: WalkWorld, account: WalkAccount) =>
  world.control.summary().payments.filter((one) => one.metadata.creditd_account === account.id);

const answered = (done: Promise<unknown>): Promise<string> =>
  done.then(
    () => 'done',
    () => 'not possible',
  );

export async function refund(world: WalkWorld, account: WalkAccount): Promise<string> {
  const { chance } = world;
  const payments = paidOf(world, account);
  if (payments.length === 0) return 'nothing paid';
  const { intent, amountMinor } = chance.pick(payments);
  if (chance.in100(50)) {
    const amount = chance.in100(30) ? amountMinor : 1 + chance.below(amountMinor);
    return `${await answered(world.sdk.refunds.create({ payment_intent: intent, amount }))} ${amount}`;
  }
  const refunds = (await world.sdk.refunds.list({ payment_intent: intent }).catch(() => ({ data: [] }))).data;
  if (refunds.length === 0) return 'no refund';
  const { id } = chance.pick(refunds);
  return answered(chance.in100(50) ? world.control.failRefund(id) : world.control.finishRefund(id));
}

export async function dispute(world: WalkWorld, account: WalkAccount): Promise<string> {
  const { chance } = world;
  const payments = paidOf(world, account);
  if (payments.length === 0) return 'nothing paid';
  const { intent, amountMinor } = chance.pick(payments);
  const disputes = (await world.sdk.disputes.list({ payment_intent: intent }).catch(() => ({ data: [] }))).data;
  const open = disputes.find(({ status }) => !['won', 'lost', 'warning_closed'].includes(status));
  if (open === undefined) {
    if (!chance.in100(30)) return 'none';
    const amount = chance.in100(50) ? {} : { amount: 1 + chance.below(amountMinor) };
    return `opened ${await answered(world.control.dispute(intent, { inquiry: chance.in100(40), ...amount }))}`;
  }
  if (!open.status.startsWith('warning')) {
    const end = chance.pick(['won', 'lost'] as const);
    return `${end} ${await answered(world.control.closeDispute(open.id, end))}`;
  }
  if (chance.in100(50)) return `escalated ${await answered(world.control.escalateDispute(open.id))}`;
  return `closed ${await answered(world.control.closeDispute(open.id, 'warning_closed'))}`;
}

/** A payment that was under way ends. */
export async function finish(world: WalkWorld): Promise<string> {
  const { data } = await world.sdk.paymentIntents.list({ limit: 100 }).catch(() => ({ data: [] }));
  const under = data.filter(({ status }) => status === 'processing');
  if (under.length === 0) return 'none';
  const { id } = world.chance.pick(under);
  return answered(world.control.finishProcessing(id, world.chance.pick(['succeeded', 'failed'] as const)));
}

/** Nobody is frozen so long that Stripe has forgotten the keys of what they were about to send. */
const LONGEST_FREEZE_MS = 20 * HOUR_MS;

async function pass(world: WalkWorld): Promise<string> {
  const { chance } = world;
  const kind = chance.below(100);
  const [most, unit]: readonly [number, number] =
    kind < 45
      ? [90, SECOND_MS]
      : kind < 75
        ? [40, MINUTE_MS]
        : kind < 92
          ? [12, HOUR_MS]
          : kind < 98
            ? [4, DAY_MS]
            : [40, DAY_MS];
  const ms = Math.ceil(chance.next() * most * unit);
  for (const frozen of world.frozen.filter(({ since }) => world.time.nowMs + ms - since > LONGEST_FREEZE_MS)) {
    world.frozen.splice(world.frozen.indexOf(frozen), 1);
    await frozen.thaw();
  }
  await travel(world, ms);
  await renew(world);
  return `${Math.round(ms / SECOND_MS)} s`;
}

export const TROUBLE: readonly Move[] = [
  { name: 'work', weight: 40, run: work },
  { name: 'time', weight: 14, run: pass },
  { name: 'mail', weight: 8, run: mail },
  { name: 'fault', weight: 7, run: fault },
  { name: 'mend', weight: 3, run: mend },
  { name: 'thaw', weight: 4, run: thaw },
  { name: 'empty queue', weight: 1, run: emptyQueue },
  { name: 'refund', weight: 3, run: refund },
  { name: 'dispute', weight: 3, run: dispute },
  { name: 'finish', weight: 2, run: finish },
  { name: 'poll', weight: 2, run: async (world) => `${await poll(world)} new` },
  { name: 'reconcile', weight: 1, run: async (world) => JSON.stringify((await reconcile(world)).counts) },
];
