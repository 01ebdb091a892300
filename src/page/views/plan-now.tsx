/** The present plan: what it costs, what becomes of it and when. */
import { Button } from '@mantine/core';
import { usePage } from '../core/data.js';
import { useDoor, withReturn } from '../core/doors.js';
import { usePlace } from '../core/place.js';
import { Card, type Fact, Facts, May, Tag } from '../parts/card.js';
import { DoorButton } from '../parts/door.js';
import { Name } from '../parts/name.js';
import { every, STRINGS } from '../strings.js';

export function PlanNow() {
  const { overview, formats } = usePage();
  const { plan } = overview;
  const { go } = usePlace();
  const { price, renewsAt, endsAt, next, trial, period } = plan;
  const resets = plan.paid ? STRINGS.plan.renews : STRINGS.plan.refreshes;
  const facts: (Fact | null)[] = [
    price === null
      ? null
      : [STRINGS.plan.price, `${formats.money(price.amountMinor, price.currency)} ${every(price.every)}`],
    trial === null ? null : [STRINGS.plan.trialEnds, formats.day(trial.endsAt)],
    renewsAt === null || trial !== null ? null : [resets, formats.day(renewsAt)],
    endsAt === null ? null : [STRINGS.plan.ends, formats.day(endsAt)],
    next === null ? null : [STRINGS.plan.becomes, STRINGS.plan.becomesOn(next.label, formats.day(next.at))],
    period === null ? null : [STRINGS.plan.period, formats.range(period.startsAt, period.endsAt)],
  ];
  return (
    <Card
      title={STRINGS.plan.title}
      aside={<PlanState />}
      foot={
        <>
          <Button variant="default" onClick={() => go('plans')}>
            {STRINGS.plan.compare}
          </Button>
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
