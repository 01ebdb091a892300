/** Doorman of the charge queue: a job names an outbox row, and the flow reads all else under that row's hold. */
import type { makeRunCharge } from '../src/flow/run-charge.js';
import { makeStep, type Step } from '../src/flow/step.js';
import type { Outbox } from '../src/ports.js';

export const makeChargeJob = (outbox: Outbox, flow: ReturnType<typeof makeRunCharge>): Step => makeStep(outbox, flow);
