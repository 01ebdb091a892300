/** Reading what was counted: for charts, for "this period by meter", and for the runway. */
import { microCredits } from '../../domain/credits.js';
import { memberId } from '../../domain/ids.js';
import { instant } from '../../domain/instant.js';
import { NO_USE } from '../../domain/recent-use.js';
import type { Prisma as Sql } from '../../generated/prisma/client.js';
import type { Clock, Totals, UsageSum, UsageWish } from '../../ports.js';
import type { Prisma } from './prisma.js';
import { daysOf } from './recent-use.js';

const SUMS = { quantity: true, credits: true, events: true } as const;

interface FoundSums {
  readonly meter: string;
  readonly member?: string;
  readonly _sum: {
    readonly quantity: Sql.Decimal | null;
    readonly credits: bigint | null;
    readonly events: bigint | null;
  };
}

export function makeTotalsReading(prisma: Prisma, clock: Clock): Omit<Totals, 'countSlice'> {
  const numberOf = async (account: string): Promise<bigint | null> =>
    (await prisma.account.findUnique({ where: { id: account }, select: { no: true } }))?.no ?? null;
  return {
    async byDay({ account, from, to, ...wish }) {
      const no = await numberOf(account);
      if (no === null) return [];
      const days = { gte: new Date(`${from}T00:00:00Z`), lte: new Date(`${to}T00:00:00Z`) };
      const rows = await prisma.usageTotal.groupBy({
        by: wish.byMember === true ? ['day', 'meter', 'member'] : ['day', 'meter'],
        where: { accountNo: no, day: days, ...memberOf(wish) },
        _sum: SUMS,
        orderBy: [{ day: 'asc' }, { meter: 'asc' }],
      });
      return rows.map((row) => ({ day: row.day.toISOString().slice(0, 10), ...sumOf(row, wish) }));
    },
    async thisPeriod({ account, ...wish }) {
      const no = await numberOf(account);
      const settings = no === null ? null : await prisma.accountSettings.findUnique({ where: { accountNo: no } });
      if (no === null || settings === null || settings.ordinal === null) return [];
      const rows = await prisma.usagePeriod.groupBy({
        by: wish.byMember === true ? ['meter', 'member'] : ['meter'],
        where: { accountNo: no, run: settings.run, ordinal: settings.ordinal, ...memberOf(wish) },
        _sum: SUMS,
        orderBy: [{ _sum: { credits: 'desc' } }, { meter: 'asc' }],
      });
      return rows.map((row) => sumOf(row, wish));
    },
    async recentUse(account) {
      const found = await prisma.account.findUnique({
        where: { id: account },
        select: { settings: { select: { zone: true } }, usageProgress: true },
      });
      if (found === null || found.settings === null) return null;
      const progress = found.usageProgress;
      const at = await clock.now();
      const { zone } = found.settings;
      if (progress === null) return { use: NO_USE, zone, at };
      const use = {
        ...NO_USE,
        usualHour: progress.usualHour === null ? null : microCredits(progress.usualHour),
        firstUsedAt: progress.firstUsedAt === null ? null : instant(progress.firstUsedAt.getTime()),
        days: daysOf(progress.days as Record<string, string>),
      };
      return { use, zone, at };
    },
  };
}

const memberOf = ({ member }: Pick<UsageWish, 'member'>) => (member === undefined ? {} : { member });

const sumOf = (row: FoundSums, wish: Omit<UsageWish, 'account'>): UsageSum => ({
  meter: row.meter === '' ? null : row.meter,
  member: wish.member ?? (row.member === undefined || row.member === '' ? null : memberId(row.member)),
  quantity: row._sum.quantity?.toFixed() ?? '0',
  credits: microCredits(row._sum.credits ?? 0n),
  events: Number(row._sum.events ?? 0n),
});
