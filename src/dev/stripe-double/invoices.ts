/** Invoices as they are asked for: read, listed, finalized, paid and voided. */
import type { StoredInvoice } from './billing-state.js';
import { customerOf } from './customers.js';
import { checkExpand, expanded } from './expand.js';
import { collect } from './invoice-collect.js';
import { invoiceJson } from './invoice-json.js';
import { finalizeInvoice, invoiceOf, voidInvoice } from './invoice-steps.js';
import { createdFits, LIST_SPEC, listJson } from './lists.js';
import { oneOf } from './nested.js';
import { paymentMethodOf } from './payment-methods.js';
import { notPartOfTheDouble, Problem } from './problem.js';
import type { Operation, Run } from './world.js';

export const INVOICE_LIST_SPEC = {
  ...LIST_SPEC,
  customer: 'text',
  subscription: 'text',
  status: 'text',
  created: 'range',
} as const;
export const INVOICE_PAY_SPEC = { payment_method: 'text', off_session: 'flag', expand: 'list' } as const;
export const INVOICE_FINALIZE_SPEC = { auto_advance: 'flag', expand: 'list' } as const;
export const INVOICE_VOID_SPEC = { expand: 'list' } as const;

function found({ world, path, args }: Operation): StoredInvoice {
  checkExpand('invoice', args.list('expand'));
  return invoiceOf(world, path[0] ?? '');
}

const answer = ({ world, args }: Operation, invoice: StoredInvoice) =>
  expanded(world, invoiceJson(world, invoice), args.list('expand'));

export const retrieveInvoice: Run = (operation) => answer(operation, found(operation));

export const listInvoices: Run = ({ world, args }) => {
  const [customer, subscription] = [args.text('customer'), args.text('subscription')];
  const status = oneOf(args, 'status', ['draft', 'open', 'paid', 'uncollectible', 'void']);
  const inTime = createdFits(args);
  const items = world.state.invoices.filter(
    (one) =>
      (!customer || one.customer === customer) &&
      (!subscription || one.subscription === subscription) &&
      (status === undefined || one.status === status) &&
      inTime(one.created),
  );
  const write = (one: StoredInvoice) => invoiceJson(world, one);
  return listJson(world, args, { url: '/v1/invoices', object: 'invoice', items, write });
};

/** Off-session unless said otherwise, with the card named here or the one that renewals use. */
export const payInvoice: Run = (operation) => {
  const { world, args } = operation;
  const invoice = found(operation);
  if (invoice.status === 'draft') finalizeInvoice(world, invoice);
  const asked = args.text('payment_method');
  if (asked) {
    const method = paymentMethodOf(world, asked, 'payment_method', 400);
    if (method.customer !== customerOf(world, invoice.customer, 'customer').id) {
      const message = 'The payment method must be attached to the customer of this invoice.';
      throw new Problem(400, { type: 'invalid_request_error', param: 'payment_method', message }, true);
    }
  }
  if (invoice.status === 'paid') {
    const code = 'invoice_already_paid';
    throw new Problem(400, { type: 'invalid_request_error', code, message: 'Invoice is already paid' }, true);
  }
  const offSession = args.flag('off_session') ?? true;
  const done = collect(world, invoice, { method: asked ?? null, offSession, automatic: false });
  if (done.kind === 'failed') throw done.problem;
  return answer(operation, invoice);
};

export const finalizeInvoiceNow: Run = (operation) => {
  const invoice = found(operation);
  if (operation.args.flag('auto_advance') === true) throw notPartOfTheDouble('Advancing an invoice by itself');
  finalizeInvoice(operation.world, invoice);
  return answer(operation, invoice);
};

export const voidInvoiceNow: Run = (operation) => {
  const invoice = found(operation);
  voidInvoice(operation.world, invoice);
  return answer(operation, invoice);
};
