/** The newest lines of the ledger. */
import { Button } from '@mantine/core';
import { useAsk, usePage } from '../core/data.js';
import { usePlace } from '../core/place.js';
import { Blank, Card, Read } from '../parts/card.js';
import { EntryAmount, EntryText } from '../parts/entry.js';
import { STRINGS } from '../strings.js';

const SHOWN = '8';

export function Recent() {
  const { overview } = usePage();
  const { go } = usePlace();
  const found = useAsk('listActivity', { query: { limit: SHOWN } });
  return (
    <Card
      title={STRINGS.activity.recent}
      aside={
        <Button variant="subtle" size="compact-sm" onClick={() => go('activity')}>
          {STRINGS.activity.all}
        </Button>
      }
    >
      <Read of={found}>
        {({ entries }) =>
          entries.length === 0 ? (
            <Blank>{STRINGS.activity.none(overview.words.credit.many)}</Blank>
          ) : (
            <ul className="list">
              {entries.map((entry) => (
                <li key={entry.sequence}>
                  <EntryText entry={entry} />
                  <EntryAmount entry={entry} />
                </li>
              ))}
            </ul>
          )
        }
      </Read>
    </Card>
  );
}
