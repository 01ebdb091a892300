/** What an owner has to know first: failures, each with its one way out, the trial, what is not paid, and a closed gate. */
import { Button, CloseButton } from '@mantine/core';
import type { ReactNode } from 'react';
import { useAct } from '../core/act.js';
import { type Overview, usePage } from '../core/data.js';
import { usePlace } from '../core/place.js';
import { May } from '../parts/card.js';
import { STRINGS } from '../strings.js';
import { IncidentAction } from './incident-action.js';
import { RemedyAction } from './remedy-action.js';

type Incident = Overview['incidents'][number];

interface BannerProps {
  readonly tone: 'plain' | 'amber' | 'red';
  readonly title: ReactNode;
  readonly children?: ReactNode;
  readonly acts?: ReactNode;
  readonly label: string;
}

function Banner({ tone, title, children, acts, label }: BannerProps) {
  return (
    <section className={`banner is-${tone}`} aria-label={label}>
      <div className="stack tight">
        <p className="strong wrap">{title}</p>
        {children}
      </div>
      {acts === undefined ? null : <div className="acts">{acts}</div>}
    </section>
  );
}

export function Banners() {
  const { overview } = usePage();
  const shown = overview.incidents.filter((one) => one.resolvedAt === null && !one.dismissed);
  return (
    <>
      {/* Said once where it comes up, and left alone while it stands. */}
      <div className="stack" aria-live="polite" hidden={shown.length === 0}>
        {shown.map((one) => (
          <IncidentBanner key={one.id} incident={one} />
        ))}
      </div>
      <Closed />
      <PastDue />
      <Trial />
      <Gate />
    </>
  );
}

function IncidentBanner({ incident }: { readonly incident: Incident }) {
  const { formats } = usePage();
  const dismiss = useAct('dismissIncident');
  return (
    <Banner
      tone="red"
      label={incident.title}
      title={incident.title}
      acts={
        <>
          <IncidentAction incident={incident} />
          <May action="dismiss_incident" what={STRINGS.incidents.dismissShort} tell={false}>
            <CloseButton
              aria-label={STRINGS.incidents.dismiss(incident.title)}
              title={STRINGS.incidents.dismissShort}
              disabled={dismiss.pending}
              onClick={() => dismiss.act({ params: { incident: incident.id }, body: {} })}
            />
          </May>
        </>
      }
    >
      <p className="wrap">{incident.meaning}</p>
      <p className="quiet small">{STRINGS.incidents.since(formats.moment(incident.openedAt))}</p>
    </Banner>
  );
}

function Trial() {
  const { overview } = usePage();
  const { trial, label } = overview.plan;
  const { view } = usePlace();
  if (trial === null || view === 'activity' || view === 'usage') return null;
  return (
    <Banner tone="plain" label={STRINGS.plan.trialBanner} title={STRINGS.plan.trialOf(label, trial.daysLeft)}>
      <p>{trial.sentence}</p>
    </Banner>
  );
}

function PastDue() {
  const { overview, formats } = usePage();
  const { pastDue, label } = overview.plan;
  const { open } = usePlace();
  if (pastDue === null) return null;
  return (
    <Banner
      tone="red"
      label={STRINGS.plan.pastDue}
      title={STRINGS.plan.pastDueTitle(label)}
      acts={
        <May action="change_plan" what={STRINGS.plans.reactivate}>
          <Button onClick={() => open(`plan:${overview.plan.key}`)}>{STRINGS.plans.reactivate}</Button>
        </May>
      }
    >
      <p>
        {pastDue.stopped ? STRINGS.plan.pastDueStopped : STRINGS.plan.pastDueUntil(formats.moment(pastDue.graceEndsAt))}
      </p>
    </Banner>
  );
}

function Gate() {
  const { overview, formats } = usePage();
  const { gate, incidents } = overview;
  if (gate.open || gate.sentence === null) return null;
  const isMended = incidents.some((one) => !one.dismissed && one.resolvedAt === null);
  const ways = gate.remedies.filter((one) => !(isMended && one.code === 'fix_payment'));
  return (
    <Banner tone="amber" label={STRINGS.gate.label} title={formats.inZone(gate.sentence)}>
      {ways.length === 0 ? null : (
        <ul className="row" aria-label={STRINGS.gate.ways}>
          {ways.map((one) => (
            <li key={one.code}>
              <RemedyAction remedy={one} />
            </li>
          ))}
        </ul>
      )}
    </Banner>
  );
}

function Closed() {
  const { overview } = usePage();
  if (!overview.account.closed) return null;
  return <Banner tone="amber" label={STRINGS.closed} title={STRINGS.closed} />;
}
