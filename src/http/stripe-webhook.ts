/**
 * Where Stripe's webhooks come in. They carry no password and come from no page of ours: their signature over the exact
 * bytes is what lets them in. Answered as soon as the event and its step are committed; the work is done from the queue.
 */
import type { FastifyInstance } from 'fastify';
import type { TakeStripeEvents } from '../flow/take-stripe-events.js';
import type { Log, ReadStripeWebhook } from '../ports.js';
import { problem } from './problems.js';

export interface StripeWebhookOptions {
  readonly read: ReadStripeWebhook;
  readonly take: TakeStripeEvents;
  readonly log: Log;
  /** Told of each request that was turned away. */
  readonly onRefused?: () => void;
}

export const STRIPE_WEBHOOK_PATH = '/webhooks/stripe';
/** Many times the largest event that Stripe sends. */
const BODY_BYTES_MAX = 1_048_576;

/** To be registered as a plugin, because in its scope every body is left as the bytes that were signed. */
export async function serveStripeWebhook(
  scope: FastifyInstance,
  { read, take, log, onRefused }: StripeWebhookOptions,
): Promise<void> {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  scope.post(STRIPE_WEBHOOK_PATH, { bodyLimit: BODY_BYTES_MAX }, async (request, reply) => {
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const header = request.headers['stripe-signature'];
    const webhook = read(body, typeof header === 'string' ? header : undefined);
    if (webhook.kind === 'refused') {
      onRefused?.();
      // Neither the body nor the header: either may hold what a forger wants to see repeated.
      log.warn({ reason: webhook.sentence }, 'a webhook was turned away');
      return problem(request, reply, 400, webhook.sentence);
    }
    const [taken] = await take([webhook.event], 'webhook');
    return reply.send({ received: taken });
  });
}
