/** Looks whether the ledger's sums hold, slice by slice, for ever from the beginning again, beside the posting and never in its way. */
import type { AccountNo } from '../domain/ids.js';
import type { Audit, Drift, Log } from '../ports.js';

export interface AuditReport {
  readonly accounts: number;
  readonly drifts: readonly Drift[];
  /** Every account has been looked at since the last time that this was said. */
  readonly complete: boolean;
}

export interface AuditDeps {
  readonly audit: Audit;
  readonly log: Log;
  readonly onAudited?: (accounts: number, complete: boolean) => void;
}

/** Slices of one tick: the rest of the tick's time is left to the debits. */
const SLICES_MAX = 10;

/** A tick of the clock. Where it stopped it goes on at the next; a process that starts begins with the first account. */
export function makeAuditTick({ audit, log, onAudited }: AuditDeps) {
  let after: AccountNo | null = null;
  return async (): Promise<AuditReport> => {
    const drifts: Drift[] = [];
    let accounts = 0;
    let complete = false;
    for (let slice = 0; slice < SLICES_MAX && !complete; slice += 1) {
      const looked = await audit.slice(after);
      accounts += looked.accounts;
      drifts.push(...looked.drifts);
      sayDrifts(log, looked.drifts);
      if (looked.gone > 0) log.info({ drifts: looked.gone }, 'sums that had drifted hold again');
      after = looked.next;
      complete = after === null;
      onAudited?.(looked.accounts, complete);
    }
    return { accounts, drifts, complete };
  };
}

/** Every account once, for whoever asks now. `onSlice` may say how far it is. */
export async function auditAll(
  audit: Audit,
  onSlice: (accounts: number) => void = () => undefined,
): Promise<AuditReport> {
  const drifts: Drift[] = [];
  let accounts = 0;
  let after: AccountNo | null = null;
  do {
    const looked: Awaited<ReturnType<Audit['slice']>> = await audit.slice(after);
    accounts += looked.accounts;
    drifts.push(...looked.drifts);
    after = looked.next;
    onSlice(accounts);
  } while (after !== null);
  return { accounts, drifts, complete: true };
}

/** A drift is a defect of ours or a hand in the database: a person looks. Nothing is frozen by it, because a balance that is wrong by one line still serves its owner better than one that is shut. */
function sayDrifts(log: Log, drifts: readonly Drift[]): void {
  for (const { account, sum, detail } of drifts)
    log.error({ account, sum, detail }, 'a sum of the ledger does not hold');
}
