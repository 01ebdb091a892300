/** Accounts: their profile rows, and which of them time has brought something. Through Prisma: none of it posts. */

import { randomUUID } from 'node:crypto';
import { accountId } from '../../domain/ids.js';
import { Prisma as Sql } from '../../generated/prisma/client.js';
import type { Accounts, Clock, NewAccount } from '../../ports.js';
import { requestId } from './first-outcomes.js';
import type { Prisma } from './prisma.js';

const UNIQUE_VIOLATION = 'P2002';
/** The part that is asked for is chosen among so many times as much: workers then rarely meet. */
const DUE_WINDOWS = 20;

export function makeAccounts(prisma: Prisma, clock: Clock, newId: () => string = randomUUID): Accounts {
  return {
    async create(account, by, request) {
      const now = new Date(await clock.now());
      try {
        await prisma.$transaction(async (tx) => {
          const { no } = await tx.account.create({ data: rowsOf(account, now), select: { no: true } });
          if (by === undefined) return;
          const { catalog, plan, zone } = account;
          await tx.auditEntry.create({
            data: {
              id: request === undefined ? newId() : requestId(request, 'create_account'),
              at: now,
              who: by,
              action: 'create_account',
              accountNo: no,
              after: { catalog, plan, zone },
            },
          });
        });
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
    async due(limit, except = []) {
      const now = new Date(await clock.now());
      const rows = await prisma.$queryRaw<{ id: string }[]>`
        select a.id from (
          select waiting.account_no from (
            select b.account_no from balances b
             where b.settled_until <= ${now}
               and b.account_no <> all (array(select e.no from accounts e where e.id = any(${[...except]}::text[])))
             order by b.settled_until limit ${limit * DUE_WINDOWS}
          ) waiting order by random() limit ${limit}
        ) due join accounts a on a.no = due.account_no`;
      return rows.map((row) => accountId(row.id));
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
