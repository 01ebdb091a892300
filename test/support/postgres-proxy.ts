/** A door to Postgres that can break at the worst moment: when COMMIT is on its way, and nobody hears what became of it. */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface PostgresProxy {
  /** The database's URL through this door. */
  readonly url: string;
  /**
   * Breaks the connection at every other COMMIT of the ledger's transactions, so many times. `before`: the server never
   * gets it and rolls back. `after`: the server commits, and its answer is dropped.
   */
  cutCommits(moment: 'before' | 'after', times: number): void;
  /** How many cuts are still to come. */
  left(): number;
  close(): Promise<void>;
}

/** A simple query of exactly this text, as the ledger sends it; other libraries write theirs in capitals. */
const COMMIT = Buffer.from('Q\0\0\0\x0bcommit\0', 'latin1');

export async function startPostgresProxy(databaseUrl: string): Promise<PostgresProxy> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  const plan: { moment: 'before' | 'after'; left: number; seen: number } = { moment: 'after', left: 0, seen: 0 };

  const isCut = (chunk: Buffer): boolean => {
    if (plan.left === 0 || !chunk.includes(COMMIT)) return false;
    plan.seen += 1;
    if (plan.seen % 2 === 0) return false;
    plan.left -= 1;
    return true;
  };

  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    let deaf = false;
    const end = () => {
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', end);
      socket.on('close', () => {
        sockets.delete(socket);
        end();
      });
    }
    client.on('data', (chunk) => {
      const cut = isCut(chunk);
      if (cut && plan.moment === 'before') return end();
      deaf = deaf || cut;
      upstream.write(chunk);
    });
    // Once the server has answered it has committed; the answer ends here.
    upstream.on('data', (chunk) => (deaf ? end() : client.write(chunk)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as AddressInfo).port);

  return {
    url: url.href,
    cutCommits(moment, times) {
      Object.assign(plan, { moment, left: times, seen: 0 });
    },
    left: () => plan.left,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
