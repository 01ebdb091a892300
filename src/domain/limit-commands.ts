/** What can be asked of the ledger about limits: levels, pools and budgets. */
import type { Keyed, OfAccount } from './commands.js';
import type { Credits } from './credits.js';
import type { MemberId } from './ids.js';
import type { WhenUsed } from './limits-state.js';

/** How many there are at once, as the product knows: always recorded, whatever the plan allows. */
export interface SetLevel extends OfAccount {
  readonly kind: 'set_level';
  readonly limit: string;
  readonly member?: MemberId;
  readonly value: number;
}
/** One more, or one fewer: adding over what the plan allows is refused. */
export interface ChangeLevel extends Keyed {
  readonly kind: 'change_level';
  readonly limit: string;
  readonly member?: MemberId;
  /** Below zero: fewer. */
  readonly add: number;
}
/** Sets credits of each period aside for some members, or changes how. */
export interface ConfigurePool extends OfAccount {
  readonly kind: 'configure_pool';
  readonly pool: string;
  /** Absent: as it was, at first its key. */
  readonly label?: string;
  readonly credits: Credits;
  /** They use credits of pools only. */
  readonly members: readonly MemberId[];
  /** Members who may also use what lies outside of pools. */
  readonly unconfined?: readonly MemberId[];
  readonly whenUsed: WhenUsed;
}
export interface RemovePool extends OfAccount {
  readonly kind: 'remove_pool';
  readonly pool: string;
}
/** The most that a member may use within a period; null: no budget. */
export interface SetBudget extends OfAccount {
  readonly kind: 'set_budget';
  readonly member: MemberId;
  readonly credits: Credits | null;
}
