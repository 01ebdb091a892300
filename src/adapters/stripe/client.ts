/**
 * The one place where Stripe's SDK is set up: which version of the API is spoken, how long an answer may take and how
 * often the SDK may send one request. Everything above this folder knows only the port.
 */
import Stripe from 'stripe';
import { watched } from './tries.js';

/** The SDK's types describe exactly this version; another would answer in shapes that the compiler has not seen. */
export const STRIPE_API_VERSION = '2026-10-28.endive';
/** How long Stripe may keep silent on a connection. Its own default of 80 s would outlast any lease worth having. */
export const STRIPE_TIMEOUT_MS = 20_000;
/** How often the SDK sends a request again by itself, always under the same idempotency key. */
export const STRIPE_NETWORK_RETRIES = 1;
/** The SDK waits between 0.5 s and this long before it sends again. */
const LONGEST_RETRY_PAUSE_MS = 5_000;

export interface StripeSettings {
  /** A secret or restricted key. It is never logged and never part of a reason. */
  readonly secretKey: string;
  /** Where Stripe is, such as "http://127.0.0.1:12111". Only stand-ins need it; left out, it is Stripe itself. */
  readonly apiBase?: string;
  readonly timeoutMs?: number;
  readonly maxNetworkRetries?: number;
}

/**
 * The longest one call can take, in milliseconds: what a step's limit must be asserted against. Even without retries
 * the SDK sends a request twice when its connection was closed, so two tries are always counted.
 */
export function longestStripeCallMs(settings: Pick<StripeSettings, 'timeoutMs' | 'maxNetworkRetries'> = {}): number {
  const timeoutMs = settings.timeoutMs ?? STRIPE_TIMEOUT_MS;
  const retries = Math.max(1, settings.maxNetworkRetries ?? STRIPE_NETWORK_RETRIES);
  return timeoutMs * (1 + retries) + LONGEST_RETRY_PAUSE_MS * retries;
}

/** Throws a plain sentence where the settings cannot be used; nothing is sent. */
export function makeStripeClient(settings: StripeSettings): Stripe {
  return new Stripe(settings.secretKey, {
    apiVersion: STRIPE_API_VERSION,
    telemetry: false,
    timeout: settings.timeoutMs ?? STRIPE_TIMEOUT_MS,
    maxNetworkRetries: settings.maxNetworkRetries ?? STRIPE_NETWORK_RETRIES,
    httpClient: watched(Stripe.createNodeHttpClient()),
    ...addressOf(settings),
  });
}

function addressOf({ apiBase, secretKey }: StripeSettings): Pick<Stripe.StripeConfig, 'host' | 'port' | 'protocol'> {
  if (apiBase === undefined) return {};
  const url = URL.canParse(apiBase) ? new URL(apiBase) : null;
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new Error(`The Stripe API base must be an http or https address such as http://127.0.0.1:12111.`);
  }
  if (url.pathname !== '/' || url.search !== '' || url.username !== '') {
    throw new Error('The Stripe API base must be only a scheme, a host and a port: the SDK adds the path itself.');
  }
  // A live key that crosses a network in clear text is a leaked key, so no setting can make that happen.
  if (url.protocol === 'http:' && secretKey.includes('_live_')) {
    throw new Error('A live Stripe key is never sent over plain http. Use a test key, or an https API base.');
  }
  const protocol = url.protocol === 'http:' ? 'http' : 'https';
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  return { protocol, host, port: url.port || (protocol === 'http' ? '80' : '443') };
}
