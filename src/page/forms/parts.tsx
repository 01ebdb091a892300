/** What forms share: their buttons, what went wrong, and choosing a card. */
import { Button, NativeSelect } from '@mantine/core';
import type { ReactNode } from 'react';
import { useInZone, usePage } from '../core/data.js';
import { usePlace } from '../core/place.js';
import { cardName } from '../parts/pay-card.js';
import { STRINGS } from '../strings.js';

interface EndProps {
  readonly label: ReactNode;
  readonly pending: boolean;
  readonly disabled?: boolean;
  readonly tone?: 'brand' | 'red';
  /** Absent: cancel closes the form. */
  readonly back?: { readonly label: string; readonly to: () => void };
}

export function FormEnd({ label, pending, disabled = false, tone = 'brand', back }: EndProps) {
  const { close } = usePlace();
  return (
    <div className="row ends">
      <Button variant="default" onClick={back?.to ?? close} disabled={pending}>
        {back?.label ?? STRINGS.cancel}
      </Button>
      <Button
        type="submit"
        loading={pending}
        disabled={disabled}
        {...(tone === 'red' ? { color: 'var(--red-button)' } : {})}
      >
        {label}
      </Button>
    </div>
  );
}

export function FormTrouble({ error }: { readonly error: Error | null }) {
  const inZone = useInZone();
  return (
    <p role="alert" className="red" hidden={error === null}>
      {error === null ? null : inZone(error.message)}
    </p>
  );
}

export const Note = ({ tone, children }: { readonly tone?: 'amber' | 'red'; readonly children: ReactNode }) => (
  <p className={tone === undefined ? 'note' : `note ${tone}`}>{children}</p>
);

interface ChooseProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (card: string) => void;
  /** Shown for "whichever is first". */
  readonly first?: boolean;
}

/** '' is the account's first. */
export function ChooseCard({ label, value, onChange, first = false }: ChooseProps) {
  const { cards } = usePage().overview;
  const shown = cards.map((card) => ({
    value: card.id,
    label: `${cardName(card)}${card.expired ? ` (${STRINGS.cards.expired})` : card.refused ? ` (${STRINGS.cards.refused})` : ''}`,
  }));
  return (
    <NativeSelect
      label={label}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      data={first ? [{ value: '', label: STRINGS.cards.first }, ...shown] : shown}
    />
  );
}
