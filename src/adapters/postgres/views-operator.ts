/** Reads for operators: what waits, what was refused, and the sums that metrics show. */
import { accountId } from '../../domain/ids.js';
import { type Instant, instant } from '../../domain/instant.js';
import { type OutboxView, type RefusalView, type Tallies, TOPICS } from '../../ports.js';
import { SUMS } from './audit-sums.js';
import type { Prisma } from './prisma.js';

export const instantOf = (date: Date): Instant => instant(date.getTime());
export const instantOrNull = (date: Date | null): Instant | null => (date === null ? null : instantOf(date));

export async function outboxRows(prisma: Prisma, limit: number): Promise<OutboxView[]> {
  const rows = await prisma.outbox.findMany({
    orderBy: [{ parkedAt: { sort: 'asc', nulls: 'last' } }, { dueAt: 'asc' }, { id: 'asc' }],
    take: limit,
    include: { account: { select: { id: true } } },
  });
  return rows.map((row) => ({
    id: row.id,
    account: accountId(row.account.id),
    topic: row.topic,
    subject: row.subject,
    dueAt: instantOf(row.dueAt),
    heldUntil: instantOrNull(row.heldUntil),
    starts: row.starts,
    asks: row.asks,
    note: row.note,
    parkedAt: instantOrNull(row.parkedAt),
  }));
}

/** Two reads, because both go by the index on when a refusal was last seen, and one order over both would not. */
export async function refusalRows(prisma: Prisma, limit: number): Promise<RefusalView[]> {
  const unsettled = await newestRefusals(prisma, { settledAt: null }, limit);
  const room = limit - unsettled.length;
  return room === 0 ? unsettled : [...unsettled, ...(await newestRefusals(prisma, { settledAt: { not: null } }, room))];
}

async function newestRefusals(
  prisma: Prisma,
  where: { readonly settledAt: null | { readonly not: null } },
  take: number,
): Promise<RefusalView[]> {
  const rows = await prisma.refusal.findMany({ where, orderBy: [{ lastSeenAt: 'desc' }, { id: 'desc' }], take });
  return rows.map((row) => ({
    id: row.id,
    account: row.accountId,
    key: row.key,
    reason: row.reason,
    message: row.message,
    mode: row.mode,
    event: row.event,
    times: row.times,
    firstSeenAt: instantOf(row.firstSeenAt),
    lastSeenAt: instantOf(row.lastSeenAt),
    settledAt: instantOrNull(row.settledAt),
  }));
}

const CHARGE_STATES = ['pending', 'processing', 'action_required', 'succeeded', 'failed', 'canceled'];
const NOTICE_STATES = ['waiting', 'sent', 'failed'];

/** A state or topic of which there is none is told as 0: a gauge that vanishes cannot be alarmed on. */
export async function tallies(prisma: Prisma, now: Instant): Promise<Tallies> {
  const notHeld = { OR: [{ heldUntil: null }, { heldUntil: { lte: new Date(now) } }] };
  const waiting = { parkedAt: null, dueAt: { lte: new Date(now) }, ...notHeld };
  const [charges, notices, all, due, refusals, drifts, eventsWaiting, endpointsFailing] = await Promise.all([
    prisma.charge.groupBy({ by: ['state'], _count: true }),
    prisma.notice.groupBy({ by: ['state'], _count: true }),
    prisma.outbox.groupBy({ by: ['topic'], _count: { _all: true, parkedAt: true } }),
    prisma.outbox.groupBy({ by: ['topic'], where: waiting, _min: { dueAt: true } }),
    prisma.refusal.groupBy({ by: ['reason'], where: { settledAt: null }, _count: true }),
    prisma.drift.groupBy({ by: ['sum'], where: { goneAt: null }, _count: true }),
    prisma.event.count({ where: { state: 'waiting' } }),
    prisma.webhookEndpoint.count({ where: { disabledAt: null, failingSince: { not: null } } }),
  ]);
  const topics = [...new Set([...TOPICS, ...all.map(({ topic }) => topic)])];
  return {
    charges: { ...zeros(CHARGE_STATES), ...Object.fromEntries(charges.map((row) => [row.state, row._count])) },
    notices: { ...zeros(NOTICE_STATES), ...Object.fromEntries(notices.map((row) => [row.state, row._count])) },
    outbox: topics.map((topic) => {
      const count = all.find((row) => row.topic === topic)?._count;
      const oldest = due.find((row) => row.topic === topic)?._min.dueAt;
      return {
        topic,
        waiting: (count?._all ?? 0) - (count?.parkedAt ?? 0),
        parked: count?.parkedAt ?? 0,
        dueLagMs: oldest ? Math.max(0, now - oldest.getTime()) : 0,
      };
    }),
    refusals: Object.fromEntries(refusals.map((row) => [row.reason, row._count])),
    drifts: {
      ...zeros(SUMS.map(({ name }) => name)),
      ...Object.fromEntries(drifts.map((row) => [row.sum, row._count])),
    },
    ...{ eventsWaiting, endpointsFailing },
  };
}

const zeros = (names: readonly string[]): Record<string, number> => Object.fromEntries(names.map((name) => [name, 0]));
