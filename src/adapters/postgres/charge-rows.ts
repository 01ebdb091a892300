/** Charges and cards, read to be compared with what the processor says. None of it posts. */

import { microCredits } from '../../domain/credits.js';
import { accountId, accountNo, chargeId, paymentMethodId } from '../../domain/ids.js';
import { instant } from '../../domain/instant.js';
import { minorUnits } from '../../domain/money.js';
import type { OpenDispute } from '../../domain/payment.js';
import type { Prisma as Sql } from '../../generated/prisma/client.js';
import type { ChargeRow, ChargeRows } from '../../ports.js';
import type { Prisma } from './prisma.js';

const include = {
  account: { select: { id: true } },
} as const satisfies Sql.ChargeInclude;

type Found = Sql.ChargeGetPayload<{ include: typeof include }>;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export function makeChargeRows(prisma: Prisma): ChargeRows {
  return {
    async ofAccount(account, { charge, intent }) {
      const wanted: Sql.ChargeWhereInput[] = [
        ...(charge !== null && UUID.test(charge) ? [{ id: charge }] : []),
        ...(intent === null ? [] : [{ intentId: intent }]),
      ];
      const owner = await prisma.account.findUnique({ where: { id: account }, select: { no: true } });
      if (owner === null || wanted.length === 0) return null;
      const found = await prisma.charge.findMany({ where: { accountNo: owner.no, OR: wanted }, include });
      const [row] = await rowsOf(prisma, found.filter((one) => one.id === charge).concat(found));
      return row ?? null;
    },
    async named(wanted) {
      const owners = await prisma.account.findMany({
        where: { id: { in: [...new Set(wanted.map((one) => one.account))] } },
        select: { id: true, no: true },
      });
      const numbers = new Map(owners.map((one) => [one.id, one.no]));
      const keys = wanted.flatMap(({ account, charge }) => {
        const no = numbers.get(account);
        return no === undefined || !UUID.test(charge) ? [] : [{ accountNo: no, id: charge }];
      });
      if (keys.length === 0) return [];
      return rowsOf(prisma, await prisma.charge.findMany({ where: { OR: keys }, include }));
    },
    async succeededSince(since, after, limit) {
      const from: Sql.ChargeWhereInput =
        after === null
          ? { createdAt: { gte: new Date(since) } }
          : {
              OR: [
                { createdAt: { gt: new Date(after.createdAt) } },
                { createdAt: new Date(after.createdAt), id: { gt: after.id } },
              ],
            };
      const found = await prisma.charge.findMany({
        where: { AND: [{ state: 'succeeded' }, from] },
        orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
        take: limit,
        include,
      });
      return rowsOf(prisma, found);
    },
    async cards(account) {
      const rows = await prisma.paymentMethod.findMany({ where: { account: { id: account } } });
      return rows.map((row) => ({
        id: paymentMethodId(row.id),
        processorId: row.processorId,
        fingerprint: row.fingerprint,
        last4: row.last4,
        expiryMonth: row.expiryMonth,
        expiryYear: row.expiryYear,
        detached: row.detachedAt !== null,
      }));
    },
    async subscriptionVersion(account, subscription) {
      const where = { id: subscription, account: { id: account } };
      return (await prisma.subscription.findFirst({ where, select: { version: true } }))?.version ?? 0;
    },
    async account(id) {
      const row = await prisma.account.findUnique({ where: { id }, select: { no: true, customer: true } });
      return row === null ? null : { no: accountNo(row.no), customer: row.customer };
    },
    async forgetCustomer(id, customer) {
      await prisma.account.updateMany({ where: { id, customer }, data: { customer: null } });
    },
  };
}

/** With whether an attempt of each is out, asked after the rows: an attempt frozen between the two has raised the version. */
async function rowsOf(prisma: Prisma, found: readonly Found[]): Promise<readonly ChargeRow[]> {
  if (found.length === 0) return [];
  const out = await prisma.attempt.findMany({
    where: { OR: found.map((one) => ({ accountNo: one.accountNo, chargeId: one.id })), answeredAt: null },
    select: { accountNo: true, chargeId: true },
  });
  const unanswered = new Set(out.map((one) => `${one.accountNo}:${one.chargeId}`));
  return found.map((row) => ({
    account: accountId(row.account.id),
    id: chargeId(row.id),
    kind: row.kind as ChargeRow['kind'],
    state: row.state as ChargeRow['state'],
    version: row.version,
    intentId: row.intentId,
    unanswered: unanswered.has(`${row.accountNo}:${row.id}`),
    credits: microCredits(row.credits),
    amountMinor: minorUnits(row.amountMinor),
    paidMinor: minorUnits(row.paidMinor),
    refundedMinor: minorUnits(row.refundedMinor),
    disputedMinor: minorUnits(row.disputedMinor ?? 0n),
    dispute: row.dispute as OpenDispute | null,
    createdAt: instant(row.createdAt.getTime()),
  }));
}
