/** An endpoint for webhooks, as a product would run it: keeps what it was sent, and answers what it is told to. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Hit {
  readonly body: string;
  readonly signature: string;
}

export interface HookServer {
  readonly url: string;
  readonly hits: Hit[];
  /** The types of what came, in the order it came. */
  types(): string[];
  /** Answers everything with this status from now on. */
  answer(status: number): void;
  stop(): Promise<void>;
}

export async function startHook(port = 0): Promise<HookServer> {
  const hits: Hit[] = [];
  let status = 200;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const signature = String(request.headers['stripe-signature']);
    hits.push({ body: Buffer.concat(chunks).toString('utf8'), signature });
    response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    hits,
    types: () => hits.map((one) => JSON.parse(one.body).type),
    answer: (next) => {
      status = next;
    },
    stop: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}
