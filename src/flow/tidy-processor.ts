/**
 * Brings the processor to agree in what moves no money: takes cards off that owners took off here, and tells customers the name
 * and the address that are left of them. What is due stands on its row, written with what made it due; a process that dies
 * after the processor's answer asks once more, which changes nothing.
 */
import { HOUR_MS, later, MINUTE_MS } from '../domain/instant.js';
import type { Clock, DeskOutcome, DeskRows, DueRemoval, Log, ProcessorDesk, ProcessorRecords } from '../ports.js';

export interface TidyProcessorDeps {
  readonly rows: DeskRows;
  readonly desk: ProcessorDesk;
  readonly records: Pick<ProcessorRecords, 'card'>;
  readonly clock: Clock;
  readonly log: Log;
}

const AT_ONCE = 50;
const AGAIN_MS = 5 * MINUTE_MS;
/** A refusal does not go away by itself: somebody has to look at the key's permissions. */
const AGAIN_AFTER_REFUSAL_MS = HOUR_MS;

/** Answers how many are done. */
export function makeTidyProcessor(deps: TidyProcessorDeps) {
  return async (): Promise<number> => {
    const at = await deps.clock.now();
    const nextOf = (outcome: DeskOutcome, what: object) => {
      if (!('reason' in outcome)) return null;
      deps.log.warn({ ...what, reason: outcome.reason }, 'Stripe could not be brought to agree; it is tried again');
      return later(at, outcome.kind === 'refused' ? AGAIN_AFTER_REFUSAL_MS : AGAIN_MS);
    };
    let done = 0;
    for (const one of await deps.rows.removals(at, AT_ONCE)) {
      const next = nextOf(await takeOff(deps, one), { accountNo: one.accountNo, card: one.card });
      await deps.rows.settleRemoval(one, next);
      if (next === null) done += 1;
    }
    for (const one of await deps.rows.customers(at, AT_ONCE)) {
      const outcome = await deps.desk.describeCustomer(one.customer, one);
      const next = nextOf(outcome, { accountNo: one.accountNo, customer: one.customer });
      await deps.rows.settleCustomer(one, next);
      if (next === null) done += 1;
    }
    return done;
  };
}

/** Only what is this account's customer's own, and nobody else's by now, is touched. */
async function takeOff({ records, desk, log }: TidyProcessorDeps, one: DueRemoval): Promise<DeskOutcome> {
  if (one.usedElsewhere) return { kind: 'gone' };
  const found = await records.card(one.processorId);
  if (found.kind === 'no_card') return { kind: 'gone' };
  if (found.kind !== 'card') return { kind: found.kind, reason: found.reason };
  if (found.customer === null) return { kind: 'gone' };
  if (found.customer !== one.customer) {
    log.warn(
      { accountNo: one.accountNo, card: one.card },
      'the card is another customer’s at Stripe, and is left alone',
    );
    return { kind: 'gone' };
  }
  return desk.detachCard(one.processorId);
}
