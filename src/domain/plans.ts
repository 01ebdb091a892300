/**
 * Changing plans. Going up acts at once and is granted for the time that is left; going down acts when the period ends and
 * claws nothing back. Toggling earns nothing: what a period was already granted for is remembered.
 */
import { type Book, changeSettings, cold, openEntry, settingsOf } from './book.js';
import { type Catalog, type Plan, planOf, sameCadence } from './catalog.js';
import type { CancelPlan, ChangePlan } from './commands.js';
import { microCredits, most, NO_CREDITS } from './credits.js';
import { engineKey } from './keys.js';
import { type Outcome, refused } from './outcomes.js';
import { boundary } from './period.js';
import { endLot, renew } from './settle.js';
import { blankLot, bringIn } from './spend.js';

/** A plan is paid for when it shows a price. */
export const isPaid = (plan: Plan): boolean => plan.shownPrice !== null && plan.shownPrice.amountMinor > 0n;

const rankOf = (catalog: Catalog, plan: Plan): number => catalog.plans.findIndex((one) => one.key === plan.key);

export function changePlan(book: Book, command: ChangePlan): Outcome {
  cold(book);
  const { catalog } = book.context;
  const target = planOf(catalog, command.plan);
  if (target === undefined) {
    const names = catalog.plans.map((plan) => plan.key).join(', ');
    return refused('unknown_plan', `"${command.plan}" is not a plan of ${catalog.key}. Its plans: ${names}.`);
  }
  const current = planOf(catalog, settingsOf(book).plan);
  // Back to what stands: a downgrade or a cancellation is undone, and nothing is granted for it.
  if (current?.key === target.key && settingsOf(book).anchor !== null)
    changeSettings(book, { nextPlan: null, ending: false });
  else if (current === undefined || settingsOf(book).anchor === null) begin(book, target);
  else if (rankOf(catalog, target) < rankOf(catalog, current))
    changeSettings(book, { nextPlan: target.key, ending: false });
  else if (beginsAnew(current, target)) begin(book, target);
  else upgrade(book, target);
  return { kind: 'configured' };
}

/** Plan and credits stay to the period's end; then the free plan, where there is one, or none. */
export function cancelPlan(book: Book, _command: CancelPlan): Outcome {
  cold(book);
  const lowest = book.context.catalog.plans[0];
  const free = lowest !== undefined && !isPaid(lowest) ? lowest.key : null;
  if (free !== settingsOf(book).plan) changeSettings(book, { nextPlan: free, ending: free === null });
  return { kind: 'configured' };
}

/** From free to paid, or to another length of period: a new period with the full allotment. */
const beginsAnew = (current: Plan, target: Plan): boolean =>
  (!isPaid(current) && isPaid(target)) || !sameCadence(current.every, target.every);

/** A new run: the old allotment's rest lapses, and periods are counted from now. */
function begin(book: Book, target: Plan): void {
  for (const lot of book.lots.filter((one) => one.kind === 'allotment' && one.remaining > 0n))
    endLot(book, lot, `end:${lot.id}:${settingsOf(book).run}`, book.at);
  const { run } = settingsOf(book);
  changeSettings(book, {
    plan: target.key,
    run: run + 1,
    anchor: book.at,
    ordinal: null,
    nextPlan: null,
    ending: false,
  });
  renew(book);
}

/** The difference to the highest allotment that this period was granted for, for the time that is left of it. */
function upgrade(book: Book, target: Plan): void {
  const { anchor, zone, run, ordinal, grantedFor } = settingsOf(book);
  const highest = most(grantedFor, target.allotment);
  changeSettings(book, { plan: target.key, nextPlan: null, ending: false, grantedFor: highest });
  if (anchor === null || ordinal === null || target.allotment <= grantedFor) return;
  const startsAt = boundary(anchor, zone, target.every, ordinal);
  const endsAt = boundary(anchor, zone, target.every, ordinal + 1);
  const left = BigInt(Math.max(0, endsAt - book.at));
  const amount = microCredits(((target.allotment - grantedFor) * left) / BigInt(endsAt - startsAt));
  if (amount <= NO_CREDITS) return;
  const head = { keyHash: engineKey(`upgrade:${run}:${ordinal}:${highest}`), contentHash: null, occurredAt: book.at };
  const lot = blankLot(book, { kind: 'allotment', amount, expiresAt: endsAt, run, ordinal, reason: 'upgrade' });
  bringIn(book, openEntry(head), lot);
}
