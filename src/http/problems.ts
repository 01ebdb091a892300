/** What a caller is told when something went wrong: RFC 9457, in a sentence, without a stack and without anything inside. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Log } from '../ports.js';
import { troublePage } from './trouble-page.js';

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Password needed',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Method not allowed',
  413: 'Too large',
  415: 'Unsupported media type',
  421: 'Wrong name',
  429: 'Too many tries',
  503: 'Not available',
};

const SENTENCES: Readonly<Record<number, string>> = {
  400: 'The request could not be read.',
  404: 'There is nothing at this address.',
  413: 'The body of the request is too large.',
  415: 'The body of the request is of a type that is not read here.',
};

/** Answers a person's browser with a page and everybody else with problem+json. */
export function problem(request: FastifyRequest, reply: FastifyReply, status: number, detail: string): FastifyReply {
  const title = TITLES[status] ?? 'Something went wrong';
  reply.code(status);
  // A browser says text/html when it goes to a page; its scripts and everybody else's do not.
  if ((request.headers.accept ?? '').includes('text/html')) {
    return reply.type('text/html; charset=utf-8').send(troublePage(title, detail, status >= 500));
  }
  const body = JSON.stringify({ type: 'about:blank', title, status, detail });
  return reply.type('application/problem+json; charset=utf-8').send(body);
}

export function answerProblems(app: FastifyInstance, log: Log): void {
  app.setNotFoundHandler((request, reply) => problem(request, reply, 404, SENTENCES[404] ?? ''));
  app.setErrorHandler((error, request, reply) => {
    const status = statusOf(error);
    if (status < 500) return problem(request, reply, status, SENTENCES[status] ?? 'The request could not be answered.');
    // Without its query: there stand names that people chose.
    const path = request.url.split('?')[0];
    log.warn({ err: error, method: request.method, path }, 'a request could not be answered');
    return problem(request, reply, 503, 'What this page reads from did not answer. Try again in a moment.');
  });
}

/** Ours carry no status: whatever an adapter throws is a stranger that is down, or a fault of ours. */
function statusOf(error: unknown): number {
  const status = (error as { readonly statusCode?: unknown } | null)?.statusCode;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : 503;
}
