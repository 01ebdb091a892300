/** The pieces every view is put together from. */
import { Button } from '@mantine/core';
import { type ReactNode, useId } from 'react';
import { useInZone, useMay, usePage } from '../core/data.js';
import { STRINGS } from '../strings.js';
import { Lines } from './wait.js';

interface CardProps {
  readonly title: string;
  readonly aside?: ReactNode;
  readonly foot?: ReactNode;
  readonly children: ReactNode;
}

export function Card({ title, aside, foot, children }: CardProps) {
  const id = useId();
  return (
    <section className="card" aria-labelledby={id}>
      <header>
        <h2 id={id}>{title}</h2>
        {aside}
      </header>
      {children}
      {foot === undefined || foot === null ? null : <footer>{foot}</footer>}
    </section>
  );
}

interface BarProps {
  readonly label: string;
  /** What a screen reader says of it: "132 of 500 used". */
  readonly text: string;
  readonly percent: number;
  readonly level?: 'ok' | 'amber' | 'red';
}

export function Bar({ label, text, percent, level = 'ok' }: BarProps) {
  const shown = Math.max(0, Math.min(100, percent));
  return (
    <div
      className={`bar is-${level}`}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(shown)}
      aria-valuetext={text}
    >
      <i style={{ width: `${shown}%` }} />
    </div>
  );
}

export type Fact = readonly [what: string, value: ReactNode];

export function Facts({ of }: { readonly of: readonly (Fact | null)[] }) {
  const shown = of.filter((one) => one !== null);
  if (shown.length === 0) return null;
  return (
    <dl className="facts">
      {shown.map(([what, value]) => (
        <div key={what} style={{ display: 'contents' }}>
          <dt>{what}</dt>
          <dd className="num">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

interface TagProps {
  readonly tone?: 'plain' | 'brand' | 'solid' | 'amber' | 'red' | 'good';
  readonly children: ReactNode;
}

export const Tag = ({ tone = 'plain', children }: TagProps) => <span className={`tag is-${tone}`}>{children}</span>;

export const Blank = ({ children }: { readonly children: ReactNode }) => <p className="blank">{children}</p>;

interface ReadProps<Data> {
  readonly of: {
    readonly data: Data | undefined;
    readonly error: Error | null;
    readonly isFetching: boolean;
    readonly refetch: () => unknown;
  };
  readonly children: (data: Data) => ReactNode;
}

/** A read that is under way, that failed, or that is there. */
export function Read<Data>({ of, children }: ReadProps<Data>) {
  const inZone = useInZone();
  if (of.data !== undefined) return <>{children(of.data)}</>;
  if (of.error === null) return <Lines />;
  return (
    <div className="row" role="alert">
      <span className="quiet">{inZone(of.error.message)}</span>
      <Button variant="default" size="xs" loading={of.isFetching} onClick={() => of.refetch()}>
        {STRINGS.tryAgain}
      </Button>
    </div>
  );
}

interface MayProps {
  readonly action: string;
  /** The option, as it is called where somebody may use it. */
  readonly what: string;
  readonly children: ReactNode;
  /** False: nothing stands in the place of what somebody may not do. */
  readonly tell?: boolean;
}

/** What only some may do. Everybody else reads who can. */
export function May({ action, what, children, tell = true }: MayProps) {
  const may = useMay(action);
  if (may) return <>{children}</>;
  return tell ? <OwnerOnly what={what} /> : null;
}

export function OwnerOnly({ what }: { readonly what: string }) {
  const { words } = usePage().overview;
  return <span className="quiet small">{STRINGS.ownerOnly(what, words.account.one)}</span>;
}
