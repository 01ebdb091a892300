/** Changes: each under its key, sent once at a time, asked again after silence, and then everything that is shown read anew. */
import { notifications } from '@mantine/notifications';
import { useMutation } from '@tanstack/react-query';
import { useRef } from 'react';
import { STRINGS } from '../strings.js';
import { type Answer, CallError, type Operation, type Wish } from './call.js';
import { mayAnswerLater, useAsking, useInZone } from './data.js';
import { keyOf, settled } from './wishes.js';

interface ActOptions<Name extends Operation> {
  /** Said when it is done; null says nothing. */
  readonly done?: (answer: Answer<Name>) => string | null;
  readonly onDone?: (answer: Answer<Name>) => void;
  /** False: the form itself shows what went wrong. */
  readonly tellTrouble?: boolean;
}

const WAIT_MS = [500, 1_500, 4_000] as const;

/** A wish and the key it goes under, made once when somebody clicks: a retry that made its own would be a second wish. */
interface Asked<Name extends Operation> {
  readonly wish: Partial<Wish<Name>>;
  readonly key: string;
}

/**
 * `act(wish)` does nothing while the same is under way, so that a double click is one. The key outlives the component and a
 * reload: what was not answered is asked again as the same wish.
 */
export function useAct<Name extends Operation>(name: Name, options: ActOptions<Name> = {}) {
  const { caller, queries } = useAsking();
  const inZone = useInZone();
  // A second click may come before the first is drawn, so that what is drawn cannot say whether one is under way.
  const isBusy = useRef(false);
  const mutation = useMutation({
    mutationKey: [name],
    mutationFn: ({ wish, key }: Asked<Name>) => caller.call(name, { ...wish, key }),
    retry: mayAnswerLater,
    retryDelay: (count) => WAIT_MS[count] ?? 4_000,
    networkMode: 'always',
    onSettled: () => {
      isBusy.current = false;
    },
    onSuccess: (answer, { key }) => {
      settled(name, key);
      const said = options.done?.(answer) ?? null;
      if (said !== null) notifications.show({ message: inZone(said), color: 'teal', withBorder: true });
      void queries.invalidateQueries();
      options.onDone?.(answer);
    },
    onError: (error, { key }) => {
      if (!(error instanceof CallError) || !error.unanswered) settled(name, key);
      // What was refused may have been refused because this page is behind.
      void queries.invalidateQueries({ queryKey: ['readOverview'] });
      if (options.tellTrouble === false) return;
      notifications.show({
        ...{ title: STRINGS.trouble.notDone, message: inZone(error.message) },
        ...{ color: 'red', withBorder: true },
      });
    },
  });
  const act = (wish: Partial<Wish<Name>> = {}): void => {
    if (isBusy.current) return;
    isBusy.current = true;
    mutation.mutate({ wish, key: keyOf(name, wish) });
  };
  return { act, pending: mutation.isPending, error: mutation.error, reset: mutation.reset };
}
