/** One thing that bounds what is asked for: how much room it leaves, how much of it is needed, and how to say so. */
import type { Credits } from './credits.js';
import type { MemberId } from './ids.js';
import type { Instant } from './instant.js';
import type { RefusalReason } from './outcomes.js';

/** What a use, a hold or a question to the gate wants of an account's limits. */
export interface Ask {
  readonly member: MemberId | null;
  readonly pool: string | null;
  readonly credits: Credits;
  readonly counts: readonly Count[];
  /** When the work happens or happened: the windows that it falls into. */
  readonly at: Instant;
}

/** How much a use adds to one count of a limit, in millionths of the meter's quantity. */
export interface Count {
  readonly limit: string;
  readonly subject: string;
  readonly quantity: bigint;
}

export interface Measure {
  readonly limit: 'level' | 'window' | 'budget' | 'pool';
  readonly reason: RefusalReason;
  /** The limit's or the pool's key, or the member whose budget it is. */
  readonly key: string;
  /** Below nothing where more was used than the limit allows. */
  readonly room: bigint;
  /** Always more than nothing. */
  readonly need: bigint;
  /** The room when nothing is used: what is needed beyond it never fits, however long one waits. */
  readonly most: bigint;
  /** When waiting would help; null: never. */
  readonly resetsAt: Instant | null;
  readonly sentence: () => string;
}

export const fits = ({ room, need }: Measure): boolean => need <= room;

/** For how many times what is asked the room is enough. */
export const timesIn = ({ room, need }: Measure): number => (room <= 0n ? 0 : Number(room / need));
