/** The operator's switch: a column of the deployment's one row, read in every posting transaction beside the clock. */
import type { Charging } from '../../domain/book.js';
import type { Prisma } from './prisma.js';

/** Null where the database has not been used yet. */
export async function readCharging(prisma: Prisma): Promise<Charging | null> {
  const found = await prisma.deployment.findUnique({ where: { one: 1 }, select: { charging: true } });
  return found === null ? null : (found.charging as Charging);
}

/** Acts with the next transaction of every process. False where the database has not been used yet. */
export async function setCharging(prisma: Prisma, charging: Charging): Promise<boolean> {
  const changed = await prisma.deployment.updateMany({ where: { one: 1 }, data: { charging } });
  return changed.count === 1;
}
