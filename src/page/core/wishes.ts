/**
 * The key of one wish. It is made when the wish is first sent and is the same for a second click, a retry after silence and a
 * reload of the page, until there is a definite answer: however often it travels, it is done once.
 */
import { keep, recall } from './session.js';

const PREFIX = 'creditd.wish.';
/** What was left unanswered longer ago is looked at anew: the page shows by then whether it happened. */
const KEPT_MS = 30 * 60_000;

interface Kept {
  readonly wish: string;
  readonly key: string;
  readonly at: number;
}

/** Another amount, card or plan is another wish and gets another key. */
export function keyOf(name: string, wish: unknown, now: number = Date.now()): string {
  const written = JSON.stringify(wish);
  const before = read(name);
  if (before !== null && before.wish === written && now - before.at < KEPT_MS) return before.key;
  const key = crypto.randomUUID();
  keep(PREFIX + name, JSON.stringify({ wish: written, key, at: now } satisfies Kept));
  return key;
}

/** After a definite answer: the next click is a wish of its own. An answer to an older wish leaves a newer one's key alone. */
export function settled(name: string, key: string): void {
  if (read(name)?.key === key) keep(PREFIX + name, null);
}

function read(name: string): Kept | null {
  try {
    return JSON.parse(recall(PREFIX + name) ?? 'null') as Kept | null;
  } catch {
    return null;
  }
}
