/** Everything an operator wants to see of one account at once, newest first and bounded. Reads only, an instant old at worst. */

import { accountNo } from '../../domain/ids.js';
import type { Prisma } from './prisma.js';
import { eventSubject } from './save-events.js';

export type AccountScreen = NonNullable<Awaited<ReturnType<typeof readAccountScreen>>>;

const OPEN_LOTS = 50;

/** Null: there is no such account. `shown`: how many of what there is much of. */
export async function readAccountScreen(prisma: Prisma, id: string, shown: number) {
  const account = await prisma.account.findUnique({
    where: { id },
    include: { settings: true, balance: true, members: { orderBy: { id: 'asc' } }, subscriptions: true },
  });
  if (account === null) return null;
  const where = { accountNo: account.no };
  const newest = { where, take: shown } as const;
  const [lots, holds, entries, periods, cards] = await Promise.all([
    prisma.grant.findMany({
      where: { ...where, closed: false },
      orderBy: [{ priority: 'asc' }, { expiresAt: 'asc' }],
      take: OPEN_LOTS,
    }),
    prisma.hold.findMany({ where: { ...where, state: 'open' }, orderBy: { expiresAt: 'asc' }, take: shown }),
    prisma.ledgerEntry.findMany({ ...newest, orderBy: { sequence: 'desc' } }),
    prisma.period.findMany({ where, orderBy: [{ run: 'desc' }, { ordinal: 'desc' }], take: 1 }),
    prisma.paymentMethod.findMany({
      where: { ...where, detachedAt: null },
      orderBy: [{ rank: 'asc' }, { attachedAt: 'asc' }],
    }),
  ]);
  const [charges, incidents, events, waiting, notices, levels, pools, budgets] = await Promise.all([
    prisma.charge.findMany({ ...newest, orderBy: { id: 'desc' } }),
    prisma.incident.findMany({
      ...newest,
      orderBy: [{ resolvedAt: { sort: 'desc', nulls: 'first' } }, { openedAt: 'desc' }],
    }),
    prisma.event.findMany({ ...newest, orderBy: { sequence: 'desc' } }),
    prisma.event.count({ where: { ...where, state: 'waiting' } }),
    prisma.notice.findMany({ ...newest, orderBy: { createdAt: 'desc' } }),
    prisma.level.findMany({ where, orderBy: [{ limitKey: 'asc' }, { member: 'asc' }], take: shown }),
    prisma.pool.findMany({ where, orderBy: { key: 'asc' }, take: shown }),
    prisma.budget.findMany({ where, orderBy: { member: 'asc' }, take: shown }),
  ]);
  const [outbox, drifts, audit] = await Promise.all([
    prisma.outbox.findMany({ where, orderBy: { dueAt: 'asc' }, take: shown }),
    prisma.drift.findMany({ where: { ...where, goneAt: null } }),
    prisma.auditEntry.findMany({ ...newest, orderBy: { at: 'desc' } }),
  ]);
  const telling = outbox.find((row) => row.topic === 'event' && row.subject === eventSubject(accountNo(account.no)));
  return {
    ...{ account, lots, holds, entries, period: periods[0] ?? null, cards },
    ...{ charges, incidents, events, eventsWaiting: waiting, eventsNote: telling?.note ?? null, notices },
    ...{ levels, pools, budgets, outbox, drifts, audit },
  };
}
