/** Doorman of the charge queue: a job names an outbox row, and the flow reads all else under that row's hold. */
import type { makeRunCharge } from '../src/flow/run-charge.js';
import { makeStep, type Step } from '../src/flow/step.js';

export const makeChargeJob = (flow: ReturnType<typeof makeRunCharge>): Step => makeStep(flow);
