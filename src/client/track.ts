/** Usage on its way to creditd: through the queue where there is one, else by HTTP. */
import { z } from 'zod';
import { readEvent, type UsageEvent } from '../messages.js';
import { InvalidEventError } from '../producer/errors.js';
import type { Producer } from '../producer.js';
import { batchesOf } from './batches.js';
import { UnreachableError, UsageRefusedError } from './errors.js';
import type { Ask } from './http.js';
import type { ClientError, Settings } from './options.js';

export interface RefusedEvent {
  readonly event: UsageEvent;
  /** Stable, for programs, such as "unknown_account". */
  readonly code: string;
  readonly message: string;
}

export interface TrackAnswer {
  /** False: not everything was taken in time, see `waiting` and `unsent`. */
  readonly reached: boolean;
  /** Events that the queue or the ledger has. One in the queue is debited a moment later, or refused there. */
  readonly accepted: number;
  /** What creditd would not take; `onError` was told of each. */
  readonly refused: readonly RefusedEvent[];
  /** Events in this process's buffer that go on being sent to the queue, until `close`. */
  readonly waiting: number;
  /** Events that nobody has. Keep them and track them again, with the same keys. */
  readonly unsent: readonly UsageEvent[];
}

/** `trouble`: why not everything was taken. Nobody has been told of it yet. */
export interface Sent {
  readonly answer: TrackAnswer;
  readonly trouble: UnreachableError | null;
}

export interface Tracker {
  /** Events as `readEvents` gives them. @throws RefusedError, and from a queue BufferFullError or ClosedError. */
  send(events: readonly UsageEvent[]): Promise<Sent>;
  close(timeoutMs: number): Promise<void>;
}

const ingested = z.object({
  accepted: z.number(),
  refused: z.array(z.object({ place: z.number(), reason: z.string(), message: z.string() })),
});

/**
 * Reads all before any is sent: an event that breaks the schema is a mistake of the program, and half a list would hide it.
 * Dates each by when it was tracked, so that a late sending does not make its use late.
 * @throws InvalidEventError
 */
export function readEvents(raw: readonly UsageEvent[]): readonly UsageEvent[] {
  const now = new Date().toISOString();
  return raw.map((one, place) => {
    const read = readEvent(one);
    if (read.kind === 'event') return { ...read.event, occurredAt: read.event.occurredAt ?? now };
    const where = raw.length === 1 ? '' : `Event ${place} of the list: `;
    throw new InvalidEventError(read.field, `${where}${read.message} Nothing of it was sent.`, one);
  });
}

export function makeTracker(ask: Ask, settings: Settings): Tracker {
  return settings.queue === null
    ? { send: (events) => byHttp(ask, settings, events), close: async () => undefined }
    : throughQueue(settings.queue, settings);
}

const NOTHING_LEFT = { reached: true, refused: [], waiting: 0, unsent: [] } as const;

async function byHttp(ask: Ask, settings: Settings, events: readonly UsageEvent[]): Promise<Sent> {
  const refused: RefusedEvent[] = [];
  let accepted = 0;
  let taken = 0;
  for (const batch of batchesOf(events)) {
    try {
      const body = { events: batch };
      const { trackMs: timeoutMs } = settings;
      const { value } = await ask({ method: 'POST', path: '/v1/usage', body, answer: ingested, timeoutMs });
      accepted += value.accepted;
      for (const { place, reason: code, message } of value.refused) {
        const event = batch[place];
        if (event !== undefined) refused.push({ event, code, message });
      }
      taken += batch.length;
    } catch (error) {
      if (!(error instanceof UnreachableError)) throw error;
      tellAll(settings, refused);
      const unsent = events.slice(taken);
      const trouble = new UnreachableError(
        `${error.message} ${unsent.length} usage events were not taken; they are in this error’s events. Track them again with the same keys.`,
        error.cause,
        unsent,
      );
      return { answer: { reached: false, accepted, refused, waiting: 0, unsent }, trouble };
    }
  }
  tellAll(settings, refused);
  return { answer: { ...NOTHING_LEFT, accepted, refused }, trouble: null };
}

const tellAll = ({ tell }: Settings, refused: readonly RefusedEvent[]): void => {
  for (const { event, code, message } of refused) tell(new UsageRefusedError(event, code, message));
};

function throughQueue(queue: NonNullable<Settings['queue']>, settings: Settings): Tracker {
  let opened: Promise<Producer> | null = null;
  // Loaded by the first event: a product that sends by HTTP never loads BullMQ.
  const producer = (): Promise<Producer> => {
    opened ??= import('../producer.js').then(({ createProducer }) =>
      createProducer({ ...queue, onError: (error: ClientError) => settings.tell(error) }),
    );
    return opened;
  };
  return {
    async send(events) {
      const open = await producer();
      const left = new Set(events);
      const sending = events.map((event) => open.track(event).then(() => left.delete(event)));
      if (await within(Promise.all(sending), settings.trackMs))
        return { answer: { ...NOTHING_LEFT, accepted: events.length }, trouble: null };
      const trouble = new UnreachableError(
        `The usage queue could not be reached. ${left.size} usage events wait in this process and go on being tried; close() hands back what could not be sent.`,
      );
      const accepted = events.length - left.size;
      return { answer: { ...NOTHING_LEFT, reached: false, accepted, waiting: left.size }, trouble };
    },
    async close(timeoutMs) {
      if (opened !== null) await (await opened).close({ timeoutMs });
    },
  };
}

/** False once the time is over. What rejects afterwards was told to the listener by the producer. */
async function within(work: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  return Promise.race([work.then(() => true), over]).finally(() => clearTimeout(timer));
}
