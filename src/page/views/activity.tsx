/** The whole ledger, newest first, by what it was and when, and as a table to keep. */
import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { Answer } from '../core/call.js';
import { useAsk, usePage } from '../core/data.js';
import { useNarrow } from '../core/narrow.js';
import { Blank, Card, Read } from '../parts/card.js';
import { comesIn, EntryAmount, EntryMoney, EntryText, movesCredits, signed, useEntryDetails } from '../parts/entry.js';
import { Name } from '../parts/name.js';
import { Scroll } from '../parts/scroll.js';
import { Lines } from '../parts/wait.js';
import { STRINGS } from '../strings.js';
import { type Asked, queryOf } from './activity-query.js';
import { Download } from './download.js';

const PAGE = '50';
const NOTHING: Asked = { kind: '', meter: '', from: '', to: '' };

export default function ActivityView() {
  const { overview, formats } = usePage();
  const [asked, setAsked] = useState(NOTHING);
  /** Where each page before this one began; the last is this one's. */
  const [path, setPath] = useState<readonly (string | null)[]>([null]);
  const before = path.at(-1) ?? null;
  const filters = queryOf(asked, formats.zone);
  const found = useAsk('listActivity', {
    query: { ...filters, limit: PAGE, ...(before === null ? {} : { before }) },
  });
  // A filter that fits little finds nothing for a long way back: a page of nothing is passed over, and its place is the next one's.
  const { data, isPlaceholderData } = found;
  const onwards = data?.entries.length === 0 && !isPlaceholderData ? data.next : null;
  useEffect(() => {
    if (onwards !== null) setPath((was) => [...was.slice(0, -1), String(onwards)]);
  }, [onwards]);
  const change = (part: Partial<Asked>): void => {
    setAsked({ ...asked, ...part });
    setPath([null]);
  };
  return (
    <Card title={overview.words.ledger} aside={<Download query={filters} />}>
      <Filters asked={asked} onChange={change} />
      <Read of={found}>
        {({ entries, next }) => (
          <>
            {entries.length === 0 && next !== null ? (
              <Lines />
            ) : entries.length === 0 ? (
              <Blank>
                {asked === NOTHING ? STRINGS.activity.none(overview.words.credit.many) : STRINGS.activity.noneSuch}
              </Blank>
            ) : (
              <EntryTable entries={entries} />
            )}
            <Pager
              isFirst={path.length === 1}
              isLast={next === null}
              pending={found.isFetching}
              onNewer={() => setPath(path.slice(0, -1))}
              onOlder={() => next !== null && setPath([...path, String(next)])}
            />
          </>
        )}
      </Read>
    </Card>
  );
}

interface FiltersProps {
  readonly asked: Asked;
  readonly onChange: (part: Partial<Asked>) => void;
}

function Filters({ asked, onChange }: FiltersProps) {
  const prices = useAsk('listPrices', {}, { staleMs: 300_000 });
  const kinds = Object.entries(STRINGS.activity.kinds).map(([value, label]) => ({ value, label }));
  const meters = (prices.data?.meters ?? []).map((one) => ({ value: one.meter, label: one.label }));
  const { zone } = usePage().formats;
  return (
    <fieldset className="bare row filters" aria-label={STRINGS.activity.filters}>
      <NativeSelect
        label={STRINGS.activity.kind}
        size="xs"
        value={asked.kind}
        onChange={(event) => onChange({ kind: event.currentTarget.value })}
        data={[{ value: '', label: STRINGS.activity.everything }, ...kinds]}
      />
      <NativeSelect
        label={STRINGS.usage.action}
        size="xs"
        value={asked.meter}
        onChange={(event) => onChange({ meter: event.currentTarget.value })}
        data={[{ value: '', label: STRINGS.activity.anyAction }, ...meters]}
      />
      <TextInput
        type="date"
        label={STRINGS.activity.from}
        size="xs"
        title={STRINGS.zone(zone)}
        value={asked.from}
        onChange={(event) => onChange({ from: event.currentTarget.value })}
      />
      <TextInput
        type="date"
        label={STRINGS.activity.to}
        size="xs"
        title={STRINGS.zone(zone)}
        value={asked.to}
        onChange={(event) => onChange({ to: event.currentTarget.value })}
      />
    </fieldset>
  );
}

type Entry = Answer<'listActivity'>['entries'][number];

function EntryTable({ entries }: { readonly entries: readonly Entry[] }) {
  const { overview } = usePage();
  const isPooled = overview.viewer.confined;
  if (useNarrow()) return <EntryList entries={entries} />;
  return (
    <Scroll label={overview.words.ledger}>
      <table className="plain">
        <caption className="hidden">{overview.words.ledger}</caption>
        <thead>
          <tr>
            <th scope="col">{STRINGS.activity.when}</th>
            <th scope="col">{STRINGS.activity.what}</th>
            <th scope="col" className="end">
              {STRINGS.usage.credits(overview.words.credit.many)}
            </th>
            {isPooled ? null : (
              <>
                <th scope="col" className="end">
                  {STRINGS.activity.balance}
                </th>
                <th scope="col" className="end">
                  {STRINGS.activity.money}
                </th>
              </>
            )}
          </tr>
        </thead>
        <tbody>
          {entries.map((entry) => (
            <EntryRow key={entry.sequence} entry={entry} isPooled={isPooled} />
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

function EntryList({ entries }: { readonly entries: readonly Entry[] }) {
  const detailsOf = useEntryDetails();
  return (
    <ul className="list">
      {entries.map((entry) => (
        <li key={entry.sequence}>
          <EntryText entry={entry} details={detailsOf(entry)} />
          <EntryAmount entry={entry} />
        </li>
      ))}
    </ul>
  );
}

function EntryRow({ entry, isPooled }: { readonly entry: Entry; readonly isPooled: boolean }) {
  const { formats } = usePage();
  const details = useEntryDetails()(entry);
  return (
    <tr>
      <td className="num quiet" style={{ whiteSpace: 'nowrap' }}>
        <time dateTime={entry.occurredAt} title={formats.moment(entry.occurredAt)}>
          {formats.short(entry.occurredAt)}
        </time>
      </td>
      <td className="what">
        <Name>{entry.title}</Name>
        {details === '' ? null : (
          <p className="quiet small">
            <Name>{details}</Name>
          </p>
        )}
        {entry.beyondBalance === null ? null : (
          <p className="quiet small">{STRINGS.activity.beyond(formats.credits(entry.beyondBalance))}</p>
        )}
      </td>
      <td className={comesIn(entry) ? 'end num good' : 'end num'}>
        {movesCredits(entry) ? signed(entry.credits, formats.figure) : ''}
      </td>
      {isPooled ? null : (
        <>
          <td className="end num">
            {entry.balanceAfter === null || !movesCredits(entry) ? '' : formats.figure(entry.balanceAfter)}
          </td>
          <td className="end num">
            <EntryMoney entry={entry} />
          </td>
        </>
      )}
    </tr>
  );
}

interface PagerProps {
  readonly isFirst: boolean;
  readonly isLast: boolean;
  readonly pending: boolean;
  readonly onNewer: () => void;
  readonly onOlder: () => void;
}

export function Pager({ isFirst, isLast, pending, onNewer, onOlder }: PagerProps) {
  if (isFirst && isLast) return null;
  return (
    <nav className="row ends" aria-label={STRINGS.pages}>
      <Button variant="default" size="xs" disabled={isFirst || pending} onClick={onNewer}>
        {STRINGS.newer}
      </Button>
      <Button variant="default" size="xs" disabled={isLast} loading={pending} onClick={onOlder}>
        {STRINGS.older}
      </Button>
    </nav>
  );
}
