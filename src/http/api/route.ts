/** A route of the API as data: what it takes and answers in zod, who may, and what it does. Validation and description are this. */
import type { Readable } from 'node:stream';
import { z } from 'zod';
import type { Instant } from '../../domain/instant.js';
import type { Action, Role, Scope } from '../../domain/permissions.js';

/** Who asks. A person's session names one account; a key may be confined to one catalog's accounts. */
export type Who = {
  /** Names the one wish of a stored answer's key, so that a second try finds what the first has done. */
  readonly request?: string;
} & (
  | {
      readonly kind: 'key';
      readonly id: string;
      readonly name: string;
      readonly scopes: readonly Scope[];
      readonly catalog: string | null;
    }
  | {
      readonly kind: 'person';
      readonly account: string;
      readonly member: string;
      readonly role: Role;
      /** When the session ends: nothing is told to it after that. */
      readonly until: Instant;
    }
);

export interface Asked<Params, Query, Body> {
  readonly who: Who;
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  /** The Idempotency-Key; an empty text where the route needs none. */
  readonly key: string;
  /** The pools that a person is confined to: nothing else of the account's credits is theirs to see. Null: all is. */
  readonly confinedTo: readonly string[] | null;
}

/** What a route answers: a body of its schema, a file or a flow of events, or a problem. */
export type Answer<Body> =
  | { readonly kind: 'ok'; readonly body: Body; readonly status?: 200 | 201 | 202 }
  | { readonly kind: 'stream'; readonly body: Readable; readonly fileName?: string }
  | ({ readonly kind: 'problem' } & ApiProblem);

export interface ApiProblem {
  readonly status: number;
  /** Stable, for programs. */
  readonly code: string;
  /** What was wrong and what to do. */
  readonly detail: string;
  /** Path of the field that was wrong, such as "events.3.quantity". */
  readonly field?: string;
  /** What else a program may need, such as the two amounts that would be right. */
  readonly more?: Readonly<Record<string, unknown>>;
}

/**
 * How a mutation is made safe to send twice. `ledger`: the key is the ledger's own. `stored`: the answer is kept with the key
 * and given again. `in_body`: each event carries its own key. `none`: it only reads.
 */
export type Idempotency = 'ledger' | 'stored' | 'in_body' | 'none';

export type Fields = z.ZodObject;

export interface Route<
  P extends Fields = Fields,
  Q extends Fields = Fields,
  B extends z.ZodType = z.ZodType,
  A extends z.ZodType = z.ZodType,
> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With `:name` segments; one named `account` is checked against who asks. */
  readonly path: string;
  /** Unique, for clients that are generated: "readBalance". */
  readonly name: string;
  readonly group: string;
  readonly summary: string;
  readonly description?: string;
  /** Null: any session or key may, such as asking who it is. */
  readonly action: Action | null;
  readonly idempotency: Idempotency;
  /**
   * `allowed`: a member who is confined to pools may ask, because nothing of the account's balance is in the answer or the
   * route narrows it. Absent: such a member is refused.
   */
  readonly confined?: 'allowed';
  /** The product's own pages, which are of another origin, may ask in a person's session: what the elements need, no more. */
  readonly embedded?: true;
  /** Largest body in bytes, where it is not the server's own bound. */
  readonly bodyBytes?: number;
  /** What a stream is made of; absent: JSON of the answer's schema. */
  readonly produces?: 'text/csv' | 'text/event-stream';
  readonly params: P;
  readonly query: Q;
  /** Null: it takes no body. */
  readonly body: B | null;
  readonly answer: A;
  readonly run: (asked: Asked<z.output<P>, z.output<Q>, z.output<B>>) => Promise<Answer<z.input<A>>>;
}

export const NO_FIELDS = z.strictObject({});

/** Keeps the types of one route's schemas while the list of all routes forgets them. */
export function route<P extends Fields, Q extends Fields, B extends z.ZodType, A extends z.ZodType>(
  one: Route<P, Q, B, A>,
): Route {
  return one as unknown as Route;
}

export const ok = <Body>(body: Body, status?: 200 | 201 | 202): Answer<Body> => ({
  kind: 'ok',
  body,
  ...(status === undefined ? {} : { status }),
});

export const trouble = (
  status: number,
  code: string,
  detail: string,
  more: Partial<ApiProblem> = {},
): Answer<never> => ({
  kind: 'problem',
  status,
  code,
  detail,
  ...more,
});
