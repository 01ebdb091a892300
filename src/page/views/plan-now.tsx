/** The present plan: what it costs, what becomes of it and when. */
import { Button } from '@mantine/core';
import { bringsCredits, taxed, usePage } from '../core/data.js';
import { useDoor, withReturn } from '../core/doors.js';
import { usePlace } from '../core/place.js';
import { Card, type Fact, Facts, May, Tag } from '../parts/card.js';
import { DoorButton } from '../parts/door.js';
import { Name } from '../parts/name.js';
import { every, STRINGS } from '../strings.js';

export function PlanNow() {
  const { overview, formats } = usePage();
  const { plan } = overview;
  const { go, open } = usePlace();
  const isComparable = overview.plans.inRankOrder.length > 1;
  const isLeaving = (plan.endsAt !== null || plan.next !== null) && plan.pastDue === null;
  const { price, renewsAt, endsAt, next, trial, period } = plan;
  const resets = plan.paid ? STRINGS.plan.renews : STRINGS.plan.refreshes;
  const facts: (Fact | null)[] = [
    price === null
      ? null
      : [
          STRINGS.plan.price,
          taxed(overview, `${formats.money(price.amountMinor, price.currency)} ${every(price.every)}`),
        ],
    trial === null ? null : [STRINGS.plan.trialEnds, formats.day(trial.endsAt)],
    renewsAt === null || trial !== null || !(plan.paid || bringsCredits(overview))
      ? null
      : [resets, formats.day(renewsAt)],
    endsAt === null ? null : [STRINGS.plan.ends, formats.day(endsAt)],
    next === null
      ? null
      : endsAt === null
        ? [STRINGS.plan.becomes, STRINGS.plan.becomesOn(next.label, formats.day(next.at))]
        : [STRINGS.plan.after, next.label],
    period === null ? null : [STRINGS.plan.period, formats.range(period.startsAt, period.endsAt)],
  ];
  return (
    <Card
      title={STRINGS.plan.title}
      aside={<PlanState />}
      foot={
        <>
          {isLeaving && !overview.account.closed ? (
            <May action="change_plan" what={STRINGS.plans.reactivate} tell={false}>
              <Button onClick={() => open(`plan:${plan.key}`)}>{backTo(endsAt)}</Button>
            </May>
          ) : null}
          {isComparable ? (
            <Button variant="default" onClick={() => go('plans')}>
              {STRINGS.plan.compare}
            </Button>
          ) : null}
          <May action="manage_cards" what={STRINGS.plan.manage} tell={false}>
            <Portal />
          </May>
        </>
      }
    >
      <p className="price">
        <Name>{plan.label}</Name>
      </p>
      <Facts of={facts} />
    </Card>
  );
}

/** Canceled it is taken up again; about to become another one it is kept. */
export const backTo = (endsAt: string | null): string =>
  endsAt === null ? STRINGS.plans.keep : STRINGS.plans.reactivate;

export function PlanState() {
  const { plan } = usePage().overview;
  if (plan.pastDue !== null) return <Tag tone="red">{STRINGS.plan.pastDue}</Tag>;
  if (plan.trial !== null) return <Tag tone="brand">{STRINGS.plan.daysLeft(plan.trial.daysLeft)}</Tag>;
  if (plan.endsAt !== null) return <Tag tone="amber">{STRINGS.plan.canceled}</Tag>;
  return <Tag tone="brand">{STRINGS.plan.current}</Tag>;
}

/** The processor's own page for cards and invoices. */
export function Portal() {
  const door = useDoor('openPortal');
  return (
    <DoorButton
      door={door}
      variant="default"
      label={STRINGS.plan.manage}
      onEnter={() => door.enter({ body: withReturn<'openPortal'>() })}
    />
  );
}

/**
 * A plan that is not paid: where its open invoice waits it is paid with the new card there; what is billed in another way has
 * the processor's page for cards alone.
 */
export function PayPlan({ size = 'sm' }: { readonly size?: 'xs' | 'sm' }) {
  const { billedBySubscription } = usePage().overview.plan;
  const invoice = useDoor('reactivatePlan');
  const portal = useDoor('openPortal');
  return (
    <DoorButton
      door={billedBySubscription ? invoice : portal}
      size={size}
      label={STRINGS.incidents.update}
      onEnter={() =>
        billedBySubscription
          ? invoice.enter({ body: withReturn<'reactivatePlan'>() })
          : portal.enter({ body: withReturn<'openPortal'>() })
      }
    />
  );
}
