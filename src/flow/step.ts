/** What every step does around its work: it takes its row first, and what threw is written there for a person to read. */
import { accountNo, outboxId } from '../domain/ids.js';
import type { Outbox, OutboxRef, StartedStep } from '../ports.js';

export type Step = (job: { readonly accountNo: number; readonly id: string }) => Promise<void>;

/** A queue's job as the row that it names. */
export function makeStep(flow: (ref: OutboxRef) => Promise<void>): Step {
  return ({ accountNo: no, id }) => flow({ accountNo: accountNo(no), id: outboxId(id) });
}

/**
 * Does the work under the row's hold; nothing at all where the row is gone, parked or in other hands. When the work throws
 * and even that cannot be written down, the row's lease brings the step back, and the first error is the one to show.
 */
export async function underHold(
  outbox: Outbox,
  ref: OutboxRef,
  work: (step: StartedStep) => Promise<void>,
): Promise<void> {
  const step = await outbox.start(ref);
  if (step === null) return;
  try {
    await work(step);
  } catch (error) {
    const said = error instanceof Error ? error.message : 'something that is no error was thrown';
    await outbox.failed(step, said).catch(() => undefined);
    throw error;
  }
}
