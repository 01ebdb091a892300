/** One simulation: a seed, so many moves, every invariant after each of them, and liveness once nothing goes wrong any more. */
import { type Charge, isOpen } from '../../src/domain/charge.js';
import { credits } from '../../src/domain/credits.js';
import { check } from '../../src/domain/gate.js';
import { later } from '../../src/domain/instant.js';
import { type BringChargeDeps, bringCharge } from '../../src/flow/bring-charge.js';
import { hearCheckout } from '../../src/flow/hear-subscription.js';
import { makeRelayOutbox } from '../../src/flow/relay-outbox.js';
import { makeRunCharge } from '../../src/flow/run-charge.js';
import type { Log, Payments } from '../../src/ports.js';
import { attachedCards, loadCold, loadHot, unansweredOf } from '../../src/simulate/rows.js';
import { brokenAtRest } from './invariants.js';
import type { Mutant } from './mutants.js';
import { type Carts, ownerMoves } from './owner.js';
import { asked, attach, type People } from './people.js';
import type { SimEvent } from './processor.js';
import { interleaved, type Pause, type Scheduler } from './scheduler.js';
import { makeSimWorld, type SimWorld } from './world.js';

const LOG: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const TOPICS = ['charge', 'notice'] as const;

/** What the gate is told by a mutant: set while the gate is asked. */
export const gate = { isAsked: false };

interface Play {
  readonly world: SimWorld;
  readonly people: People;
  readonly carts: Carts;
  /** The most steps that tasks go on by in one move: few, and much is at work at once; many, and much comes to its end. */
  readonly tempo: number;
  /** Events of the processor that nobody has heard to the end. */
  readonly post: SimEvent[];
  /** Heard to the end, and sent again all the same. */
  readonly again: Set<SimEvent>;
  heardTo: number;
}

/** Answers what was broken, the first thing first; empty: nothing was. */
export async function play(seed: number, moves: number, mutant: Mutant | null = null): Promise<readonly string[]> {
  const world = makeSimWorld(seed, mutant);
  const tempo = world.chance.pick([1, 4, 16]);
  const nothing = { post: [], again: new Set<SimEvent>(), heardTo: 0 };
  const now: Play = { world, tempo, people: { count: 0, refused: [] }, carts: { sent: [] }, ...nothing };
  world.scheduler.risks.crash = 2;
  world.scheduler.risks.freeze = 3;
  await begin(now);
  for (let move = 0; move < moves && world.broken.length === 0; move += 1) {
    await one(now);
    askGate(world);
    if (world.scheduler.broken.length > 0) world.broken.push(...world.scheduler.broken);
  }
  if (world.broken.length === 0) await rest(now);
  return world.broken;
}

async function begin({ world }: Play): Promise<void> {
  const { account } = world.rows;
  const topOff = {
    enabled: true,
    threshold: credits(50),
    amount: credits(100),
    card: null,
    capDayMinor: null,
    capMonthMinor: null,
  };
  await world.ledger.post([attach(world, 'visa')]);
  await world.ledger.post([{ kind: 'configure_top_off', account, settings: topOff }]);
}

async function one(now: Play): Promise<void> {
  const { world } = now;
  const { chance, scheduler } = world;
  const dice = chance.below(100);
  if (dice < 58 && (await steps(scheduler, 1 + chance.below(now.tempo)))) return;
  if (dice < 65) return relay(world);
  if (dice < 75) return startJob(world);
  if (dice < 80) return hear(now);
  if (dice < 85) return ownerMoves(world, now.carts, paymentsOf(world));
  if (dice < 87) return world.processor.finish();
  if (dice < 90) return world.processor.moveFunds();
  if (dice < 91) return void world.jobs.splice(0);
  if (dice < 94) {
    world.time.nowMs += Math.ceil(chance.next() ** 3 * (chance.in100(15) ? 30 * 3_600_000 : 15 * 60_000));
    return world.processor.pages.expire(world.time.nowMs);
  }
  await people(now);
}

/** False: nobody waits that could go on. */
async function steps(scheduler: Scheduler, most: number): Promise<boolean> {
  for (let count = 0; count < most; count += 1) if (!(await scheduler.step())) return count > 0;
  return true;
}

async function people({ world, people: who }: Play): Promise<void> {
  const commands = asked(world, who);
  if (commands === null) return;
  const [first] = commands;
  const posted = await world.ledger.post(commands);
  if (posted.kind !== 'posted' || first?.kind !== 'use' || first.mode !== 'if_covered') return;
  const place = who.refused.findIndex((one) => one.key === first.key);
  if (posted.outcomes[0]?.kind === 'refused') {
    if (place < 0) who.refused.push({ key: first.key, quantity: first.quantity ?? 1 });
  } else if (place >= 0) who.refused.splice(place, 1);
}

function relay(world: SimWorld): void {
  world.scheduler.spawn('relay', true, async (pause) => {
    const carry = makeRelayOutbox(interleaved(world.outbox, pause), interleaved(world.transport, pause));
    for (const topic of TOPICS) await carry(topic);
  });
}

/** A worker takes a job; the queue may give one job to two. */
function startJob(world: SimWorld): void {
  const { jobs, chance } = world;
  if (jobs.length === 0) return;
  const place = chance.below(jobs.length);
  const job = jobs[place];
  if (job === undefined) return;
  if (!chance.in100(15)) jobs.splice(place, 1);
  const ref = { accountNo: world.rows.no, id: job.id };
  world.scheduler.spawn(`${job.topic} step`, true, async (pause) => {
    const outbox = interleaved(world.outbox, pause);
    if (job.topic === 'charge') return chargeStep(world, pause)(ref);
    const step = await outbox.start(ref);
    if (step === null) return;
    const { accountNo, id, heldUntil, asks } = step;
    await outbox.end({ accountNo, id, heldUntil, asks, next: null, note: null });
  });
}

const unused = (): never => {
  throw new Error('nothing here asks for this');
};

const paymentsOf = (world: SimWorld): Payments => ({
  ...world.processor.payments,
  ...{ identify: unused, createCustomer: unused, attachCard: unused },
});

const chargeStep = (world: SimWorld, pause: Pause) =>
  makeRunCharge({
    ledger: interleaved(world.ledger, pause),
    outbox: interleaved(world.outbox, pause),
    payments: interleaved(paymentsOf(world), pause),
    log: LOG,
    random: world.chance.next,
  });

/** Something that happened at the processor is heard: in any order, some of it twice, and again where it led to no end. */
function hear(now: Play): void {
  const { world, post } = now;
  const { events } = world.processor;
  post.push(...events.slice(now.heardTo));
  now.heardTo = events.length;
  if (post.length === 0) return;
  const event = world.chance.pick(post);
  world.scheduler.spawn(`hear ${event.kind}`, true, async (pause) => {
    const deps: BringChargeDeps = hearing(world, pause);
    const heard = await (event.kind === 'session' ? hearSession(world, pause, event) : hearOne(deps, world, event));
    const place = post.indexOf(event);
    const isOver = heard.kind === 'done' || heard.kind === 'ignored';
    if (!isOver || place < 0) return;
    if (world.chance.in100(80)) post.splice(place, 1);
    else now.again.add(event);
  });
}

const hearing = (world: SimWorld, pause: Pause): BringChargeDeps => ({
  ledger: interleaved(world.ledger, pause),
  charges: interleaved(world.charges, pause) as never,
  payments: interleaved(paymentsOf(world), pause),
  ...{ deployment: world.deployment, log: LOG },
});

/** A session of Checkout that was completed, or has expired. */
function hearSession(world: SimWorld, pause: Pause, { charge }: SimEvent) {
  const subscriptions = interleaved(world.processor.pages.subscriptions, pause) as never;
  const nobody = { customer: null, intent: null, paymentMethod: null, setupIntent: null, subscription: null };
  const names = { ...nobody, invoice: null, session: `cs_${charge}`, deployment: null, account: null, charge: null };
  const event = { id: 'evt', type: 'checkout.session.completed', names } as never;
  const step = { account: world.rows.account } as never;
  return hearCheckout({ ...hearing(world, pause), subscriptions, records: {} as never }, { event, step });
}

function hearOne(deps: BringChargeDeps, { rows }: SimWorld, { kind, charge, intent }: SimEvent) {
  return bringCharge(deps, rows.account, { charge, intent }, { disputes: kind === 'funds', onlyPaid: kind === 'paid' });
}

/** Nobody is lent what no top-off would bring: said from the rows alone, without the function that opens top-offs. */
function askGate(world: SimWorld): void {
  const { rows, now, context } = world;
  if (!world.chance.in100(10) || rows.hot.settledUntil === null || rows.hot.settledUntil <= now()) return;
  gate.isAsked = true;
  const quantity = 1 + world.chance.below(60);
  const state = loadCold(rows, loadHot(rows, []), [], now());
  const answer = check(state, { kind: 'run', list: [{ meter: 'call', quantity }] }, now(), context(), 'sim');
  gate.isAsked = false;
  if (answer.kind === 'refused' || !answer.allowed || answer.cost <= answer.spendable) return;
  const { topOff } = rows.settings;
  const all = [...rows.charges.values()];
  const open = all.find((charge) => charge.kind === 'top_off' && isOpen(charge));
  // An attempt that is out may still bring it, whatever has come up since.
  const isOut = open !== undefined && (open.state === 'processing' || unansweredOf(rows, open.id) !== null);
  const against: readonly (readonly [string, boolean])[] = [
    ['auto top-off is off', !isOut && !topOff.enabled],
    ['auto top-off is suspended', topOff.suspendedAt !== null],
    ['a charge is in dispute', !isOut && all.some((charge) => charge.dispute !== null)],
    ['the operator has stopped charging', world.switched.charging !== 'on'],
    ['there is no card', attachedCards(rows).length === 0],
    ['the open top-off was declined', ![undefined, null, 'internal_error'].includes(open?.failure)],
  ];
  for (const [why, holds] of against) if (holds) world.broken.push(`the gate lends on a top-off although ${why}`);
}

/** Nothing goes wrong any more: everybody goes on, everything is heard, time passes, and whatever was begun has to end. */
async function rest(now: Play): Promise<void> {
  const { world } = now;
  const { scheduler, processor, rows } = world;
  Object.assign(scheduler.risks, { crash: 0, freeze: 0 });
  Object.assign(processor.health, { faulty: false, declining: false });
  world.switched.charging = 'on';
  scheduler.thaw();
  await run(world);
  // What was heard to the end need not come again for anything to be right.
  const fresh = now.post.filter((event) => !now.again.has(event));
  now.post.splice(0, now.post.length, ...fresh);
  now.again.clear();
  processor.closeDisputes();
  await world.ledger.post([{ kind: 'resume_top_off', account: rows.account }]);
  for (let turn = 0; turn < TURNS_MOST && world.broken.length === 0; turn += 1) {
    for (
      let intent = processor.intents.find(isUnderWay);
      intent !== undefined;
      intent = processor.intents.find(isUnderWay)
    )
      processor.finish();
    // Some come back from their bank, the others never do.
    if (turn === 0) for (let count = world.chance.below(3); count > 0; count -= 1) processor.pages.decide();
    processor.pages.expire(world.time.nowMs);
    for (let count = now.post.length + processor.events.length - now.heardTo; count > 0; count -= 1) hear(now);
    relay(world);
    await run(world);
    while (world.jobs.length > 0) {
      startJob(world);
      await run(world);
    }
    const heard = now.post.length === 0 && now.heardTo === processor.events.length;
    const next = nextDue(world);
    if (next === null && heard) break;
    world.time.nowMs = Math.max(world.time.nowMs + 1_000, heard ? (next ?? 0) : 0);
  }
  world.broken.push(...scheduler.broken);
  if (world.broken.length > 0) return;
  if (rows.outbox.size > 0) world.broken.push(`what was begun does not end: ${[...rows.outbox.keys()].join(', ')}`);
  world.broken.push(...brokenAtRest(rows, processor.intents));
  unmet(world);
}

/** A payment that waits three days for its owner is looked at every quarter of an hour. */
const TURNS_MOST = 1_500;
const isUnderWay = (intent: { readonly status: string }): boolean => intent.status === 'processing';

async function run({ scheduler }: SimWorld): Promise<void> {
  while (await scheduler.step());
}

const nextDue = ({ rows }: SimWorld): number | null => {
  const all = [...rows.outbox.values()].map((row) => row.dueAt as number);
  return all.length === 0 ? null : Math.min(...all);
};

/** An obligation that nothing holds back has been met. */
function unmet(world: SimWorld): void {
  const { rows } = world;
  const { topOff, plan } = rows.settings;
  const all: Charge[] = [...rows.charges.values()];
  const isDisputed = all.some((charge) => charge.dispute !== null);
  const isFree = plan === 'free' || rows.settings.standing.pastDue !== null;
  const isHeld =
    topOff.suspendedAt !== null || topOff.pausedAt !== null || isDisputed || isFree || attachedCards(rows).length === 0;
  const hour = later(world.now(), -3_600_000);
  const recent = all.filter((charge) => charge.kind === 'top_off' && charge.createdAt > hour).length;
  if (!topOff.enabled || isHeld || recent >= 12) return;
  const balance = rows.hot.lots - rows.hot.debt;
  if (balance < topOff.threshold) world.broken.push(`the balance ${balance} is low and nothing holds the top-off back`);
}
