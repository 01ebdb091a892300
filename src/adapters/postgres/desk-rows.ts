/** What is owed to the processor's own books: due rows, in the order in which they fell due. */
import { accountNo, paymentMethodId } from '../../domain/ids.js';
import { type Instant, instant } from '../../domain/instant.js';
import type { DeskRows } from '../../ports.js';
import type { Prisma } from './prisma.js';

export function makeDeskRows(prisma: Prisma): DeskRows {
  const dateOf = (at: Instant | null): Date | null => (at === null ? null : new Date(at));
  return {
    async removals(at, limit) {
      const rows = await prisma.paymentMethod.findMany({
        where: { removalDueAt: { lte: new Date(at) } },
        orderBy: { removalDueAt: 'asc' },
        take: limit,
        include: { account: { select: { customer: true } } },
      });
      const living = await prisma.paymentMethod.findMany({
        where: { processorId: { in: rows.map((row) => row.processorId) }, detachedAt: null },
        select: { processorId: true },
      });
      return rows.map(({ accountNo: no, id, processorId, removalDueAt, account }) => ({
        ...{ accountNo: accountNo(no), card: paymentMethodId(id), processorId, customer: account.customer },
        usedElsewhere: living.some((one) => one.processorId === processorId),
        dueAt: instant(removalDueAt?.getTime() ?? at),
      }));
    },
    async customers(at, limit) {
      const rows = await prisma.account.findMany({
        where: { customerDueAt: { lte: new Date(at) }, customer: { not: null } },
        orderBy: { customerDueAt: 'asc' },
        take: limit,
      });
      return rows.map(({ no, customer, name, billingEmail, customerDueAt }) => ({
        ...{ accountNo: accountNo(no), customer: customer ?? '', name, email: billingEmail },
        dueAt: instant(customerDueAt?.getTime() ?? at),
      }));
    },
    async settleRemoval({ accountNo: no, card, dueAt }, next) {
      await prisma.paymentMethod.updateMany({
        where: { accountNo: BigInt(no), id: card, removalDueAt: new Date(dueAt) },
        data: { removalDueAt: dateOf(next) },
      });
    },
    async settleCustomer({ accountNo: no, dueAt }, next) {
      await prisma.account.updateMany({
        where: { no: BigInt(no), customerDueAt: new Date(dueAt) },
        data: { customerDueAt: dateOf(next) },
      });
    },
  };
}
