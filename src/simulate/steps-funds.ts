/** Steps of what becomes of the money of a paid charge: refunds, and disputes with the bank. Credits follow the funds. */
import { chargeId } from '../domain/ids.js';
import { type MinorUnits, minorUnits } from '../domain/money.js';
import { type Funds, type FundsMoved, fundsOf } from './processor.js';
import { label, minorOf, moneyText, oneOf } from './scalars.js';
import { answer, defineStep, type Move, type Stage } from './step.js';
import { moneyProblem } from './steps-owner.js';

const PAID_CHARGE = {
  kind: oneOf(['top_off', 'pack', 'overage'])
    .optional()
    .meta({ description: 'Which charge, where several have been paid; the last one unless said.' }),
  charge: label.optional().meta({ description: 'The charge’s id; the last one paid unless said.' }),
};

interface FundsStep {
  readonly kind?: 'top_off' | 'pack' | 'overage' | undefined;
  readonly charge?: string | undefined;
  readonly amount?: string | undefined;
}

const refusedMove = (reason: 'charge_unknown' | 'amount_not_allowed', message: string): Move =>
  answer({ kind: 'refused', reason, message });

/** The charge that is meant, the amount that is said, and what its processor has moved so far. */
function meant(step: FundsStep, { account, catalog }: Stage) {
  const paid = account.paidCharge(step.kind, step.charge === undefined ? undefined : chargeId(step.charge));
  if (paid === undefined) return null;
  const said = step.amount === undefined ? null : minorOf(step.amount, catalog.currency);
  return { charge: paid.id, paidMinor: paid.paidMinor, said, ...fundsOf(account, paid.id) };
}

const moved = (
  { charge, refundedMinor, disputedMinor, dispute: open }: NonNullable<ReturnType<typeof meant>>,
  kind: FundsMoved['kind'],
  amountMinor: MinorUnits,
  change: Partial<Funds>,
): Move => ({
  kind: 'charge',
  charge,
  answer: { kind, amountMinor, after: { refundedMinor, disputedMinor, dispute: open, ...change } },
});

const NOT_PAID = () => refusedMove('charge_unknown', 'No such charge has been paid.');

/** All of `most` unless said; null where nothing or more than that is asked for. */
const amountWithin = (said: MinorUnits | null, most: bigint): MinorUnits | null => {
  const amount = said ?? minorUnits(most);
  return amount <= 0n || amount > most ? null : amount;
};

const refund = defineStep('refund', {
  says: 'Money of a paid charge goes back: all of it, or the amount said; credits follow.',
  fields: {
    ...PAID_CHARGE,
    amount: moneyText.optional().meta({ description: 'What is refunded by this step; all that is left unless said.' }),
    answer: oneOf(['succeeded', 'failed']).optional().meta({
      description: 'failed: what was refunded before comes back, because its bank refused it. succeeded unless said.',
    }),
  },
  problem: ({ amount }, catalog) => moneyProblem({ amount }, catalog),
  summary: (step) => `${step.amount ?? 'all'}${step.answer === 'failed' ? ' failed' : ''}`,
  move(step, stage) {
    const funds = meant(step, stage);
    if (funds === null) return NOT_PAID();
    const { paidMinor, refundedMinor, said } = funds;
    const hasFailed = step.answer === 'failed';
    const amount = amountWithin(said, hasFailed ? refundedMinor : paidMinor - refundedMinor);
    if (amount === null) {
      return refusedMove(
        'amount_not_allowed',
        hasFailed ? 'That much has not been refunded.' : 'That much is not left to refund.',
      );
    }
    const after = minorUnits(hasFailed ? refundedMinor - amount : refundedMinor + amount);
    return moved(funds, hasFailed ? 'refund_failed' : 'refund', amount, { refundedMinor: after });
  },
});

const dispute = defineStep('dispute', {
  says: 'The owner of a card disputes a paid charge at the bank. Credits follow what is withdrawn and given back.',
  fields: {
    ...PAID_CHARGE,
    answer: oneOf(['inquiry', 'opened', 'won', 'lost']).meta({
      description:
        'inquiry: the bank asks, and no money moves. opened: the money is withdrawn. won: it comes back, or the inquiry is closed. lost: it stays away.',
    }),
    amount: moneyText
      .optional()
      .meta({ description: 'What is disputed; all that was paid and not refunded unless said.' }),
  },
  problem: ({ amount, answer: said }, catalog) =>
    amount !== undefined && (said === 'won' || said === 'lost')
      ? { field: 'amount', message: 'stands beside inquiry and opened only: a dispute ends whole' }
      : moneyProblem({ amount }, catalog),
  summary: (step) => `${step.answer}${step.amount === undefined ? '' : ` ${step.amount}`}`,
  move(step, stage) {
    const funds = meant(step, stage);
    if (funds === null) return NOT_PAID();
    const { paidMinor, refundedMinor, disputedMinor, dispute: open, said } = funds;
    if (step.answer === 'won' || step.answer === 'lost') {
      if (open === null) return refusedMove('charge_unknown', 'No dispute of this charge is open.');
      const isBack = step.answer === 'won' && open.kind === 'dispute';
      const held = minorUnits(isBack ? disputedMinor - open.amountMinor : disputedMinor);
      return moved(funds, step.answer, open.amountMinor, { dispute: null, disputedMinor: held });
    }
    const isInquiry = step.answer === 'inquiry';
    if (open !== null && (isInquiry || open.kind === 'dispute'))
      return refusedMove('charge_unknown', 'A dispute of this charge is open already.');
    const amount = amountWithin(said ?? open?.amountMinor ?? null, paidMinor - refundedMinor - disputedMinor);
    if (amount === null) return refusedMove('amount_not_allowed', 'That much is not left to dispute.');
    if (isInquiry) return moved(funds, 'inquiry', amount, { dispute: { kind: 'inquiry', amountMinor: amount } });
    const held = minorUnits(disputedMinor + amount);
    return moved(funds, 'disputed', amount, {
      dispute: { kind: 'dispute', amountMinor: amount },
      disputedMinor: held,
    });
  },
});

export const FUNDS_STEPS = [refund, dispute] as const;
