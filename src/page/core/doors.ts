/** Pages of the processor that owners are sent to: cards are entered there, banks ask there, invoices lie there. */
import { useState } from 'react';
import { useAct } from './act.js';
import type { Answer, Body, Operation, Wish } from './call.js';
import { webAddress } from './session.js';

/** Operations that may answer with an address to go to. */
export type DoorName = {
  [Name in Operation]: Answer<Name> extends { url?: string | null } ? Name : never;
}[Operation];

/** The processor's pages refuse to be framed: from within a frame they open beside it. */
const isFramed = (): boolean => window.self !== window.top;

/** The page itself, without the form that is open over it: that is done with when somebody comes back. */
export const returnUrl = (): string => `${location.origin}${location.pathname}`;

interface DoorOptions<Name extends DoorName> {
  /** Where nothing has to be done elsewhere. */
  readonly onStay?: (answer: Answer<Name>) => void;
  readonly stayed?: (answer: Answer<Name>) => string | null;
}

/** Asks for the address and goes there. Where a browser would not let us, the address is there to click. */
export function useDoor<Name extends DoorName>(name: Name, options: DoorOptions<Name> = {}) {
  const [address, setAddress] = useState<string | null>(null);
  const urlOf = (answer: Answer<Name>): string | null => webAddress((answer as { url?: string | null }).url ?? null);
  const act = useAct(name, {
    tellTrouble: false,
    done: (answer) => (urlOf(answer) === null ? (options.stayed?.(answer) ?? null) : null),
    onDone: (answer) => {
      const url = urlOf(answer);
      if (url === null) options.onStay?.(answer);
      else if (isFramed()) setAddress(url);
      else location.assign(url);
    },
  });
  return {
    pending: act.pending,
    error: act.error,
    /** Set within a frame, once the page is there to be opened. */
    address,
    enter: (wish: Partial<Wish<Name>> = {}): void => act.act(wish),
  };
}

export const withReturn = <Name extends DoorName>(body: object = {}): Body<Name> =>
  ({ ...body, returnUrl: returnUrl() }) as Body<Name>;
