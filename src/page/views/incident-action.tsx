/** The one button of a failure's banner: the way out of exactly this failure. */
import { Button } from '@mantine/core';
import { useAct } from '../core/act.js';
import { type Overview, useMay, usePage } from '../core/data.js';
import { useDoor } from '../core/doors.js';
import { usePlace } from '../core/place.js';
import { OwnerOnly } from '../parts/card.js';
import { DoorButton } from '../parts/door.js';
import { STRINGS } from '../strings.js';

type Incident = Overview['incidents'][number];

const NEEDS: Readonly<Record<string, string>> = {
  no_payment_method: 'manage_cards',
  card_declined: 'manage_cards',
  authentication_required: 'retry_charge',
  internal_error: 'retry_charge',
  spending_cap_reached: 'set_top_off',
  unusual_usage: 'resume',
};

export function IncidentAction({ incident }: { readonly incident: Incident }) {
  const may = useMay(NEEDS[incident.kind] ?? 'manage_cards');
  return may ? <Action incident={incident} /> : <OwnerOnly what={incident.action?.label ?? STRINGS.incidents.update} />;
}

function Action({ incident: { kind, charge, payment } }: { readonly incident: Incident }) {
  const { words } = usePage().overview;
  const { open } = usePlace();
  const resume = useAct('resumeTopOff', { done: () => STRINGS.topOff.resumed(words.topOff) });
  switch (kind) {
    case 'no_payment_method':
      return <Button onClick={() => open('card')}>{STRINGS.topOff.setUp(words.topOff)}</Button>;
    case 'authentication_required':
      return charge === null ? null : <Approve charge={charge} />;
    case 'internal_error':
      return charge === null ? null : <RetryCharge charge={charge} />;
    case 'spending_cap_reached':
      return <Button onClick={() => open('top-off')}>{STRINGS.incidents.changeCap}</Button>;
    case 'unusual_usage':
      return (
        <Button loading={resume.pending} onClick={() => resume.act()}>
          {STRINGS.incidents.resume(words.topOff)}
        </Button>
      );
    default:
      return (
        <>
          <Button onClick={() => open('card')}>{STRINGS.incidents.update}</Button>
          {payment === null ? null : <RetryCharge charge={payment.id} look="second" />}
        </>
      );
  }
}

interface ApproveProps {
  readonly charge: string;
  readonly small?: boolean;
}

/** The bank's own page, where its customer says yes. */
export function Approve({ charge, small = false }: ApproveProps) {
  const door = useDoor('approveCharge', { stayed: () => STRINGS.payments.nothingToApprove });
  return (
    <DoorButton
      door={door}
      size={small ? 'xs' : 'sm'}
      label={STRINGS.incidents.approve}
      onEnter={() => door.enter({ params: { charge } })}
    />
  );
}

interface RetryProps {
  readonly charge: string;
  /** The one thing to do, what comes after another, or one row of a table. */
  readonly look?: 'first' | 'second' | 'row';
}

export function RetryCharge({ charge, look = 'first' }: RetryProps) {
  const retry = useAct('retryCharge', { done: () => STRINGS.payments.retrying });
  return (
    <Button
      size={look === 'row' ? 'xs' : 'sm'}
      variant={look === 'first' ? 'filled' : 'default'}
      loading={retry.pending}
      onClick={() => retry.act({ params: { charge } })}
    >
      {STRINGS.incidents.retry}
    </Button>
  );
}

/** Whether a banner above offers the way out of it: one failure has one place where it is mended. */
export function useBannerOf(charge: string | null): boolean {
  const { incidents } = usePage().overview;
  return charge !== null && incidents.some((one) => one.charge === charge && one.resolvedAt === null && !one.dismissed);
}

/** The way on with a payment that did not go through, for whoever has dismissed its banner. */
export function Unpaid({ payment }: { readonly payment: Incident['payment'] }) {
  const isAbove = useBannerOf(payment?.id ?? null);
  if (payment === null || isAbove) return null;
  return payment.state === 'action_required' ? (
    <Approve charge={payment.id} />
  ) : (
    <RetryCharge charge={payment.id} look="second" />
  );
}
