/**
 * Brings the demo's accounts into their states, behind everything else: by the same commands, cards and declines as a product,
 * its owners and their banks would. Whoever reads an account's history finds how it came to be so.
 */
import type { StripeDoubleControl } from '../../dev/stripe-double/control.js';
import type { Command } from '../../domain/commands.js';
import { type AccountId, accountId } from '../../domain/ids.js';
import type { Profiles } from '../../ports.js';
import type { openDesk, Store } from '../../wire.js';
import { type Awaited, accountOf, anchorOf, PEOPLE, type Scene, type Stage } from './scene.js';

export interface SeedParts {
  readonly store: Pick<Store, 'prisma' | 'clock' | 'log'>;
  readonly desk: ReturnType<typeof openDesk>;
  readonly profiles: Pick<Profiles, 'setMember'>;
  readonly bank: Pick<StripeDoubleControl, 'fail'>;
}

export interface Seeding {
  /** Takes no further account, and waits for those under way. */
  close(): Promise<void>;
}

/** Accounts at once: one that waits for a clock keeps nobody else waiting. */
const HANDS = 3;
const BATCH = 200;
const LOOK_MS = 500;
const WITHIN_MS = 180_000;

class Closing extends Error {}

export function startSeeding(parts: SeedParts, scenes: readonly Scene[]): Seeding {
  const { store } = parts;
  let closed = false;
  const stopped = (): void => {
    if (closed) throw new Closing();
  };
  const hand = async (left: Scene[]): Promise<void> => {
    for (let scene = left.shift(); scene !== undefined; scene = left.shift()) {
      try {
        stopped();
        await enact(parts, scene, stopped);
      } catch (error) {
        if (closed) return;
        // The others do not depend on it, and the next start tries it again.
        store.log.warn({ err: error, account: accountOf(scene) }, 'the demo could not set up an account');
      }
    }
  };
  const working = (async () => {
    const ready = await readyAccounts(store, scenes);
    const left = scenes.filter((scene) => !ready.has(accountOf(scene)));
    await Promise.all(Array.from({ length: HANDS }, () => hand(left)));
  })().catch((error: unknown) => store.log.warn({ err: error }, 'the demo could not set up its accounts'));
  return {
    async close() {
      closed = true;
      await working;
    },
  };
}

/** Who joins last: where this person is, all that comes before has been done, and what a visitor changed since stays. */
const LAST = PEOPLE.at(-1)?.id ?? '';

/** Accounts that are as their scene says, or as somebody has left them since. */
export async function readyAccounts({ prisma }: Pick<Store, 'prisma'>, scenes: readonly Scene[]): Promise<Set<string>> {
  const rows = await prisma.member.findMany({
    where: { id: LAST, account: { id: { in: scenes.map(accountOf) } } },
    select: { account: { select: { id: true } } },
  });
  return new Set(rows.map(({ account }) => account.id));
}

async function enact(parts: SeedParts, scene: Scene, stopped: () => void): Promise<void> {
  const { desk, store, profiles } = parts;
  const id = accountId(accountOf(scene));
  const now = await store.clock.now();
  const opened = await desk.openAccount({
    ...{ id, name: scene.name, slug: id, catalog: scene.catalog, plan: scene.plan, zone: 'Europe/Berlin' },
    ...{ anchor: anchorOf(scene, now), billingEmail: null },
    owners: [{ id: 'member-1', email: `owner@${id}.example` }],
  });
  if (opened.kind === 'unavailable') throw new Error(opened.reason);
  const stage: Stage = {
    ...{ now, bank: parts.bank },
    async post(...commands) {
      const whole = commands.map((one) => ({ ...one, account: id }) as Command);
      for (let at = 0; at < whole.length; at += BATCH) {
        stopped();
        await post(desk, whole.slice(at, at + BATCH), opened.kind === 'existed');
      }
    },
    async attach(card) {
      const attached = await desk.attachCard?.(id, card);
      if (attached?.kind !== 'attached') throw new Error(`The card ${card} was not attached: ${attached?.kind}.`);
    },
    until: (what) => until(store, { id, what }, stopped),
  };
  await scene.play(stage);
  for (const person of [...(scene.people ?? []), ...PEOPLE.slice(1)]) {
    await profiles.setMember(id, { ...person, email: `${person.id}@${id}.example` }, 'operator:demo');
  }
}

/** An account that a stopped demo left half set up is gone through again: what has been done already is refused, and may be. */
async function post(desk: SeedParts['desk'], commands: readonly Command[], again: boolean): Promise<void> {
  const answer = await desk.ledger.post(commands);
  if (answer.kind === 'unavailable') throw new Error(answer.reason);
  for (const outcome of answer.outcomes) if (outcome.kind === 'refused' && !again) throw new Error(outcome.message);
}

async function until(
  { prisma }: SeedParts['store'],
  { id, what }: { readonly id: AccountId; readonly what: Awaited },
  stopped: () => void,
): Promise<void> {
  const account = { id };
  const look = async (): Promise<boolean> => {
    switch (what) {
      case 'counted':
        return (await prisma.usageProgress.count({ where: { account, usualHour: { not: null } } })) > 0;
      case 'paid':
        return (await prisma.charge.count({ where: { account, state: 'succeeded' } })) > 0;
      default:
        return (await prisma.incident.count({ where: { account, kind: what } })) > 0;
    }
  };
  const last = performance.now() + WITHIN_MS;
  while (!(await look())) {
    stopped();
    if (performance.now() > last) throw new Error(`Nothing was ${what} within minutes.`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}
