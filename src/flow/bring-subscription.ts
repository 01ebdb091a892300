/**
 * Brings the plan to agree with one subscription at the processor: what is known here of it is read first, then it, and what
 * was read is applied if nothing else was mirrored meanwhile.
 */
import type { AccountId } from '../domain/ids.js';
import type { SubscriptionView } from '../domain/plan-state.js';
import type { ChargeRows, Ledger, Log, Subscriptions, Unanswered, Unreadable } from '../ports.js';
import { postOne } from './post-one.js';

export interface BringSubscriptionDeps {
  readonly ledger: Ledger;
  readonly subscriptions: Pick<Subscriptions, 'subscription'>;
  readonly charges: Pick<ChargeRows, 'subscriptionVersion' | 'account'>;
  readonly log: Log;
}

export type BroughtSubscription =
  | { readonly kind: 'brought'; readonly view: SubscriptionView; readonly plan: string }
  /** It is of another customer. */
  | { readonly kind: 'foreign' }
  /** A price that no plan names: for an operator to mend in the catalog. */
  | { readonly kind: 'unnamed'; readonly reason: string }
  /** It changed each time it had been read. */
  | { readonly kind: 'busy' }
  | Unreadable
  | Unanswered;

const TURNS = 3;

export async function bringSubscription(
  deps: BringSubscriptionDeps,
  account: AccountId,
  id: string,
): Promise<BroughtSubscription> {
  for (let turn = 0; turn < TURNS; turn += 1) {
    const version = await deps.charges.subscriptionVersion(account, id);
    const found = await deps.subscriptions.subscription(id);
    if (found.kind !== 'seen') return found;
    const owner = await deps.charges.account(account);
    if (found.customer !== owner?.customer) return { kind: 'foreign' };
    const { view } = found;
    const outcome = await postOne(deps.ledger, { kind: 'mirror_subscription', account, version, view });
    if (outcome.kind === 'stale') continue;
    if (outcome.kind === 'mirrored') return { kind: 'brought', view, plan: outcome.plan };
    if (outcome.kind !== 'refused') throw new Error(`mirroring was answered ${outcome.kind}`);
    deps.log.error({ account, subscription: id, reason: outcome.message }, 'a subscription cannot be mirrored');
    return { kind: 'unnamed', reason: outcome.message };
  }
  return { kind: 'busy' };
}
