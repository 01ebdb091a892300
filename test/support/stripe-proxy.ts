/** Something between a worker and the processor that answers in its place while it is told to. */
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';

export interface StripeProxy {
  readonly url: string;
  /** Answers every request with this status and Stripe's error; null: everything is passed on. */
  answer(wish: { readonly status: number; readonly error: Readonly<Record<string, string>> } | null): void;
  /** How many requests were answered in its place. */
  answered(): number;
  stop(): Promise<void>;
}

export async function startStripeProxy(target: () => string): Promise<StripeProxy> {
  let wish: Parameters<StripeProxy['answer']>[0] = null;
  let answered = 0;
  const server = createServer((incoming, outgoing) => {
    if (wish === null) return pass(target(), incoming, outgoing);
    answered += 1;
    incoming.resume();
    outgoing.writeHead(wish.status, { 'content-type': 'application/json' }).end(JSON.stringify({ error: wish.error }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('the proxy has no port');
  return {
    url: `http://127.0.0.1:${bound.port}`,
    answer: (next) => {
      wish = next;
    },
    answered: () => answered,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function pass(target: string, incoming: IncomingMessage, outgoing: ServerResponse): void {
  const { method, headers, url } = incoming;
  const onward = request(new URL(url ?? '/', target), { method, headers }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(outgoing);
  });
  onward.on('error', () => outgoing.destroy());
  incoming.pipe(onward);
}
