/** What was paid by month: each total is the sum of that month's receipts. */
import type { Answer } from '../core/call.js';
import { useAsk, usePage } from '../core/data.js';
import { useNarrow } from '../core/narrow.js';
import { Blank, Card, Read } from '../parts/card.js';
import { Scroll } from '../parts/scroll.js';
import { STRINGS } from '../strings.js';

type Month = Answer<'readStatement'>['months'][number];

export function Months() {
  const { formats } = usePage();
  const found = useAsk('readStatement');
  return (
    <Card title={STRINGS.months.title}>
      <p className="quiet small">{STRINGS.months.sentence(formats.zone)}</p>
      <Read of={found}>
        {({ months }) => (months.length === 0 ? <Blank>{STRINGS.months.none}</Blank> : <MonthTable months={months} />)}
      </Read>
    </Card>
  );
}

/** "Auto Top-Off $100.00 · Credit pack $10.00". */
function useKinds(): (month: Month) => string {
  const { overview, formats } = usePage();
  const kinds = STRINGS.payments.kinds(overview.words);
  return ({ kinds: paid, currency }) =>
    paid.map((one) => `${kinds[one.kind]} ${formats.money(one.paidMinor, currency)}`).join(' · ');
}

function MonthTable({ months }: { readonly months: readonly Month[] }) {
  const { formats } = usePage();
  const kindsOf = useKinds();
  if (useNarrow())
    return (
      <ul className="list">
        {months.map((one) => (
          <MonthItem key={`${one.month} ${one.currency}`} month={one} />
        ))}
      </ul>
    );
  return (
    <Scroll label={STRINGS.months.title}>
      <table className="plain">
        <caption className="hidden">{STRINGS.months.title}</caption>
        <thead>
          <tr>
            <th scope="col">{STRINGS.months.month}</th>
            {[STRINGS.months.receipts, STRINGS.months.paid, STRINGS.months.refunded, STRINGS.months.net].map((one) => (
              <th key={one} scope="col" className="end">
                {one}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {months.map((one) => (
            <tr key={`${one.month} ${one.currency}`}>
              <td>
                {formats.month(one.month)}
                <p className="quiet small">{kindsOf(one)}</p>
              </td>
              <td className="end num">{formats.figure(one.receipts)}</td>
              <td className="end num">{formats.money(one.paidMinor, one.currency)}</td>
              <td className="end num">{formats.money(one.refundedMinor + one.disputedMinor, one.currency)}</td>
              <td className="end num strong">{formats.money(one.netMinor, one.currency)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

function MonthItem({ month }: { readonly month: Month }) {
  const { formats } = usePage();
  const back = month.refundedMinor + month.disputedMinor;
  return (
    <li>
      <div>
        {formats.month(month.month)}
        <p className="quiet small">{useKinds()(month)}</p>
      </div>
      <div className="end num">
        <span className="strong">{formats.money(month.netMinor, month.currency)}</span>
        <p className="quiet small">{STRINGS.months.count(formats.figure(month.receipts), month.receipts)}</p>
        {back === 0 ? null : (
          <p className="quiet small">{STRINGS.payments.refunded(formats.money(back, month.currency))}</p>
        )}
      </div>
    </li>
  );
}
