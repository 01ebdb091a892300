/**
 * Past due: the plan's invoice has failed. Within the grace nothing changes; after it features, pay-as-you-go and further
 * allotments stop and the rest of what was not paid for lapses. Paying gives exactly that back, once.
 */
import { type Book, openEntry, post, settingsOf } from './book.js';
import { changeStanding, planNow, standingOf } from './cycle.js';
import { DAY_MS, type Instant, isoOf, later } from './instant.js';
import { engineKey } from './keys.js';
import { endLot } from './lapse.js';
import { isAlive } from './lots.js';
import { notify } from './obligations.js';
import type { PastDue } from './plan-state.js';
import { grantDifference } from './plans.js';
import { grantAllotment } from './renewal.js';
import { payDebt } from './spend.js';

const graceEnd = (book: Book, { since }: PastDue): Instant =>
  later(since, book.context.catalog.policies.pastDueGraceDays * DAY_MS);

/** When the grace ends; null where none runs. */
export function graceEndsAt(book: Book): Instant | null {
  const { pastDue } = standingOf(book);
  return pastDue === null || pastDue.stopped ? null : graceEnd(book, pastDue);
}

/** One incident from the first failure to the payment: failing again meanwhile begins nothing anew. */
export function beginPastDue(book: Book, ordinal: number | null): void {
  if (standingOf(book).pastDue !== null) return;
  const pastDue: PastDue = { since: book.at, ordinal, stopped: false, withheld: null, lapsed: [] };
  changeStanding(book, { pastDue });
  const plan = planNow(book)?.key ?? settingsOf(book).plan;
  notify(book, { kind: 'past_due', plan, graceEndsAt: isoOf(graceEnd(book, pastDue)) });
}

/** The grace is over. Allotments of periods that were paid for stay. */
export function stopPastDue(book: Book): void {
  const { pastDue } = standingOf(book);
  if (pastDue === null) return;
  const { run } = settingsOf(book);
  const endedAt = graceEnd(book, pastDue);
  const unpaid = book.lots.filter(
    (lot) =>
      lot.kind === 'allotment' &&
      lot.remaining > 0n &&
      lot.run === run &&
      lot.ordinal !== null &&
      pastDue.ordinal !== null &&
      lot.ordinal >= pastDue.ordinal,
  );
  const lapsed = unpaid.map((lot) => ({ lot: lot.id, credits: lot.remaining }));
  for (const lot of unpaid) endLot(book, lot, `unpaid:${lot.id}:${pastDue.since}`, endedAt, 'the plan was not paid');
  changeStanding(book, { pastDue: { ...pastDue, stopped: true, lapsed } });
}

/** Paid: what lapsed comes back on its own lot, to the end it had; an allotment that was kept back comes now. */
export function clearPastDue(book: Book): void {
  const { pastDue } = standingOf(book);
  if (pastDue === null) return;
  changeStanding(book, { pastDue: null });
  for (const { lot: id, credits } of pastDue.lapsed) {
    const lot = book.lots.find((one) => one.id === id);
    // Its period is over: it would have lapsed by now in any case.
    if (lot === undefined || !isAlive(lot, book.at)) continue;
    const keyHash = engineKey(`paid:${lot.id}:${pastDue.since}`);
    const entry = openEntry({ keyHash, contentHash: null, occurredAt: book.at, reason: 'the plan was paid' });
    post(book, entry, 'give_back', lot, credits);
    payDebt(book, entry, lot);
  }
  const plan = planNow(book);
  if (plan === undefined) return;
  if (pastDue.withheld === 'allotment') grantAllotment(book, plan);
  else if (pastDue.withheld === 'difference') grantDifference(book, plan);
}

/** Whether the lot's rest lapsed because its period was not paid for: what is given back of it does not reopen it. */
export const isUnpaidLot = (book: Book, lot: { readonly id: string }): boolean =>
  standingOf(book).pastDue?.lapsed.some((one) => one.lot === lot.id) === true;
