/** Money: with what is paid, what was paid, and the months it adds up to. */
import { useState } from 'react';
import type { Answer } from '../core/call.js';
import { useAsk, usePage } from '../core/data.js';
import { useNarrow } from '../core/narrow.js';
import { webAddress } from '../core/session.js';
import { Blank, Card, May, Read, Tag } from '../parts/card.js';
import { cardName } from '../parts/pay-card.js';
import { Scroll } from '../parts/scroll.js';
import { STRINGS } from '../strings.js';
import { Pager } from './activity.js';
import { Cards } from './cards.js';
import { Approve, RetryCharge } from './incident-action.js';
import { Months } from './months.js';

type Charge = Answer<'listCharges'>['charges'][number];
const PAGE = '25';

export default function PaymentsView() {
  const { viewer } = usePage().overview;
  if (viewer.confined) return <Blank>{STRINGS.pools.confined}</Blank>;
  return (
    <>
      <Cards />
      <Charges />
      <Months />
    </>
  );
}

function Charges() {
  const [path, setPath] = useState<readonly (string | null)[]>([null]);
  const before = path.at(-1) ?? null;
  const found = useAsk('listCharges', { query: { limit: PAGE, ...(before === null ? {} : { before }) } });
  return (
    <Card title={STRINGS.payments.title}>
      <Read of={found}>
        {({ charges, next }) => (
          <>
            {charges.length === 0 ? <Blank>{STRINGS.payments.none}</Blank> : <ChargeTable charges={charges} />}
            <Pager
              isFirst={path.length === 1}
              isLast={next === null}
              pending={found.isFetching}
              onNewer={() => setPath(path.slice(0, -1))}
              onOlder={() => next !== null && setPath([...path, next])}
            />
          </>
        )}
      </Read>
    </Card>
  );
}

function ChargeTable({ charges }: { readonly charges: readonly Charge[] }) {
  const isNarrow = useNarrow();
  if (isNarrow)
    return (
      <ul className="list">
        {charges.map((charge) => (
          <ChargeItem key={charge.id} charge={charge} />
        ))}
      </ul>
    );
  return (
    <Scroll label={STRINGS.payments.title}>
      <table className="plain">
        <caption className="hidden">{STRINGS.payments.title}</caption>
        <thead>
          <tr>
            <th scope="col">{STRINGS.activity.when}</th>
            <th scope="col">{STRINGS.activity.what}</th>
            <th scope="col">{STRINGS.payments.state}</th>
            <th scope="col" className="end">
              {STRINGS.activity.money}
            </th>
            <th scope="col">
              <span className="hidden">{STRINGS.payments.receipt}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {charges.map((charge) => (
            <ChargeRow key={charge.id} charge={charge} />
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

const TONES = {
  pending: 'plain',
  processing: 'plain',
  action_required: 'amber',
  succeeded: 'good',
  failed: 'red',
  canceled: 'plain',
} as const;

/** "200 credits · Visa ending in 4242". */
function useChargeDetails(): (charge: Charge) => string {
  const { formats } = usePage();
  return ({ credits, card }) =>
    [formats.credits(credits), card === null ? null : cardName(card)].filter((one) => one !== null).join(' · ');
}

function ChargeRow({ charge }: { readonly charge: Charge }) {
  const { overview, formats } = usePage();
  const kinds = STRINGS.payments.kinds(overview.words);
  const detailsOf = useChargeDetails();
  return (
    <tr>
      <td className="num quiet" style={{ whiteSpace: 'nowrap' }}>
        <time dateTime={charge.createdAt} title={formats.moment(charge.createdAt)}>
          {formats.day(charge.settledAt ?? charge.createdAt)}
        </time>
      </td>
      <td className="what">
        {kinds[charge.kind]}
        <p className="quiet small">{detailsOf(charge)}</p>
      </td>
      <td>
        <ChargeState charge={charge} />
      </td>
      <td className="end num">
        <ChargeAmount charge={charge} />
      </td>
      <td className="end">
        <ChargeEnd charge={charge} />
      </td>
    </tr>
  );
}

function ChargeItem({ charge }: { readonly charge: Charge }) {
  const { overview, formats } = usePage();
  const detailsOf = useChargeDetails();
  return (
    <li>
      <div className="stack tight start">
        <span>{STRINGS.payments.kinds(overview.words)[charge.kind]}</span>
        <p className="quiet small">
          {formats.day(charge.settledAt ?? charge.createdAt)} · {detailsOf(charge)}
        </p>
        <div>
          <ChargeState charge={charge} />
        </div>
      </div>
      <div className="end num stack tight">
        <div>
          <ChargeAmount charge={charge} />
        </div>
        <div className="small">
          <ChargeEnd charge={charge} />
        </div>
      </div>
    </li>
  );
}

/** With what came back of it. */
function ChargeAmount({ charge }: { readonly charge: Charge }) {
  const { formats } = usePage();
  const money = (minor: number): string => formats.money(minor, charge.currency);
  return (
    <>
      {money(charge.amountMinor)}
      {charge.refundedMinor > 0 ? (
        <p className="quiet small">{STRINGS.payments.refunded(money(charge.refundedMinor))}</p>
      ) : null}
      {charge.disputedMinor > 0 ? (
        <p className="quiet small">{STRINGS.payments.disputed(money(charge.disputedMinor))}</p>
      ) : null}
    </>
  );
}

/** Failed once and to be tried again is no plain "pending". */
function ChargeState({ charge }: { readonly charge: Charge }) {
  const { formats } = usePage();
  const isWaiting = charge.state === 'pending' && charge.failure !== null;
  return (
    <>
      <Tag tone={isWaiting ? 'amber' : TONES[charge.state]}>
        {isWaiting ? STRINGS.payments.waiting : STRINGS.payments.states[charge.state]}
      </Tag>
      {charge.failure === null || charge.state === 'succeeded' ? null : (
        <p className="quiet small">{STRINGS.payments.failures[charge.failure] ?? STRINGS.payments.failed}</p>
      )}
      {charge.nextAttemptAt !== null && charge.state === 'pending' ? (
        <p className="quiet small">{STRINGS.payments.next(formats.short(charge.nextAttemptAt))}</p>
      ) : null}
    </>
  );
}

function ChargeEnd({ charge }: { readonly charge: Charge }) {
  const { formats } = usePage();
  const amount = formats.money(charge.amountMinor, charge.currency);
  const receipt = webAddress(charge.receiptUrl);
  if (charge.state === 'action_required') {
    return (
      <May action="retry_charge" what={STRINGS.incidents.approve} tell={false}>
        <Approve charge={charge.id} small />
      </May>
    );
  }
  if (charge.state === 'failed' || (charge.state === 'pending' && charge.failure !== null)) {
    return (
      <May action="retry_charge" what={STRINGS.incidents.retry} tell={false}>
        <RetryCharge charge={charge.id} look="row" />
      </May>
    );
  }
  if (receipt === null)
    return charge.receiptNumber === null ? null : <span className="small">{charge.receiptNumber}</span>;
  return (
    <a href={receipt} target="_blank" rel="noopener noreferrer" aria-label={STRINGS.payments.receiptOf(amount)}>
      {STRINGS.payments.receipt}
    </a>
  );
}
