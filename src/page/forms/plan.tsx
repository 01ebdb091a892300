/** Moving between plans: what will happen, when and for how much, before it does. */
import { Button } from '@mantine/core';
import type { FormEvent } from 'react';
import { type Overview, taxed, usePage } from '../core/data.js';
import { useDoor, withReturn } from '../core/doors.js';
import { usePlace } from '../core/place.js';
import { OwnerOnly } from '../parts/card.js';
import { every, STRINGS } from '../strings.js';
import { AddCard } from './add-card.js';
import { FormEnd, FormTrouble } from './parts.js';

type PlanCard = Overview['plans']['inRankOrder'][number];

interface PlanFormProps {
  readonly plan: string;
  readonly isCancel: boolean;
}

export default function PlanForm({ plan, isCancel }: PlanFormProps) {
  const { plans, viewer } = usePage().overview;
  if (viewer.may.change_plan !== true) return <OwnerOnly what={STRINGS.plans.change} />;
  if (isCancel) return <Cancel />;
  const found = plans.inRankOrder.find((one) => one.key === plan);
  return found === undefined ? <p>{STRINGS.plans.unknown}</p> : <Change plan={found} />;
}

function Cancel() {
  const { overview, formats } = usePage();
  const { close } = usePlace();
  const cancel = useDoor('cancelPlan', { stayed: (one) => one.note ?? STRINGS.plans.canceled, onStay: close });
  const { plan } = overview;
  const until = plan.trial?.endsAt ?? plan.period?.endsAt ?? null;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    cancel.enter();
  };
  return (
    <form className="stack" onSubmit={submit}>
      <p>
        {until === null
          ? STRINGS.plans.cancelNow(plan.label)
          : STRINGS.plans.cancelAt(plan.label, formats.day(until), overview.words.credit.many)}
      </p>
      {plan.trial === null ? null : <p>{STRINGS.plans.cancelTrial}</p>}
      <FormTrouble error={cancel.error} />
      <FormEnd
        label={STRINGS.plans.cancel}
        pending={cancel.pending}
        tone="red"
        back={{ label: STRINGS.plans.keep, to: close }}
      />
    </form>
  );
}

function Change({ plan }: { readonly plan: PlanCard }) {
  const { overview } = usePage();
  const { close } = usePlace();
  const change = useDoor('changePlan', { stayed: (one) => one.note ?? STRINGS.plans.changed, onStay: close });
  const trial = useDoor('startTrial', { stayed: () => STRINGS.plans.trialStarted(plan.label), onStay: close });
  const back = useDoor('reactivatePlan', { stayed: (one) => one.note ?? STRINGS.plans.changed, onStay: close });
  const isBack = plan.direction === 'current';
  const isTrial = plan.trial !== null;
  const isThere = overview.plan.billedBySubscription || overview.plan.pastDue !== null;
  const door = isBack && isThere ? back : isTrial ? trial : change;
  const needsCard = plan.trial?.needsCard === true && overview.cards.length === 0;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    // Sold by a subscription it is taken up again there; else choosing the present plan undoes what was chosen.
    if (isBack && isThere) back.enter({ body: withReturn<'reactivatePlan'>() });
    else if (isTrial) trial.enter({ body: withReturn<'startTrial'>({ plan: plan.key }) });
    else change.enter({ body: withReturn<'changePlan'>({ plan: plan.key }) });
  };
  return (
    <form className="stack" onSubmit={submit}>
      <What plan={plan} />
      <FormTrouble error={door.error} />
      {door.address === null ? (
        <FormEnd
          label={isBack && overview.plan.endsAt === null ? STRINGS.plans.keep : actionOf(plan)}
          pending={door.pending}
        />
      ) : (
        <Button component="a" href={door.address} target="_blank" rel="noopener">
          {STRINGS.openSecurePage}
        </Button>
      )}
      {needsCard && door.error !== null ? <AddCard /> : null}
    </form>
  );
}

export const actionOf = (plan: PlanCard): string =>
  plan.trial !== null
    ? STRINGS.plans.startTrial
    : plan.direction === 'upgrade'
      ? STRINGS.plans.upgrade
      : plan.direction === 'downgrade'
        ? STRINGS.plans.downgrade
        : STRINGS.plans.reactivate;

/** Two or three sentences, and nothing that would surprise later. */
function What({ plan }: { readonly plan: PlanCard }) {
  const { overview, formats } = usePage();
  const { words } = overview;
  const { period } = overview.plan;
  const price =
    plan.price === null
      ? null
      : taxed(overview, `${formats.money(plan.price.amountMinor, plan.price.currency)} ${every(plan.price.every)}`);
  const credits = `${formats.credits(plan.credits)} ${every(plan.every)}`;
  if (plan.trial !== null) {
    return (
      <>
        <p>
          {STRINGS.plans.trialWhat(plan.label, STRINGS.length(plan.trial.length), formats.credits(plan.trial.credits))}
        </p>
        <p className="quiet">{price === null ? STRINGS.plans.trialFree : STRINGS.plans.trialThen(price)}</p>
      </>
    );
  }
  if (plan.direction === 'current') {
    const isOverdue = overview.plan.pastDue !== null;
    return <p>{isOverdue ? STRINGS.plans.pastDueWhat(plan.label) : STRINGS.plans.reactivateWhat(plan.label)}</p>;
  }
  if (plan.direction === 'downgrade')
    return (
      <>
        <p>{STRINGS.plans.downgradeWhat(plan.label, period === null ? null : formats.day(period.endsAt))}</p>
        <p className="quiet">{STRINGS.plans.keeps(words.credit.many)}</p>
      </>
    );
  return (
    <>
      <p>
        {STRINGS.plans.upgradeWhat(plan.label, credits)}
        {overview.plan.paid ? ` ${STRINGS.plans.upgradeRest(words.credit.many)}` : ''}
      </p>
      {price === null ? null : (
        <p className="quiet">
          {STRINGS.plans.billed(price)}
          {overview.plan.paid && overview.plan.billedBySubscription ? ` ${STRINGS.plans.upgradeBilled}` : ''}
        </p>
      )}
    </>
  );
}
