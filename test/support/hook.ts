/** A product's endpoint: keeps what it receives, checks each signature as any receiver would, and answers as it is told. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';

export interface Received {
  readonly id: string;
  readonly body: { readonly type: string; readonly sequence: number; readonly account: string; readonly data: unknown };
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
}

export type Hook = Awaited<ReturnType<typeof openHook>>;

export interface Answer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** `answer`: what it says; "silent" never answers. What is not answered with 200 is not kept. */
export async function openHook() {
  const received: Received[] = [];
  const state: { answer: Answer | 'silent' | ((one: Received) => Answer); asked: number } = {
    answer: { status: 200 },
    asked: 0,
  };
  const server = http.createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => {
      text += chunk;
    });
    request.on('end', () => {
      state.asked += 1;
      const { answer } = state;
      if (answer === 'silent') return;
      const one = { id: String(request.headers['webhook-id']), body: JSON.parse(text), headers: request.headers, text };
      const said = typeof answer === 'function' ? answer(one) : answer;
      if (said.status === 200) received.push(one);
      response.writeHead(said.status, said.headers).end(said.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const port = (server.address() as AddressInfo).port;
  return {
    ...{ port, received, state, url: `http://127.0.0.1:${port}/events` },
    types: (): string[] => received.map(({ body }) => body.type),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Throws where the signature is not this secret's. The age is not checked here: time is moved in tests. */
export function verify({ id, text, headers }: Received, secret: string): void {
  const at = new Date(Number(headers['webhook-timestamp']) * 1_000);
  const wanted = new Webhook(secret).sign(id, at, text);
  const signed = String(headers['webhook-signature']).split(' ');
  if (!signed.includes(wanted)) throw new Error(`no signature of that secret among ${signed.length}`);
}
