/** Prisma, for the reads and for the writes that stand alone. Nothing that posts to the ledger goes through it. */
import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from '../../generated/prisma/client.js';

export type Prisma = PrismaClient;

export function makePrisma(url: string, max: number): Prisma {
  const adapter = new PrismaPg({
    connectionString: url,
    max,
    application_name: 'creditd-prisma',
    connectionTimeoutMillis: 5_000,
    statement_timeout: 30_000,
    keepAlive: true,
  });
  return new PrismaClient({ adapter });
}
