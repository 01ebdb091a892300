/** One thing that happened to the balance. */
import { isBelow, isNothing } from '../core/amounts.js';
import type { Answer } from '../core/call.js';
import { usePage } from '../core/data.js';
import { usePeople } from '../core/people.js';
import { webAddress } from '../core/session.js';
import { STRINGS } from '../strings.js';
import { Name } from './name.js';

export type Entry = Answer<'listActivity'>['entries'][number];

/** What it says of itself, the pool it came from and who it was, where the ledger itself is read. */
export function useEntryDetails(): (entry: Entry) => string {
  const { limits } = usePage().overview;
  const nameOf = usePeople();
  return ({ details, pool, member }) => {
    const label = limits.pools.find((one) => one.pool === pool)?.label ?? pool ?? '';
    return [details, label, member === null ? '' : nameOf(member)].filter((one) => one !== '').join(' · ');
  };
}

interface EntryTextProps {
  readonly entry: Entry;
  /** Absent: what it says of itself. */
  readonly details?: string;
}

export function EntryText({ entry, details = entry.details }: EntryTextProps) {
  const { formats } = usePage();
  return (
    <div>
      <Name>{entry.title}</Name>
      <p className="quiet small wrap">
        <time dateTime={entry.occurredAt} title={formats.moment(entry.occurredAt)}>
          {formats.short(entry.occurredAt)}
        </time>
        {details === '' ? null : (
          <>
            {' · '}
            <Name>{details}</Name>
          </>
        )}
      </p>
    </div>
  );
}

/** "+200" in green, "−1" in plain ink, as use is no alarm; "Free" where nothing moved. */
export function signed(credits: string, figure: (decimal: string) => string): string {
  if (isNothing(credits)) return STRINGS.rates.free;
  return isBelow(credits, '0') ? figure(credits).replace('-', '−') : `+${figure(credits)}`;
}

/** What was used beyond the balance is paid in money: no credits come in with it. */
export const movesCredits = ({ kind }: Pick<Entry, 'kind'>): boolean => kind !== 'pay_as_you_go';

export const comesIn = (entry: Pick<Entry, 'kind' | 'credits'>): boolean =>
  movesCredits(entry) && isBelow('0', entry.credits);

export function EntryAmount({ entry }: { readonly entry: Entry }) {
  const { formats } = usePage();
  if (!movesCredits(entry))
    return (
      <div className="end num">
        <EntryMoney entry={entry} />
      </div>
    );
  return (
    <div className="end num">
      <span className={comesIn(entry) ? 'good' : undefined}>{signed(entry.credits, formats.figure)}</span>
      <p className="quiet small">
        <EntryMoney entry={entry} />
        {entry.charge === null ? <EntryLeft entry={entry} /> : null}
      </p>
    </div>
  );
}

/** What was left after it, or how much of it went beyond what there was. */
function EntryLeft({ entry }: { readonly entry: Entry }) {
  const { formats } = usePage();
  if (entry.beyondBalance !== null) return STRINGS.activity.beyond(formats.credits(entry.beyondBalance));
  return entry.balanceAfter === null ? null : STRINGS.activity.left(formats.figure(entry.balanceAfter));
}

/** What it cost, with the receipt where there is one. What is not paid says so beside its amount. */
export function EntryMoney({ entry }: { readonly entry: Entry }) {
  const { formats } = usePage();
  const { charge } = entry;
  if (charge === null) return null;
  const amount = formats.money(charge.amountMinor, charge.currency);
  const receipt = webAddress(charge.receiptUrl);
  if (charge.state !== 'succeeded')
    return (
      <>
        {amount}
        <span className={`block small ${charge.failure === null ? 'quiet' : 'red'}`}>
          {charge.state === 'pending' && charge.failure !== null
            ? STRINGS.payments.waiting
            : STRINGS.payments.states[charge.state]}
        </span>
      </>
    );
  if (receipt === null) return <>{amount}</>;
  return (
    <a href={receipt} target="_blank" rel="noopener noreferrer" aria-label={STRINGS.payments.receiptOf(amount)}>
      {amount}
    </a>
  );
}
