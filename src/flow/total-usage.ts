/** Counts usage from the ledger, slice by slice, beside the posting and never in its way. */
import type { AccountNo } from '../domain/ids.js';
import type { Totals } from '../ports.js';

/** Slices of one tick. The next tick goes on where this one stopped, so that a large backlog starves no account for ever. */
const SLICES_MAX = 50;

/** Answers how many lines were counted. What a tick does not come to is only shown later: nothing waits for it. */
export function makeTotalUsage(totals: Totals) {
  let after: AccountNo | null = null;
  return async (): Promise<number> => {
    let lines = 0;
    for (let slice = 0; slice < SLICES_MAX; slice += 1) {
      const counted = await totals.countSlice(after);
      lines += counted.lines;
      after = counted.next;
      if (after === null) break;
    }
    return lines;
  };
}
