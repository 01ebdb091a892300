/** The demo's product: an AI receptionist whose calls stream into the usage queue, as a product's own service would send them. */
import type { QueueConfig } from '../../adapters/queue/backend.js';
import { credits } from '../../domain/credits.js';
import { accountId } from '../../domain/ids.js';
import { DAY_MS, type Instant, later } from '../../domain/instant.js';
import type { Log } from '../../ports.js';
import { createProducer } from '../../producer.js';
import type { openDesk } from '../../wire.js';

export const DEMO_CATALOG = 'receptionist';
export const DEMO_ACCOUNT = accountId('harbor-dental');

/** Calls come quickly until a top-off has been seen, and then at an ordinary pace. */
const QUICK_MS = 200;
const CALM_MS = 2_500;
const ANCHOR_DAYS_AGO = 11;

/** Opens the account with a card and with auto top-off "below 50, add 200". Every part may be repeated. */
export async function openDemoAccount(desk: ReturnType<typeof openDesk>, now: Instant): Promise<void> {
  await desk.openAccount({
    id: DEMO_ACCOUNT,
    name: 'Harbor Dental',
    slug: 'harbor-dental',
    catalog: DEMO_CATALOG,
    plan: 'standard',
    zone: 'America/New_York',
    anchor: later(now, -ANCHOR_DAYS_AGO * DAY_MS),
    billingEmail: 'accounts@harbor-dental.example',
    owners: [{ id: 'member-1', email: 'maya@harbor-dental.example' }],
  });
  const attached = await desk.attachCard?.(DEMO_ACCOUNT, 'pm_card_visa');
  if (attached !== undefined && attached.kind !== 'attached') {
    throw new Error(
      'The demo could not attach a card at the processor. With a real Stripe key, use one of a test mode.',
    );
  }
  const settings = {
    enabled: true,
    threshold: credits(50),
    amount: credits(200),
    card: null,
    capDayMinor: null,
    capMonthMinor: null,
  };
  await desk.ledger.post([{ kind: 'configure_top_off', account: DEMO_ACCOUNT, settings }]);
}

export interface Traffic {
  close(): Promise<void>;
}

export function startTraffic(queue: QueueConfig, isCalm: () => boolean, log: Log): Traffic {
  const producer = createProducer({ connection: queue.url });
  const run = Date.now().toString(36);
  let calls = 0;
  let timer: NodeJS.Timeout | null = null;
  const call = (): void => {
    calls += 1;
    const hungUp = calls % 7 === 0;
    const properties = {
      outcome: hungUp ? 'hung_up' : 'full_conversation',
      seconds: hungUp ? 4 : 30 + ((calls * 37) % 400),
    };
    const event = { account: DEMO_ACCOUNT, meter: 'answered_call', key: `call-${run}-${calls}`, properties };
    producer.track(event).catch((error: unknown) => log.warn({ err: error }, 'the demo could not send a call'));
    timer = setTimeout(call, isCalm() ? CALM_MS : QUICK_MS);
  };
  call();
  return {
    async close() {
      if (timer !== null) clearTimeout(timer);
      await producer.close();
    },
  };
}
