/** What was asked of the double and what it answered, for people and for tests. The key that was shown is never part of it. */
import type { ScriptedFault } from './faults.js';
import type { Params } from './form.js';

export interface JournalEntry {
  readonly atMs: number;
  readonly requestId: string;
  readonly method: string;
  readonly path: string;
  readonly params: Params;
  readonly idempotencyKey: string | null;
  /** What was decided; with a fault of delivery it may never have reached anybody. */
  readonly status: number;
  readonly replayed: boolean;
  readonly fault: ScriptedFault['kind'] | null;
  readonly body: string;
}

export interface Journal {
  add(entry: JournalEntry): void;
  /** Oldest first. */
  entries(): readonly JournalEntry[];
}

export function makeJournal(longest: number): Journal {
  const entries: JournalEntry[] = [];
  return {
    add: (entry) => {
      entries.push(entry);
      if (entries.length > longest) entries.splice(0, entries.length - longest);
    },
    entries: () => entries,
  };
}
