/** What is shown while there is nothing to show yet, or nothing at all. */
import { Skeleton } from '@mantine/core';
import type { ReactNode } from 'react';
import { STRINGS } from '../strings.js';

interface WaitProps {
  readonly title: string;
  readonly alert?: boolean;
  readonly children?: ReactNode;
}

export function Wait({ title, alert = false, children }: WaitProps) {
  return (
    <main className="inner wait" role={alert ? 'alert' : undefined}>
      <h1>{title}</h1>
      {children}
    </main>
  );
}

const TALL = 180;
const SHORT = 120;

export function Skeletons() {
  return (
    <div className="stack" aria-busy="true">
      <span className="hidden" role="status">
        {STRINGS.loading}
      </span>
      <Skeleton height={TALL} radius="md" />
      <div className="grid">
        <Skeleton height={SHORT} radius="md" />
        <Skeleton height={SHORT} radius="md" />
      </div>
    </div>
  );
}

export function Waiting() {
  return (
    <main className="inner">
      <h1 className="hidden">{STRINGS.title}</h1>
      <Skeletons />
    </main>
  );
}

const LINES = ['a', 'b', 'c', 'd'] as const;

export function Lines() {
  return (
    <div className="stack" aria-busy="true">
      <span className="hidden" role="status">
        {STRINGS.loading}
      </span>
      {LINES.map((one) => (
        <Skeleton key={one} height={18} radius="sm" />
      ))}
    </div>
  );
}
