/** From a command to its answer: what was refused becomes a problem with a status that a program can act on. */
import type { Command, OfAccount } from '../../domain/commands.js';
import { accountId } from '../../domain/ids.js';
import type { Outcome, RefusalReason } from '../../domain/outcomes.js';
import type { BatchAnswer } from '../../flow/batcher.js';
import { type Answer, trouble, type Who } from './route.js';
import { nameOf } from './who.js';

export interface Poster {
  post(commands: readonly Command[]): Promise<BatchAnswer>;
  /** What a wish came to when it was first done, where the process died before its answer could be kept. */
  readonly first?: (request: string, kind: Command['kind']) => Promise<Outcome | null>;
}

/** What every command begins with that somebody asks for: what it does is written into the audit log under this name. */
export const askedBy = (who: Who, account: string): Required<Pick<OfAccount, 'account' | 'by'>> & OfAccount => ({
  account: accountId(account),
  by: nameOf(who),
  ...(who.request === undefined ? {} : { request: who.request }),
});

type Kind = Outcome['kind'];
type Of<K extends Kind> = Extract<Outcome, { kind: K }>;

/** Posts one command and answers with what `make` says of an outcome of these kinds; everything else is a problem. */
export async function posted<K extends Kind, Body>(
  poster: Poster,
  command: Command,
  kinds: readonly K[],
  make: (outcome: Of<K>) => Answer<Body>,
): Promise<Answer<Body>> {
  const first = command.request === undefined ? null : ((await poster.first?.(command.request, command.kind)) ?? null);
  if (first !== null && (kinds as readonly Kind[]).includes(first.kind)) return make(first as Of<K>);
  const answer = await poster.post([command]);
  if (answer.kind === 'unavailable') return unavailable(answer);
  const [outcome] = answer.outcomes;
  if (outcome === undefined) throw new Error(`${command.kind} was not answered`);
  if ((kinds as readonly Kind[]).includes(outcome.kind)) return make(outcome as Of<K>);
  return problemOf(outcome);
}

export const unavailable = ({ fate }: Extract<BatchAnswer, { kind: 'unavailable' }>): Answer<never> =>
  trouble(
    503,
    'unavailable',
    fate === 'unknown'
      ? 'The database did not answer, and it may have happened. Send it again with the same key.'
      : 'The database does not answer at the moment, and nothing was done. Send it again with the same key.',
  );

/** `at`: the field of the request that it answers, where what was refused stands deeper than the request's own fields. */
export function problemOf(outcome: Outcome, at?: string): Answer<never> {
  if (outcome.kind !== 'refused') throw new Error(`an outcome "${outcome.kind}" was not expected`);
  const field = at ?? fieldOf(outcome.reason);
  return trouble(statusOf(outcome.reason), outcome.reason, outcome.message, field === undefined ? {} : { field });
}

/** Of the request, where one field alone can be what was wrong. */
function fieldOf(reason: RefusalReason): string | undefined {
  switch (reason) {
    case 'conflict':
      return 'Idempotency-Key';
    case 'unknown_account':
      return 'account';
    case 'unknown_meter':
      return 'meter';
    case 'bad_quantity':
      return 'quantity';
    case 'unknown_property':
    case 'missing_property':
    case 'wrong_type':
    case 'out_of_bounds':
    case 'unknown_value':
      return 'properties';
    case 'unknown_version':
      return 'catalogVersion';
    case 'unknown_plan':
      return 'plan';
    case 'unknown_limit':
      return 'limit';
    case 'unknown_pool':
    case 'not_in_pool':
      return 'pool';
    case 'lot_unknown':
    case 'lot_empty':
    case 'lot_lapsed':
      return 'lot';
    case 'card_unknown':
      return 'card';
    case 'charge_unknown':
      return 'charge';
    default:
      return undefined;
  }
}

/**
 * 402: money or credits are missing. 409: the key or the state says otherwise. 422: understood, and not possible here. 429
 * and 503: later. 500 is a fault of ours, recorded.
 */
export function statusOf(reason: RefusalReason): number {
  switch (reason) {
    case 'unknown_account':
    case 'unknown_meter':
    case 'lot_unknown':
    case 'hold_unknown':
    case 'charge_unknown':
    case 'card_unknown':
    case 'unknown_plan':
    case 'unknown_limit':
    case 'unknown_pool':
      return 404;
    case 'conflict':
    case 'hold_ended':
    case 'charge_ended':
    case 'attempt_under_way':
    case 'account_closed':
    case 'paused_by_operator':
      return 409;
    case 'insufficient_credits':
    case 'overage_cap_reached':
    case 'no_card':
    case 'past_due':
      return 402;
    case 'invalid':
      return 400;
    case 'too_many_retries':
      return 429;
    case 'charging_stopped':
      return 503;
    case 'internal':
      return 500;
    default:
      return 422;
  }
}
