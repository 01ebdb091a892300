/** Asks the API. What goes wrong is a sentence for the person who looks at the page. */
import { OPERATIONS, type Operations } from '../../generated/page-api.js';
import { STRINGS } from '../strings.js';

export type Operation = keyof Operations & keyof typeof OPERATIONS;
export type Answer<Name extends Operation> = Operations[Name]['answer'];
export type Body<Name extends Operation> = Operations[Name]['body'];

export interface Wish<Name extends Operation> {
  readonly params: Omit<Operations[Name]['params'], 'account'>;
  readonly query?: Operations[Name]['query'];
  readonly body?: Body<Name>;
  /** The Idempotency-Key, where it changes something. */
  readonly key?: string;
  readonly signal?: AbortSignal;
}

/** `unanswered`: nobody knows whether it happened, and asking again under the same key is safe. */
export class CallError extends Error {
  readonly status: number;
  readonly code: string;
  readonly more: Readonly<Record<string, unknown>>;
  constructor(status: number, code: string, detail: string, more: Readonly<Record<string, unknown>> = {}) {
    super(detail);
    this.status = status;
    this.code = code;
    this.more = more;
  }
  get unanswered(): boolean {
    return this.status === 0 || this.status >= 500 || this.code === 'in_progress' || this.status === 429;
  }
  get signedOut(): boolean {
    return this.status === 401;
  }
}

const TIMEOUT_MS = 20_000;

export interface Caller {
  call<Name extends Operation>(name: Name, wish?: Partial<Wish<Name>>): Promise<Answer<Name>>;
  /** For answers that are no JSON: files and flows of events. */
  open(name: Operation, wish?: Partial<Wish<Operation>>): Promise<Response>;
}

export function makeCaller(token: string, account: string): Caller {
  const ask = async (name: Operation, wish: Partial<Wish<Operation>>, signal: AbortSignal): Promise<Response> => {
    const [method, where] = OPERATIONS[name];
    const headers: Record<string, string> = { authorization: `Bearer ${token}` };
    if (wish.key !== undefined) headers['idempotency-key'] = wish.key;
    const body = wish.body === undefined || wish.body === null ? null : JSON.stringify(wish.body);
    if (body !== null) headers['content-type'] = 'application/json';
    const address = addressOf(where, { account, ...wish.params }, wish.query);
    const answer = await fetch(address, { method, headers, body, signal, credentials: 'omit' }).catch((error) => {
      if (wish.signal?.aborted) throw error;
      throw new CallError(0, 'offline', STRINGS.trouble.offline);
    });
    if (!answer.ok) throw await errorOf(answer);
    return answer;
  };
  return {
    async call(name, wish = {}) {
      const limit = AbortSignal.timeout(TIMEOUT_MS);
      const signal = wish.signal === undefined ? limit : AbortSignal.any([limit, wish.signal]);
      const answer = await ask(name, wish as Partial<Wish<Operation>>, signal);
      return answer.json().catch(() => {
        throw new CallError(0, 'offline', STRINGS.trouble.offline);
      });
    },
    open: (name, wish = {}) => ask(name, wish, wish.signal ?? new AbortController().signal),
  };
}

/** "/v1/accounts/{account}" filled in: ids are the product's own and may hold anything. */
export function addressOf(where: string, params: object, query: object = {}): string {
  const given = params as Readonly<Record<string, unknown>>;
  const filled = where.replace(/\{(\w+)\}/g, (_whole, name: string) => encodeURIComponent(String(given[name] ?? '')));
  const asked = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  const search = new URLSearchParams(asked.map(([name, value]) => [name, String(value)])).toString();
  return search === '' ? filled : `${filled}?${search}`;
}

async function errorOf(answer: Response): Promise<CallError> {
  const said = (await answer.json().catch(() => ({}))) as Readonly<Record<string, unknown>>;
  const code = typeof said.code === 'string' ? said.code : 'unavailable';
  if (answer.status === 401) return new CallError(401, code, STRINGS.trouble.signedOut);
  const detail = typeof said.detail === 'string' ? said.detail : STRINGS.trouble.offline;
  return new CallError(answer.status, code, detail, said);
}
