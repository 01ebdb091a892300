/** The first answer under an Idempotency-Key is every later one. */
import { createHash } from 'node:crypto';
import type { FastifyReply } from 'fastify';
import type { Answers } from '../../ports.js';
import { problem } from './problem.js';
import type { Answer, Route, Who } from './route.js';
import { nameOf } from './who.js';

export interface Wish {
  readonly who: Who;
  readonly key: string;
  /** As it was read: two spellings of one wish are one wish. */
  readonly asked: unknown;
}

/**
 * What could not be answered, or was refused, is forgotten, so that it can be asked again once it is mended. A process that
 * dies between doing and keeping the answer leaves its name behind: a second try does what it does under the same one.
 */
export async function remembered(
  answers: Answers,
  one: Route,
  { who, key, asked }: Wish,
  run: (request: string) => Promise<Answer<unknown>>,
  reply: FastifyReply,
  answer: (given: Answer<unknown>) => FastifyReply,
): Promise<FastifyReply> {
  const scope = nameOf(who);
  const before = await answers.begin(scope, key, hashOf(one, asked));
  switch (before.kind) {
    case 'answered':
      return reply
        .code(before.status)
        .header('idempotent-replayed', 'true')
        .type('application/json; charset=utf-8')
        .send(JSON.stringify(before.body));
    case 'in_progress':
      return problem(reply, {
        status: 409,
        code: 'in_progress',
        detail: 'This key is being answered. Ask again in a moment.',
      });
    case 'conflict':
      return problem(reply, {
        status: 409,
        code: 'conflict',
        detail: 'This Idempotency-Key was used for another request. Use a new key for a new wish.',
        field: 'Idempotency-Key',
      });
    case 'new': {
      const given = await run(`${scope} ${key} ${before.begunAt}`).catch(async (error: unknown) => {
        await answers.forget(scope, key).catch(() => undefined);
        throw error;
      });
      // What was done is done whether or not its answer could be kept: asked again, it is found done.
      if (given.kind === 'ok') await answers.keep(scope, key, given.status ?? 200, one.answer.parse(given.body));
      else await answers.forget(scope, key);
      return answer(given);
    }
  }
}

const hashOf = (one: Route, asked: unknown): string =>
  createHash('sha256')
    .update(
      JSON.stringify([one.name, asked], (_name, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value)),
    )
    .digest('hex');
