/** Doorman of the event queue: a job names an outbox row, and the flow reads all else under that row's hold. */
import type { makeSendEvents } from '../src/flow/send-events.js';
import { makeStep, type Step } from '../src/flow/step.js';

export const makeEventJob = (flow: ReturnType<typeof makeSendEvents>): Step => makeStep(flow);
