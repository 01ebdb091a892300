/** The processor's customer of an account: made when it is first needed, and one however often it is asked for. */
import type { AccountId } from '../domain/ids.js';
import type { Accounts, CustomerOutcome, Payments } from '../ports.js';

export interface OwnCustomerDeps {
  readonly accounts: Accounts;
  readonly payments: Pick<Payments, 'createCustomer'>;
  readonly deployment: string;
}

export async function ownCustomer(
  { accounts, payments, deployment }: OwnCustomerDeps,
  account: AccountId,
): Promise<CustomerOutcome | { readonly kind: 'unknown_account' }> {
  const found = await accounts.find(account);
  if (found === null) return { kind: 'unknown_account' };
  if (found.customer !== null) return { kind: 'made', customer: found.customer };
  const made = await payments.createCustomer({ deployment, account, name: found.name, email: found.billingEmail });
  if (made.kind === 'made') await accounts.setCustomer(account, made.customer);
  return made;
}
