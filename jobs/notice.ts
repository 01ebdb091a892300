/** Doorman of the notice queue: a job names an outbox row, and the flow reads all else under that row's hold. */
import type { makeSendNotice } from '../src/flow/send-notice.js';
import { makeStep, type Step } from '../src/flow/step.js';

export const makeNoticeJob = (flow: ReturnType<typeof makeSendNotice>): Step => makeStep(flow);
