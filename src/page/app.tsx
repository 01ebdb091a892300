/** The page as a whole: signed in or not, read or not yet, and then one of its views. */
import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { CallError, makeCaller } from './core/call.js';
import { AskingProvider, PageProvider, pageOf, useAsk, useAsking } from './core/data.js';
import { follow } from './core/live.js';
import { PlaceProvider } from './core/place.js';
import { backTo, type Session } from './core/session.js';
import { themeOf, variablesOf } from './core/theme.js';
import { Frame } from './frame.js';
import { Wait, Waiting } from './parts/wait.js';
import { STRINGS } from './strings.js';

const NEUTRAL = { color: '#1f2937', textOnColor: '#ffffff' };
const FRESH_MS = 5_000;

interface AppProps {
  readonly session: Session | null;
  readonly nonce: string;
}

export function App({ session, nonce }: AppProps) {
  const [brand, setBrand] = useState(NEUTRAL);
  const queries = useMemo(
    () => new QueryClient({ defaultOptions: { queries: { staleTime: FRESH_MS, networkMode: 'always' } } }),
    [],
  );
  const [theme, resolver] = useMemo(() => [themeOf(brand), variablesOf(brand)], [brand]);
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={resolver}
      defaultColorScheme="auto"
      getStyleNonce={() => nonce}
      deduplicateInlineStyles
    >
      <Notifications position="bottom-right" autoClose={6_000} />
      <QueryClientProvider client={queries}>
        {session === null ? <SignedOut /> : <SignedIn session={session} queries={queries} onBrand={setBrand} />}
      </QueryClientProvider>
    </MantineProvider>
  );
}

function SignedOut() {
  const back = backTo();
  return (
    <Wait title={STRINGS.trouble.signedOut}>
      {back === null ? <p className="quiet">{STRINGS.trouble.openAgain}</p> : <a href={back}>{STRINGS.goBack}</a>}
    </Wait>
  );
}

interface SignedInProps {
  readonly session: Session;
  readonly queries: QueryClient;
  readonly onBrand: (brand: typeof NEUTRAL) => void;
}

function SignedIn({ session, queries, onBrand }: SignedInProps) {
  const asking = useMemo(
    () => ({ session, queries, caller: makeCaller(session.token, session.account) }),
    [session, queries],
  );
  return (
    <AskingProvider value={asking}>
      <PlaceProvider>
        <Account onBrand={onBrand} />
      </PlaceProvider>
    </AskingProvider>
  );
}

const POLL_MS = 10_000;
/** What changes by time alone, such as days left, is read anew this often even where the balance stands still. */
const SLOW_MS = 60_000;

function Account({ onBrand }: Pick<SignedInProps, 'onBrand'>) {
  const isLive = useLive();
  const { data, error, refetch, isFetching } = useAsk('readOverview', {}, { everyMs: isLive ? SLOW_MS : POLL_MS });
  const page = useMemo(() => (data === undefined ? null : pageOf(data)), [data]);
  const { color, textOnColor } = data?.brand ?? NEUTRAL;
  useEffect(() => onBrand({ color, textOnColor }), [color, textOnColor, onBrand]);
  if (error instanceof CallError && error.signedOut) return <SignedOut />;
  if (page === null) {
    if (error === null) return <Waiting />;
    return (
      <Wait title={STRINGS.trouble.notRead} alert>
        <p className="quiet">{error.message}</p>
        <p>
          <button type="button" onClick={() => void refetch()} disabled={isFetching}>
            {STRINGS.tryAgain}
          </button>
        </p>
      </Wait>
    );
  }
  return (
    <PageProvider value={page}>
      <Frame isLive={isLive} isBehind={error !== null} />
    </PageProvider>
  );
}

/** True while changes are told; each of them makes everything that is shown be read anew. */
function useLive(): boolean {
  const { caller, queries } = useAsking();
  const [isLive, setLive] = useState(false);
  useEffect(() => {
    const stop = new AbortController();
    let last = '';
    void follow(caller, stop.signal, {
      up: setLive,
      heard: (pulse) => {
        const told = JSON.stringify(pulse);
        if (last !== '' && told !== last) void queries.invalidateQueries();
        last = told;
      },
    });
    return () => stop.abort();
  }, [caller, queries]);
  return isLive;
}
