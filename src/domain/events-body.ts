/** The types of events and what each says. Small: who wants more asks. Credits are decimals, money whole minor units. */
import type { IncidentKind } from './account.js';
import type { ChargeKind } from './charge.js';
import type { FailureReason } from './notice.js';
import type { OpenDispute } from './payment.js';

interface OfCharge {
  readonly charge: string;
  readonly kind: ChargeKind;
  readonly credits: string;
  readonly amountMinor: number;
  readonly currency: string;
}
interface PaidData extends OfCharge {
  readonly receiptUrl: string | null;
}
interface FailedData extends OfCharge {
  readonly reason: FailureReason;
  /** True: it is not tried again by itself. */
  readonly final: boolean;
  readonly nextAttemptAt: string | null;
}
interface IncidentData {
  readonly incident: string;
  readonly kind: IncidentKind;
  readonly charge: string | null;
}
interface CardData {
  readonly card: string;
  readonly brand: string;
  readonly last4: string;
}
type Nothing = Readonly<Record<never, never>>;

export interface EventBodies {
  readonly 'balance.low': { readonly balance: string; readonly threshold: string };
  readonly 'balance.empty': { readonly balance: string };
  /** `above` is the line that it stands above again; "0": it is no longer empty. */
  readonly 'balance.recovered': { readonly balance: string; readonly above: string };
  readonly 'gate.closed': { readonly balance: string; readonly available: string; readonly sentence: string };
  readonly 'gate.opened': { readonly balance: string; readonly available: string };
  readonly 'top_off.succeeded': PaidData;
  readonly 'top_off.failed': FailedData;
  readonly 'top_off.suspended': Nothing;
  readonly 'top_off.paused': Nothing;
  readonly 'top_off.resumed': Nothing;
  readonly 'purchase.succeeded': PaidData;
  readonly 'overage.charged': PaidData;
  readonly 'charge.failed': FailedData;
  readonly 'charge.refunded': OfCharge & { readonly refundedMinor: number };
  readonly 'charge.refund_failed': OfCharge & { readonly refundedMinor: number };
  readonly 'dispute.opened': OfCharge & { readonly dispute: OpenDispute };
  readonly 'dispute.closed': OfCharge & { readonly withdrawnMinor: number };
  readonly 'incident.opened': IncidentData;
  readonly 'incident.resolved': IncidentData;
  readonly 'cap.reached': { readonly cap: 'top_off' | 'overage' };
  readonly 'period.renewed': {
    readonly plan: string;
    readonly startsAt: string;
    readonly endsAt: string;
    readonly allotment: string;
  };
  readonly 'plan.changed': { readonly from: string; readonly to: string };
  readonly 'plan.past_due': { readonly plan: string };
  readonly 'trial.started': { readonly plan: string; readonly endsAt: string };
  readonly 'trial.ended': { readonly plan: string };
  readonly 'hold.expired': {
    readonly hold: string;
    readonly meter: string | null;
    readonly amount: string;
    readonly captured: string;
    readonly member: string | null;
  };
  readonly 'card.attached': CardData;
  readonly 'card.updated': CardData;
  readonly 'card.refused': CardData;
  readonly 'card.expiring': CardData & { readonly expires: string };
  readonly 'card.detached': CardData;
  readonly 'account.closed': Nothing;
}

export type EventType = keyof EventBodies;
export type AccountEvent = {
  readonly [Type in EventType]: { readonly type: Type; readonly data: EventBodies[Type] };
}[EventType];
