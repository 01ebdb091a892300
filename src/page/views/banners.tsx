/** What an owner has to know first: failures, each with its one way out, the trial, what is not paid, and a closed gate. */
import { CloseButton } from '@mantine/core';
import type { ReactNode } from 'react';
import { useAct } from '../core/act.js';
import { isBelow } from '../core/amounts.js';
import { bringsCredits, type Overview, usePage } from '../core/data.js';
import type { Formats } from '../core/format.js';
import { usePlace } from '../core/place.js';
import { webAddress } from '../core/session.js';
import { May } from '../parts/card.js';
import { named, STRINGS } from '../strings.js';
import { IncidentAction } from './incident-action.js';
import { PayPlan } from './plan-now.js';
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
      <About incident={incident} />
    </Banner>
  );
}

/** How much it is about and what for, since when, and whom to ask where trying again may not be enough. */
function About({ incident: { kind, openedAt, payment, support } }: { readonly incident: Incident }) {
  const { overview, formats } = usePage();
  const { words } = overview;
  const mail = words.supportEmail === null ? null : `mailto:${words.supportEmail}`;
  const help = kind === 'internal_error' ? (webAddress(support?.url ?? null) ?? mail) : null;
  return (
    <p className="quiet small">
      {payment === null ? null : (
        <>
          <span className="num strong">{formats.money(payment.amountMinor, payment.currency)}</span>
          {` · ${STRINGS.payments.kinds(words)[payment.kind]} · `}
        </>
      )}
      {STRINGS.incidents.since(formats.moment(openedAt))}
      {help === null ? null : (
        <>
          {' · '}
          <a href={help}>{STRINGS.incidents.support}</a>
        </>
      )}
    </p>
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
  if (pastDue === null) return null;
  return (
    <Banner
      tone="red"
      label={STRINGS.plan.pastDue}
      title={STRINGS.plan.pastDueTitle(label)}
      acts={
        <May action="manage_cards" what={STRINGS.incidents.update}>
          <PayPlan />
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
  const { gate, incidents, plan } = overview;
  if (gate.open || gate.sentence === null) return null;
  const isMended = plan.pastDue !== null || incidents.some((one) => !one.dismissed && one.resolvedAt === null);
  const ways = gate.remedies.filter((one) => !(isMended && one.code === 'fix_payment'));
  const { title, body } = gateWords(overview, formats, gate.sentence);
  return (
    <Banner tone="amber" label={STRINGS.gate.label} title={title}>
      {body.length === 0 ? null : <p className="wrap">{body.join(' ')}</p>}
      {ways.length === 0 ? null : (
        <ul className="row ways" aria-label={STRINGS.gate.ways}>
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

/** What it is to those who run the account; what the product now tells its users stands below, as theirs. */
function gateWords(
  overview: Overview,
  { inZone, money }: Formats,
  sentence: string,
): { readonly title: string; readonly body: readonly string[] } {
  const { gate, balance, overage, brand, words } = overview;
  const units = words.credit.many;
  const says = STRINGS.gate.says(brand.name, inZone(sentence));
  if (gate.limit === 'overage_cap') {
    const used =
      overage?.capMinor == null ? [] : [STRINGS.overage.used(money(overage.usedMinor), money(overage.capMinor))];
    return { title: STRINGS.gate.cap(named(words.payAsYouGo)), body: [...used.map((one) => `${one}.`), says] };
  }
  if (gate.limit !== 'balance') return { title: inZone(sentence), body: [] };
  const isKept = balance !== null && isBelow('0', balance.remaining);
  return isKept
    ? { title: STRINGS.gate.noneFree(units), body: [STRINGS.gate.allKept, says] }
    : {
        title: bringsCredits(overview) ? STRINGS.gate.none(units) : STRINGS.gate.noneOf(overview.plan.label, units),
        body: [says],
      };
}

function Closed() {
  const { overview } = usePage();
  if (!overview.account.closed) return null;
  return <Banner tone="amber" label={STRINGS.closed} title={STRINGS.closed} />;
}
