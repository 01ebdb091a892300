/**
 * The batcher of a database that is spread over several machines, where a transaction that locks accounts of two shards is
 * refused: a lane is a shard, and no batch holds accounts of two.
 */
import type { Command } from '../domain/commands.js';
import type { Outcome } from '../domain/outcomes.js';
import type { Ledger, PostResult, Shards } from '../ports.js';
import { type BatchAnswer, type Batcher, type BatcherOptions, makeBatcher } from './batcher.js';

interface Part {
  readonly shard: number;
  readonly commands: Command[];
  /** Where each of them stood among all. */
  readonly places: number[];
}

/** `lanes` says nothing here: there is one for each shard, and the ledger's connections bound how many post at once. */
export function makeShardBatcher(ledger: Ledger, options: BatcherOptions, shards: Shards): Batcher {
  const lanes = new Map<number, Batcher>();
  const laneOf = (shard: number): Batcher => {
    const standing = lanes.get(shard);
    if (standing !== undefined) return standing;
    const lane = makeBatcher(ledger, { ...options, lanes: 1 });
    lanes.set(shard, lane);
    return lane;
  };
  return {
    async post(commands): Promise<BatchAnswer> {
      const parts = await partsOf(shards, commands);
      if (!Array.isArray(parts)) return parts;
      const answers = await Promise.all(parts.map((part) => laneOf(part.shard).post(part.commands)));
      const outcomes = new Array<Outcome>(commands.length);
      for (const [index, answer] of answers.entries()) {
        if (answer.kind === 'unavailable') return answer;
        parts[index]?.places.forEach((place, at) => {
          const outcome = answer.outcomes[at];
          if (outcome !== undefined) outcomes[place] = outcome;
        });
      }
      return { kind: 'posted', outcomes };
    },
  };
}

/**
 * The same ledger for whoever posts for several accounts without a batcher: one transaction a shard, one after the other.
 * Where a later one could not be posted, all of it may be sent again: what was posted is answered from its keys.
 */
export function splitByShard(ledger: Ledger, shards: Shards): Ledger {
  return {
    async post(commands, end): Promise<PostResult> {
      // Nearly every call is about one account; what ends a step is about its own.
      if (end !== undefined || commands.every(({ account }) => account === commands[0]?.account))
        return ledger.post(commands, end);
      const parts = await partsOf(shards, commands);
      if (!Array.isArray(parts)) return parts;
      const outcomes = new Array<Outcome>(commands.length);
      let last: PostResult | null = null;
      for (const { commands: own, places } of parts) {
        last = await ledger.post(own);
        if (last.kind !== 'posted') return last;
        for (const [at, place] of places.entries()) {
          const outcome = last.outcomes[at];
          if (outcome !== undefined) outcomes[place] = outcome;
        }
      }
      return last === null ? ledger.post(commands) : { ...last, outcomes };
    },
  };
}

async function partsOf(
  shards: Shards,
  commands: readonly Command[],
): Promise<Part[] | Extract<BatchAnswer, { kind: 'unavailable' }>> {
  let found: readonly number[];
  try {
    found = await shards.of(commands.map(({ account }) => account));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { kind: 'unavailable', fate: 'rolled_back', reason };
  }
  const parts = new Map<number, Part>();
  for (const [place, command] of commands.entries()) {
    const shard = found[place] ?? 0;
    const part = parts.get(shard) ?? { shard, commands: [], places: [] };
    part.commands.push(command);
    part.places.push(place);
    parts.set(shard, part);
  }
  return [...parts.values()];
}
