/** One signed POST of an event, as Stripe sends it. */
import { createHmac } from 'node:crypto';

export interface Signed {
  readonly url: string;
  readonly secret: string;
  /** The exact text that is sent and signed. */
  readonly body: string;
  readonly signedAtSeconds: number;
  /** Instead of the true header, to play a forger. */
  readonly header?: string;
}

/** What came back: a status, or null with the reason where nothing did. */
export interface Taken {
  readonly status: number | null;
  readonly problem: string | null;
}

export const signatureHeader = (body: string, secret: string, atSeconds: number): string =>
  `t=${atSeconds},v1=${createHmac('sha256', secret).update(`${atSeconds}.${body}`).digest('hex')}`;

/** Never rejects. A redirect is not followed, as Stripe follows none: it is a status that is no success. */
export async function postSigned(signed: Signed, stop: AbortSignal, timeoutMs: number): Promise<Taken> {
  const { url, secret, body, signedAtSeconds } = signed;
  try {
    const response = await fetch(url, {
      method: 'POST',
      redirect: 'manual',
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
        'stripe-signature': signed.header ?? signatureHeader(body, secret, signedAtSeconds),
      },
      body,
      signal: AbortSignal.any([stop, AbortSignal.timeout(timeoutMs)]),
    });
    // Unread, the answer would hold its connection.
    await response.body?.cancel();
    return { status: response.status, problem: null };
  } catch (error) {
    return { status: null, problem: error instanceof Error ? String(error.cause ?? error.message) : String(error) };
  }
}

export const succeeded = ({ status }: Taken): boolean => status !== null && status >= 200 && status < 300;
