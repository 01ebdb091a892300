/** What became of a purchase: it is watched until the card has said yes or no. */
import { Button, Loader } from '@mantine/core';
import { useEffect } from 'react';
import { useAsk, useAsking, usePage } from '../core/data.js';
import { usePlace } from '../core/place.js';
import { Read } from '../parts/card.js';
import { STRINGS } from '../strings.js';
import { Approve } from '../views/incident-action.js';
import { Note } from './parts.js';

const LOOK_MS = 1_500;

export function Bought({ charge }: { readonly charge: string }) {
  const { formats } = usePage();
  const { queries } = useAsking();
  const { close } = usePlace();
  const found = useAsk('readCharge', { params: { charge } }, { everyMs: LOOK_MS, staleMs: 0 });
  const state = found.data?.state;
  useEffect(() => {
    if (state === 'succeeded') void queries.invalidateQueries({ predicate: (one) => one.queryKey[0] !== 'readCharge' });
  }, [state, queries]);
  return (
    <div className="stack" aria-live="polite">
      <Read of={found}>
        {(one) => {
          const offer = STRINGS.buy.offer(formats.credits(one.credits), formats.money(one.amountMinor, one.currency));
          switch (one.state) {
            case 'succeeded':
              return <p className="good strong">{STRINGS.buy.done(formats.credits(one.credits))}</p>;
            case 'failed':
            case 'canceled':
              return <Note tone="red">{STRINGS.buy.failed}</Note>;
            case 'action_required':
              return (
                <>
                  <p>{STRINGS.buy.approve}</p>
                  <Approve charge={one.id} />
                </>
              );
            default:
              return (
                <div className="row">
                  <Loader size="xs" aria-hidden="true" />
                  <span>{STRINGS.buy.underWay(offer)}</span>
                </div>
              );
          }
        }}
      </Read>
      <div className="row ends">
        <Button variant="default" onClick={close}>
          {STRINGS.close}
        </Button>
      </div>
    </div>
  );
}
