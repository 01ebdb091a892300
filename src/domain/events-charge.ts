/** Events about money: what became of each charge, and of its money afterwards. */
import type { ColdRows } from './account.js';
import type { Book } from './book.js';
import { type Charge, isOpen } from './charge.js';
import { formatCredits } from './credits.js';
import type { AccountEvent } from './events-body.js';
import { isoOf } from './instant.js';
import { minorUnits } from './money.js';

export function chargeEvents(before: ColdRows, book: Book): AccountEvent[] {
  const { charges, newCharges } = book.effects;
  return [...charges, ...newCharges].flatMap((charge) => {
    const was = before.charges.find((one) => one.id === charge.id);
    return [...courseEvents(was, charge), ...moneyEvents(was, charge)];
  });
}

const factsOf = ({ id, kind, credits, amountMinor, currency }: Charge) => ({
  charge: id,
  kind,
  credits: formatCredits(credits),
  amountMinor: Number(amountMinor),
  currency,
});

/** Paid, or declined: the first decline is told, a later one only where its reason is another or it was the last. */
function courseEvents(was: Charge | undefined, charge: Charge): AccountEvent[] {
  const { state, failure } = charge;
  if (state === 'succeeded') return was?.state === 'succeeded' ? [] : [paidEvent(charge)];
  const isOver = state === 'failed';
  const isNews = failure !== null && (failure !== (was?.failure ?? null) || (isOver && was?.state !== 'failed'));
  if (!isNews || failure === null) return [];
  const next = isOpen(charge) ? charge.nextAttemptAt : null;
  const data = {
    ...factsOf(charge),
    reason: failure,
    final: isOver,
    nextAttemptAt: next === null ? null : isoOf(next),
  };
  return [{ type: charge.kind === 'top_off' ? 'top_off.failed' : 'charge.failed', data }];
}

const PAID = { top_off: 'top_off.succeeded', pack: 'purchase.succeeded', overage: 'overage.charged' } as const;

const paidEvent = (charge: Charge): AccountEvent => ({
  type: PAID[charge.kind],
  data: { ...factsOf(charge), receiptUrl: charge.receiptUrl },
});

function moneyEvents(was: Charge | undefined, charge: Charge): AccountEvent[] {
  const events: AccountEvent[] = [];
  const facts = factsOf(charge);
  const refunded = was?.refundedMinor ?? minorUnits(0);
  const refundedMinor = Number(charge.refundedMinor);
  if (charge.refundedMinor > refunded) events.push({ type: 'charge.refunded', data: { ...facts, refundedMinor } });
  if (charge.refundedMinor < refunded) events.push({ type: 'charge.refund_failed', data: { ...facts, refundedMinor } });
  const dispute = was?.dispute ?? null;
  if (charge.dispute !== null && charge.dispute !== dispute)
    events.push({ type: 'dispute.opened', data: { ...facts, dispute: charge.dispute } });
  if (charge.dispute === null && dispute !== null)
    events.push({ type: 'dispute.closed', data: { ...facts, withdrawnMinor: Number(charge.disputedMinor) } });
  return events;
}
