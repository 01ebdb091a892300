/** A stretch of network between a process and a server: it can be made slow, silent, deaf to newcomers, or cut. */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

export interface RoughLink {
  readonly port: number;
  /** Every piece of data takes so much longer, in both directions; 0 is a good network. */
  slow(ms: number): void;
  /** Nothing passes and nothing breaks until `thaw`: what a lost route looks like. */
  freeze(): void;
  thaw(): void;
  /** Every connection of this moment breaks. New ones are taken. */
  cut(): void;
  /** New connections break at once, while it lasts. */
  refuse(refusing: boolean): void;
  /** Connections that stand now. */
  connections(): number;
  close(): Promise<void>;
}

interface Weather {
  delayMs: number;
  refusing: boolean;
  thawed: Promise<void> | null;
}

/** On a port of its own in front of `targetPort` of this machine. */
export async function openRoughLink(targetPort: number): Promise<RoughLink> {
  const weather: Weather = { delayMs: 0, refusing: false, thawed: null };
  const sockets = new Set<Socket>();
  let thaw: () => void = () => undefined;
  const server = createServer((client) => {
    if (weather.refusing) {
      client.destroy();
      return;
    }
    const upstream = connect(targetPort, '127.0.0.1');
    const end = (): void => {
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) {
      socket.setNoDelay(true);
      sockets.add(socket);
      socket.on('error', end);
      socket.on('close', () => {
        sockets.delete(socket);
        end();
      });
    }
    carry(client, upstream, weather);
    carry(upstream, client, weather);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const link: RoughLink = {
    port: (server.address() as AddressInfo).port,
    slow: (ms) => {
      weather.delayMs = ms;
    },
    freeze: () => {
      weather.thawed ??= new Promise((resolve) => {
        thaw = resolve;
      });
    },
    thaw: () => {
      weather.thawed = null;
      thaw();
    },
    cut: () => {
      for (const socket of sockets) socket.destroy();
    },
    refuse: (refusing) => {
      weather.refusing = refusing;
    },
    connections: () => sockets.size / 2,
    async close() {
      link.thaw();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      link.cut();
      await closed;
    },
  };
  return link;
}

/** In order, whatever the delay was when a piece came: bytes of a stream never overtake each other. */
function carry(from: Socket, to: Socket, weather: Weather): void {
  let behind = 0;
  let tail: Promise<unknown> = Promise.resolve();
  const pass = async (chunk: Buffer, due: number): Promise<void> => {
    while (weather.thawed !== null) await weather.thawed;
    const left = due - performance.now();
    if (left > 0) await wait(left);
    behind -= 1;
    if (!to.destroyed) to.write(chunk);
  };
  from.on('data', (chunk: Buffer) => {
    if (behind === 0 && weather.delayMs === 0 && weather.thawed === null) {
      to.write(chunk);
      return;
    }
    behind += 1;
    const due = performance.now() + weather.delayMs;
    tail = tail.then(() => pass(chunk, due));
  });
}
