/** What every part of the page shares: whom it asks, what it knows of the account, and how figures are written. */
import { keepPreviousData, type QueryClient, useQuery } from '@tanstack/react-query';
import { createContext, useContext } from 'react';
import { STRINGS } from '../strings.js';
import { isNothing } from './amounts.js';
import { type Answer, CallError, type Caller, type Operation, type Wish } from './call.js';
import { type Formats, formatsOf } from './format.js';
import type { Session } from './session.js';

export type Overview = Answer<'readOverview'>;

export interface Asking {
  readonly session: Session;
  readonly caller: Caller;
  readonly queries: QueryClient;
}

const AskingContext = createContext<Asking | null>(null);
export const AskingProvider = AskingContext.Provider;

export function useAsking(): Asking {
  const asking = useContext(AskingContext);
  if (asking === null) throw new Error('nobody is signed in here');
  return asking;
}

export interface Page {
  readonly overview: Overview;
  readonly formats: Formats;
}

const PageContext = createContext<Page | null>(null);
export const PageProvider = PageContext.Provider;

export function usePage(): Page {
  const page = useContext(PageContext);
  if (page === null) throw new Error('the overview is not there yet');
  return page;
}

/** Sentences of the API as people read them: their instants are UTC for programs. */
export function useInZone(): (sentence: string) => string {
  const page = useContext(PageContext);
  return page === null ? (sentence) => sentence : page.formats.inZone;
}

export const pageOf = (overview: Overview): Page => ({
  overview,
  formats: formatsOf({
    locale: navigator.language,
    zone: overview.account.zone,
    currency: overview.account.currency,
    credit: overview.words.credit,
  }),
});

/** Why somebody may not act, or null where they may. */
export const useMay = (action: string): boolean => usePage().overview.viewer.may[action] === true;

/** A price as it is said in a sentence, with whether tax is in it, where the catalog says so: "$25.00 plus tax". */
export const taxed = ({ words }: Overview, price: string): string =>
  words.tax === null ? price : STRINGS.taxed(price, words.tax);

/** Whether the present plan brings credits: where it does not, nothing refreshes and nothing has been used up. */
export const bringsCredits = ({ plans }: Overview): boolean =>
  plans.inRankOrder.some((plan) => plan.current && !isNothing(plan.credits));

/** Whether the present plan lets credits be set aside. */
export const offersPools = ({ plans }: Overview): boolean =>
  plans.inRankOrder.some((plan) => plan.current && plan.pools);

const TRIES = 3;

/** What is refused is refused; what did not answer may answer the next time. */
export const mayAnswerLater = (count: number, error: Error): boolean =>
  error instanceof CallError && error.unanswered && count < TRIES;

interface AskOptions {
  readonly enabled?: boolean;
  readonly everyMs?: number;
  readonly staleMs?: number;
}

/** One read. Its name and what it is asked are its place in the cache; the old answer stays while the next one comes. */
export function useAsk<Name extends Operation>(name: Name, wish: Partial<Wish<Name>> = {}, options: AskOptions = {}) {
  const { caller } = useAsking();
  return useQuery({
    queryKey: [name, wish.params ?? null, wish.query ?? null],
    queryFn: ({ signal }) => caller.call(name, { ...wish, signal }),
    retry: mayAnswerLater,
    placeholderData: keepPreviousData,
    enabled: options.enabled ?? true,
    ...(options.everyMs === undefined ? {} : { refetchInterval: options.everyMs }),
    ...(options.staleMs === undefined ? {} : { staleTime: options.staleMs }),
  });
}
