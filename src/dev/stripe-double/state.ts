/**
 * What the double remembers: all of it in memory and, where a file is given, on disk before any answer leaves. The
 * whole state is one snapshot, so a double killed in the middle of a request has either all of it or none of it.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { JsonObject } from './problem.js';

export interface StoredCustomer {
  readonly id: string;
  readonly created: number;
  name: string | null;
  email: string | null;
  description: string | null;
  metadata: Record<string, string>;
}

export interface StoredPaymentMethod {
  readonly id: string;
  readonly created: number;
  /** The name of the test card behind it. */
  readonly card: string;
  customer: string | null;
  /** A detached one can never be used again, as at Stripe. */
  detached: boolean;
}

export interface StoredIntent {
  readonly id: string;
  readonly created: number;
  readonly amount: number;
  readonly currency: string;
  readonly customer: string | null;
  readonly description: string | null;
  readonly receiptEmail: string | null;
  readonly clientSecret: string;
  readonly allowedTypes: readonly string[] | null;
  readonly automatic: { readonly allowRedirects: 'always' | 'never' } | null;
  metadata: Record<string, string>;
  status: 'requires_payment_method' | 'requires_confirmation' | 'requires_action' | 'succeeded' | 'canceled';
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
  readonly description: string | null;
  readonly receiptEmail: string | null;
  readonly metadata: Record<string, string>;
  readonly paymentMethod: string;
  readonly card: string;
  readonly decline: {
    readonly code: string;
    readonly declineCode: string | null;
    readonly adviceCode: string | null;
    readonly blocked: boolean;
    readonly message: string;
  } | null;
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

export interface DoubleState {
  readonly version: 1;
  readonly account: string;
  clockOffsetMs: number;
  readonly customers: StoredCustomer[];
  readonly paymentMethods: StoredPaymentMethod[];
  readonly intents: StoredIntent[];
  readonly charges: StoredCharge[];
  /** In the order they were saved. */
  readonly answers: SavedAnswer[];
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
  const state = await load(file);
  let writing: Promise<void> = Promise.resolve();
  let next: Promise<void> | null = null;

  async function write(): Promise<void> {
    await writing.catch(() => {});
    next = null;
    const text = JSON.stringify(state);
    const temporary = `${file}.new`;
    writing = writeFile(temporary, text, { mode: 0o600 }).then(() => rename(temporary, String(file)));
    await writing;
  }
  const persist = (): Promise<void> => {
    next ??= write();
    return next;
  };
  await persist();
  return { state, persist };
}

async function load(file: string): Promise<DoubleState> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return emptyState();
    throw error;
  }
  const broken = `The file ${file} is not a state of the Stripe double. Move it away to begin with an empty one.`;
  try {
    const state: unknown = JSON.parse(text);
    if (typeof state === 'object' && state !== null && 'version' in state && state.version === 1)
      return state as DoubleState;
  } catch (error) {
    throw new Error(broken, { cause: error });
  }
  throw new Error(broken);
}
