/** Usage by HTTP: what queues carry for other producers. */
import { z } from 'zod';
import type { Outcome } from '../../domain/outcomes.js';
import { EVENTS_PER_JOB, JOB_BYTES, readEvent, type UsageEvent } from '../../messages.js';
import type { UsageDoor } from './deps.js';
import { NO_FIELDS, ok, type Route, route, trouble } from './route.js';
import { creditsOut, shownCredits } from './shapes.js';

export const USAGE_GROUP = 'Usage';

const refusedEvent = z.object({
  place: z.int().meta({ description: 'Place in the list that was sent, from 0.' }),
  key: z.string().nullable(),
  reason: z.string(),
  message: z.string(),
});

const outcomeOut = z.object({
  place: z.int(),
  key: z.string(),
  credits: creditsOut,
  balance: creditsOut,
  replayed: z.boolean().meta({ description: 'The key was used before with the same content; nothing was used again.' }),
});

const ingested = z.object({
  accepted: z.int(),
  via: z.enum(['queue', 'ledger']).meta({
    description:
      'queue: will be posted by a worker. ledger: was posted, asked for by `wait` or because the queue is away.',
  }),
  done: z.array(outcomeOut).meta({ description: 'What was posted; empty when it went into the queue.' }),
  refused: z.array(refusedEvent),
});

type Ingested = z.input<typeof ingested>;

export const recordUsage = (door: UsageDoor): Route =>
  route({
    method: 'POST',
    path: '/v1/usage',
    name: 'recordUsage',
    group: USAGE_GROUP,
    summary: 'Record usage, one event or many',
    description:
      'Each event is read, posted or refused on its own, under its own key. Answered 202 when the queue has them; with `wait=true` after the commit, with outcomes and balances. When the queue is away the events are posted directly, and `via` says so.',
    action: 'record_usage',
    idempotency: 'in_body',
    bodyBytes: JOB_BYTES,
    params: NO_FIELDS,
    query: z.strictObject({ wait: z.enum(['true', 'false']).optional() }),
    body: z.strictObject({
      events: z
        .array(z.unknown().meta({ $ref: '#/components/schemas/UsageEvent' }))
        .min(1)
        .max(EVENTS_PER_JOB)
        .meta({ description: 'Each is read on its own: one that cannot be read does not stop the others.' }),
    }),
    answer: ingested,
    async run({ who, body, query }) {
      const events: { place: number; event: UsageEvent }[] = [];
      const refused: z.input<typeof refusedEvent>[] = [];
      /** Paths of what could not be read, for the answer of one event alone. */
      const unread: string[] = [];
      const foreign = await door.foreignAccounts(who, body.events.map(accountOf));
      body.events.forEach((raw, place) => {
        const read = readEvent(raw);
        if (read.kind === 'invalid') {
          refused.push({ place, key: read.key, reason: 'invalid', message: read.message });
          unread.push(['events', place, read.field].filter((part) => part !== '').join('.'));
        } else if (foreign.has(read.event.account))
          refused.push({
            place,
            key: read.event.key,
            reason: 'unknown_account',
            message: `There is no account "${read.event.account}".`,
          });
        else events.push({ place, event: read.event });
      });
      if (events.length === 0) {
        if (body.events.length === 1 && refused[0] !== undefined)
          return trouble(400, refused[0].reason, refused[0].message, { field: unread[0] ?? 'events.0.account' });
        return ok<Ingested>({ accepted: 0, via: 'ledger', done: [], refused });
      }
      const taken = await door.take(
        events.map(({ event }) => event),
        query.wait === 'true',
      );
      if (taken.kind === 'queued')
        return ok<Ingested>({ accepted: events.length, via: 'queue', done: [], refused }, 202);
      if (taken.kind === 'unavailable')
        return trouble(503, 'unavailable', 'Neither the queue nor the database answers. Send the same events again.');
      const done: z.input<typeof outcomeOut>[] = [];
      taken.outcomes.forEach((outcome, index) => {
        const one = events[index];
        if (one === undefined) return;
        const { place, event } = one;
        if (outcome.kind === 'used') done.push({ place, key: event.key, ...usedOut(outcome) });
        else if (outcome.kind === 'refused')
          refused.push({ place, key: event.key, reason: outcome.reason, message: outcome.message });
      });
      return ok<Ingested>({ accepted: done.length, via: 'ledger', done, refused });
    },
  });

const accountOf = (raw: unknown): string => {
  const account = (raw as { readonly account?: unknown } | null)?.account;
  return typeof account === 'string' ? account : '';
};

export const usedOut = (outcome: Extract<Outcome, { kind: 'used' }>) => ({
  credits: shownCredits(outcome.credits),
  balance: shownCredits(outcome.balance),
  replayed: outcome.replayed,
});
