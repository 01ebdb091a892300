/** Refusals beside the batches that write most of them: unreadable events, and what an operator sends again. */
import type { Pool } from 'pg';
import { contentHash } from '../../domain/keys.js';
import { refused } from '../../domain/outcomes.js';
import type { Clock, Refusals } from '../../ports.js';
import { inTransaction } from './outbox.js';
import type { Prisma } from './prisma.js';
import { recordRefusals } from './refusal-rows.js';

/** Sent again is what may end otherwise: never an event that cannot be read, nor one whose key stands for other content. */
export function makeRefusals(prisma: Prisma, pool: Pool, clock: Clock, newId: () => string): Refusals {
  return {
    async recordUnreadable(events) {
      const rows = events.map(({ account, key, message, raw }) => ({
        account: account ?? '',
        key: key ?? '',
        identity: contentHash({ unreadable: raw }),
        refused: refused('invalid', message),
        mode: 'default',
        event: raw ?? null,
      }));
      await inTransaction(pool, clock, (client, at) => recordRefusals(client, rows, at, newId));
    },
    async replayable({ account, reason, after, limit }) {
      return prisma.refusal
        .findMany({
          where: {
            settledAt: null,
            mode: { not: 'if_covered' },
            reason: reason ?? { notIn: ['invalid', 'conflict'] },
            ...(account === undefined ? {} : { accountId: account }),
            ...(after === undefined ? {} : { id: { gt: after } }),
          },
          orderBy: { id: 'asc' },
          take: limit,
        })
        .then((rows) => rows.map((row) => ({ ...row, account: row.accountId })));
    },
    async settle(ids) {
      const settledAt = new Date(await clock.now());
      await prisma.refusal.updateMany({ where: { id: { in: [...ids] } }, data: { settledAt } });
    },
  };
}
