/**
 * Invoices of subscriptions. The clock grants a paid period's allotment when it begins; an invoice confirms it or, when it
 * has failed, begins past due. So it does not matter which of the two comes first, nor how often.
 */
import { type Book, cold, settingsOf } from './book.js';
import type { AgreeInvoice } from './commands.js';
import { cadenceOf, isClosed, isInTrial, nearestOrdinal, periodZone, standingOf } from './cycle.js';
import type { Outcome } from './outcomes.js';
import { beginPastDue, clearPastDue } from './past-due.js';
import type { Invoice, InvoiceStatus, InvoiceView } from './plan-state.js';
import { mirrored, store, storedSubscription } from './subscription.js';

/** Paid and void are for good: an older word of the same invoice that comes after them changes nothing. */
const RANK: Readonly<Record<InvoiceStatus, number>> = { open: 0, failed: 1, void: 2, paid: 3 };

export function agreeInvoice(book: Book, { view }: AgreeInvoice): Outcome {
  const known = storedInvoice(book, view.id);
  const subscription = view.subscription === null ? undefined : storedSubscription(book, view.subscription);
  if (known !== undefined && RANK[view.status] <= RANK[known.status]) return mirrored(book, subscription?.version ?? 0);
  const invoice: Invoice = { ...view, ...(known === undefined ? periodOf(book, view) : known), status: view.status };
  book.effects.plans.invoices.set(view.id, { ...invoice, ...view });
  if (isOfThePlan(book, view)) follow(book, invoice);
  // What was fetched of the subscription before this is known must not bring it back.
  if (subscription !== undefined) store(book, { ...subscription, version: subscription.version + 1 });
  return mirrored(book, (subscription?.version ?? -1) + 1);
}

const storedInvoice = (book: Book, id: string): Invoice | undefined =>
  book.effects.plans.invoices.get(id) ?? cold(book).plans.invoices.find((one) => one.id === id);

/** Of the subscription that drives the plan, or of none where none does: an older one's invoices change nothing. */
const isOfThePlan = (book: Book, view: InvoiceView): boolean =>
  !isClosed(book) && view.subscription === standingOf(book).subscription;

function periodOf(book: Book, view: InvoiceView): { readonly run: number | null; readonly ordinal: number | null } {
  const { anchor, run } = settingsOf(book);
  const every = cadenceOf(book);
  if (anchor === null || every === null || isInTrial(book) || !isOfThePlan(book, view))
    return { run: null, ordinal: null };
  return { run, ordinal: nearestOrdinal(anchor, periodZone(book), every, view.periodStart) };
}

function follow(book: Book, invoice: Invoice): void {
  switch (invoice.status) {
    case 'open':
      return;
    case 'failed':
      // A plan that was left since, or a period of a run that is over, is nothing that stops the present one.
      if (invoice.run === settingsOf(book).run) beginPastDue(book, invoice.ordinal);
      return;
    case 'paid':
    case 'void':
      if (!owesMore(book)) clearPastDue(book);
  }
}

/** Another invoice of the present run that has failed. */
function owesMore(book: Book): boolean {
  const { run } = settingsOf(book);
  const all = new Map(cold(book).plans.invoices.map((one) => [one.id, one]));
  for (const [id, one] of book.effects.plans.invoices) all.set(id, one);
  return [...all.values()].some((one) => one.status === 'failed' && one.run === run);
}
