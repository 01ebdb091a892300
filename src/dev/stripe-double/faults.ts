/** Named failures that a test or a person scripts: each for a kind of request and for the next so many of them. */
import { z } from 'zod';
import type { CardDecline } from './cards.js';
import { scriptedDecline } from './declines.js';

/** For how many requests, 1 unless said; null until the faults are cleared. */
const times = z.int().positive().nullable().default(1);
/** A method and a path, in which a star stands for any one segment; a star alone is every request. */
const route = z.string().default('*');
/** Before: nothing has run. After: all has run and is kept, only the answer is lost. */
const moment = z.enum(['before', 'after']);

/** By payment method or fingerprint; with neither, any card. */
const card = { paymentMethod: z.string().optional(), fingerprint: z.string().optional() };

export const faultSchema = z.discriminatedUnion('kind', [
  /** The next confirms with this card are declined, for any decline code there is or will be. */
  z.strictObject({
    kind: z.literal('decline'),
    declineCode: z.string().min(1),
    adviceCode: z.enum(['do_not_try_again', 'confirm_card_data', 'try_again_later']).nullable().default(null),
    /** What the network said; left out, what usually stands behind such a decline. */
    networkDeclineCode: z.string().min(1).optional(),
    networkAdviceCode: z.string().min(1).optional(),
    /** Whether paying or setting up the card without a payment is declined. */
    of: z.enum(['payment', 'setup']).default('payment'),
    ...card,
    times,
  }),
  /** The next confirms with this card are processing until the control finishes them. */
  z.strictObject({ kind: z.literal('processing'), ...card, times }),
  /** The next refunds are pending until the control finishes them. */
  z.strictObject({ kind: z.literal('refund_pending'), times }),
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
export type RequestFault = Exclude<ScriptedFault, { kind: CardFault['kind'] | 'delay' }>;
type CardFault = Extract<ScriptedFault, { kind: 'decline' | 'processing' | 'refund_pending' }>;

export interface Faults {
  add(fault: Fault): void;
  clear(): void;
  waiting(): readonly ScriptedFault[];
  /** What happens to this request: at most one delay and one failure, each counted as used. */
  take(method: string, path: string): { readonly delayMs: number; readonly failure: RequestFault | null };
  takeDecline(paymentMethod: string, fingerprint: string, of?: 'payment' | 'setup'): CardDecline | null;
  takeProcessing(paymentMethod: string, fingerprint: string): boolean;
  takePendingRefund(): boolean;
}

const NOT_OF_REQUESTS: ReadonlySet<ScriptedFault['kind']> = new Set(['decline', 'processing', 'refund_pending']);
const isOfRequest = (fault: ScriptedFault): fault is Exclude<ScriptedFault, CardFault> =>
  !NOT_OF_REQUESTS.has(fault.kind);

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
      const here = (fault: ScriptedFault) => isOfRequest(fault) && matches(fault.route, method, path);
      const delay = use(script.find((fault) => fault.kind === 'delay' && here(fault)));
      const failure = use(script.find((fault): fault is RequestFault => fault.kind !== 'delay' && here(fault)));
      return { delayMs: delay?.kind === 'delay' ? delay.ms : 0, failure };
    },
    takeDecline: (paymentMethod, fingerprint, of = 'payment') => {
      const fault = use(
        script.find((one) => one.kind === 'decline' && one.of === of && strikesCard(one, paymentMethod, fingerprint)),
      );
      return fault?.kind === 'decline' ? scriptedDecline(fault) : null;
    },
    takeProcessing: (paymentMethod, fingerprint) =>
      use(script.find((one) => one.kind === 'processing' && strikesCard(one, paymentMethod, fingerprint))) !== null,
    takePendingRefund: () => use(script.find((one) => one.kind === 'refund_pending')) !== null,
  };
}

const strikesCard = (
  fault: { readonly paymentMethod?: string | undefined; readonly fingerprint?: string | undefined },
  paymentMethod: string,
  fingerprint: string,
): boolean =>
  (fault.paymentMethod ?? paymentMethod) === paymentMethod && (fault.fingerprint ?? fingerprint) === fingerprint;

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
