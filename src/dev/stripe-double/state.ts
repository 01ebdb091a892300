/**
 * What the double remembers: all of it in memory and, where a file is given, on disk before any answer leaves. The
 * whole state is one snapshot, so a double killed in the middle of a request has either all of it or none of it.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type AftermathState, emptyAftermath } from './aftermath-state.js';
import { type BillingState, emptyBilling } from './billing-state.js';
import { type EventBatch, type EventMark, makeEventFile, readEvents } from './event-file.js';
import type { JsonObject } from './problem.js';

export interface StoredCustomer {
  readonly id: string;
  readonly created: number;
  name: string | null;
  email: string | null;
  description: string | null;
  metadata: Record<string, string>;
  /** It can still be asked after, but nothing can be done with it any more. */
  deleted?: boolean;
  /** What the next invoice adds, or takes off where it is below zero, in minor units. Absent is nothing. */
  balance?: number;
  /** The card that pays invoices where nothing else is said. Absent is none. */
  defaultMethod?: string | null;
}

/** What is printed on a card, and Stripe's name for its number. */
export interface CardFacts {
  readonly last4: string;
  readonly fingerprint: string;
  readonly expMonth: number;
  readonly expYear: number;
}

export interface BillingDetails {
  readonly name: string | null;
  readonly email: string | null;
  readonly phone: string | null;
  /** Street, town and so on, by Stripe's names. */
  readonly address: Readonly<Record<string, string | null>> | null;
}

export interface StoredPaymentMethod {
  readonly id: string;
  readonly created: number;
  /** The name of the test card behind it. */
  readonly card: string;
  customer: string | null;
  /** A detached one can never be used again, as at Stripe. */
  detached: boolean;
  /** What differs from the test card's own facts: a renewed or replaced card. */
  facts?: Partial<CardFacts>;
  billing?: BillingDetails;
  metadata?: Record<string, string>;
  /** Its owner has authenticated it for use without them. */
  setUp?: boolean;
}

export interface StoredIntent {
  readonly id: string;
  readonly created: number;
  amount: number;
  currency: string;
  customer: string | null;
  description: string | null;
  receiptEmail: string | null;
  readonly clientSecret: string;
  readonly allowedTypes: readonly string[] | null;
  readonly automatic: { readonly allowRedirects: 'always' | 'never' } | null;
  /** Where the owner goes after authenticating; with it they are sent to a page, without it a script is expected. */
  returnUrl?: string | null;
  /** The double's own page where the owner authenticates, while they are asked to. */
  authenticateAt?: string | null;
  /** The card is kept with the customer once it has paid. */
  setupFutureUsage?: 'off_session' | 'on_session' | null;
  metadata: Record<string, string>;
  status:
    | 'requires_payment_method'
    | 'requires_confirmation'
    | 'requires_action'
    | 'processing'
    | 'succeeded'
    | 'canceled';
  paymentMethod: string | null;
  latestCharge: string | null;
  lastError: JsonObject | null;
  canceledAt: number | null;
  cancellationReason: string | null;
}

export interface StoredCharge {
  readonly id: string;
  readonly created: number;
  readonly intent: string;
  readonly amount: number;
  readonly currency: string;
  readonly customer: string | null;
  description: string | null;
  receiptEmail: string | null;
  metadata: Record<string, string>;
  readonly paymentMethod: string;
  readonly card: string;
  readonly decline: {
    readonly code: string;
    readonly declineCode: string | null;
    readonly adviceCode: string | null;
    readonly blocked: boolean;
    readonly networkDeclineCode?: string | null;
    readonly networkAdviceCode?: string | null;
    readonly message: string;
  } | null;
  /** As the card was when it paid; absent in states of older releases. */
  readonly facts?: CardFacts;
  readonly billing?: BillingDetails;
  /** How the card was authenticated, where its owner did so. */
  readonly authenticated?: boolean;
  balanceTransaction?: string;
  /** Refunds that are pending or succeeded, in minor units. */
  amountRefunded?: number;
  disputed?: boolean;
  fraudReport?: string;
}

/** What caused an event, for its `request`. */
export interface Cause {
  readonly requestId: string;
  readonly idempotencyKey: string | null;
}

export interface StoredEvent {
  readonly id: string;
  readonly type: string;
  readonly created: number;
  readonly object: JsonObject;
  readonly previous: JsonObject | null;
  readonly cause: Cause | null;
}

export interface StoredEndpoint {
  readonly id: string;
  readonly created: number;
  readonly secret: string;
  url: string;
  enabledEvents: readonly string[];
  description: string | null;
  metadata: Record<string, string>;
  disabled: boolean;
}

/** One event that one endpoint has not yet taken. */
export interface StoredDelivery {
  readonly event: string;
  readonly endpoint: string;
  tries: number;
}

export interface SavedAnswer {
  readonly key: string;
  /** A hash of what was asked: method, path and parameters. */
  readonly asked: string;
  readonly status: number;
  readonly body: string;
  readonly requestId: string;
  readonly savedAtMs: number;
}

export interface DoubleState extends BillingState, AftermathState {
  readonly version: 1;
  readonly account: string;
  clockOffsetMs: number;
  readonly customers: StoredCustomer[];
  readonly paymentMethods: StoredPaymentMethod[];
  readonly intents: StoredIntent[];
  readonly charges: StoredCharge[];
  /** In the order they were saved. */
  readonly answers: SavedAnswer[];
  readonly events: StoredEvent[];
  readonly endpoints: StoredEndpoint[];
  readonly deliveries: StoredDelivery[];
}

/** Random like Stripe's: 24 letters and digits behind the prefix. */
export const newId = (prefix: string, length = 24): string =>
  `${prefix}${randomBytes(length * 2)
    .toString('base64url')
    .replace(/[-_]/g, '')
    .slice(0, length)}`;

const emptyState = (): DoubleState => ({
  version: 1,
  account: newId('acct_double', 12),
  clockOffsetMs: 0,
  customers: [],
  paymentMethods: [],
  intents: [],
  charges: [],
  answers: [],
  events: [],
  endpoints: [],
  deliveries: [],
  ...emptyBilling(),
  ...emptyAftermath(),
});

export interface Store {
  readonly state: DoubleState;
  /** Resolves when everything done so far is on disk. Calls made while a file is being written share the next one. */
  persist(): Promise<void>;
}

/** Throws a plain sentence where the file is there but is not a state of the double: overwriting it could lose money's trace. */
export async function openStore(file: string | undefined): Promise<Store> {
  if (file === undefined) return { state: emptyState(), persist: async () => {} };
  await mkdir(dirname(file), { recursive: true });
  const { eventsIn, ...kept } = await load(file);
  const events = await readEvents(file, eventsIn).catch((error: unknown) => {
    throw new Error(broken(file), { cause: error });
  });
  const state: DoubleState = { ...kept, events };
  const eventsOf = makeEventFile(file, eventsIn);
  let writing: Promise<void> = Promise.resolve();
  let next: Promise<void> | null = null;

  async function write(): Promise<void> {
    await writing.catch(() => {});
    next = null;
    const { events, ...rest } = state;
    const batch = eventsOf(events);
    const text = JSON.stringify({ ...rest, eventsIn: batch.mark });
    writing = put(String(file), text, batch);
    await writing;
  }
  const persist = (): Promise<void> => {
    next ??= write();
    return next;
  };
  await persist();
  return { state, persist };
}

/** The events first: a state must not name what is not there. */
async function put(file: string, text: string, batch: EventBatch): Promise<void> {
  await batch.write();
  const temporary = `${file}.new`;
  await writeFile(temporary, text, { mode: 0o600 });
  await rename(temporary, file);
  await batch.tidy();
}

const broken = (file: string): string =>
  `The file ${file} is not a state of the Stripe double. Move it away to begin with an empty one.`;

/** As it is on disk: the events are in a file beside it. */
type Kept = DoubleState & { readonly eventsIn?: EventMark };

async function load(file: string): Promise<Kept> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return emptyState();
    throw error;
  }
  try {
    const state: unknown = JSON.parse(text);
    if (typeof state === 'object' && state !== null && 'version' in state && state.version === 1)
      // What an older release did not keep yet is empty.
      return { ...emptyState(), ...(state as Kept) };
  } catch (error) {
    throw new Error(broken(file), { cause: error });
  }
  throw new Error(broken(file));
}
