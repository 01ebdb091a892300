/** What groups of routes need, as promises; the wiring keeps them. */
import type { Outcome } from '../../domain/outcomes.js';
import type { OpenOutcome } from '../../flow/open-account.js';
import type { UsageEvent } from '../../messages.js';
import type { Catalogs, Clock, EventEndpoints, EventReplay, NewAccount, Profiles, Reads, Totals } from '../../ports.js';
import type { Live } from './live.js';
import type { Poster } from './posting.js';
import type { Reader } from './reading.js';
import type { Who } from './route.js';
import type { CheckoutDoor } from './routes-checkout.js';
import type { Sessions } from './session-token.js';

export type Taken =
  | { readonly kind: 'queued' }
  | { readonly kind: 'posted'; readonly outcomes: readonly Outcome[] }
  | { readonly kind: 'unavailable' };

export interface UsageDoor {
  readonly poster: Poster;
  /** Of these accounts those that are not for whoever asks. */
  foreignAccounts(who: Who, accounts: readonly string[]): Promise<ReadonlySet<string>>;
  /** Into the queue, or, where asked to wait or where the queue is away, into the ledger. */
  take(events: readonly UsageEvent[], wait: boolean): Promise<Taken>;
}

/** Where events go, and how they are sent there again. */
export interface EndpointsDoor {
  readonly rows: EventEndpoints;
  /** Also addresses of one's own network, and without TLS. */
  readonly allowPrivate: boolean;
  /** Whoever asks for it stands in the audit log before anything is sent. */
  replay(wish: EventReplay, by: string): Promise<number>;
  /** Sends a signed event of no account at once; null: there is no such endpoint. */
  tryOut(id: string): Promise<{ readonly delivered: boolean; readonly reason: string | null } | null>;
}

/** Everything that routes are made of. Each group names the part that it needs. */
export interface Doors extends UsageDoor {
  readonly read: Reader;
  readonly reads: Reads;
  readonly profiles: Profiles;
  readonly totals: Totals;
  readonly catalogs: Catalogs;
  readonly clock: Clock;
  /** Null: no SESSION_SECRET is set. */
  readonly sessions: Sessions | null;
  readonly live: Live;
  readonly endpoints: EndpointsDoor;
  /** Where people reach this system, without a slash at its end. */
  readonly publicUrl: () => string;
  readonly open: (account: NewAccount, by: string, request?: string) => Promise<OpenOutcome>;
  /** Left out: nothing is asked of the processor here, and what would need it is not served. */
  readonly checkout?: CheckoutDoor;
}
