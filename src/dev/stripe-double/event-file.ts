/**
 * Events beside the state's file, in one of their own that is only appended to: they outweigh all the rest many times,
 * and would otherwise be written again with every answer. The state names the file and how much of it counts, so that
 * what was appended by a double that was killed before its state was written is as if it had never happened.
 */
import { appendFile, readFile, rm, writeFile } from 'node:fs/promises';
import type { StoredEvent } from './state.js';

/** Where the events of a state are. */
export interface EventMark {
  /** Counts up; each is a file of its own. */
  readonly part: number;
  readonly bytes: number;
}

/** How many lines a file may have before what is still kept begins a new one. */
const MOST_LINES = 10_000;

const partOf = (stateFile: string, part: number): string => `${stateFile}.events-${part}`;

/** Rejects where the state names a file that is not there or is not whole. */
export async function readEvents(stateFile: string, mark: EventMark | undefined): Promise<StoredEvent[]> {
  if (mark === undefined || mark.bytes === 0) return [];
  const text = (await readFile(partOf(stateFile, mark.part))).subarray(0, mark.bytes).toString('utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

export interface EventBatch {
  /** What the state that is written next has to say. */
  readonly mark: EventMark;
  /** Before that state is written. */
  write(): Promise<void>;
  /** Once it is. */
  tidy(): Promise<void>;
}

const nothing = async (): Promise<void> => {};

/** The answer takes, in one instant with the state's own text, whatever has happened since it was last asked. */
export function makeEventFile(
  stateFile: string,
  found: EventMark | undefined,
): (events: readonly StoredEvent[]) => EventBatch {
  let mark: EventMark = found ?? { part: 0, bytes: 0 };
  let last: StoredEvent | undefined;
  // Nothing is known of the end of a file that another double began, or of one that could not be written: a new one is.
  let lines = Number.POSITIVE_INFINITY;
  return (events) => {
    const former = mark.part;
    const fresh = last === undefined ? events : events.slice(events.lastIndexOf(last) + 1);
    const anew = lines + fresh.length > MOST_LINES;
    const batch = anew ? events : fresh;
    if (batch.length === 0) return { mark, write: nothing, tidy: nothing };
    const text = batch.map((one) => `${JSON.stringify(one)}\n`).join('');
    const bytes = Buffer.byteLength(text);
    mark = anew ? { part: former + 1, bytes } : { part: former, bytes: mark.bytes + bytes };
    lines = anew ? batch.length : lines + batch.length;
    last = events.at(-1);
    const file = partOf(stateFile, mark.part);
    return {
      mark,
      write: async () => {
        try {
          if (anew) await writeFile(file, text, { mode: 0o600 });
          else await appendFile(file, text);
        } catch (error) {
          lines = Number.POSITIVE_INFINITY;
          throw error;
        }
      },
      tidy: async () => {
        if (anew) await rm(partOf(stateFile, former), { force: true });
      },
    };
  };
}
