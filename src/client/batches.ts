/** Usage events cut into requests that creditd takes: so many events, so many bytes. */
import { EVENTS_PER_JOB, JOB_BYTES, type UsageEvent } from '../messages.js';

/** What stands around the events in a request and in the job that is made of it. */
const ENVELOPE_BYTES = 1_000;

/** In order. An event's place says in which batch it is: none is larger than a job may be. */
export function batchesOf(events: readonly UsageEvent[]): readonly (readonly UsageEvent[])[] {
  const batches: UsageEvent[][] = [];
  let batch: UsageEvent[] = [];
  let bytes = ENVELOPE_BYTES;
  for (const event of events) {
    const size = Buffer.byteLength(JSON.stringify(event)) + 1;
    if (batch.length === EVENTS_PER_JOB || (batch.length > 0 && bytes + size > JOB_BYTES)) {
      batches.push(batch);
      batch = [];
      bytes = ENVELOPE_BYTES;
    }
    batch.push(event);
    bytes += size;
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}
