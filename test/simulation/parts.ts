/** What the simulated ports share: one account's rows, its outbox's holds, the queue, and what was found broken. */
import type { DecideContext } from '../../src/domain/book.js';
import type { OutboxId } from '../../src/domain/ids.js';
import type { Instant } from '../../src/domain/instant.js';
import type { Ending } from '../../src/ports.js';
import type { OutboxRow, Rows } from '../../src/simulate/rows.js';
import type { Chance } from '../support/walk-random.js';
import type { Mutant } from './mutants.js';

export interface Hold {
  readonly heldUntil: Instant | null;
  readonly starts: number;
}

export interface Job {
  readonly topic: OutboxRow['topic'];
  readonly id: OutboxId;
  readonly jobId: string;
}

export interface Parts {
  readonly mutant: Mutant | null;
  readonly chance: Chance;
  readonly now: () => Instant;
  readonly context: () => DecideContext;
  readonly rows: Rows;
  readonly broken: string[];
  readonly jobs: Job[];
  readonly holds: Map<string, Hold>;
  /** Steps that are at a row now, and until when it is theirs. */
  readonly working: Map<string, readonly { readonly heldUntil: Instant }[]>;
}

export const holdOf = ({ holds }: Parts, key: string): Hold => holds.get(key) ?? { heldUntil: null, starts: 0 };

/** Ends a step's row, where the hold is still the step's. */
export function endRow(parts: Parts, ending: Ending, at: Instant): void {
  const { rows, holds, working, mutant } = parts;
  const key = ending.id as string;
  const row = rows.outbox.get(key);
  const hold = holdOf(parts, key);
  const isMine = hold.heldUntil === ending.heldUntil || mutant === 'no_held_until';
  if (row === undefined || !isMine) return;
  holds.delete(key);
  working.set(
    key,
    (working.get(key) ?? []).filter((one) => one.heldUntil !== ending.heldUntil),
  );
  if (ending.next === null && row.asks === ending.asks) rows.outbox.delete(key);
  else rows.outbox.set(key, { ...row, dueAt: row.asks === ending.asks && ending.next !== null ? ending.next : at });
}
