/** What is held back for work that is under way. */
import { isNothing } from '../core/amounts.js';
import { useAsk, usePage } from '../core/data.js';
import { usePeople } from '../core/people.js';
import { Card, Read } from '../parts/card.js';
import { meterNames } from '../parts/meters.js';
import { Name } from '../parts/name.js';
import { STRINGS } from '../strings.js';

const SHOWN = 10;

export function Holds() {
  const { overview } = usePage();
  const held = overview.balance?.held ?? '0';
  const isHeld = !isNothing(held) || overview.limits.pools.some((pool) => !isNothing(pool.held));
  return isHeld ? <HeldNow held={held} /> : null;
}

function HeldNow({ held }: { readonly held: string }) {
  const { formats, overview } = usePage();
  // The amount held stands in the question's place: another amount is another list.
  const nameOf = usePeople();
  const found = useAsk('listHolds', {}, { staleMs: 1_000 });
  const prices = useAsk('listPrices', {}, { staleMs: 300_000 });
  return (
    <Card
      title={STRINGS.holds.title}
      aside={overview.viewer.confined ? null : <span className="num strong">{formats.credits(held)}</span>}
    >
      <p className="quiet small">{STRINGS.holds.sentence}</p>
      <Read of={found}>
        {({ holds }) => (
          <>
            <ul className="list">
              {holds.slice(0, SHOWN).map((hold) => (
                <li key={hold.id}>
                  <div>
                    <Name>{hold.meter === null ? STRINGS.holds.plain : meterNames(prices.data)(hold.meter)}</Name>
                    <p className="quiet small">
                      {hold.member === null ? null : (
                        <>
                          <Name>{nameOf(hold.member)}</Name> ·{' '}
                        </>
                      )}
                      {STRINGS.holds.until(formats.short(hold.expiresAt))}
                    </p>
                  </div>
                  <span className="end num">{formats.credits(hold.open)}</span>
                </li>
              ))}
            </ul>
            {holds.length > SHOWN ? <p className="quiet small">{STRINGS.andMore(holds.length - SHOWN)}</p> : null}
          </>
        )}
      </Read>
    </Card>
  );
}
