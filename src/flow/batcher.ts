/**
 * Gathers what many jobs ask into transactions of many rows. An account always goes to the same lane of a process, so that
 * two batches in flight never wait for one another's account.
 */
import type { Command } from '../domain/commands.js';
import type { Outcome } from '../domain/outcomes.js';
import type { Ledger } from '../ports.js';

export type BatchAnswer =
  | { readonly kind: 'posted'; readonly outcomes: readonly Outcome[] }
  | { readonly kind: 'unavailable'; readonly fate: 'rolled_back' | 'unknown'; readonly reason: string };

export interface Batcher {
  /** Resolves when every command has been answered by a commit, or when one of its batches could not be posted. */
  post(commands: readonly Command[]): Promise<BatchAnswer>;
}

export interface BatcherOptions {
  /** Batches in flight at once: one database connection each. */
  readonly lanes: number;
  /** A lane posts when it has this many commands, or after `waitMs`. */
  readonly batchMax: number;
  readonly waitMs: number;
  readonly onBatch?: (batch: { readonly size: number; readonly durationMs: number; readonly posted: boolean }) => void;
}

interface Waiting {
  readonly command: Command;
  readonly settle: (
    answer: { outcome: Outcome } | { unavailable: Extract<BatchAnswer, { kind: 'unavailable' }> },
  ) => void;
  readonly fail: (error: unknown) => void;
}

export function makeBatcher(ledger: Ledger, options: BatcherOptions): Batcher {
  const lanes = Array.from({ length: options.lanes }, () => makeLane(ledger, options));
  return {
    async post(commands) {
      const answers = await Promise.all(
        commands.map((command) => (lanes[laneOf(command.account, options.lanes)] ?? raise()).add(command)),
      );
      const outcomes: Outcome[] = [];
      for (const answer of answers) {
        if ('unavailable' in answer) return answer.unavailable;
        outcomes.push(answer.outcome);
      }
      return { kind: 'posted', outcomes };
    },
  };
}

const raise = (): never => {
  throw new Error('a batcher needs at least one lane');
};

/** FNV-1a: spreads ids over lanes; which lane it is matters to nobody else. */
function laneOf(account: string, lanes: number): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < account.length; index += 1) {
    hash = Math.imul(hash ^ account.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0) % lanes;
}

function makeLane(ledger: Ledger, { batchMax, waitMs, onBatch }: BatcherOptions) {
  let queue: Waiting[] = [];
  let busy = false;
  let timer: NodeJS.Timeout | null = null;

  const flush = async (): Promise<void> => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    if (busy || queue.length === 0) return;
    busy = true;
    const batch = queue.slice(0, batchMax);
    queue = queue.slice(batchMax);
    const began = performance.now();
    try {
      const result = await ledger.post(batch.map((waiting) => waiting.command));
      onBatch?.({ size: batch.length, durationMs: performance.now() - began, posted: result.kind === 'posted' });
      for (const [place, waiting] of batch.entries()) {
        const outcome = result.kind === 'posted' ? result.outcomes[place] : undefined;
        if (result.kind === 'unavailable') waiting.settle({ unavailable: result });
        else if (outcome === undefined) waiting.fail(new Error('the ledger answered fewer commands than it was given'));
        else waiting.settle({ outcome });
      }
    } catch (error) {
      for (const waiting of batch) waiting.fail(error);
    } finally {
      busy = false;
    }
    // While this batch was at the database others have come: they have waited long enough.
    if (queue.length > 0) void flush();
  };

  return {
    add(command: Command): Promise<Parameters<Waiting['settle']>[0]> {
      return new Promise((settle, fail) => {
        queue.push({ command, settle, fail });
        if (busy) return;
        if (queue.length >= batchMax) void flush();
        else timer ??= setTimeout(flush, waitMs);
      });
    },
  };
}
