/** Records the use of work that ran, whatever stands in the way: capture, else the use itself under the same key. */
import { z } from 'zod';
import { readEvent, type UsageEvent } from '../messages.js';
import type { Action } from './asking.js';
import { RefusedError, UnreachableError, UnsettledError } from './errors.js';
import { type Ask, at } from './http.js';
import type { ClientError, Settings } from './options.js';
import type { Settler } from './settle.js';
import type { Tracker } from './track.js';
import type { Used } from './with-hold.js';

export interface Ran {
  readonly account: string;
  /** Of the use. */
  readonly key: string;
  /** Of the hold; it may never have been placed. */
  readonly hold: string;
  readonly what: Action;
  readonly used: Used;
}

export interface Recorded {
  readonly recorded: 'now' | 'later' | 'before' | 'refused';
  readonly credits: string | null;
  readonly balance: string | null;
}

export interface Recorder {
  record(ran: Ran): Promise<Recorded>;
}

const captured = z.object({ credits: z.string(), balance: z.string() });
const posted = z.object({
  done: z.array(captured),
  refused: z.array(z.object({ reason: z.string(), message: z.string() })),
});

const WITHOUT_FIGURES = { credits: null, balance: null } as const;
const QUEUED: Recorded = { recorded: 'later', ...WITHOUT_FIGURES };
const BEFORE: Recorded = { recorded: 'before', ...WITHOUT_FIGURES };

export function makeRecorder(ask: Ask, tracker: Tracker, settler: Settler, settings: Settings): Recorder {
  const capture = async (ran: Ran): Promise<Recorded> => {
    const path = at`/v1/accounts/${ran.account}/holds/${ran.hold}/capture`;
    const body = capturedOf(ran);
    const { value } = await ask({ method: 'POST', path, key: ran.key, body, answer: captured });
    return { recorded: 'now', ...value };
  };
  /** The ledger takes a key once: whether this or a capture that went unanswered comes first, it is debited once. */
  const post = async (event: UsageEvent): Promise<Recorded> => {
    const { value } = await ask({
      method: 'POST',
      path: '/v1/usage?wait=true',
      body: { events: [event] },
      answer: posted,
    });
    const [done] = value.done;
    if (done !== undefined) return { recorded: 'now', ...done };
    const [no] = value.refused;
    throw new RefusedError(422, no?.reason ?? 'invalid', no?.message ?? 'The use was not recorded.');
  };
  /** True where the queue has it, which keeps it over the end of this process. */
  const enqueued = async (event: UsageEvent): Promise<boolean> =>
    settings.queue !== null && (await tracker.send([event])).trouble === null;

  const once = async (ran: Ran): Promise<Recorded> => {
    const event = eventOf(ran);
    try {
      return await capture(ran).catch((error: unknown) => {
        const isUnknown = error instanceof RefusedError && error.code === 'hold_unknown';
        if (isUnknown && event !== null) return post(event);
        throw error;
      });
    } catch (error) {
      if (error instanceof RefusedError && error.code === 'conflict') return BEFORE;
      if (error instanceof UnreachableError && event !== null && (await enqueued(event))) {
        settings.tell(error);
        return QUEUED;
      }
      throw error;
    }
  };
  return {
    async record(ran) {
      const { account, key, used } = ran;
      const lost = (cause: unknown): ClientError => new UnsettledError(account, key, used, cause);
      const settled = await settler.settle(() => once(ran), lost);
      if (settled.kind === 'done') return settled.answer;
      return { recorded: settled.kind === 'later' ? 'later' : 'refused', ...WITHOUT_FIGURES };
    },
  };
}

/** Without a word, all that was held. A word about a part of it leaves the rest as it was held. */
function capturedOf({ what, used }: Ran): Used {
  if (used.credits !== undefined) return { credits: used.credits };
  if (used.quantity === undefined && used.properties === undefined) return {};
  return runOf(what, used);
}

const runOf = (what: Action, used: Used) =>
  present({
    quantity: used.quantity ?? what.quantity,
    properties: used.properties === undefined ? what.properties : { ...what.properties, ...used.properties },
  });

/** The same use as an event, dated by when the work ended; null where plain credits were held, which no event can say. */
export function eventOf({ account, key, what, used }: Ran): UsageEvent | null {
  if (what.meter === undefined || used.credits !== undefined) return null;
  const { member, pool, catalogVersion } = what;
  const fields = {
    ...{ account, key, meter: what.meter, mode: 'happened', occurredAt: new Date().toISOString() },
    ...runOf(what, used),
    ...present({ member, pool, catalogVersion }),
  };
  const read = readEvent(fields);
  return read.kind === 'event' ? read.event : null;
}

const present = (fields: object): object =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
