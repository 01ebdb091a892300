/** Requests to the double as anybody could send them: without any SDK, and through the real one. */
import Stripe from 'stripe';
import type { StripeDouble } from '../../src/dev/stripe-double/server.js';

export const TEST_KEY = 'sk_test_double';

/** The real SDK, aimed at the double, with no retries of its own. */
export function sdk(double: StripeDouble): Stripe {
  const { hostname, port } = new URL(double.url);
  return new Stripe(TEST_KEY, { host: hostname, port, protocol: 'http', telemetry: false, maxNetworkRetries: 0 });
}

export interface Told {
  readonly type: string;
  readonly data: { readonly object: Record<string, unknown>; readonly previous_attributes?: unknown };
}

/** Every event so far, oldest first. */
export const eventsOf = (double: StripeDouble): readonly Told[] =>
  double.control.events() as unknown as readonly Told[];

export interface Said {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: the bodies are read property by property, and validated elsewhere.
  readonly body: any;
}

export async function ask(
  double: StripeDouble,
  request: string,
  form = '',
  headers: Readonly<Record<string, string>> = {},
): Promise<Said> {
  const [method = 'GET', path = '/'] = request.split(' ');
  const response = await fetch(`${double.url}${path}${method === 'GET' && form ? `?${form}` : ''}`, {
    method,
    headers: {
      authorization: `Bearer ${TEST_KEY}`,
      'content-type': 'application/x-www-form-urlencoded',
      ...headers,
    },
    ...(method === 'POST' ? { body: form } : {}),
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}
