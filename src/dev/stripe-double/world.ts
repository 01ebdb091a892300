/** What every operation of the double works on. */
import type { Args } from './args.js';
import type { Faults } from './faults.js';
import type { JsonObject } from './problem.js';
import type { DoubleState } from './state.js';

export interface World {
  readonly state: DoubleState;
  readonly faults: Faults;
  /** The double's own time, which can be moved ahead, in milliseconds. */
  nowMs(): number;
  /** Where the double listens, for links in its answers. */
  baseUrl(): string;
}

export interface Operation {
  readonly world: World;
  /** The variable segments of the path, in order. */
  readonly path: readonly string[];
  readonly args: Args;
}

export type Run = (operation: Operation) => JsonObject;

export const epochSeconds = (world: World): number => Math.floor(world.nowMs() / 1_000);
