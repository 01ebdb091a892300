/** Many accounts at once, as opening writes them, for tests and measurements of what falls due together. */
import type { Prisma } from '../../src/adapters/postgres/prisma.js';

export interface ManyAccounts {
  /** Their ids are "prefix-0", "prefix-1", … */
  readonly prefix: string;
  readonly count: number;
  /** When all of them fall due. */
  readonly anchor: number;
  readonly zone?: string;
}

export async function insertAccounts(prisma: Prisma, { prefix, count, anchor, zone = 'UTC' }: ManyAccounts) {
  const at = new Date(anchor);
  const names = Array.from({ length: count }, (_, place) => `${prefix}-${place}`);
  await prisma.account.createMany({
    data: names.map((name) => ({ id: name, name, catalog: 'receptionist', createdAt: at })),
  });
  const rows = await prisma.account.findMany({ where: { id: { in: names } }, select: { no: true } });
  await prisma.accountSettings.createMany({
    data: rows.map(({ no }) => ({ accountNo: no, plan: 'standard', zone, anchor: at })),
  });
  await prisma.balance.createMany({
    data: rows.map(({ no }) => ({ accountNo: no, lastInstant: at, settledUntil: at })),
  });
}
