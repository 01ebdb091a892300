/** Opening an account: its rows, then its first settling, which brings the first allotment. Each part may be repeated. */
import type { AccountId } from '../domain/ids.js';
import type { Accounts, AttachOutcome, CustomerOutcome, Ledger, NewAccount, Payments } from '../ports.js';
import { ownCustomer } from './own-customer.js';

export type OpenOutcome =
  | { readonly kind: 'opened' }
  | { readonly kind: 'existed' }
  | { readonly kind: 'unavailable'; readonly reason: string };

export function makeOpenAccount(accounts: Accounts, ledger: Ledger) {
  return async (account: NewAccount, by?: string, request?: string): Promise<OpenOutcome> => {
    const made = await accounts.create(account, by, request);
    const settled = await ledger.post([{ kind: 'settle', account: account.id }]);
    // The account stands in any case, and the clock settles it: only who asked needs to know.
    if (settled.kind === 'unavailable') return { kind: 'unavailable', reason: settled.reason };
    return made.kind === 'created' ? { kind: 'opened' } : { kind: 'existed' };
  };
}

export type AttachCardOutcome =
  | { readonly kind: 'attached'; readonly brand: string; readonly last4: string }
  | { readonly kind: 'unknown_account' }
  | Exclude<AttachOutcome, { kind: 'attached' }>
  | Exclude<CustomerOutcome, { kind: 'made' }>;

/** Makes the processor's customer if there is none, attaches the card there, and then here. */
export function makeAttachCard(accounts: Accounts, ledger: Ledger, payments: Payments, deployment: string) {
  return async (account: AccountId, processorPaymentMethod: string): Promise<AttachCardOutcome> => {
    const made = await ownCustomer({ accounts, payments, deployment }, account);
    if (made.kind !== 'made') return made;
    const attached = await payments.attachCard(made.customer, processorPaymentMethod);
    if (attached.kind !== 'attached') return attached;
    const posted = await ledger.post([{ kind: 'attach_card', account, card: attached.card }]);
    if (posted.kind === 'unavailable') return { kind: 'unavailable', reason: posted.reason, retryAfterMs: null };
    return { kind: 'attached', brand: attached.card.brand, last4: attached.card.last4 };
  };
}
