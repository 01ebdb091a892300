/** Ends a closed account's subscription at the processor, at once: nobody is billed for what is closed. May be repeated. */
import type { AccountId } from '../domain/ids.js';
import type { Checkout, Log } from '../ports.js';
import { type BringSubscriptionDeps, bringSubscription } from './bring-subscription.js';
import { type OwnerAnswer, troubled } from './checkout-answer.js';

export interface EndSubscriptionDeps extends BringSubscriptionDeps {
  readonly checkout: Pick<Checkout, 'cancelNow'>;
  readonly log: Log;
}

export type EndSubscriptionAnswer = { readonly kind: 'done' } | Exclude<OwnerAnswer, { kind: 'go' }>;

export function makeEndSubscription(deps: EndSubscriptionDeps) {
  return async (account: AccountId, subscription: string): Promise<EndSubscriptionAnswer> => {
    const ended = await deps.checkout.cancelNow({ subscription, key: account });
    if (ended.kind !== 'done' && ended.kind !== 'gone') return troubled(ended, deps.log);
    await bringSubscription(deps, account, subscription);
    return { kind: 'done' };
  };
}
