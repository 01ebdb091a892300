/**
 * Who looks at the page. The session comes behind the # of the link, is kept for this tab alone and taken out of the address
 * bar at once, so that nobody copies it with the address. Where a browser keeps nothing (some do in frames), it lives as long
 * as the page.
 */
export interface Session {
  readonly token: string;
  readonly account: string;
  readonly member: string;
  /** Milliseconds since 1970. */
  readonly until: number;
}

const TOKEN = 'creditd.session';
const BACK = 'creditd.return';
const kept = new Map<string, string>();

export function keep(name: string, value: string | null): void {
  try {
    if (value === null) sessionStorage.removeItem(name);
    else sessionStorage.setItem(name, value);
  } catch {
    // Kept by the page itself.
  }
  if (value === null) kept.delete(name);
  else kept.set(name, value);
}

export function recall(name: string): string | null {
  try {
    return sessionStorage.getItem(name) ?? kept.get(name) ?? null;
  } catch {
    return kept.get(name) ?? null;
  }
}

/** Reads the link the page was opened by, and cleans the address bar. */
export function takeSession(place: Location, history: History): Session | null {
  const given = place.hash.slice(1);
  const address = new URL(place.href);
  if (given.startsWith('cs_')) keep(TOKEN, given);
  const back = address.searchParams.get('return');
  if (back !== null) keep(BACK, back);
  else if (given.startsWith('cs_')) keep(BACK, null);
  if (given !== '' || back !== null) {
    address.hash = '';
    address.searchParams.delete('return');
    history.replaceState(null, '', `${address.pathname}${address.search}`);
  }
  const result = address.searchParams.get('checkout');
  if (result !== null) {
    address.searchParams.delete('checkout');
    history.replaceState({ checkout: result }, '', `${address.pathname}${address.search}`);
  }
  const token = recall(TOKEN);
  return token === null ? null : readToken(token);
}

/** What the token says of itself. The server alone can tell whether it is true; the page needs to know whom to ask about. */
export function readToken(token: string): Session | null {
  try {
    const body = (token.slice(3).split('.')[0] ?? '').replaceAll('-', '+').replaceAll('_', '/');
    const bytes = Uint8Array.from(atob(body), (sign) => sign.charCodeAt(0));
    const { account, member, until } = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
    if (typeof account !== 'string' || typeof member !== 'string' || typeof until !== 'number') return null;
    return { token, account, member, until };
  } catch {
    return null;
  }
}

/** The product's page to come back to: a web address and nothing else. */
export function backTo(): string | null {
  return webAddress(recall(BACK));
}

/** Only what a link may safely lead to: http and https, without a login inside, or a path of this very host. */
export function webAddress(given: string | null): string | null {
  if (given === null || given === '') return null;
  if (/^\/(?![/\\])/.test(given)) return given;
  if (!URL.canParse(given)) return null;
  const { protocol, username, password, href } = new URL(given);
  return /^https?:$/.test(protocol) && username === '' && password === '' ? href : null;
}
