/** Which addresses events are sent to: nobody's own network is reached by writing its name into an endpoint. */
import { lookup } from 'node:dns/promises';
import ipaddr from 'ipaddr.js';

export interface Address {
  readonly address: string;
  readonly family: 4 | 6;
}

/** All addresses of a name. */
export type Look = (host: string) => Promise<readonly string[]>;

const ask: Look = async (host) => (await lookup(host, { all: true })).map(({ address }) => address);

export type Resolved = ({ readonly kind: 'address' } & Address) | { readonly kind: 'refused'; readonly reason: string };

/** Looks a name up once. Whoever connects must connect to exactly this address: a second look may be answered otherwise. */
export async function resolveTarget(hostname: string, allowPrivate: boolean, look: Look = ask): Promise<Resolved> {
  const host = hostname.replace(/^\[|\]$/g, '');
  const found = ipaddr.isValid(host) ? [host] : await look(host);
  const [first] = found;
  if (first === undefined) return { kind: 'refused', reason: `${host} has no address` };
  // One private address among public ones is refused as well: which of them is meant would be the name's owner's choice.
  const hidden = allowPrivate ? undefined : found.find((one) => !isPublic(one));
  if (hidden !== undefined) {
    const reason = `${host} leads to ${hidden}, which is not a public address; CREDITD_ALLOW_PRIVATE_ENDPOINTS=1 allows it`;
    return { kind: 'refused', reason };
  }
  return { kind: 'address', address: first, family: ipaddr.parse(first).kind() === 'ipv4' ? 4 : 6 };
}

/** An IPv4 address written as IPv6 is what it is as IPv4. Everything that is not plain unicast is somebody's own. */
export function isPublic(text: string): boolean {
  if (!ipaddr.isValid(text)) return false;
  return ipaddr.process(text).range() === 'unicast';
}
