/**
 * The river's first bend: usage events become debits. What is the event's fault is a refusal with its reason; what is ours
 * sends the job back to delivery, and the keys see to it that nothing is done twice.
 */
import type { Command, Use } from '../domain/commands.js';
import { accountId, lotId, memberId } from '../domain/ids.js';
import { parseInstant } from '../domain/instant.js';
import { canRedeliveryHelp, type Outcome } from '../domain/outcomes.js';
import type { ReadEvent, UsageEvent } from '../messages.js';
import type { Clock, Refusals } from '../ports.js';
import type { Batcher } from './batcher.js';

/** For how long an unknown account or meter is tried again: the first event may overtake the sign-up. */
export const EARLY_EVENT_GRACE_MS = 60_000;
const EARLY_EVENT_AGAIN_MS = 5_000;
/** How many exceptions are written into a job's result; all of them stand in the refusals. */
const EXCEPTIONS_SHOWN_MAX = 20;

export interface UsageCounts {
  used: number;
  replayed: number;
  refused: number;
}

export type DebitVerdict =
  | {
      readonly kind: 'done';
      readonly counts: UsageCounts;
      readonly exceptions: readonly { key: string | null; reason: string }[];
    }
  | { readonly kind: 'too_early'; readonly events: readonly UsageEvent[]; readonly afterMs: number }
  | { readonly kind: 'our_fault'; readonly reason: string };

export interface DebitUsageDeps {
  readonly batcher: Batcher;
  readonly refusals: Refusals;
  readonly clock: Clock;
  readonly onOutcome?: (outcome: 'used' | 'replayed' | 'refused', reason: string | null) => void;
}

/** `addedAt` is when the job was added, by its producer's clock: an unbelievable one earns no grace. */
export function makeDebitUsage({ batcher, refusals, clock, onOutcome }: DebitUsageDeps) {
  return async (events: readonly ReadEvent[], addedAt: number): Promise<DebitVerdict> => {
    const invalid = events.flatMap((event) => (event.kind === 'invalid' ? [event] : []));
    const valid = events.flatMap((event) => (event.kind === 'event' ? [event.event] : []));
    const age = Math.abs((await clock.roughly()) - addedAt);
    const inGrace = age < EARLY_EVENT_GRACE_MS;
    const commands = valid.map((event) => useOf(event, inGrace ? 'record_if_final' : 'record'));
    const answer = await batcher.post(commands);
    if (answer.kind === 'unavailable') return { kind: 'our_fault', reason: answer.reason };
    if (invalid.length > 0) await refusals.recordUnreadable(invalid);
    const early = valid.filter((_, place) => inGrace && mayHelp(answer.outcomes[place]));
    if (early.length > 0) return { kind: 'too_early', events: early, afterMs: EARLY_EVENT_AGAIN_MS };
    return count(commands, answer.outcomes, invalid, onOutcome);
  };
}

const mayHelp = (outcome: Outcome | undefined): boolean => outcome !== undefined && canRedeliveryHelp(outcome);

/** The event as a command. Its instant was checked by the schema that read it. */
export function useOf(event: UsageEvent, onRefusal: 'record' | 'record_if_final'): Use {
  const occurredAt = event.occurredAt === undefined ? null : parseInstant(event.occurredAt);
  return {
    kind: 'use',
    account: accountId(event.account),
    key: event.key,
    meter: event.meter,
    onRefusal,
    ...(event.mode === undefined ? {} : { mode: event.mode }),
    ...(event.quantity === undefined ? {} : { quantity: event.quantity }),
    ...(event.properties === undefined ? {} : { properties: event.properties }),
    ...(event.member === undefined ? {} : { member: memberId(event.member) }),
    ...(event.pool === undefined ? {} : { pool: event.pool }),
    ...(event.lot === undefined ? {} : { lot: lotId(event.lot) }),
    ...(event.catalogVersion === undefined ? {} : { catalogVersion: event.catalogVersion }),
    ...(occurredAt === null ? {} : { occurredAt }),
  };
}

function count(
  commands: readonly Command[],
  outcomes: readonly Outcome[],
  invalid: readonly { readonly key: string | null }[],
  onOutcome: DebitUsageDeps['onOutcome'],
): DebitVerdict {
  const counts: UsageCounts = { used: 0, replayed: 0, refused: invalid.length };
  const exceptions = invalid.map(({ key }) => ({ key, reason: 'invalid' }));
  for (const _ of invalid) onOutcome?.('refused', 'invalid');
  outcomes.forEach((outcome, place) => {
    const command = commands[place];
    if (outcome.kind === 'refused') {
      counts.refused += 1;
      exceptions.push({ key: command !== undefined && 'key' in command ? command.key : null, reason: outcome.reason });
      onOutcome?.('refused', outcome.reason);
      return;
    }
    const replayed = outcome.kind === 'used' && outcome.replayed;
    counts[replayed ? 'replayed' : 'used'] += 1;
    onOutcome?.(replayed ? 'replayed' : 'used', null);
  });
  return { kind: 'done', counts, exceptions: exceptions.slice(0, EXCEPTIONS_SHOWN_MAX) };
}
