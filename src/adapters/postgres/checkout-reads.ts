/** What Checkout and the link to approve a payment have to know beside the account itself. */
import type { ChargeKind, ChargeState } from '../../domain/charge.js';
import { microCredits } from '../../domain/credits.js';
import { instant } from '../../domain/instant.js';
import { money } from '../../domain/money.js';
import type { PayLinks, TrialCards } from '../../ports.js';
import type { Prisma } from './prisma.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export function makeTrialCards(prisma: Prisma): TrialCards {
  return {
    async attachedTo(id) {
      const account = await prisma.account.findUnique({
        where: { id },
        select: { catalog: true, paymentMethods: { where: { detachedAt: null }, select: { fingerprint: true } } },
      });
      if (account === null || account.paymentMethods.length === 0) return new Set();
      const fingerprint = { in: account.paymentMethods.map((card) => card.fingerprint) };
      const had = await prisma.trialCard.findMany({ where: { catalog: account.catalog, fingerprint } });
      return new Set(had.map((card) => card.fingerprint));
    },
  };
}

export function makePayLinks(prisma: Prisma): PayLinks {
  return {
    async find(charge) {
      if (!UUID.test(charge)) return null;
      const row = await prisma.charge.findFirst({
        where: { id: charge },
        include: { account: { select: { id: true, slug: true, catalog: true } } },
      });
      if (row === null) return null;
      return {
        catalog: row.account.catalog,
        slug: row.account.slug ?? row.account.id,
        kind: row.kind as ChargeKind,
        state: row.state as ChargeState,
        credits: microCredits(row.credits),
        amount: money(row.amountMinor, row.currency),
        actionUntil: row.actionUntil === null ? null : instant(row.actionUntil.getTime()),
      };
    },
  };
}
