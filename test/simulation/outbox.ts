/** The outbox with its leases and holds, the queue that it is carried into, and charges as whoever compares them reads them. */
import { outboxId } from '../../src/domain/ids.js';
import { later } from '../../src/domain/instant.js';
import { LIMITS } from '../../src/domain/limits.js';
import type { ChargeRow, ChargeRows, Outbox, StartedStep, Transport } from '../../src/ports.js';
import { type OutboxRow, unansweredOf } from '../../src/simulate/rows.js';
import { endRow, holdOf, type Parts } from './parts.js';

const keyOf = (row: Pick<OutboxRow, 'topic' | 'subject'>): string => `${row.topic}:${row.subject}`;

export function makeSimOutbox(parts: Parts): Outbox {
  const { rows, now, holds, working, broken, mutant } = parts;
  return {
    async takeDue(topic, limit) {
      const due = [...rows.outbox.values()].filter((row) => row.topic === topic && row.dueAt <= now()).slice(0, limit);
      for (const row of due) rows.outbox.set(keyOf(row), { ...row, dueAt: later(now(), LIMITS.leaseMs) });
      return due.map((row) => ({ accountNo: rows.no, id: outboxId(keyOf(row)) }));
    },
    async putBack() {},
    async start({ accountNo, id }) {
      const row = rows.outbox.get(id);
      const hold = holdOf(parts, id);
      const isHeld = hold.heldUntil !== null && hold.heldUntil > now();
      if (row === undefined || (isHeld && mutant !== 'no_held_until')) return null;
      const heldUntil = later(now(), LIMITS.stepMs);
      holds.set(id, { heldUntil, starts: hold.starts + 1 });
      const others = (working.get(id) ?? []).filter((one) => one.heldUntil > now());
      if (others.length > 0) broken.push(`two steps are at ${id} at once`);
      working.set(id, [...others, { heldUntil }]);
      const { topic, subject, asks } = row;
      return { accountNo, id, topic, account: rows.account, subject, asks, at: now(), heldUntil } satisfies StartedStep;
    },
    async end(ending) {
      endRow(parts, ending, now());
    },
    async failed({ id }, error) {
      broken.push(`the step ${id} threw: ${error}`);
    },
    async unpark() {
      return 0;
    },
  };
}

export function makeSimTransport({ mutant, jobs, broken }: Parts): Transport {
  let published = 0;
  return {
    async publish(topic, refs) {
      for (const { id } of refs) {
        published += 1;
        const jobId = mutant === 'job_id_with_a_counter' ? `${id}-${published}` : id;
        if (!jobs.some((job) => job.jobId === jobId)) jobs.push({ topic: topic as OutboxRow['topic'], id, jobId });
      }
      if (new Set(jobs.map((job) => job.id)).size < jobs.length)
        broken.push('more jobs wait than there are steps to do');
    },
  };
}

export function makeSimCharges({ rows, mutant }: Parts): Pick<ChargeRows, 'ofAccount'> {
  return {
    async ofAccount(_, { charge, intent }) {
      const found = [...rows.charges.values()].find(
        (one) => one.id === charge || (charge === null && one.intentId === intent),
      );
      if (found === undefined) return null;
      const row: ChargeRow = { ...found, account: rows.account, unanswered: unansweredOf(rows, found.id) !== null };
      return mutant === 'failure_webhook_closes_attempt' ? { ...row, unanswered: false, state: 'processing' } : row;
    },
  };
}
