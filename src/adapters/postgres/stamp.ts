/**
 * What a database is charged through, written at its first use. Credits bought with test money must never be spent in
 * production, nor the other way round: a start whose processor does not match is refused, both ways.
 */
import type { Processor } from '../../ports.js';
import type { Prisma } from './prisma.js';

export interface Stamp {
  readonly deployment: string;
  readonly demo: boolean;
}

export type StampResult =
  | { readonly kind: 'matches'; readonly stamp: Stamp }
  | { readonly kind: 'mismatch'; readonly sentence: string };

export const nameOf = (processor: Processor): string =>
  processor.kind === 'double'
    ? 'the Stripe double'
    : `Stripe account ${processor.account} in ${processor.livemode ? 'live' : 'test'} mode`;

/** Writes the stamp if there is none; `demo` says whether the database is the demo's own from now on. */
export async function stampDatabase(
  prisma: Prisma,
  processor: Processor,
  demo: boolean,
  newId: () => string,
  now: Date,
): Promise<StampResult> {
  const mine = nameOf(processor);
  await prisma.deployment.createMany({
    data: [{ one: 1, id: newId(), processor: mine, demo, createdAt: now }],
    skipDuplicates: true,
  });
  const found = await prisma.deployment.findUniqueOrThrow({ where: { one: 1 } });
  if (found.processor !== mine) {
    const sentence = `This database is charged through ${found.processor}, and the key given here is of ${mine}. Use another database, or the key it began with.`;
    return { kind: 'mismatch', sentence };
  }
  return { kind: 'matches', stamp: { deployment: found.id, demo: found.demo } };
}

/** The stamp of a database that has been used, for commands that need no processor. */
export async function readStamp(prisma: Prisma): Promise<Stamp | null> {
  const found = await prisma.deployment.findUnique({ where: { one: 1 } });
  return found === null ? null : { deployment: found.id, demo: found.demo };
}

/** Throws where this process alone could want more connections than the server has: the failure would come under load. */
export async function assertConnections(prisma: Prisma, wanted: number): Promise<void> {
  const [row] = await prisma.$queryRaw<{ free: number }[]>`
    select current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int as free`;
  if (row !== undefined && row.free < wanted) {
    throw new Error(
      `This worker can use ${wanted} connections and Postgres allows ${row.free}: raise max_connections.`,
    );
  }
}
