/**
 * Idempotency keys as Stripe keeps them. The first answer that execution gave is the answer for a day, whatever it was;
 * a key in use is not waited for; a key with other parameters is refused; after a day it is a new key.
 */
import { createHash } from 'node:crypto';
import { canonical, type Params } from './form.js';
import { Problem } from './problem.js';
import type { SavedAnswer } from './state.js';
import type { World } from './world.js';

export const KEY_LIFE_MS = 24 * 3_600_000;
const LONGEST_KEY = 255;

/** One hash of everything a key is bound to. */
export const askedHash = (method: string, path: string, params: Params): string =>
  createHash('sha256')
    .update(`${method} ${path} ${canonical(params)}`)
    .digest('hex');

export interface Keys {
  /** The saved answer to replay, or null: the key is then in use until `release`. Throws 400 and 409 as Stripe does. */
  begin(key: string, asked: string): SavedAnswer | null;
  save(answer: Omit<SavedAnswer, 'savedAtMs'>): void;
  release(key: string): void;
}

export function makeKeys(world: World): Keys {
  const inUse = new Set<string>();
  // Looked up at every request; the list itself is what is kept on disk.
  const byKey = new Map(world.state.answers.map((one) => [one.key, one]));
  const refuse = (status: number, message: string, code?: string) =>
    new Problem(status, { type: 'idempotency_error', message, ...(code === undefined ? {} : { code }) }, false);

  function prune(): void {
    const oldest = world.nowMs() - KEY_LIFE_MS;
    // Answers are kept in the order they were saved, so looking at the first is enough.
    const first = world.state.answers[0];
    if (first === undefined || first.savedAtMs > oldest) return;
    const kept = world.state.answers.findIndex((one) => one.savedAtMs > oldest);
    const forgotten = world.state.answers.splice(0, kept < 0 ? world.state.answers.length : kept);
    for (const one of forgotten) byKey.delete(one.key);
  }

  return {
    begin: (key, asked) => {
      if (key.length > LONGEST_KEY) throw refuse(400, `An idempotency key may have ${LONGEST_KEY} characters.`);
      prune();
      const saved = byKey.get(key);
      if (saved !== undefined && saved.asked !== asked) {
        const message =
          'Keys for idempotent requests can only be used with the same parameters they were first used with.';
        throw refuse(400, message);
      }
      if (saved !== undefined) return saved;
      if (inUse.has(key)) {
        throw refuse(409, 'There is currently another in-progress request using this key.', 'idempotency_key_in_use');
      }
      inUse.add(key);
      return null;
    },
    save: (answer) => {
      const saved = { ...answer, savedAtMs: world.nowMs() };
      byKey.set(answer.key, saved);
      world.state.answers.push(saved);
    },
    release: (key) => {
      inUse.delete(key);
    },
  };
}
