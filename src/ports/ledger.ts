/** The one door to balances, lots, holds, settings, cards and charges. */
import type { Command } from '../domain/commands.js';
import type { AccountNo, OutboxId } from '../domain/ids.js';
import type { Instant } from '../domain/instant.js';
import type { Outcome } from '../domain/outcomes.js';

/** How a step's outbox row ends, written in the transaction that records the step's outcome. */
export interface Ending {
  readonly accountNo: AccountNo;
  readonly id: OutboxId;
  /** The step's hold. When it has been lost to another process, ending does nothing: the row is that one's to end. */
  readonly heldUntil: Instant;
  /** What `asks` was when the step started: if it has grown since, the row is due again at once instead of gone. */
  readonly asks: number;
  /** Null deletes the row; an instant is the next time it is due. */
  readonly next: Instant | null;
  /** What a person should read beside a row that stays, or null. */
  readonly note: string | null;
}

/** How a step ends, once it is known what its commands came to. */
export type EndStep = (outcomes: readonly Outcome[]) => Ending;

export type PostResult =
  | { readonly kind: 'posted'; readonly outcomes: readonly Outcome[]; readonly at: Instant }
  /** `rolled_back`: nothing happened. `unknown`: the answer to COMMIT was lost; posting again by the same keys is safe. */
  | { readonly kind: 'unavailable'; readonly fate: 'rolled_back' | 'unknown'; readonly reason: string };

/**
 * The one door to balances, lots, holds, settings, cards and charges. One call is one transaction that locks every
 * account it touches in ascending account number. `outcomes[i]` answers `commands[i]`; a replayed key gets its first
 * outcome again. Commands of one account are decided in the order given.
 */
export interface Ledger {
  /** `end` is asked inside the transaction, once the outcomes are known. */
  post(commands: readonly Command[], end?: EndStep): Promise<PostResult>;
}
