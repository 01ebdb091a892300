/** The operator's switch: a column of the deployment's one row, read in every posting transaction beside the clock. */
import type { Charging } from '../../domain/book.js';
import { noteDeed } from './deeds.js';
import type { Prisma } from './prisma.js';

/** Null where the database has not been used yet. */
export async function readCharging(prisma: Pick<Prisma, 'deployment'>): Promise<Charging | null> {
  const found = await prisma.deployment.findUnique({ where: { one: 1 }, select: { charging: true } });
  return found === null ? null : (found.charging as Charging);
}

/**
 * Acts with the next transaction of every process. False where the database has not been used yet. Who turned it stands in
 * the audit log by the same commit; a turn that changes nothing leaves no line.
 */
export async function setCharging(
  prisma: Prisma,
  charging: Charging,
  turned?: { readonly id: string; readonly at: Date; readonly who: string },
): Promise<boolean> {
  return prisma.$transaction(async (tx) => {
    const before = await readCharging(tx);
    if (before === null) return false;
    await tx.deployment.update({ where: { one: 1 }, data: { charging } });
    if (turned !== undefined && before !== charging)
      await noteDeed(tx, { ...turned, action: 'set_charging', before: { charging: before }, after: { charging } });
    return true;
  });
}
