/** Which view is open, and which form over it. Both stand in the address: going back closes a form, and a link opens one. */
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react';

export const VIEWS = ['overview', 'plans', 'usage', 'activity', 'payments'] as const;
export type View = (typeof VIEWS)[number];

export interface Place {
  readonly view: View;
  /** A form's name and what it is about, such as "buy" or "plan:growth". */
  readonly form: string | null;
  go(view: View): void;
  open(form: string): void;
  /** Closes the form. */
  close(): void;
}

const ROOT = '/billing';
const PlaceContext = createContext<Place | null>(null);

export function usePlace(): Place {
  const place = useContext(PlaceContext);
  if (place === null) throw new Error('there is no place here');
  return place;
}

export const linkTo = (view: View): string => (view === 'overview' ? ROOT : `${ROOT}/${view}`);

export function placeIn(address: URL): Pick<Place, 'view' | 'form'> {
  const name = address.pathname.slice(ROOT.length).replaceAll('/', '');
  return { view: VIEWS.find((one) => one === name) ?? 'overview', form: address.searchParams.get('open') };
}

const here = (): Pick<Place, 'view' | 'form'> => placeIn(new URL(location.href));

export function PlaceProvider({ children }: { readonly children: ReactNode }) {
  const [now, setNow] = useState(here);
  useEffect(() => {
    const moved = (): void => setNow(here());
    addEventListener('popstate', moved);
    return () => removeEventListener('popstate', moved);
  }, []);
  const place = useMemo<Place>(() => {
    const move = (address: string, replace = false): void => {
      if (replace) history.replaceState(null, '', address);
      else history.pushState({ opened: true }, '', address);
      setNow(here());
    };
    return {
      ...now,
      go(view) {
        move(linkTo(view));
        scrollTo(0, 0);
        document.getElementById('main')?.focus({ preventScroll: true });
      },
      open: (form) => move(`${location.pathname}?open=${encodeURIComponent(form)}`),
      // Replaced, not gone back: whoever came by a link to the form stays on the page.
      close: () => move(location.pathname, true),
    };
  }, [now]);
  return <PlaceContext value={place}>{children}</PlaceContext>;
}
