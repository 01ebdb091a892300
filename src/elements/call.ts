/** Asks creditd in one person's session. A session that has ended is renewed once, by whoever the product named for it. */
import type { CreditdConnection } from './public.js';

export class Trouble extends Error {
  readonly code: string;
  readonly status: number;
  constructor(status: number, code: string, detail: string) {
    super(detail);
    this.status = status;
    this.code = code;
  }
}

export interface Call {
  readonly body?: unknown;
  /** Of what changes something: the same key for the same wish, so that it is done once. */
  readonly key?: string;
  /** Of what never ends; all else gives up by itself. */
  readonly signal?: AbortSignal;
}

export type Ask = (path: string, call?: Call) => Promise<Response>;

const TIMEOUT_MS = 20_000;

/** Paths are those below the account's own: "/overview". */
export function makeAsk({ base, session, refresh }: CreditdConnection): Ask {
  let token = session ?? null;
  let renewing: Promise<string> | null = null;
  const renew = async (): Promise<string> => {
    if (refresh === undefined) throw new Trouble(401, 'not_signed_in', 'There is no session, and no way to a new one.');
    // Many ask at once when a session ends; one new session is enough for all of them.
    renewing ??= refresh().finally(() => {
      renewing = null;
    });
    return renewing;
  };
  const ask = async (path: string, call: Call = {}, isLast = false): Promise<Response> => {
    token ??= await renew();
    const used = token;
    const answer = await send(`${base}/v1/accounts/${encodeURIComponent(accountOf(used))}${path}`, used, call);
    if (answer.ok) return answer;
    if (answer.status === 401 && refresh !== undefined && !isLast) {
      if (token === used) token = null;
      return ask(path, call, true);
    }
    const said = (await answer.json().catch(() => ({}))) as { readonly code?: string; readonly detail?: string };
    throw new Trouble(answer.status, said.code ?? 'unavailable', said.detail ?? '');
  };
  return ask;
}

function send(address: string, token: string, { body, key, signal }: Call): Promise<Response> {
  const headers: Record<string, string> = { authorization: `Bearer ${token}` };
  if (key !== undefined) headers['idempotency-key'] = key;
  if (body !== undefined) headers['content-type'] = 'application/json';
  return fetch(address, {
    ...{ method: body === undefined ? 'GET' : 'POST', headers, credentials: 'omit', referrerPolicy: 'no-referrer' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: signal ?? AbortSignal.timeout(TIMEOUT_MS),
  });
}

/** What a token says of itself: it leads to the door alone, and the door decides whether it is true. */
function saidBy(token: string): Readonly<Record<string, unknown>> {
  try {
    const [body = ''] = token.slice(3).split('.');
    const bytes = Uint8Array.from(atob(body.replaceAll('-', '+').replaceAll('_', '/')), (sign) => sign.charCodeAt(0));
    return { ...(JSON.parse(new TextDecoder().decode(bytes)) as object) };
  } catch {
    return {};
  }
}

/** The same for every session of one person in one role on one account; null where it cannot be told. */
export function personOf(token: string): string | null {
  const { account, member, role } = saidBy(token);
  return typeof account === 'string' ? JSON.stringify([account, member, role]) : null;
}

function accountOf(token: string): string {
  const { account } = saidBy(token);
  if (typeof account === 'string') return account;
  throw new Trouble(401, 'not_signed_in', 'This is no session of creditd’s: give the token of POST /v1/sessions.');
}
