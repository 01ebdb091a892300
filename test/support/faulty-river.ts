/** A river whose worker reaches the processor through something that can answer in its place, and whose SDK sends twice. */
import { query } from './admin.js';
import { openLocalRiver } from './local-river.js';
import { SHORT_LIMITS } from './river.js';
import { startStripeProxy } from './stripe-proxy.js';

export type FaultyRiver = Awaited<ReturnType<typeof openFaultyRiver>>;

interface FirstCharge {
  readonly id: string;
  readonly rung: number;
  readonly attempts: number;
  readonly intent: string;
  /** Until the next attempt; null where none is set. */
  readonly wait_ms: number | null;
}

export async function openFaultyRiver() {
  const processor = { url: '' };
  const alarms: string[] = [];
  const proxy = await startStripeProxy(() => processor.url);
  const error = (_: unknown, message: string): void => void alarms.push(message);
  const log = { info: () => undefined, warn: () => undefined, error };
  const limits = { ...SHORT_LIMITS, paymentNetworkRetries: 1, stepMs: 12_000, leaseMs: 12_500 };
  const river = await openLocalRiver({ webhooks: true, workerStripeUrl: proxy.url, log, limits });
  processor.url = river.processor.double.url;
  await river.startWorker();
  let accounts = 0;
  return {
    ...{ river, proxy, alarms },
    /** With 100 calls, this card, and auto top-off "below 50, add 200". */
    async nextAccount(card = 'pm_card_visa'): Promise<string> {
      accounts += 1;
      const account = `fault-${accounts}`;
      await river.account(account, card);
      return account;
    },
    /** The account's first charge. */
    async chargeOf(account: string): Promise<FirstCharge> {
      const [row] = await query<FirstCharge & Record<string, unknown>>(
        river.url,
        `select c.id, coalesce(c.rung, 0) as rung, c.attempts, c.intent_id as intent,
           (extract(epoch from c.next_attempt_at - $2::timestamptz) * 1000)::float8 as wait_ms
         from charges c join accounts a on a.no = c.account_no where a.id = $1 order by c.created_at limit 1`,
        [account, new Date(await river.store.clock.now()).toISOString()],
      );
      if (row === undefined) throw new Error(`${account} has no charge`);
      return row;
    },
    confirmsOf: (intent: string) =>
      river.processor.double.control.journal().filter((one) => one.path === `/v1/payment_intents/${intent}/confirm`),
    async close() {
      await river.close();
      await proxy.stop();
    },
  };
}
