/**
 * The same debit as most teams write it: one job, one interactive transaction of Prisma. It looks for the key, locks the
 * balance, takes from the first lot, writes the line. It knows no debt, no overage, no top-off and no refusals: what is
 * compared is the way of working, and all that it leaves out would make it slower.
 */
import { Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { makePrisma } from '../../src/adapters/postgres/prisma.js';
import { contentHash, producerKey } from '../../src/domain/keys.js';
import type { UsageEvent } from '../../src/messages.js';
import { PEER_PREFIX, type PeerSettings, PRISMA_QUEUE } from './settings.js';

/** More connections than these make it slower on two cores. */
const CONNECTIONS = 16;
const COST = 1_000_000n;

export async function startPrisma({ databaseUrl, redisUrl }: PeerSettings): Promise<() => Promise<void>> {
  const prisma = makePrisma(databaseUrl, CONNECTIONS);
  const debit = (event: UsageEvent) =>
    prisma.$transaction(
      async (tx) => {
        const account = await tx.account.findUniqueOrThrow({ where: { id: event.account } });
        const accountNo = account.no;
        await tx.$queryRaw`select 1 from balances where account_no = ${accountNo} for no key update`;
        const keyHash = producerKey(event.key);
        if ((await tx.ledgerEntry.findFirst({ where: { accountNo, keyHash } })) !== null) return;
        const balance = await tx.balance.findUniqueOrThrow({ where: { accountNo } });
        const lot = await tx.grant.findFirstOrThrow({ where: { accountNo, closed: false, remaining: { gte: COST } } });
        const now = new Date();
        await tx.ledgerEntry.create({
          data: {
            ...{
              accountNo,
              sequence: balance.sequence + 1n,
              keyHash,
              line: 0,
              kind: 'use',
              lot: lot.id,
              amount: -COST,
            },
            ...{ balanceAfter: balance.lots - COST, occurredAt: new Date(event.occurredAt ?? now), postedAt: now },
            ...{ contentHash: contentHash(event.properties), meter: event.meter, quantity: 1 },
            ...{ properties: event.properties ?? {}, version: 'peer' },
          },
        });
        await tx.grant.update({
          where: { accountNo_id: { accountNo, id: lot.id } },
          data: { remaining: { decrement: COST } },
        });
        await tx.balance.update({
          where: { accountNo },
          data: { lots: { decrement: COST }, sequence: { increment: 1 }, lastInstant: now },
        });
      },
      { maxWait: 30_000, timeout: 30_000 },
    );
  const worker = new Worker<{ event: UsageEvent }>(PRISMA_QUEUE, ({ data }) => debit(data.event), {
    connection: new Redis(redisUrl, { maxRetriesPerRequest: null }),
    prefix: PEER_PREFIX,
    concurrency: CONNECTIONS,
    removeOnComplete: { count: 100 },
  });
  worker.on('failed', (_, error) => console.error(error));
  await worker.waitUntilReady();
  return async () => {
    await worker.close();
    await prisma.$disconnect();
  };
}
