/** Lines that the balance has fallen through or risen above again, and the cap of pay-as-you-go. */
import type { AlertState } from './alert-state.js';
import { linesOf } from './alerts-low.js';
import { type Book, balanceOf, settingsOf } from './book.js';
import { formatCredits } from './credits.js';
import type { AccountEvent } from './events-body.js';

/**
 * Each crossing is told, also where the owner's mail is held back: by its cool-down, or because a top-off is about to mend it.
 * Of several lines at once one is told: the lowest that was fallen through, the highest that was risen above.
 */
export function balanceEvents(before: AlertState, book: Book): AccountEvent[] {
  const after = settingsOf(book).alerts;
  const balance = formatCredits(balanceOf(book));
  const changed = linesOf(book).filter(({ name }) => {
    const was = before.crossings[name];
    // A line that was never seen and is armed now was not crossed before.
    return was !== undefined && was.armed !== (after.crossings[name]?.armed ?? was.armed);
  });
  const fallen = changed.find(({ name }) => after.crossings[name]?.armed === false);
  const risen = changed.findLast(({ name }) => after.crossings[name]?.armed === true);
  const events: AccountEvent[] = [];
  if (fallen !== undefined) {
    const { threshold } = fallen;
    if (threshold === null) events.push({ type: 'balance.empty', data: { balance } });
    else events.push({ type: 'balance.low', data: { balance, threshold: formatCredits(threshold) } });
  } else if (risen !== undefined) {
    const above = risen.threshold === null ? '0' : formatCredits(risen.threshold);
    events.push({ type: 'balance.recovered', data: { balance, above } });
  }
  if (isCapReached(after) && !isCapReached(before, after.period.name))
    events.push({ type: 'cap.reached', data: { cap: 'overage' } });
  return events;
}

/** Told in the period of that name: what was told in another is no longer told. */
const isCapReached = ({ period }: AlertState, name = period.name): boolean =>
  period.name === name && period.told.includes('cap_reached');
