/** Customers and their cards at Stripe. Nothing here moves money. */
import { createHash } from 'node:crypto';
import type Stripe from 'stripe';
import type { AttachOutcome, CustomerOutcome, Payments } from '../../ports.js';
import type { Answer, Call } from './call.js';
import { METADATA } from './intent-view.js';
import { readCard } from './records.js';
import type { Trouble } from './trouble.js';

type Simple = Extract<CustomerOutcome, { kind: 'silent' | 'unavailable' | 'refused' }>;

/** For calls that no intent stands behind: there is nothing to look at, so what is unclear is simply asked again. */
function simpler(trouble: Exclude<Trouble, { kind: 'card_error' }>): Simple {
  switch (trouble.kind) {
    case 'look':
      return { kind: 'silent', reason: trouble.reason };
    case 'key_reused':
      return { kind: 'refused', code: 'idempotency_error', reason: trouble.reason };
    case 'silent':
    case 'unavailable':
    case 'refused':
      return trouble;
  }
}

/**
 * One customer an account for ever, by two means that cover each other: within a day the idempotency key answers with
 * the first customer, and later, when Stripe has forgotten the key, its search (which may lag by minutes) finds it.
 * The customer is created with nothing but its two names, because a key is bound to its parameters: were the person's
 * name or address part of it, a change of either between two tries would make Stripe refuse the second.
 */
export function makeCreateCustomer(stripe: Stripe, call: Call): Payments['createCustomer'] {
  return async ({ deployment, account, name, email }) => {
    const metadata = { [METADATA.deployment]: deployment, [METADATA.account]: account };
    const query = Object.entries(metadata).map(
      ([key, value]) => `metadata['${key}']:'${value.replace(/[\\']/g, '\\$&')}'`,
    );
    const found = await call('customers.search', () =>
      stripe.customers.search({ query: query.join(' AND '), limit: 100 }),
    );
    if (found.kind !== 'answer') return refusalOf(found);
    const ours = found.value.data
      .filter((one) => Object.entries(metadata).every(([key, value]) => one.metadata[key] === value))
      .sort((a, b) => a.created - b.created)[0];
    const idempotencyKey = customerKey(deployment, account);
    const made: Answer<Stripe.Customer> | Trouble =
      ours !== undefined ? { ...found, value: ours } : await createLiving(stripe, call, metadata, idempotencyKey);
    if (made.kind !== 'answer') return refusalOf(made);
    const customer = made.value;
    if (customer.name === name && (email === null || customer.email === email)) {
      return { kind: 'made', customer: customer.id };
    }
    const params = { name, ...(email === null ? {} : { email }) };
    const named = await call('customers.update', () => stripe.customers.update(customer.id, params));
    return named.kind === 'answer' ? { kind: 'made', customer: customer.id } : refusalOf(named);
  };
}

/**
 * A key answers for a day with the customer it made, though that one may have been deleted since. Then another is made,
 * under a key of its own that is just as steady.
 */
async function createLiving(
  stripe: Stripe,
  call: Call,
  metadata: Record<string, string>,
  idempotencyKey: string,
): Promise<Answer<Stripe.Customer> | Trouble> {
  const made = await call('customers.create', () => stripe.customers.create({ metadata }, { idempotencyKey }));
  if (made.kind !== 'answer' || !made.replayed) return made;
  const now = await call('customers.retrieve', () => stripe.customers.retrieve(made.value.id));
  if (now.kind !== 'answer' || now.value.deleted !== true) return made;
  const another = `${idempotencyKey}-after-${made.value.id}`;
  return call('customers.create', () => stripe.customers.create({ metadata }, { idempotencyKey: another }));
}

/** Hashed, because an account's id may be longer than a key may be and may hold letters that no header can. */
const customerKey = (deployment: string, account: string): string =>
  `creditd-customer-${createHash('sha256')
    .update(JSON.stringify([deployment, account]))
    .digest('hex')}`;

function refusalOf(trouble: Trouble): Simple {
  if (trouble.kind !== 'card_error') return simpler(trouble);
  return { kind: 'refused', code: trouble.decline.code, reason: trouble.decline.message };
}

/** Attaching the same stored card to the same customer again answers with the card as it is. */
export function makeAttachCard(stripe: Stripe, call: Call): Payments['attachCard'] {
  return async (customer, processorPaymentMethod): Promise<AttachOutcome> => {
    const result = await call('paymentMethods.attach', () =>
      stripe.paymentMethods.attach(processorPaymentMethod, { customer }),
    );
    if (result.kind === 'card_error') return { kind: 'card_refused', decline: result.decline };
    if (result.kind !== 'answer') return simpler(result);
    const card = readCard(result.value);
    if (card === null) {
      return {
        kind: 'refused',
        code: 'not_a_card',
        reason: 'Only cards are taken, and this way to pay is not a card.',
      };
    }
    return { kind: 'attached', card };
  };
}
