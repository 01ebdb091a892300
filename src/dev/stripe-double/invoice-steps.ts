/** The life of an invoice: made as a draft, finalized with its number and its intent, then paid, voided or given up. */
import type { BillingReason, StoredInvoice, StoredLine, StoredSubscription } from './billing-state.js';
import { customerOf } from './customers.js';
import { emit } from './events.js';
import { cancelInside, createInside } from './inner.js';
import { dueOf, invoiceJson, paymentJson, totalOf } from './invoice-json.js';
import { missing, Problem } from './problem.js';
import { newId } from './state.js';
import { epochSeconds, type World } from './world.js';

export function invoiceOf(world: World, id: string): StoredInvoice {
  const found = world.state.invoices.find((one) => one.id === id);
  if (found === undefined) throw missing('invoice', id, 'invoice');
  return found;
}

export interface InvoiceWish {
  readonly reason: BillingReason;
  readonly lines: readonly StoredLine[];
  readonly periodStart: number;
  readonly periodEnd: number;
  /** When it is finalized by itself; null where somebody does it at once, or nobody ever does. */
  readonly finalizesAt: number | null;
  readonly autoAdvance: boolean;
}

/** The draft, which is the subscription's latest invoice from here on. */
export function openInvoice(world: World, subscription: StoredSubscription, wish: InvoiceWish): StoredInvoice {
  const invoice: StoredInvoice = {
    id: newId('in_'),
    created: epochSeconds(world),
    customer: subscription.customer,
    subscription: subscription.id,
    currency: subscription.currency,
    subscriptionMetadata: { ...subscription.metadata },
    ...wish,
    number: null,
    status: 'draft',
    amountDue: null,
    amountPaid: 0,
    startingBalance: customerOf(world, subscription.customer, 'customer').balance ?? 0,
    endingBalance: null,
    attempts: 0,
    attempted: false,
    nextAttempt: wish.finalizesAt,
    payment: null,
    finalizedAt: null,
    paidAt: null,
    voidedAt: null,
    uncollectibleAt: null,
  };
  world.state.invoices.push(invoice);
  subscription.latestInvoice = invoice.id;
  emit(world, 'invoice.created', invoiceJson(world, invoice));
  return invoice;
}

const TOLD: Readonly<Record<BillingReason, string>> = {
  subscription_create: 'Subscription creation',
  subscription_cycle: 'Subscription update',
  subscription_update: 'Subscription update',
};
export const intentDescription = (reason: BillingReason): string => TOLD[reason];

/** `paidBy` is an intent that has paid it already. Where nothing is due, the invoice is paid by being finalized. */
export function finalizeInvoice(world: World, invoice: StoredInvoice, paidBy: string | null = null): void {
  if (invoice.status !== 'draft') throw notNow(invoice, 'finalized');
  const customer = customerOf(world, invoice.customer, 'customer');
  invoice.startingBalance = customer.balance ?? 0;
  const { due, left } = dueOf(totalOf(invoice.lines), invoice.startingBalance);
  customer.balance = left;
  const numbered = world.state.invoices.filter((one) => one.customer === invoice.customer && one.number !== null);
  invoice.amountDue = due;
  invoice.endingBalance = left;
  invoice.number = `${prefixOf(customer.id)}-${String(numbered.length + 1).padStart(4, '0')}`;
  invoice.status = 'open';
  invoice.finalizedAt = epochSeconds(world);
  invoice.finalizesAt = null;
  invoice.nextAttempt = null;
  if (due > 0) {
    const wish = { amount: due, currency: invoice.currency, customer: customer.id };
    const intent = paidBy ?? createInside(world, { ...wish, description: intentDescription(invoice.reason) });
    invoice.payment = { id: newId('inpay_'), intent };
  }
  emit(world, 'invoice.finalized', invoiceJson(world, invoice));
  if (due === 0) markPaid(world, invoice);
}

/** Eight letters and digits, the same for all invoices of a customer. */
const prefixOf = (customer: string): string => customer.slice(4, 12).toUpperCase();

export function markPaid(world: World, invoice: StoredInvoice): void {
  invoice.status = 'paid';
  invoice.amountPaid = invoice.amountDue ?? 0;
  invoice.attempted = true;
  invoice.autoAdvance = false;
  invoice.nextAttempt = null;
  invoice.paidAt = epochSeconds(world);
  const json = invoiceJson(world, invoice);
  emit(world, 'invoice.paid', json);
  emit(world, 'invoice.payment_succeeded', json);
  const payment = paymentJson(invoice);
  if (payment !== null) emit(world, 'invoice_payment.paid', payment);
}

export function voidInvoice(world: World, invoice: StoredInvoice): void {
  if (invoice.status !== 'open' && invoice.status !== 'uncollectible') throw notNow(invoice, 'voided');
  invoice.status = 'void';
  invoice.voidedAt = epochSeconds(world);
  invoice.nextAttempt = null;
  invoice.autoAdvance = false;
  if (invoice.payment !== null) cancelInside(world, invoice.payment.intent, 'void_invoice');
  emit(world, 'invoice.voided', invoiceJson(world, invoice));
}

/** Given up, though it may still be paid. */
export function markUncollectible(world: World, invoice: StoredInvoice): void {
  invoice.status = 'uncollectible';
  invoice.uncollectibleAt = epochSeconds(world);
  invoice.nextAttempt = null;
  invoice.autoAdvance = false;
  emit(world, 'invoice.marked_uncollectible', invoiceJson(world, invoice));
}

export const notNow = (invoice: StoredInvoice, done: string): Problem => {
  const message = `An invoice that is ${invoice.status} cannot be ${done}.`;
  const code = invoice.status === 'paid' ? 'invoice_already_paid' : 'invoice_not_editable';
  return new Problem(400, { type: 'invalid_request_error', code, message }, true);
};
