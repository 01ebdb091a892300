/** What has been costing what: by day, by action, and what each action costs. */
import { NativeSelect } from '@mantine/core';
import { lazy, Suspense, useState } from 'react';
import { share, sum } from '../core/amounts.js';
import type { Answer } from '../core/call.js';
import { useAsk, usePage } from '../core/data.js';
import { Bar, Blank, Card, Read } from '../parts/card.js';
import { meterNames } from '../parts/meters.js';
import { Name } from '../parts/name.js';
import { Scroll } from '../parts/scroll.js';
import { Lines } from '../parts/wait.js';
import { STRINGS } from '../strings.js';
import { Limits } from './limits.js';
import { Prices } from './prices.js';

const UsageChart = lazy(() => import('./usage-chart.js'));

const SPANS = [7, 30, 90] as const;
const DAY_MS = 86_400_000;
const PRICES_FRESH_MS = 300_000;

export default function UsageView() {
  return (
    <>
      <ByDay />
      <ByMeter />
      <Limits />
      <Prices />
    </>
  );
}

/** Every day of the span, used or not, oldest first, in the account's own days. */
export function daysUntil(today: string, count: number): string[] {
  const last = Date.parse(`${today}T00:00:00Z`);
  return Array.from({ length: count }, (_one, at) =>
    new Date(last - (count - 1 - at) * DAY_MS).toISOString().slice(0, 10),
  );
}

function ByDay() {
  const { overview, formats } = usePage();
  const [span, setSpan] = useState<number>(SPANS[1]);
  const days = daysUntil(formats.localDay(new Date(overview.at)), span);
  const [from = '', to = ''] = [days[0], days.at(-1)];
  const found = useAsk('readDailyUsage', { query: { from, to } });
  const prices = useAsk('listPrices', {}, { staleMs: PRICES_FRESH_MS });
  return (
    <Card
      title={overview.viewer.confined ? STRINGS.usage.yours : STRINGS.usage.byDay}
      aside={
        <NativeSelect
          aria-label={STRINGS.usage.span}
          size="xs"
          value={String(span)}
          onChange={(event) => setSpan(Number(event.currentTarget.value))}
          data={SPANS.map((one) => ({ value: String(one), label: STRINGS.usage.days(one) }))}
        />
      }
    >
      <Read of={found}>
        {(answer) =>
          answer.days.length === 0 ? (
            <Blank>{STRINGS.usage.none}</Blank>
          ) : (
            <>
              <p className="small quiet">
                {STRINGS.usage.total(formats.credits(sum(answer.days.map((one) => one.credits))))}
              </p>
              <Suspense fallback={<Lines />}>
                <UsageChart days={days} sums={answer.days} nameOf={meterNames(prices.data)} />
              </Suspense>
            </>
          )
        }
      </Read>
    </Card>
  );
}

function ByMeter() {
  const found = useAsk('readPeriodUsage', { query: {} });
  const prices = useAsk('listPrices', {}, { staleMs: PRICES_FRESH_MS });
  return (
    <Card title={STRINGS.usage.byMeter}>
      <Read of={found}>
        {({ meters }) =>
          meters.length === 0 ? (
            <Blank>{STRINGS.usage.none}</Blank>
          ) : (
            <MeterTable meters={meters} nameOf={meterNames(prices.data)} />
          )
        }
      </Read>
    </Card>
  );
}

interface MeterTableProps {
  readonly meters: Answer<'readPeriodUsage'>['meters'];
  readonly nameOf: (meter: string) => string;
}

function MeterTable({ meters, nameOf }: MeterTableProps) {
  const { overview, formats } = usePage();
  const all = sum(meters.map((one) => one.credits));
  return (
    <Scroll label={STRINGS.usage.byMeter}>
      <table className="plain">
        <caption className="hidden">{STRINGS.usage.byMeter}</caption>
        <thead>
          <tr>
            <th scope="col">{STRINGS.usage.action}</th>
            <th scope="col" className="end">
              {STRINGS.usage.times}
            </th>
            <th scope="col" className="end">
              {STRINGS.usage.credits(overview.words.credit.many)}
            </th>
            <th scope="col" className="wide">
              <span className="hidden">{STRINGS.usage.share}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {meters.map((one) => {
            const name = one.meter === null ? STRINGS.holds.plain : nameOf(one.meter);
            const part = share(one.credits, all);
            return (
              <tr key={one.meter ?? ''}>
                <td className="what">
                  <Name>{name}</Name>
                </td>
                <td className="end num">{formats.figure(one.events)}</td>
                <td className="end num">{formats.figure(one.credits)}</td>
                <td className="wide share">
                  <Bar label={name} text={formats.percent(part)} percent={part} />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </Scroll>
  );
}
