/** What comparing with Stripe has found: counted, and listed where somebody should read it. */
import type { AccountId, ChargeId } from '../domain/ids.js';
import { type Instant, isoOf } from '../domain/instant.js';
import type { Log } from '../ports.js';

/** In the order in which they are told. */
export const FINDINGS = [
  'agrees',
  'settled',
  'followed',
  'restored',
  'unpaid_elsewhere',
  'not_restorable',
  'second_payment',
  'amount_differs',
  'credits_without_money',
  'unanswered',
] as const;
export type Finding = (typeof FINDINGS)[number];

/** What each means to a person. */
export const MEANINGS: Readonly<Record<Finding, string>> = {
  agrees: 'Paid or unpaid, Stripe and the charge say the same.',
  settled: 'Paid at Stripe and without credits here: settled now.',
  followed: 'A refund or dispute that had not been heard of: followed now.',
  restored: 'Paid at Stripe and unknown here: brought back and settled now.',
  unpaid_elsewhere: 'An unpaid payment of a charge that is not here: no money has moved.',
  not_restorable: 'Paid at Stripe and unknown here, and it cannot be brought back by itself.',
  second_payment: 'A second payment of a charge that is paid through another one: refund it.',
  amount_differs: 'Stripe took another amount than the charge says.',
  credits_without_money: 'Credits here without money at Stripe. Nothing is taken: a person decides.',
  unanswered: 'Stripe did not say enough: compare again later.',
};

/** Nobody has to do anything about these. */
const QUIET: readonly Finding[] = ['agrees', 'unpaid_elsewhere', 'unanswered'];
const MENDED: readonly Finding[] = ['settled', 'followed', 'restored'];

export interface ReconcileLine {
  readonly finding: Finding;
  readonly account: string | null;
  readonly charge: string | null;
  readonly intent: string | null;
  readonly amountMinor: number;
  readonly note: string | null;
}

export interface ReconcileReport {
  readonly since: string;
  readonly until: string;
  /** Payments that Stripe listed, and those of them that carry no charge of this deployment. */
  readonly intents: number;
  readonly foreign: number;
  /** Paid charges that were compared the other way. */
  readonly charges: number;
  readonly counts: Readonly<Record<Finding, number>>;
  readonly amountsMinor: Readonly<Record<Finding, number>>;
  /** Everything but what agrees, as it was found. */
  readonly lines: readonly ReconcileLine[];
  /** Why not everything was compared; empty: it was. */
  readonly shortfalls: readonly string[];
  readonly complete: boolean;
}

interface Payment {
  readonly account: AccountId | null;
  readonly charge: ChargeId | null;
  readonly intentId: string | null;
  readonly amountMinor: bigint;
}

/** Lines that a report holds; what is beyond is still counted. */
const LINES_MAX = 10_000;

export function makeReport(log: Log, since: Instant, until: Instant) {
  const lines: ReconcileLine[] = [];
  const counts = blank();
  const amountsMinor = blank();
  const shortfalls: string[] = [];
  const totals = { intents: 0, foreign: 0, charges: 0 };
  return {
    read(intents: number, foreign: number): void {
      totals.intents += intents;
      totals.foreign += foreign;
    },
    compared(charges: number): void {
      totals.charges += charges;
    },
    cutShort(sentence: string): void {
      shortfalls.push(sentence);
      log.warn({ reason: sentence }, 'comparing with Stripe was cut short');
    },
    add(finding: Finding, payment: Payment, note: string | null = null): void {
      const { account, charge, intentId: intent } = payment;
      const amountMinor = Number(payment.amountMinor);
      counts[finding] += 1;
      amountsMinor[finding] += amountMinor;
      if (finding === 'agrees') return;
      if (lines.length < LINES_MAX) lines.push({ finding, account, charge, intent, amountMinor, note });
      const fields = { finding, account, chargeId: charge, intentId: intent, amountMinor, note };
      if (MENDED.includes(finding)) log.warn(fields, MEANINGS[finding]);
      else if (!QUIET.includes(finding)) log.error(fields, MEANINGS[finding]);
    },
    close: (): ReconcileReport => ({
      ...{ since: isoOf(since), until: isoOf(until), ...totals, counts, amountsMinor, lines, shortfalls },
      complete: shortfalls.length === 0,
    }),
  };
}

const blank = (): Record<Finding, number> =>
  Object.fromEntries(FINDINGS.map((finding) => [finding, 0])) as Record<Finding, number>;
