/** Services that report usage through every door there is, twice and in disorder now and then, and keep books of it. */
import { setTimeout as wait } from 'node:timers/promises';
import { Queue } from 'bullmq';
import { KEY_PREFIX, USAGE_QUEUE } from '../../src/messages.js';
import { createProducer, type Producer } from '../../src/producer.js';
import { type Chance, makeChance } from '../support/walk-random.js';
import { type Book, type Entry, makeBook } from './book.js';
import type { Ground } from './ground.js';

const REQUEST_MS = 4_000;
const PAUSE_MS = 60;
const MOST_AT_ONCE = 25;

export interface Field {
  readonly accounts: readonly string[];
  readonly apiKey: string;
}

export type Producers = ReturnType<typeof startProducers>;

interface Desk extends Field {
  readonly ground: Ground;
  readonly book: Book;
  readonly chance: Chance;
  readonly library: Producer;
  readonly raw: Queue;
}

export function startProducers(ground: Ground, field: Field, seed: number, count: number) {
  const book = makeBook();
  const url = `redis://127.0.0.1:${ground.links.producers.port}`;
  const library = createProducer({ connection: url, onError: () => undefined, batch: { maxWaitMs: 5 } });
  const raw = new Queue(USAGE_QUEUE, { connection: ground.redis.direct, prefix: KEY_PREFIX, skipVersionCheck: true });
  raw.on('error', () => undefined);
  let stopped = false;
  const run = async (place: number): Promise<void> => {
    const chance = makeChance(seed * 31 + place);
    const desk: Desk = { ...field, ground, book, chance, library, raw };
    for (let turn = 0; !stopped; turn += 1) {
      await sendSome(desk, `p${place}-${turn}`);
      await wait(chance.below(PAUSE_MS));
    }
  };
  const running = Array.from({ length: count }, (_, place) => run(place));
  return {
    book,
    raw,
    async stop(): Promise<void> {
      stopped = true;
      await Promise.all(running);
      // What it could not send is handed back; it stands in the book and is sent again from there.
      await library.close({ timeoutMs: 5_000 }).catch(() => undefined);
    },
    /** Everything that ever was sent, once more and in any order, as after an emptied queue. */
    async resend(): Promise<void> {
      const chance = makeChance(seed + 5);
      const all = chance.shuffled([...book.entries.values()]);
      for (let at = 0; at < all.length; at += 100) {
        const events = all.slice(at, at + 100).map((entry) => dated(ground, entry));
        await raw.add('usage', { v: 1, events });
      }
    },
    close: () => raw.close(),
  };
}

const dated = ({ time }: Ground, { event }: Entry): Record<string, unknown> => ({
  occurredAt: new Date(time.nowMs).toISOString(),
  ...event,
});

async function sendSome(desk: Desk, name: string): Promise<void> {
  const { chance, book } = desk;
  const known = [...book.entries.values()].slice(-2_000);
  const entries: Entry[] = [];
  for (let index = chance.below(MOST_AT_ONCE); index >= 0; index -= 1) {
    const repeat = known.length > 0 && chance.in100(20) ? chance.pick(known) : null;
    if (repeat !== null) book.count('events sent again');
    entries.push(repeat ?? newEntry(desk, `${name}-${index}`));
  }
  const ways = [byLibrary, byJob, byJob, overHttp, overHttpWaiting] as const;
  await chance
    .pick(ways)(desk, entries)
    .catch(() => book.count('sendings without an answer'));
  if (chance.in100(10)) await sendRubbish(desk).catch(() => undefined);
  if (chance.in100(10)) await contradict(desk, known).catch(() => undefined);
}

function newEntry({ book, chance, accounts }: Desk, key: string): Entry {
  const account = chance.pick(accounts);
  const event = { account, meter: 'call', key, quantity: 1 + chance.below(3) };
  const bad = chance.below(100);
  book.count('events');
  if (bad === 0) return book.add({ account, key, event: { ...event, quantity: -1 }, credits: null, reason: 'invalid' });
  if (bad === 1)
    return book.add({ account, key, event: { ...event, quantity: 1.5 }, credits: null, reason: 'bad_quantity' });
  if (bad === 2)
    return book.add({
      ...{ account, key, event: { ...event, occurredAt: '2020-01-01T00:00:00Z' }, credits: null, reason: 'too_old' },
    });
  return book.add({ account, key, event, credits: event.quantity, reason: null });
}

/** What the library refuses at its own door is sent as a plain job by another service. */
async function byLibrary(desk: Desk, entries: readonly Entry[]): Promise<void> {
  const began = performance.now();
  const [good, bad] = [entries.filter((one) => one.reason === null), entries.filter((one) => one.reason !== null)];
  for (const entry of good) {
    const sent = desk.library.track(dated(desk.ground, entry) as never);
    sent.then(
      () => taken(entry, began),
      () => undefined,
    );
  }
  desk.book.count('by the library', good.length);
  if (bad.length > 0) await byJob(desk, bad);
}

async function byJob(desk: Desk, entries: readonly Entry[]): Promise<void> {
  const began = performance.now();
  const events = desk.chance.shuffled(entries).map((entry) => dated(desk.ground, entry));
  const data = events.length === 1 ? { v: 1, event: events[0] } : { v: 1, events };
  desk.book.count('by plain jobs', entries.length);
  await Promise.race([desk.raw.add('usage', data), late()]);
  for (const entry of entries) taken(entry, began);
}

const late = (): Promise<never> =>
  wait(REQUEST_MS, null, { ref: false }).then(() => {
    throw new Error('the queue did not answer');
  });

const taken = (entry: Entry, began: number): void => {
  entry.queuedAt = Math.max(entry.queuedAt ?? 0, began);
};

const overHttp = (desk: Desk, entries: readonly Entry[]) => post(desk, entries, false);
const overHttpWaiting = (desk: Desk, entries: readonly Entry[]) => post(desk, entries, true);

interface Answer {
  readonly via: string;
  readonly done: readonly { readonly key: string; readonly credits: string; readonly replayed: boolean }[];
  readonly refused: readonly { readonly key: string; readonly reason: string }[];
}

async function ask({ ground, apiKey, chance }: Desk, events: readonly unknown[], waits: boolean) {
  const port = chance.pick(ground.apiPorts);
  const answer = await fetch(`http://127.0.0.1:${port}/v1/usage${waits ? '?wait=true' : ''}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ events }),
    signal: AbortSignal.timeout(REQUEST_MS),
  });
  return answer.status === 200 || answer.status === 202 ? ((await answer.json()) as Answer) : null;
}

async function post(desk: Desk, entries: readonly Entry[], waits: boolean): Promise<void> {
  const { book } = desk;
  const began = performance.now();
  book.count(waits ? 'over HTTP, waiting' : 'over HTTP', entries.length);
  const unposted = new Set(entries.filter((entry) => !entry.posted));
  const answer = await ask(
    desk,
    entries.map((entry) => dated(desk.ground, entry)),
    waits,
  );
  if (answer === null) return book.count('refused for a moment by the api');
  const refused = new Map(answer.refused.map((one) => [one.key, one.reason]));
  if (answer.via === 'queue') {
    for (const entry of entries) if (!refused.has(entry.key)) taken(entry, began);
    return;
  }
  for (const { key, credits, replayed } of answer.done) {
    const entry = book.entries.get(key);
    if (entry === undefined || String(entry.credits) !== credits)
      book.broken.push(`${key} was answered with ${credits} credits, and it is worth ${entry?.credits}`);
    if (entry !== undefined && !unposted.has(entry) && !replayed)
      book.broken.push(`${key} was answered as new after it had been answered before`);
    if (entry !== undefined) entry.posted = true;
  }
}

/** The same key with other content: the first stands, and this one is refused. */
async function contradict(desk: Desk, known: readonly Entry[]): Promise<void> {
  const posted = known.filter((entry) => entry.posted && entry.credits !== null);
  if (posted.length === 0) return;
  const entry = desk.chance.pick(posted);
  desk.book.conflicts.add(entry.key);
  desk.book.count('contradictions');
  const answer = await ask(desk, [{ ...dated(desk.ground, entry), quantity: 77 }], true);
  if (answer !== null && answer.refused[0]?.reason !== 'conflict')
    desk.book.broken.push(`${entry.key} with other content was answered ${JSON.stringify(answer)}`);
}

const RUBBISH: readonly unknown[] = [
  null,
  'text',
  { v: 99, event: {} },
  { v: 1 },
  { v: 1, events: [] },
  { v: 1, event: { account: 'walk-0', meter: 'call', key: '', quantity: 1 } },
  { v: 1, events: [{ account: 7, meter: ['call'], key: { a: 1 } }, null, 'x'] },
  { v: 1, event: { account: 'walk-0', meter: 'call', key: 'k', quantity: 1e21 } },
];

async function sendRubbish({ raw, chance, book }: Desk): Promise<void> {
  book.count('malformed jobs');
  await Promise.race([raw.add('usage', chance.pick(RUBBISH)), late()]);
}
