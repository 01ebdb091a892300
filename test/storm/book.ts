/** What the producers sent, and what they were told of it: the book that the ledger is compared with at the end. */

export interface Entry {
  readonly account: string;
  readonly key: string;
  /** What is sent, but for the instant. */
  readonly event: Readonly<Record<string, unknown>>;
  /** Credits it comes to; null: it is refused. */
  readonly credits: number | null;
  /** Why it is refused. */
  readonly reason: string | null;
  /** When the sending began that the queue took, by this process's counter; null: no queue has said that it took it. */
  queuedAt: number | null;
  /** The api has answered after the commit. */
  posted: boolean;
}

export type Book = ReturnType<typeof makeBook>;

export function makeBook() {
  const entries = new Map<string, Entry>();
  const conflicts = new Set<string>();
  const broken: string[] = [];
  const counts: Record<string, number> = {};
  let emptiedAt = 0;
  return {
    entries,
    /** Keys that were sent once more with other content. */
    conflicts,
    /** Answers that broke a promise, as sentences. */
    broken,
    counts,
    count: (what: string, by = 1): void => {
      counts[what] = (counts[what] ?? 0) + by;
    },
    add(wish: Omit<Entry, 'queuedAt' | 'posted'>): Entry {
      const entry: Entry = { ...wish, queuedAt: null, posted: false };
      entries.set(entry.key, entry);
      return entry;
    },
    /** Told of every emptying: what a queue took before it may be lost, and nothing else. */
    emptied: (): void => {
      emptiedAt = performance.now();
    },
    /** Of these missing keys: those whose loss no emptied queue explains. */
    unexplained: (missing: readonly Entry[]): Entry[] =>
      missing.filter((entry) => entry.posted || (entry.queuedAt !== null && entry.queuedAt > emptiedAt)),
  };
}
