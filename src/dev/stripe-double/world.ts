/** What every operation of the double works on. */
import type { Args } from './args.js';
import type { Courier } from './courier.js';
import type { Faults } from './faults.js';
import type { JsonObject } from './problem.js';
import type { Cause, DoubleState } from './state.js';

/** The only version the double speaks: the one whose shapes its answers are checked against. */
export const SPOKEN_VERSION = '2026-10-28.endive';

export interface World {
  readonly state: DoubleState;
  readonly faults: Faults;
  /** The double's own time, which can be moved ahead, in milliseconds. */
  nowMs(): number;
  /** Where the double listens, for links in its answers. */
  baseUrl(): string;
  /** The request whose operation is running, as events name it; null while the double acts by itself. */
  readonly cause: { current: Cause | null };
  readonly courier: Courier;
  /** Does something a moment after the running request was answered, as Stripe does by itself. */
  later(work: () => void): void;
}

export interface Operation {
  readonly world: World;
  /** The variable segments of the path, in order. */
  readonly path: readonly string[];
  readonly args: Args;
}

export type Run = (operation: Operation) => JsonObject;

export const epochSeconds = (world: World): number => Math.floor(world.nowMs() / 1_000);
