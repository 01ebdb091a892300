/**
 * Where usage lies on a Redis Cluster. One queue is one slot and therefore one server, so that usage is split over several, each
 * under a hash tag of its own, and an account's events go to one of them. Any event on any of them is right: the split is speed.
 *
 * One setting says all of it: `redis+cluster://user:password@node-1:6379?node=node-2:6379&node=node-3:6379&usage=16`
 * (`rediss+cluster` with TLS). Naming one node is enough while it is up; `usage` is how many queues usage is split over.
 */

export interface ClusterPlace {
  readonly nodes: readonly { readonly host: string; readonly port: number }[];
  readonly username: string | null;
  readonly password: string | null;
  readonly tls: boolean;
  /** How many queues usage is split over. */
  readonly usageQueues: number;
}

const SCHEMES = ['redis+cluster:', 'rediss+cluster:'];
const USUAL_PORT = 6379;
const USUAL_QUEUES = 8;
const MOST_QUEUES = 256;

export const isClusterUrl = (url: string): boolean => URL.canParse(url) && SCHEMES.includes(new URL(url).protocol);

/** @throws RangeError in a sentence that does not repeat the URL, which may hold a password. */
export function readClusterUrl(url: string): ClusterPlace {
  const { protocol, hostname, port, username, password, searchParams } = new URL(url);
  const queues = searchParams.get('usage') ?? String(USUAL_QUEUES);
  if (!/^\d{1,3}$/.test(queues) || Number(queues) < 1 || Number(queues) > MOST_QUEUES)
    throw new RangeError(`usage, in the URL of a Redis Cluster, must be a whole number from 1 to ${MOST_QUEUES}.`);
  const nodes = [{ host: hostname, port: Number(port) || USUAL_PORT }];
  for (const node of searchParams.getAll('node')) {
    const [, host = '', at] = /^([^\s:/@]+)(?::(\d{1,5}))?$/.exec(node) ?? [];
    if (host === '')
      throw new RangeError('node, in the URL of a Redis Cluster, must be a host and a port, such as node-2:6379.');
    nodes.push({ host, port: Number(at ?? USUAL_PORT) });
  }
  return {
    nodes,
    username: username === '' ? null : decodeURIComponent(username),
    password: password === '' ? null : decodeURIComponent(password),
    tls: protocol === 'rediss+cluster:',
    usageQueues: Number(queues),
  };
}

/** The name of one of the queues that usage is split over. */
export const usageQueueAt = (name: string, place: number): string => `${name}-${place}`;

/** The hash tag: whatever stands in braces decides which server all keys of a queue lie on. */
export const clusterPrefix = (prefix: string, place: number | null): string =>
  place === null ? `{${prefix}}` : `{${prefix}-${place}}`;

/** Which of so many queues an account's usage goes to: CRC16 of its id in UTF-8, as Redis itself counts slots. */
export const usagePlace = (account: string, queues: number): number => (queues < 2 ? 0 : crc16(account) % queues);

/** CRC-16/XMODEM, without a table: it is asked once an event, and ids are short. */
export function crc16(text: string): number {
  let crc = 0;
  for (const byte of Buffer.from(text, 'utf8')) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit += 1)
      crc = (crc & 0x8000) !== 0 ? ((crc << 1) ^ 0x1021) & 0xffff : (crc << 1) & 0xffff;
  }
  return crc;
}

/** Events by the queue they go to, in the order they came. */
export function byPlace<Event extends { readonly account: string }>(
  events: readonly Event[],
  queues: number,
): readonly { readonly place: number; readonly events: readonly Event[] }[] {
  const places = new Map<number, Event[]>();
  for (const event of events) {
    const place = usagePlace(event.account, queues);
    const own = places.get(place);
    if (own === undefined) places.set(place, [event]);
    else own.push(event);
  }
  return [...places].map(([place, own]) => ({ place, events: own }));
}
