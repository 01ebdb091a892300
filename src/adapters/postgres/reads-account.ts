/** Who an account is, who its members are, what they are kept to, and how it stands: small reads for the API. */
import type { Pool } from 'pg';
import { microCredits } from '../../domain/credits.js';
import { accountId, incidentId, memberId } from '../../domain/ids.js';
import type { Role } from '../../domain/permissions.js';
import type { IncidentRecord, PeriodView, Pulse, Reads } from '../../ports.js';
import { run, type Statement } from './pool.js';
import type { Prisma } from './prisma.js';
import type { Row } from './rows.js';
import { instantOf, instantOrNull } from './views-operator.js';

/** Hot rows and open incidents of several accounts, each by its key. */
const PULSES: Statement = {
  name: 'read_pulses',
  text: `select a.id, b.sequence, b.lots - b.debt as remaining, b.held,
      coalesce((select json_agg(json_build_object('id', i.id, 'kind', i.kind) order by i.opened_at, i.id)
        from incidents i where i.account_no = a.no and i.resolved_at is null), '[]') as incidents
    from accounts a join balances b on b.account_no = a.no
    where a.id = any($1::text[])`,
};

type Part = Pick<
  Reads,
  'catalogOf' | 'catalogsOf' | 'confinedTo' | 'profile' | 'members' | 'incidents' | 'periods' | 'pulses'
>;

export function makeAccountReads(prisma: Prisma, pool: Pool): Part {
  const numberOf = async (id: string): Promise<bigint | null> =>
    (await prisma.account.findUnique({ where: { id }, select: { no: true } }))?.no ?? null;
  return {
    catalogOf: async (id) =>
      (await prisma.account.findUnique({ where: { id }, select: { catalog: true } }))?.catalog ?? null,
    async catalogsOf(ids) {
      const rows = await prisma.account.findMany({
        where: { id: { in: [...new Set(ids)] } },
        select: { id: true, catalog: true },
      });
      return new Map(rows.map((row) => [row.id, row.catalog]));
    },
    async confinedTo(id, member) {
      const rows = await prisma.poolMember.findMany({
        where: { member, ofPool: { account: { id } } },
        select: { pool: true, confined: true },
      });
      return rows.length === 0 || rows.some((row) => !row.confined) ? null : rows.map((row) => row.pool).sort();
    },
    async profile(id) {
      const row = await prisma.account.findUnique({ where: { id }, include: { settings: true } });
      if (row === null) return null;
      return {
        ...{ id: accountId(row.id), name: row.name, slug: row.slug, catalog: row.catalog },
        ...{ billingEmail: row.billingEmail, plan: row.settings?.plan ?? '', zone: row.settings?.zone ?? 'UTC' },
        nextZone: row.settings?.nextZone ?? null,
        createdAt: instantOf(row.createdAt),
        closedAt: instantOrNull(row.settings?.closedAt ?? null),
      };
    },
    async members(id) {
      const rows = await prisma.member.findMany({ where: { account: { id } }, orderBy: { id: 'asc' } });
      return rows.map((row) => ({
        ...{ id: memberId(row.id), role: row.role as Role, email: row.email },
        createdAt: instantOf(row.createdAt),
      }));
    },
    async incidents(id, member, limit) {
      const accountNo = await numberOf(id);
      return accountNo === null ? [] : incidentsOf(prisma, accountNo, member, limit);
    },
    async periods(id, limit) {
      const rows = await prisma.period.findMany({
        where: { account: { id } },
        orderBy: [{ run: 'desc' }, { ordinal: 'desc' }],
        take: limit,
      });
      return rows.map(
        (row): PeriodView => ({
          ...{ run: row.run, ordinal: row.ordinal, plan: row.plan, allotment: microCredits(row.allotment) },
          ...{ startsAt: instantOf(row.startsAt), endsAt: instantOf(row.endsAt) },
        }),
      );
    },
    async pulses(ids) {
      const rows = await run<Row>(pool, PULSES, [ids]);
      return rows.map(
        (row): Pulse => ({
          ...{ account: accountId(row.id), sequence: Number(row.sequence) },
          ...{ remaining: row.remaining, held: row.held, incidents: row.incidents },
        }),
      );
    },
  };
}

async function incidentsOf(prisma: Prisma, accountNo: bigint, member: string | null, limit: number) {
  const rows = await prisma.incident.findMany({
    where: { accountNo },
    orderBy: [{ resolvedAt: { sort: 'desc', nulls: 'first' } }, { openedAt: 'desc' }],
    take: limit,
    include: { dismissals: { where: { member: member ?? '' }, take: 1 } },
  });
  return rows.map(
    (row): IncidentRecord => ({
      ...{ id: incidentId(row.id), kind: row.kind as IncidentRecord['kind'], charge: row.chargeId },
      ...{ openedAt: instantOf(row.openedAt), resolvedAt: instantOrNull(row.resolvedAt) },
      dismissedAt: instantOrNull(row.dismissals[0]?.dismissedAt ?? null),
    }),
  );
}
