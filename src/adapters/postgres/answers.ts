/** Answers by the key they were asked under: the first one stands. */

import { instant } from '../../domain/instant.js';
import { Prisma as Client } from '../../generated/prisma/client.js';
import type { Answers, Clock } from '../../ports.js';
import type { Prisma } from './prisma.js';

/** A process that died while it answered leaves its row unanswered; after this long another may answer. */
const ABANDONED_MS = 60_000;

export function makeAnswers(prisma: Prisma, clock: Clock): Answers {
  return {
    async begin(scope, key, requestHash) {
      const now = new Date(await clock.now());
      const { count } = await prisma.idempotentAnswer.createMany({
        data: [{ scope, key, requestHash, begunAt: now }],
        skipDuplicates: true,
      });
      if (count === 1) return { kind: 'new', begunAt: instant(now.getTime()) };
      const found = await prisma.idempotentAnswer.findUnique({ where: { scope_key: { scope, key } } });
      if (found === null) return { kind: 'in_progress' };
      if (found.requestHash !== requestHash) return { kind: 'conflict' };
      if (found.status !== null) return { kind: 'answered', status: found.status, body: found.body };
      const abandoned = new Date(now.getTime() - ABANDONED_MS);
      const taken = await prisma.idempotentAnswer.updateMany({
        where: {
          ...{ scope, key, status: null },
          begunAt: { lt: abandoned, equals: found.begunAt },
          OR: [{ takenAt: null }, { takenAt: { lt: abandoned } }],
        },
        data: { takenAt: now },
      });
      // Under the first instant: what the one who gave no answer has done is found by it.
      return taken.count === 1 ? { kind: 'new', begunAt: instant(found.begunAt.getTime()) } : { kind: 'in_progress' };
    },
    async keep(scope, key, status, body) {
      const answeredAt = new Date(await clock.now());
      const stored = body === null || body === undefined ? Client.JsonNull : (body as Client.InputJsonValue);
      await prisma.idempotentAnswer.updateMany({
        where: { scope, key, status: null },
        data: { status, body: stored, answeredAt },
      });
    },
    async forget(scope, key) {
      await prisma.idempotentAnswer.deleteMany({ where: { scope, key, status: null } });
    },
  };
}
