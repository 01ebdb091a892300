/** What an orchestrator asks: is the process alive, and can it do its work? Open to everybody, and telling nothing else. */
import type { FastifyInstance } from 'fastify';

/** Null: fine. Otherwise a sentence for strangers. Rejecting, or not answering, counts as not fine. */
export type Check = () => Promise<string | null>;
export type Checks = Readonly<Record<'postgres' | 'migrations' | 'queue', Check>>;

const CHECK_MS = 3_000;
/** However often it is asked, each part is asked at most this often. */
const FRESH_MS = 500;

interface Report {
  readonly ready: boolean;
  readonly checks: Readonly<Record<string, string>>;
}

export function serveProbes(app: FastifyInstance, checks: Checks): void {
  // A migration is not undone under a running process, and looking is dear: what was found applied stays so.
  const settled = { ...checks, migrations: untilFine(checks.migrations) };
  const look = shared(() => report(settled));
  app.get('/healthz', async () => ({ alive: true }));
  app.get('/readyz', async (_request, reply) => {
    const found = await look();
    return reply.code(found.ready ? 200 : 503).send(found);
  });
}

async function report(checks: Checks): Promise<Report> {
  const parts = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => [name, await said(check)] as const),
  );
  return { ready: parts.every(([, found]) => found === 'ok'), checks: Object.fromEntries(parts) };
}

/** What was thrown names hosts and users: strangers are told only that there was no answer. */
async function said(check: Check): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(resolve, CHECK_MS, 'does not answer');
  });
  const asked = Promise.resolve()
    .then(check)
    .then(
      (sentence) => sentence ?? 'ok',
      () => 'does not answer',
    );
  const answer = await Promise.race([asked, late]);
  clearTimeout(timer);
  return answer;
}

function shared<T>(ask: () => Promise<T>): () => Promise<T> {
  let last: { readonly at: number; readonly answer: Promise<T> } | null = null;
  return () => {
    if (last === null || performance.now() - last.at > FRESH_MS) last = { at: performance.now(), answer: ask() };
    return last.answer;
  };
}

function untilFine(check: Check): Check {
  let fine = false;
  return async () => {
    if (fine) return null;
    const sentence = await check();
    fine = sentence === null;
    return sentence;
  };
}
