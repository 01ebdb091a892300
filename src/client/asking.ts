/** Questions that change nothing: may it run, what does it cost, how much is there; and links for people. */
import { z } from 'zod';
import type { UsageEvent } from '../messages.js';
import { UnreachableError } from './errors.js';
import { type Ask, at } from './http.js';
import type { Settings } from './options.js';

/** Something that costs credits: a meter with its quantity and properties, or plain credits. */
export type Action = Pick<UsageEvent, 'quantity' | 'properties' | 'member' | 'pool' | 'catalogVersion'> &
  (
    | {
        /** Key of the billable action, as the catalog names it. */
        readonly meter: string;
        readonly credits?: never;
      }
    | {
        /** Credits as a decimal string, such as "12.5". */
        readonly credits: string;
        readonly meter?: never;
      }
  );

/** What a check may ask: one action, several that are to run together, a feature, or a change of a level. */
export type Wish =
  | Action
  | readonly Action[]
  | { readonly feature: string; readonly member?: string }
  | {
      /** `by`: how many more; below zero: fewer. */
      readonly level: { readonly limit: string; readonly by: number };
      readonly member?: string;
    };

export interface Remedy {
  /** Stable, for programs. */
  readonly code: string;
  readonly sentence: string;
  readonly who: string;
  readonly url: string | null;
}

export interface FiredLimit {
  readonly limit: string;
  readonly key: string | null;
  readonly sentence: string;
  /** ISO 8601 in UTC. */
  readonly resetsAt: string | null;
}

export type CheckAnswer =
  | {
      readonly reached: true;
      readonly allowed: boolean;
      /** All that was asked together, as a decimal string of credits. */
      readonly cost: string;
      readonly available: string;
      /** Available, and what is left of the pay-as-you-go cap. */
      readonly spendable: string;
      /** For how many times all of it there is enough; null: no bound. */
      readonly times: number | null;
      /** Nothing is left, and a top-off on its way lets it run. */
      readonly grace: boolean;
      /** Every limit that stands against it, the first being the one to name. */
      readonly fired: readonly FiredLimit[];
      /** What this account can do now, the best first. */
      readonly remedies: readonly Remedy[];
    }
  | {
      readonly reached: false;
      /** What the client was told to do while there is no answer. */
      readonly allowed: boolean;
      readonly reason: string;
    };

export interface Quote {
  readonly credits: string;
  /** Send it with the use: it is then priced by this version. */
  readonly catalogVersion: string;
  /** Until when it holds. ISO 8601 in UTC. */
  readonly until: string;
}

/** Decimal strings of credits. */
export interface Balance {
  /** What is left of all lots, less what is owed. */
  readonly remaining: string;
  /** Remaining less open holds. */
  readonly available: string;
  readonly held: string;
  /** Available, and what is left of the pay-as-you-go cap. */
  readonly spendable: string;
  readonly debt: string;
  /** Grows with every line of the ledger. */
  readonly sequence: number;
  readonly at: string;
}

export interface SessionWish {
  readonly account: string;
  /** The product's own id of the person. */
  readonly member: string;
  readonly role: 'owner' | 'admin' | 'editor' | 'viewer';
  /** A page of the product that the billing page leads back to. */
  readonly returnUrl?: string;
}

export interface SessionLink {
  /** Send the person there at once; do not store or log it. */
  readonly url: string;
  /** For "Authorization: Bearer …". */
  readonly token: string;
  readonly expiresAt: string;
}

// Fields that later releases add are let pass and left out; one that is missing makes the answer none of creditd's.
const checked = z.object({
  allowed: z.boolean(),
  ...{ cost: z.string(), available: z.string(), spendable: z.string() },
  times: z.number().nullable(),
  grace: z.boolean(),
  fired: z.array(
    z.object({
      ...{ limit: z.string(), key: z.string().nullable(), sentence: z.string(), resetsAt: z.string().nullable() },
    }),
  ),
  remedies: z.array(z.object({ code: z.string(), sentence: z.string(), who: z.string(), url: z.string().nullable() })),
});
const quoted = z.object({ credits: z.string(), catalogVersion: z.string(), until: z.string() });
const balanced = z.object({
  ...{ remaining: z.string(), available: z.string(), held: z.string(), spendable: z.string(), debt: z.string() },
  ...{ sequence: z.number(), at: z.string() },
});
const opened = z.object({ url: z.string(), token: z.string(), expiresAt: z.string() });

export function makeAsking(ask: Ask, { onTrouble, tell }: Settings) {
  return {
    async check(account: string, what: Wish): Promise<CheckAnswer> {
      try {
        const path = at`/v1/accounts/${account}/check`;
        return { reached: true, ...(await ask({ method: 'POST', path, body: bodyOf(what), answer: checked })).value };
      } catch (error) {
        if (!(error instanceof UnreachableError)) throw error;
        tell(error);
        return { reached: false, allowed: onTrouble === 'open', reason: error.message };
      }
    },
    async quote(account: string, what: Action & { readonly meter: string }): Promise<Quote> {
      const { meter, quantity, properties } = what;
      const body = { meter, quantity, properties };
      return (await ask({ method: 'POST', path: at`/v1/accounts/${account}/quote`, body, answer: quoted })).value;
    },
    async balance(account: string): Promise<Balance> {
      return (await ask({ method: 'GET', path: at`/v1/accounts/${account}/balance`, answer: balanced })).value;
    },
    async openSession(wish: SessionWish): Promise<SessionLink> {
      return (await ask({ method: 'POST', path: '/v1/sessions', body: wish, answer: opened })).value;
    },
  };
}

function bodyOf(what: Wish): unknown {
  if (Array.isArray(what)) return { run: what };
  return 'feature' in what || 'level' in what ? what : { run: [what] };
}
