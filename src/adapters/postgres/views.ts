/** Reads for people: accounts as they stand and what happened to them. Everything goes by an index of the account's. */
import type { IncidentKind } from '../../domain/account.js';
import type { LineKind } from '../../domain/book.js';
import type { ChargeKind, ChargeState } from '../../domain/charge.js';
import { microCredits } from '../../domain/credits.js';
import { type AccountId, accountId } from '../../domain/ids.js';
import type { LotKind } from '../../domain/lots.js';
import { money } from '../../domain/money.js';
import type { CardLabel, FailureReason, NoticeKind } from '../../domain/notice.js';
import type { AccountInclude } from '../../generated/prisma/models/Account.js';
import type { AccountView, ChargeView, Clock, LedgerLineView, NoticeView, Views } from '../../ports.js';
import type { Prisma } from './prisma.js';
import { instantOf, instantOrNull, outboxRows, refusalRows, tallies } from './views-operator.js';

export function makeViews(prisma: Prisma, clock: Clock): Views {
  return {
    async ping() {
      await prisma.$queryRaw`select 1`;
    },
    accounts: (limit) => accountViews(prisma, {}, limit),
    async account(id) {
      const [found] = await accountViews(prisma, { id }, 1);
      return found ?? null;
    },
    lines: (account, limit) => lineViews(prisma, account, limit),
    charges: (account, limit) => chargeViews(prisma, account, limit),
    notices: (account, limit) => noticeViews(prisma, account, limit),
    outbox: (limit) => outboxRows(prisma, limit),
    refusals: (limit) => refusalRows(prisma, limit),
    async tallies() {
      return tallies(prisma, await clock.now());
    },
  };
}

const ACCOUNT_PARTS = {
  settings: true,
  balance: true,
  periods: { orderBy: [{ run: 'desc' }, { ordinal: 'desc' }], take: 1 },
  paymentMethods: { where: { detachedAt: null }, orderBy: [{ rank: 'asc' }, { attachedAt: 'asc' }, { id: 'asc' }] },
  incidents: { where: { resolvedAt: null }, orderBy: { openedAt: 'desc' } },
} satisfies AccountInclude;

const readAccounts = (prisma: Prisma, where: { readonly id?: string }, limit: number) =>
  prisma.account.findMany({ where, orderBy: { no: 'desc' }, take: limit, include: ACCOUNT_PARTS });

async function accountViews(prisma: Prisma, where: { readonly id?: string }, limit: number): Promise<AccountView[]> {
  return (await readAccounts(prisma, where, limit)).map(accountView);
}

function accountView(row: Awaited<ReturnType<typeof readAccounts>>[number]): AccountView {
  const { settings, balance, periods, paymentMethods, incidents } = row;
  const [period] = periods;
  const card = paymentMethods.find(({ id }) => id === settings?.topOffCard) ?? paymentMethods[0];
  return {
    id: accountId(row.id),
    name: row.name,
    catalog: row.catalog,
    plan: settings?.plan ?? '',
    zone: settings?.zone ?? 'UTC',
    balance: microCredits((balance?.lots ?? 0n) - (balance?.debt ?? 0n)),
    held: microCredits(balance?.held ?? 0n),
    period: period ? { endsAt: instantOf(period.endsAt), allotment: microCredits(period.allotment) } : null,
    topOff: {
      enabled: settings?.topOffEnabled ?? false,
      threshold: microCredits(settings?.topOffThreshold ?? 0n),
      amount: microCredits(settings?.topOffAmount ?? 0n),
      suspendedAt: instantOrNull(settings?.topOffSuspendedAt ?? null),
    },
    card: card ? { brand: card.brand, last4: card.last4 } : null,
    incidents: incidents.map((one) => ({ kind: one.kind as IncidentKind, openedAt: instantOf(one.openedAt) })),
  };
}

/** Null where no such account is: its rows are none, and nobody has to be told twice. */
async function numberOf(prisma: Prisma, account: AccountId): Promise<bigint | null> {
  return (await prisma.account.findUnique({ where: { id: account }, select: { no: true } }))?.no ?? null;
}

async function lineViews(prisma: Prisma, account: AccountId, limit: number): Promise<LedgerLineView[]> {
  const accountNo = await numberOf(prisma, account);
  if (accountNo === null) return [];
  const rows = await prisma.ledgerEntry.findMany({ where: { accountNo }, orderBy: { sequence: 'desc' }, take: limit });
  const lots = [...new Set(rows.flatMap(({ lot }) => (lot === null ? [] : [lot])))];
  const kinds = await prisma.grant.findMany({
    where: { accountNo, id: { in: lots } },
    select: { id: true, kind: true },
  });
  const kindOf = new Map(kinds.map(({ id, kind }) => [id, kind as LotKind]));
  return rows.map((row) => ({
    sequence: Number(row.sequence),
    entry: row.keyHash,
    kind: row.kind as LineKind,
    lotKind: row.lot === null ? null : (kindOf.get(row.lot) ?? null),
    amount: microCredits(row.amount),
    balanceAfter: microCredits(row.balanceAfter),
    occurredAt: instantOf(row.occurredAt),
    meter: row.meter,
    quantity: row.quantity?.toString() ?? null,
    properties: recordOf(row.properties),
    reason: row.reason,
  }));
}

const recordOf = (json: unknown): Readonly<Record<string, unknown>> =>
  typeof json === 'object' && json !== null && !Array.isArray(json) ? (json as Record<string, unknown>) : {};

/** Ids are time-ordered, so that the newest come by the key itself. */
async function chargeViews(prisma: Prisma, account: AccountId, limit: number): Promise<ChargeView[]> {
  const accountNo = await numberOf(prisma, account);
  if (accountNo === null) return [];
  const [rows, cards] = await Promise.all([
    prisma.charge.findMany({ where: { accountNo }, orderBy: { id: 'desc' }, take: limit }),
    prisma.paymentMethod.findMany({ where: { accountNo }, select: { id: true, brand: true, last4: true } }),
  ]);
  const cardOf = new Map<string, CardLabel>(cards.map(({ id, brand, last4 }) => [id, { brand, last4 }]));
  return rows.map((row) => ({
    id: row.id,
    kind: row.kind as ChargeKind,
    state: row.state as ChargeState,
    credits: microCredits(row.credits),
    amount: money(row.amountMinor, row.currency),
    // What the processor says it charged stands; until then it is the card that was chosen.
    card:
      row.cardBrand !== null && row.cardLast4 !== null
        ? { brand: row.cardBrand, last4: row.cardLast4 }
        : (cardOf.get(row.card ?? '') ?? null),
    receiptUrl: row.receiptUrl,
    failure: row.failure as FailureReason | null,
    nextAttemptAt: instantOrNull(row.nextAttemptAt),
    createdAt: instantOf(row.createdAt),
  }));
}

async function noticeViews(prisma: Prisma, account: AccountId, limit: number): Promise<NoticeView[]> {
  const accountNo = await numberOf(prisma, account);
  if (accountNo === null) return [];
  const rows = await prisma.notice.findMany({ where: { accountNo }, orderBy: { id: 'desc' }, take: limit });
  return rows.map((row) => ({
    id: row.id,
    kind: row.kind as NoticeKind,
    state: row.state as NoticeView['state'],
    result: row.result,
    createdAt: instantOf(row.createdAt),
  }));
}
