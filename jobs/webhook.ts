/** Doorman of the webhook queue: a job names an outbox row, and the flow reads all else under that row's hold. */
import type { makeHearStripe } from '../src/flow/hear-stripe.js';
import { makeStep, type Step } from '../src/flow/step.js';

export const makeWebhookJob = (flow: ReturnType<typeof makeHearStripe>): Step => makeStep(flow);
