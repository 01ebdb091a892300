/** One thing that happened to the balance. */
import { isBelow, isNothing } from '../core/amounts.js';
import type { Answer } from '../core/call.js';
import { usePage } from '../core/data.js';
import { webAddress } from '../core/session.js';
import { STRINGS } from '../strings.js';
import { Name } from './name.js';

export type Entry = Answer<'listActivity'>['entries'][number];

export function EntryText({ entry }: { readonly entry: Entry }) {
  const { formats } = usePage();
  return (
    <div>
      <Name>{entry.title}</Name>
      <p className="quiet small wrap">
        <time dateTime={entry.occurredAt} title={formats.moment(entry.occurredAt)}>
          {formats.short(entry.occurredAt)}
        </time>
        {entry.details === '' ? null : (
          <>
            {' · '}
            <Name>{entry.details}</Name>
          </>
        )}
      </p>
    </div>
  );
}

/** "+200" in green, "−1" in plain ink: use is no alarm. */
export function signed(credits: string, figure: (decimal: string) => string): string {
  if (isNothing(credits)) return '0';
  return isBelow(credits, '0') ? figure(credits).replace('-', '−') : `+${figure(credits)}`;
}

export function EntryAmount({ entry }: { readonly entry: Entry }) {
  const { formats } = usePage();
  const isIn = isBelow('0', entry.credits);
  return (
    <div className="end num">
      <span className={isIn ? 'good' : undefined}>{signed(entry.credits, formats.figure)}</span>
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

/** What it cost, with the receipt where there is one. */
export function EntryMoney({ entry }: { readonly entry: Entry }) {
  const { formats } = usePage();
  const { charge } = entry;
  if (charge === null) return null;
  const amount = formats.money(charge.amountMinor, charge.currency);
  const receipt = webAddress(charge.receiptUrl);
  if (receipt === null) return <>{amount}</>;
  return (
    <a href={receipt} target="_blank" rel="noopener noreferrer" aria-label={STRINGS.payments.receiptOf(amount)}>
      {amount}
    </a>
  );
}
