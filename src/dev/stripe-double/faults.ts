/** Named failures that a test or a person scripts: each for a kind of request and for the next so many of them. */
import { z } from 'zod';
import type { CardDecline } from './cards.js';
import { scriptedDecline } from './cards.js';

/** For how many requests, 1 unless said; null until the faults are cleared. */
const times = z.int().positive().nullable().default(1);
/** A method and a path, in which a star stands for any one segment; a star alone is every request. */
const route = z.string().default('*');
/** Before: nothing has run. After: all has run and is kept, only the answer is lost. */
const moment = z.enum(['before', 'after']);

export const faultSchema = z.discriminatedUnion('kind', [
  /** The next confirms with this card (by payment method or fingerprint, or any card) are declined. */
  z.strictObject({
    kind: z.literal('decline'),
    declineCode: z.string().min(1),
    adviceCode: z.enum(['do_not_try_again', 'confirm_card_data', 'try_again_later']).nullable().default(null),
    paymentMethod: z.string().optional(),
    fingerprint: z.string().optional(),
    times,
  }),
  /** No answer, ever. */
  z.strictObject({ kind: z.literal('timeout'), moment, route, times }),
  /** The head and half of the body, then the connection is gone. */
  z.strictObject({ kind: z.literal('cut'), moment, route, times }),
  /** The connection is gone before a byte of the answer. */
  z.strictObject({ kind: z.literal('reset'), moment, route, times }),
  /** A page of some proxy with status 200. */
  z.strictObject({ kind: z.literal('html'), moment, route, times }),
  /** A 500. `before` is not saved; `after` and `rolled_back` are saved and replayed, with and without the money moved. */
  z.strictObject({ kind: z.literal('server_error'), moment: z.enum(['before', 'after', 'rolled_back']), route, times }),
  z.strictObject({ kind: z.literal('unavailable'), route, times }),
  z.strictObject({ kind: z.literal('rate_limit'), retryAfterSeconds: z.int().nonnegative().optional(), route, times }),
  z.strictObject({
    kind: z.literal('conflict'),
    code: z.enum(['idempotency_key_in_use', 'lock_timeout']),
    route,
    times,
  }),
  /** The request is held while its key is in use, then runs as usual. */
  z.strictObject({ kind: z.literal('delay'), ms: z.int().nonnegative().max(600_000), route, times }),
]);

/** As it is scripted: route and times may be left out. */
export type Fault = z.input<typeof faultSchema>;
export type ScriptedFault = z.output<typeof faultSchema>;
export type RequestFault = Exclude<ScriptedFault, { kind: 'decline' | 'delay' }>;

export interface Faults {
  add(fault: Fault): void;
  clear(): void;
  waiting(): readonly ScriptedFault[];
  /** What happens to this request: at most one delay and one failure, each counted as used. */
  take(method: string, path: string): { readonly delayMs: number; readonly failure: RequestFault | null };
  takeDecline(paymentMethod: string, fingerprint: string): CardDecline | null;
}

export function makeFaults(): Faults {
  let script: ScriptedFault[] = [];

  function use<T extends ScriptedFault>(fault: T | undefined): T | null {
    if (fault === undefined) return null;
    const left = fault.times === null ? null : fault.times - 1;
    script = script.flatMap((one) => (one !== fault ? [one] : left === 0 ? [] : [{ ...one, times: left }]));
    return fault;
  }

  return {
    add: (fault) => {
      script.push(faultSchema.parse(fault));
    },
    clear: () => {
      script = [];
    },
    waiting: () => script,
    take: (method, path) => {
      const here = (fault: ScriptedFault) => fault.kind !== 'decline' && matches(fault.route, method, path);
      const delay = use(script.find((fault) => fault.kind === 'delay' && here(fault)));
      const failure = use(script.find((fault): fault is RequestFault => fault.kind !== 'delay' && here(fault)));
      return { delayMs: delay?.kind === 'delay' ? delay.ms : 0, failure };
    },
    takeDecline: (paymentMethod, fingerprint) => {
      const found = script.find(
        (fault) =>
          fault.kind === 'decline' &&
          (fault.paymentMethod ?? paymentMethod) === paymentMethod &&
          (fault.fingerprint ?? fingerprint) === fingerprint,
      );
      const fault = use(found);
      return fault?.kind === 'decline' ? scriptedDecline(fault.declineCode, fault.adviceCode) : null;
    },
  };
}

function matches(route: string, method: string, path: string): boolean {
  if (route === '*') return true;
  const [wantedMethod = '', wantedPath = ''] = route.split(' ');
  const wanted = wantedPath.split('/');
  const given = path.split('/');
  return (
    wantedMethod === method &&
    wanted.length === given.length &&
    wanted.every((segment, index) => segment === '*' || segment === given[index])
  );
}
