/** What an event means for one of our charges: which it is about, and that its payment has to be looked at. */
import { type BringChargeDeps, bringCharge } from './bring-charge.js';
import type { Heard, Hearing } from './heard.js';
import { isOfDispute, tellsOnlyPaid } from './stripe-event-types.js';

export async function hearPayment(deps: BringChargeDeps, { event, step }: Hearing): Promise<Heard> {
  const { names, type } = event;
  // Another deployment may call its charges what it likes.
  const charge = names.deployment === deps.deployment ? names.charge : null;
  const how = { disputes: isOfDispute(type), onlyPaid: tellsOnlyPaid(type) };
  const heard = await bringCharge(deps, step.account, { charge, intent: names.intent }, how);
  if (heard.kind !== 'no_charge') return heard;
  if (charge === null) return { kind: 'ignored', result: heard.result };
  // The metadata is ours and the charge is not here: the database is older than it.
  deps.log.error(
    { account: step.account, chargeId: charge, eventId: event.id },
    'a payment names a charge that is not here; run: creditd reconcile',
  );
  return {
    kind: 'ignored',
    result: `The charge ${charge} is not here. creditd reconcile brings it back if it was paid.`,
  };
}
