/** Events out, the audit and the sweeper: the parts of `wire.ts` that know these classes. */
import { AUDIT_EVERY_MS, makeAuditJob } from '../jobs/audit.js';
import { makeEventJob } from '../jobs/event.js';
import { makeSweepJob, SWEEP_EVERY_MS } from '../jobs/sweep.js';
import { makeHttpCourier } from './adapters/courier/http-courier.js';
import { makeAudit } from './adapters/postgres/audit.js';
import { makeEvents } from './adapters/postgres/events.js';
import { makeRetention } from './adapters/postgres/retention.js';
import { eventsBeginUntilMs } from './domain/limits.js';
import { type KeptDays, USUAL_DAYS } from './domain/retention.js';
import { makeAuditTick } from './flow/audit.js';
import { makeSendEvents } from './flow/send-events.js';
import { makeSweepOld } from './flow/sweep-old.js';
import type { Store } from './wire.js';

export interface UpkeepOptions {
  /** Events may go to private addresses and without TLS. */
  readonly allowPrivateEndpoints?: boolean;
  readonly keptDays?: KeptDays;
}

export const UPKEEP_CLOCKS = [
  { name: 'audit', everyMs: AUDIT_EVERY_MS },
  { name: 'sweep', everyMs: SWEEP_EVERY_MS },
];

export const openEvents = ({ prisma, pool, clock, newId }: Store) => makeEvents(prisma, pool, clock, newId);
export const openAudit = ({ prisma, pool, clock }: Store) => makeAudit(prisma, pool, clock);

/** For the worker: the step of an account's events, and the clocks that look after the rest. */
export function makeUpkeepWork(store: Store, options: UpkeepOptions = {}) {
  const { log, limits, metrics, outbox, clock } = store;
  const courier = makeHttpCourier({
    timeoutMs: limits.courierTimeoutMs,
    allowPrivate: options.allowPrivateEndpoints === true,
  });
  const sendEvents = makeSendEvents({
    ...{ outbox, events: openEvents(store), courier, clock, log, random: Math.random },
    ...{ beginUntilMs: eventsBeginUntilMs(limits), onEvent: metrics.eventOut },
  });
  const auditTick = makeAuditTick({ audit: openAudit(store), log, onAudited: metrics.audited });
  const sweepOld = makeSweepOld(makeRetention(store.pool, clock), options.keptDays ?? USUAL_DAYS, metrics.swept);
  return {
    job: makeEventJob(sendEvents),
    ticks: { audit: makeAuditJob(auditTick, log), sweep: makeSweepJob(sweepOld, log) },
  };
}
