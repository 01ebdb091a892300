/** One storm: a seed, so many seconds of trouble, calm, and then the question whether all books agree. */
import { setTimeout as wait } from 'node:timers/promises';
import { makeApiKeys } from '../../src/adapters/postgres/api-keys.js';
import { accountId } from '../../src/domain/ids.js';
import { DAY_MS, later } from '../../src/domain/instant.js';
import { until } from '../support/wait.js';
import { openWalkAccount, type WalkAccount } from '../support/walk-accounts.js';
import { type Move, PEOPLE } from '../support/walk-moves.js';
import { type Chance, makeChance } from '../support/walk-random.js';
import { dispute, finish, refund } from '../support/walk-trouble.js';
import { openWalkWorld, type WalkWorld } from '../support/walk-world.js';
import { calm } from './calm.js';
import { unseenDamage } from './damage.js';
import { openGround } from './ground.js';
import { brokenInvariants } from './invariants.js';
import { startParts } from './parts.js';
import { startProducers } from './producers.js';
import { PAST_LEASE, type Storm, TROUBLES } from './trouble.js';

export interface StormReport {
  readonly seed: number;
  readonly seconds: number;
  readonly counts: Readonly<Record<string, number>>;
  /** The names of all faults that this machine can raise. */
  readonly raised: readonly string[];
  /** Faults that this machine cannot raise, and why. */
  readonly skipped: readonly string[];
}

const WORKERS = 3;
const PRODUCERS = 3;
const PAYERS = 6;
const PLAIN = 24;
const TROUBLE_EVERY_MS = 500;
const PEOPLE_EVERY_MS = 150;
const LINES_SHOWN = 15;

/** What an owner was told may be unknown after a fault, so that the books of use are the producers' alone. */
const MOVES: readonly Move[] = [
  ...PEOPLE.filter(({ name }) => name !== 'use' && name !== 'switch'),
  { name: 'refund', weight: 3, run: refund },
  { name: 'dispute', weight: 2, run: dispute },
  { name: 'finish', weight: 4, run: finish },
];

/** Rejects with what was broken, what was raised, and the command that raises it again. */
export async function runStorm(seed: number, seconds: number): Promise<StormReport> {
  const ground = await openGround();
  const closers: (() => Promise<unknown>)[] = [];
  let said = (): string => '';
  const counts: Record<string, number> = {};
  try {
    const { databaseUrl, double, time } = ground;
    const world = await openWalkWorld(seed, { databaseUrl, double, time });
    closers.push(() => world.close());
    const payers: WalkAccount[] = [];
    for (let index = 0; index < PAYERS; index += 1)
      payers.push(await until(() => openWalkAccount(world, index), { what: 'an account' }));
    const plain = await openPlain(world);
    const { secret } = await makeApiKeys(world.prisma, world.clock, world.newId).create({
      ...{ name: 'storm', scopes: ['usage'], catalog: null },
    });
    const parts = startParts(ground, WORKERS);
    closers.push(() => parts.stop());
    said = parts.said;
    await parts.allReady();
    const accounts = [...payers.map(({ id }) => id), ...plain, ...plain];
    const producers = startProducers(ground, { accounts, apiKey: secret }, seed, PRODUCERS);
    closers.push(() => producers.close());
    const undo = makeUndo();
    const chance = makeChance(seed + 11);
    const storm: Storm = { ground, parts, world, book: producers.book, chance, after: undo.after };
    await raise(storm, payers, seconds, counts);
    await undo.all();
    const { lost, unexplained } = await calm(storm, producers);
    Object.assign(counts, producers.book.counts, {
      'sent again after an emptied queue': lost,
      'processes started': parts.slots.reduce((sum, slot) => sum + slot.starts, 0),
      payments: double.control.summary().payments.length,
      mails: ground.smtp.mails.length,
    });
    const ended = { storm, payers, unexplained, made: [secret] };
    const broken = await brokenInvariants(ended);
    if (broken.length > 0) throw new Error(broken.join('\n'));
    const unseen = await unseenDamage(ended);
    if (unseen.length > 0) throw new Error(unseen.join('\n'));
    const skipped = ground.disk === null ? ['disk full: this user may not mount a small disk'] : [];
    return { seed, seconds, counts, raised: TROUBLES(ground).map(({ name }) => name), skipped };
  } catch (error) {
    const what =
      error instanceof Error ? `${error.stack ?? error.message} ${String(error.cause ?? '')}` : String(error);
    const again = `npm run storm -- --seed ${seed} --minutes ${seconds / 60}`;
    throw new Error(`storm ${seed}:\n${what}\n\n${JSON.stringify(counts)}\n\n${lastErrors(said())}\n\nagain: ${again}`);
  } finally {
    for (const close of closers.reverse()) await close().catch(() => undefined);
    await ground.close();
  }
}

const lastErrors = (said: string): string =>
  said
    .split('\n')
    .filter((line) => line.includes('"level":"error"') || !line.startsWith('{'))
    .slice(-LINES_SHOWN)
    .map((line) => line.slice(0, 600))
    .join('\n');

/** Without a card and an owner's purse: whatever they use is the free plan's, and debt. */
async function openPlain(world: WalkWorld): Promise<string[]> {
  const ids = Array.from({ length: PLAIN }, (_, index) => accountId(`plain-${index}`));
  for (const id of ids) {
    const profile = { name: id, slug: null, catalog: 'walk', plan: 'free', zone: 'UTC', billingEmail: null };
    const owners = [{ id: 'owner-1', email: `${id}@example.com` }];
    await world.openAccount({ ...profile, id, anchor: later(world.now(), -DAY_MS), owners });
  }
  return ids;
}

function makeUndo() {
  const standing = new Set<() => Promise<void>>();
  return {
    after(ms: number, undo: () => unknown): void {
      const once = async (): Promise<void> => {
        if (!standing.delete(once)) return;
        await undo();
      };
      standing.add(once);
      setTimeout(() => void once().catch(() => undefined), ms).unref();
    },
    all: () => Promise.all([...standing].map((once) => once())),
  };
}

/** Trouble and people, side by side, until the time is over. Every fault is raised once before chance has its way. */
async function raise(
  storm: Storm,
  payers: readonly WalkAccount[],
  seconds: number,
  counts: Record<string, number>,
): Promise<void> {
  const until = performance.now() + seconds * 1_000;
  const troubles = TROUBLES(storm.ground);
  const round = storm.chance.shuffled(troubles);
  round.push(
    ...round.splice(
      round.findIndex(({ name }) => name === PAST_LEASE),
      1,
    ),
  );
  const every = Math.min(TROUBLE_EVERY_MS, (seconds * 1_000) / (troubles.length + 4));
  const trouble = async (): Promise<void> => {
    while (performance.now() < until || round.length > 0) {
      const one = round.pop() ?? weighted(storm.chance, troubles);
      counts[one.name] = (counts[one.name] ?? 0) + 1;
      await Promise.resolve(one.run(storm)).catch((error: unknown) => {
        counts[`${one.name}: could not be raised`] = (counts[`${one.name}: could not be raised`] ?? 0) + 1;
        storm.book.count(`not raised: ${String(error).slice(0, 80)}`);
      });
      await wait(storm.chance.below(2 * every));
    }
  };
  const chance = makeChance(storm.world.seed + 23);
  const people = async (): Promise<void> => {
    while (performance.now() < until || round.length > 0) {
      const account = chance.pick(payers);
      const move = weighted(chance, MOVES);
      counts[`people: ${move.name}`] = (counts[`people: ${move.name}`] ?? 0) + 1;
      await move.run(storm.world, account).catch(() => {
        // What became of it is not known: it may have been the owner's word.
        account.retried = true;
      });
      await wait(chance.below(2 * PEOPLE_EVERY_MS));
    }
  };
  await Promise.all([trouble(), people()]);
}

function weighted<One extends { readonly weight: number }>(chance: Chance, all: readonly One[]): One {
  let place = chance.below(all.reduce((sum, { weight }) => sum + weight, 0));
  for (const one of all) {
    place -= one.weight;
    if (place < 0) return one;
  }
  throw new Error('nothing was chosen');
}
