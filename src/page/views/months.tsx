/** What was paid by month: each total is the sum of that month's receipts. */
import { useAsk, usePage } from '../core/data.js';
import { Blank, Card, Read } from '../parts/card.js';
import { Scroll } from '../parts/scroll.js';
import { STRINGS } from '../strings.js';

export function Months() {
  const { overview, formats } = usePage();
  const found = useAsk('readStatement');
  const kinds = STRINGS.payments.kinds(overview.words);
  return (
    <Card title={STRINGS.months.title}>
      <p className="quiet small">{STRINGS.months.sentence(formats.zone)}</p>
      <Read of={found}>
        {({ months }) =>
          months.length === 0 ? (
            <Blank>{STRINGS.months.none}</Blank>
          ) : (
            <Scroll label={STRINGS.months.title}>
              <table className="plain">
                <caption className="hidden">{STRINGS.months.title}</caption>
                <thead>
                  <tr>
                    <th scope="col">{STRINGS.months.month}</th>
                    <th scope="col" className="end">
                      {STRINGS.months.receipts}
                    </th>
                    <th scope="col" className="end">
                      {STRINGS.months.paid}
                    </th>
                    <th scope="col" className="end">
                      {STRINGS.months.refunded}
                    </th>
                    <th scope="col" className="end">
                      {STRINGS.months.net}
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {months.map((one) => (
                    <tr key={`${one.month} ${one.currency}`}>
                      <td>
                        {formats.month(one.month)}
                        <p className="quiet small">
                          {one.kinds
                            .map((kind) => `${kinds[kind.kind]} ${formats.money(kind.paidMinor, one.currency)}`)
                            .join(' · ')}
                        </p>
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
          )
        }
      </Read>
    </Card>
  );
}
