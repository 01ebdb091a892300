/**
 * Gathers what many jobs ask into transactions of many rows. An account always goes to the same lane of a process, so that
 * two batches in flight never wait for one another's account.
 */
import type { Command } from '../domain/commands.js';
import type { Outcome } from '../domain/outcomes.js';
import { type Ledger, NO_TRACER, type PostResult, type SpanFacts, type TracePoint, type Tracer } from '../ports.js';

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
  /** A batch is a span that points to everybody whose commands are in it. */
  readonly tracer?: Tracer;
}

/** What somebody asked for with one call, until every command of it has been answered. */
interface Asked {
  readonly outcomes: Outcome[];
  left: number;
  unavailable: Extract<BatchAnswer, { kind: 'unavailable' }> | null;
  readonly resolve: (answer: BatchAnswer) => void;
  readonly reject: (error: unknown) => void;
  /** Where it was asked, for the traces. */
  readonly from: TracePoint | null;
}

interface Waiting {
  readonly command: Command;
  readonly asked: Asked;
  readonly place: number;
}

function settle(asked: Asked): void {
  asked.left -= 1;
  if (asked.left === 0) asked.resolve(asked.unavailable ?? { kind: 'posted', outcomes: asked.outcomes });
}

export function makeBatcher(ledger: Ledger, options: BatcherOptions): Batcher {
  const { tracer = NO_TRACER } = options;
  const lanes = Array.from({ length: options.lanes }, () => makeLane(ledger, options));
  return {
    post(commands) {
      if (commands.length === 0) return Promise.resolve({ kind: 'posted', outcomes: [] });
      // One promise a call, not one a command: a job of a hundred events would make a hundred of them.
      return new Promise((resolve, reject) => {
        const outcomes = new Array<Outcome>(commands.length);
        const from = tracer.here();
        const asked: Asked = { outcomes, left: commands.length, unavailable: null, resolve, reject, from };
        for (const [place, command] of commands.entries()) {
          (lanes[laneOf(command.account, options.lanes)] ?? raise()).add({ command, asked, place });
        }
      });
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

/** Everybody whose commands are in the batch, each once. */
const askersOf = (batch: readonly Waiting[]): readonly TracePoint[] =>
  [...new Set(batch.map(({ asked }) => asked))].flatMap(({ from }) => (from === null ? [] : [from]));

const noting = (post: () => Promise<PostResult>) => async (add: (facts: SpanFacts) => void) => {
  const result = await post();
  add({ outcome: result.kind });
  return result;
};

function makeLane(ledger: Ledger, { batchMax, waitMs, onBatch, tracer = NO_TRACER }: BatcherOptions) {
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
      const post = () => ledger.post(batch.map((waiting) => waiting.command));
      const result =
        tracer === NO_TRACER
          ? await post()
          : await tracer.span('debit batch', { commands: batch.length }, noting(post), askersOf(batch));
      onBatch?.({ size: batch.length, durationMs: performance.now() - began, posted: result.kind === 'posted' });
      for (const [index, { asked, place }] of batch.entries()) {
        const outcome = result.kind === 'posted' ? result.outcomes[index] : undefined;
        if (result.kind === 'unavailable') asked.unavailable ??= result;
        else if (outcome === undefined) asked.reject(new Error('the ledger answered fewer commands than it was given'));
        else asked.outcomes[place] = outcome;
        settle(asked);
      }
    } catch (error) {
      for (const { asked } of batch) asked.reject(error);
    } finally {
      busy = false;
    }
    // While this batch was at the database others have come: they have waited long enough.
    if (queue.length > 0) void flush();
  };

  return {
    add(waiting: Waiting): void {
      queue.push(waiting);
      if (busy) return;
      if (queue.length >= batchMax) void flush();
      else timer ??= setTimeout(flush, waitMs);
    },
  };
}
