/** What an account's limits hang on beside its plan: levels, what was counted within windows, pools and budgets. */
import type { Credits } from './credits.js';
import type { ContentHash, KeyHash, MemberId } from './ids.js';
import type { Instant } from './instant.js';

/** How many there are at once, as the product last said: of the account, or of one of its members. */
export interface Level {
  readonly limit: string;
  /** Null: the account's own. */
  readonly member: MemberId | null;
  /** Whole, from 0. */
  readonly value: number;
}

/** The answer that stands under a change's key. */
export interface LevelChange {
  readonly keyHash: KeyHash;
  readonly contentHash: ContentHash;
  readonly limit: string;
  readonly member: MemberId | null;
  /** What the level was after it. */
  readonly value: number;
}

/** `window`: quantities of a limit's meters. `pool` and `budget`: credits used by a pool or a member within a period. */
export type CounterKind = 'window' | 'pool' | 'budget';

/** What names a counter. */
export interface CounterKey {
  readonly kind: CounterKind;
  /** Key of the limit or the pool; the member of a budget. */
  readonly name: string;
  /** Whose count it is where a limit has several: '' the account's, 'member=…', or '<property>=<value>'. */
  readonly subject: string;
  readonly startsAt: Instant;
}

/** One count within one window. It is always millionths: of a quantity, or of a credit. */
export interface Counter extends CounterKey {
  /** Null: the window never ends, or ends when its catalog says. */
  readonly endsAt: Instant | null;
  readonly count: bigint;
}

/** Credits set aside in each period for some members. Setting aside moves nothing. */
export interface Pool {
  readonly key: string;
  readonly label: string;
  readonly credits: Credits;
  readonly members: readonly PoolMember[];
  /** Used up: nothing more, or what is left beside all pools. */
  readonly whenUsed: WhenUsed;
  /** Use that was posted before it is not in its count, and is not taken off it when it is given back. */
  readonly createdAt: Instant;
}
export type WhenUsed = 'stop' | 'use_rest';

export interface PoolMember {
  readonly member: MemberId;
  /** False: may also use what lies outside of pools. One such listing frees a member of all pools. */
  readonly confined: boolean;
}

/** The most that a member may use within a period. */
export interface Budget {
  readonly member: MemberId;
  readonly credits: Credits;
  readonly createdAt: Instant;
}

/** What is loaded of an account's limits: as much as the commands of the batch can depend on, or all of it for a reader. */
export interface LimitRows {
  readonly levels: readonly Level[];
  /** Those that the commands name by their keys. */
  readonly levelChanges: readonly LevelChange[];
  readonly counters: readonly Counter[];
  readonly pools: readonly Pool[];
  readonly budgets: readonly Budget[];
}

export const NO_LIMITS: LimitRows = { levels: [], levelChanges: [], counters: [], pools: [], budgets: [] };

/** What is to be written of limits. Counts are added to what stands, so that a window need not be loaded to be counted in. */
export interface LimitEffects {
  readonly levels: Map<string, Level>;
  readonly levelChanges: LevelChange[];
  /** The count of each is what is to be added, perhaps less than nothing; no count falls below zero. */
  readonly counts: Map<string, Counter>;
  /** As they are from now on; null: removed. */
  readonly pools: Map<string, Pool | null>;
  readonly budgets: Map<MemberId, Budget | null>;
  /** Windows that ended before this can no longer be asked for: whoever counts for the account may drop them. */
  sweepBefore: Instant | null;
}

export const noLimitEffects = (): LimitEffects => ({
  levels: new Map(),
  levelChanges: [],
  counts: new Map(),
  pools: new Map(),
  budgets: new Map(),
  sweepBefore: null,
});

/** The working copy of one account's limits while its commands are decided. */
export interface LimitBook {
  readonly levels: Map<string, Level>;
  readonly levelChanges: Map<KeyHash, LevelChange>;
  readonly counters: Map<string, Counter>;
  readonly pools: Map<string, Pool>;
  readonly budgets: Map<MemberId, Budget>;
}

export const levelId = ({ limit, member }: Pick<Level, 'limit' | 'member'>): string => `${limit}\0${member ?? ''}`;

export const counterId = ({ kind, name, subject, startsAt }: CounterKey): string =>
  `${kind}\0${name}\0${subject}\0${startsAt}`;

export const openLimits = (rows: LimitRows): LimitBook => ({
  levels: new Map(rows.levels.map((one) => [levelId(one), one])),
  levelChanges: new Map(rows.levelChanges.map((one) => [one.keyHash, one])),
  counters: new Map(rows.counters.map((one) => [counterId(one), one])),
  pools: new Map(rows.pools.map((one) => [one.key, one])),
  budgets: new Map(rows.budgets.map((one) => [one.member, one])),
});
