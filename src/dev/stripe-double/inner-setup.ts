/** What billing and the pages ask of setup intents: the same operations that a request would run. */
import { readArgs } from './args.js';
import type { Confirmed } from './inner.js';
import { missing, Problem } from './problem.js';
import {
  cancelSetupIntent,
  confirmSetupIntent,
  createSetupIntent,
  SETUP_CANCEL_SPEC,
  SETUP_CONFIRM_SPEC,
  SETUP_SPEC,
} from './setup-intents.js';
import type { World } from './world.js';

export interface SetupWish {
  readonly customer: string | null;
  readonly description: string | null;
  readonly metadata: Readonly<Record<string, string>>;
}

export const isSetup = (intent: string): boolean => intent.startsWith('seti_');

/** The id of a new setup intent for cards that later pay without their owner. */
export function createSetupInside(world: World, wish: SetupWish): string {
  const params = {
    automatic_payment_methods: { enabled: 'true' },
    metadata: { ...wish.metadata },
    ...(wish.customer === null ? {} : { customer: wish.customer }),
    ...(wish.description ? { description: wish.description } : {}),
  };
  return String(createSetupIntent({ world, path: [], args: readArgs(SETUP_SPEC, params) }).id);
}

/** `method` is a stored card or the name of a test card; `returnUrl` is where its owner goes after authenticating. */
export function confirmSetupInside(world: World, intent: string, method: string, returnUrl?: string): Confirmed {
  const back = returnUrl === undefined ? {} : { return_url: returnUrl };
  const args = readArgs(SETUP_CONFIRM_SPEC, { payment_method: method, ...back });
  try {
    confirmSetupIntent({ world, path: [intent], args });
  } catch (error) {
    if (error instanceof Problem && error.status === 402) return { kind: 'declined', problem: error };
    throw error;
  }
  return confirmedSetup(world, intent);
}

export function confirmedSetup(world: World, intent: string): Confirmed {
  const found = world.state.setupIntents.find((one) => one.id === intent);
  if (found === undefined) throw missing('setupintent', intent, 'intent');
  return found.status === 'succeeded' ? { kind: 'paid', method: found.paymentMethod ?? '' } : { kind: 'authenticates' };
}

export function cancelSetupInside(world: World, intent: string): void {
  const status = world.state.setupIntents.find((one) => one.id === intent)?.status;
  if (status === undefined || status === 'succeeded' || status === 'canceled') return;
  const args = readArgs(SETUP_CANCEL_SPEC, { cancellation_reason: 'abandoned' });
  cancelSetupIntent({ world, path: [intent], args });
}
