/** One question to creditd: asked again under the same key until it is answered or its time is over. */
import { setTimeout as pause } from 'node:timers/promises';
import type { z } from 'zod';
import { RefusedError, UnreachableError } from './errors.js';
import type { Settings } from './options.js';

export interface Question<Answer> {
  readonly method: 'GET' | 'POST';
  /** Made by `at`. */
  readonly path: string;
  readonly body?: unknown;
  /** The Idempotency-Key. Made once, before the first try. */
  readonly key?: string;
  readonly answer: z.ZodType<Answer>;
  /** All tries together, where it is not the client's own. */
  readonly timeoutMs?: number;
}

export interface Answered<Answer> {
  readonly value: Answer;
  /** creditd's clock less this machine's, in milliseconds, within a second or so. */
  readonly aheadMs: number;
}

/** @throws UnreachableError, RefusedError */
export type Ask = <Answer>(question: Question<Answer>) => Promise<Answered<Answer>>;

const TRIES = 4;
const PAUSE_MS = 100;

export function makeAsk(settings: Settings): Ask {
  return async (question) => {
    const endsAt = performance.now() + (question.timeoutMs ?? settings.timeoutMs);
    for (let tried = 1; ; tried += 1) {
      const left = endsAt - performance.now();
      const outcome = await once(settings, question, Math.max(1, Math.min(settings.tryMs, left)));
      if (outcome.kind === 'answered') return outcome;
      if (outcome.kind === 'refused') throw outcome.error;
      // Half of it by chance, so that a thousand clients do not come back at once.
      const wait = outcome.waitMs ?? PAUSE_MS * 3 ** (tried - 1) * (0.5 + Math.random() / 2);
      if (tried === TRIES || performance.now() + wait >= endsAt) throw unreachable(settings.url, outcome);
      await pause(wait);
    }
  };
}

const unreachable = (url: string, { why, cause }: { why: string; cause: unknown }): UnreachableError =>
  new UnreachableError(`creditd could not be reached at ${new URL(url).origin}: ${why}.`, cause);

type Outcome<Answer> =
  | ({ readonly kind: 'answered' } & Answered<Answer>)
  | { readonly kind: 'refused'; readonly error: RefusedError }
  | { readonly kind: 'silent'; readonly why: string; readonly cause: unknown; readonly waitMs: number | null };

const silent = (why: string, cause: unknown = undefined, waitMs: number | null = null) =>
  ({ kind: 'silent', why, cause, waitMs }) as const;

async function once<Answer>(settings: Settings, question: Question<Answer>, ms: number): Promise<Outcome<Answer>> {
  const { method, path, body, key, answer } = question;
  try {
    const response = await settings.fetch(`${settings.url}${path}`, {
      method,
      // The key must not follow to another address.
      redirect: 'error',
      signal: AbortSignal.timeout(Math.ceil(ms)),
      headers: {
        authorization: `Bearer ${settings.key}`,
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(key === undefined ? {} : { 'idempotency-key': key }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const said = jsonOf(await response.text());
    if (!response.ok) return notOk(response, said);
    const read = answer.safeParse(said);
    if (!read.success) return silent('what answered there is not creditd’s API', read.error);
    const date = Date.parse(response.headers.get('date') ?? '');
    return { kind: 'answered', value: read.data, aheadMs: Number.isNaN(date) ? 0 : date - Date.now() };
  } catch (error) {
    return silent(whyOf(error, ms), error);
  }
}

/** Later, or never: a 4xx with a code is an answer, and everything else is the want of one. */
function notOk(response: Response, said: unknown): Outcome<never> {
  const { code, detail, field } = (said ?? {}) as { code?: unknown; detail?: unknown; field?: unknown };
  const { status } = response;
  if (typeof code !== 'string' || typeof detail !== 'string') return silent(`it answered ${status} without a word`);
  if (status >= 500 || status === 429 || code === 'in_progress') {
    const seconds = response.headers.get('retry-after') ?? '';
    return silent(`${detail} (${code})`, undefined, /^\d{1,4}$/.test(seconds) ? Number(seconds) * 1_000 : null);
  }
  const error = new RefusedError(status, code, detail, typeof field === 'string' ? field : null);
  return { kind: 'refused', error };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** The driver's own code, never its whole message: that may carry an address with a password. */
function whyOf(error: unknown, ms: number): string {
  if (!(error instanceof Error)) return 'the request failed';
  if (error.name === 'TimeoutError') return `no answer within ${Math.ceil(ms)} ms`;
  const { code } = (error.cause ?? error) as { code?: unknown };
  return typeof code === 'string' ? code : 'the request failed';
}

/**
 * A path with ids in it: at`/v1/accounts/${id}/check`. @throws TypeError for an id that no address can carry, because it
 * would be read as a step up or down.
 */
export function at(parts: TemplateStringsArray, ...ids: readonly string[]): string {
  for (const id of ids) {
    if (typeof id !== 'string' || id === '' || /^\.\.?$/.test(id))
      throw new TypeError(`An id must be text other than "", "." and "..", and is ${JSON.stringify(id)}.`);
  }
  return String.raw({ raw: parts }, ...ids.map(encodeURIComponent));
}
