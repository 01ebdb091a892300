/** What may be wider than the screen scrolls by itself, by keyboard too, and the page beside it stands still. */
import type { ReactNode } from 'react';

interface ScrollProps {
  readonly label: string;
  readonly children: ReactNode;
}

/** No landmark: it stands in a section of the same name. Without a place in the order of Tab nobody could scroll it by keys. */
const reachable = (label: string) => ({ role: 'group', tabIndex: 0, 'aria-label': label }) as const;

export function Scroll({ label, children }: ScrollProps) {
  return (
    <div className="scroll" {...reachable(label)}>
      {children}
    </div>
  );
}
