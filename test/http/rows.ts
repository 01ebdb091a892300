/** Rows as a day of answered calls leaves them, written without the ledger: these suites are about what is shown. */
import { v7 } from 'uuid';
import type { Prisma } from '../../src/adapters/postgres/prisma.js';

const CREDIT = 1_000_000n;
const SECOND_MS = 1_000;

export interface Written {
  readonly no: bigint;
  readonly at: Date;
}

export interface AccountWish {
  readonly id: string;
  readonly name?: string;
  readonly catalog?: string;
  readonly balance?: bigint;
  readonly held?: bigint;
}

export async function writeAccount(prisma: Prisma, wish: AccountWish): Promise<Written> {
  const at = new Date('2026-11-20T14:00:00.000Z');
  const balance = (wish.balance ?? 143n) * CREDIT;
  const { no } = await prisma.account.create({
    data: {
      id: wish.id,
      name: wish.name ?? 'Harbor Dental Care',
      slug: 'harbor',
      catalog: wish.catalog ?? 'receptionist',
      createdAt: at,
      settings: {
        create: {
          plan: 'standard',
          zone: 'Europe/Berlin',
          anchor: new Date('2026-10-31T23:00:00Z'),
          topOffEnabled: true,
          topOffThreshold: 50n * CREDIT,
          topOffAmount: 200n * CREDIT,
        },
      },
      balance: {
        create: {
          lots: balance < 0n ? 0n : balance,
          debt: balance < 0n ? -balance : 0n,
          held: (wish.held ?? 0n) * CREDIT,
          lastInstant: at,
        },
      },
    },
  });
  const periodEnd = new Date('2026-11-30T23:00:00Z');
  await prisma.period.create({
    data: {
      ...{ accountNo: no, run: 1, ordinal: 0, plan: 'standard', allotment: 100n * CREDIT, grantedAt: at },
      ...{ startsAt: new Date('2026-10-31T23:00:00Z'), endsAt: periodEnd },
    },
  });
  return { no, at };
}

export async function writeCard(prisma: Prisma, { no, at }: Written): Promise<string> {
  const id = v7();
  const card = { processorId: `pm_${id}`, fingerprint: 'f1', brand: 'visa', last4: '4242' };
  await prisma.paymentMethod.create({
    data: { accountNo: no, id, ...card, expiryMonth: 12, expiryYear: 2030, rank: 0, attachedAt: at },
  });
  return id;
}

interface LineWish {
  readonly amount: bigint;
  readonly kind: string;
  readonly lot?: string;
  readonly keyHash?: string;
  readonly line?: number;
  readonly meter?: string;
  readonly properties?: Record<string, string | number>;
}

/** Lines in order, one second apart, each with the balance that it leaves. */
export async function writeLines(prisma: Prisma, { no, at }: Written, wishes: readonly LineWish[]): Promise<void> {
  let balance = 0n;
  const data = wishes.map(({ amount, kind, lot, keyHash, line, meter, properties }, place) => {
    balance += amount * CREDIT;
    const occurredAt = new Date(at.getTime() + place * 7 * SECOND_MS);
    return {
      ...{ accountNo: no, sequence: BigInt(place + 1), keyHash: keyHash ?? v7(), line: line ?? 0, kind },
      ...{ amount: amount * CREDIT, balanceAfter: balance, occurredAt, postedAt: occurredAt },
      ...{ lot: lot ?? null, meter: meter ?? null, ...(properties ? { properties } : {}) },
    };
  });
  await prisma.ledgerEntry.createMany({ data });
}

/** A lot, so that a line on it says where its credits came from. */
export async function writeLot(prisma: Prisma, { no, at }: Written, kind: string): Promise<string> {
  const id = v7();
  const lot = { amount: CREDIT, remaining: 0n, priority: 50, paid: false, begun: true };
  await prisma.grant.create({ data: { accountNo: no, id, kind, ...lot, createdAt: at, effectiveAt: at } });
  return id;
}

export async function writeCharge(
  prisma: Prisma,
  { no, at }: Written,
  wish: { readonly state: string; readonly card?: string; readonly failure?: string; readonly receiptUrl?: string },
): Promise<string> {
  const id = v7();
  const amounts = { credits: 200n * CREDIT, amountMinor: 5_000n, currency: 'usd' };
  await prisma.charge.create({
    data: { accountNo: no, id, kind: 'top_off', version: 1, ...amounts, createdAt: at, ...wish },
  });
  return id;
}

export async function writeOutbox(
  prisma: Prisma,
  { no, at }: Written,
  wish: {
    readonly topic: string;
    readonly dueAt?: Date;
    readonly heldUntil?: Date;
    readonly starts?: number;
    readonly asks?: number;
    readonly note?: string;
    readonly parkedAt?: Date;
  },
): Promise<string> {
  const id = v7();
  await prisma.outbox.create({ data: { accountNo: no, id, subject: v7(), dueAt: at, createdAt: at, ...wish } });
  return id;
}

export async function writeRefusal(
  prisma: Prisma,
  wish: {
    readonly account: string;
    readonly key: string;
    readonly reason: string;
    readonly message: string;
    readonly at: Date;
    readonly mode?: string;
    readonly times?: number;
    readonly settledAt?: Date;
    readonly event?: object;
  },
): Promise<void> {
  const { account, at, mode, times, settledAt, event, ...said } = wish;
  const seen = { firstSeenAt: at, lastSeenAt: new Date(at.getTime() + (times ?? 1) * SECOND_MS) };
  const more = { mode: mode ?? 'happened', times: times ?? 1, settledAt: settledAt ?? null };
  await prisma.refusal.create({
    data: { id: v7(), accountId: account, identity: v7(), ...said, ...seen, ...more, event: event ?? {} },
  });
}
