/** Accounts: their profile rows, and which of them time has brought something. Through Prisma: none of it posts. */

import { accountId } from '../../domain/ids.js';
import { isoOf } from '../../domain/instant.js';
import { Prisma as Sql } from '../../generated/prisma/client.js';
import type { Accounts, Clock, NewAccount } from '../../ports.js';
import type { Prisma } from './prisma.js';

const UNIQUE_VIOLATION = 'P2002';

export function makeAccounts(prisma: Prisma, clock: Clock): Accounts {
  return {
    async create(account) {
      const now = new Date(await clock.now());
      try {
        await prisma.account.create({ data: rowsOf(account, now) });
        return { kind: 'created' };
      } catch (error) {
        if (error instanceof Sql.PrismaClientKnownRequestError && error.code === UNIQUE_VIOLATION)
          return { kind: 'exists' };
        throw error;
      }
    },
    async find(id) {
      const select = { name: true, catalog: true, billingEmail: true, customer: true };
      return prisma.account.findUnique({ where: { id }, select });
    },
    async setCustomer(id, customer) {
      await prisma.account.updateMany({ where: { id, customer: null }, data: { customer } });
    },
    async due(limit) {
      const now = isoOf(await clock.now());
      const rows = await prisma.balance.findMany({
        where: { settledUntil: { lte: now } },
        orderBy: { settledUntil: 'asc' },
        take: limit,
        select: { account: { select: { id: true } } },
      });
      return rows.map((row) => accountId(row.account.id));
    },
  };
}

/** An account that has an anchor is due from then on, so that its first allotment cannot be forgotten. */
function rowsOf(account: NewAccount, now: Date) {
  const anchor = account.anchor === null ? null : new Date(account.anchor);
  return {
    id: account.id,
    name: account.name,
    slug: account.slug,
    catalog: account.catalog,
    billingEmail: account.billingEmail,
    createdAt: now,
    settings: { create: { plan: account.plan, zone: account.zone, anchor } },
    balance: { create: { lastInstant: now, settledUntil: anchor } },
    members: {
      create: account.owners.map((owner) => ({ id: owner.id, role: 'owner', email: owner.email, createdAt: now })),
    },
  };
}
