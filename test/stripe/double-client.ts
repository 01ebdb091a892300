/** Requests to the double as anybody could send them, without any SDK. */
import type { StripeDouble } from '../../src/dev/stripe-double/server.js';

export const TEST_KEY = 'sk_test_double';

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
