/** What each action costs, by group: the very rates that use is priced by. */
import { type KeyboardEvent, useId, useState } from 'react';
import { isNothing } from '../core/amounts.js';
import type { Answer } from '../core/call.js';
import { useAsk, usePage } from '../core/data.js';
import { useNarrow } from '../core/narrow.js';
import { rateLines } from '../core/rates.js';
import { Blank, Card, Read, Tag } from '../parts/card.js';
import { Name } from '../parts/name.js';
import { Scroll } from '../parts/scroll.js';
import { capital, STRINGS } from '../strings.js';

type Meter = Answer<'listPrices'>['meters'][number];
const FRESH_MS = 300_000;

export function Prices() {
  const found = useAsk('listPrices', {}, { staleMs: FRESH_MS });
  return (
    <Card title={STRINGS.rates.title}>
      <p className="quiet small">{STRINGS.rates.sentence}</p>
      <Read of={found}>
        {({ meters }) => (meters.length === 0 ? <Blank>{STRINGS.rates.none}</Blank> : <Groups meters={meters} />)}
      </Read>
    </Card>
  );
}

function Groups({ meters }: { readonly meters: readonly Meter[] }) {
  const groups = [...new Set(meters.map((one) => one.group))];
  const [group, setGroup] = useState(groups[0] ?? '');
  const id = useId();
  const shown = meters.filter((one) => one.group === group);
  if (groups.length === 1) return <PriceTable meters={meters} label={STRINGS.rates.title} />;
  const move = (event: KeyboardEvent<HTMLDivElement>): void => {
    const step = { ArrowRight: 1, ArrowLeft: -1, Home: -groups.length, End: groups.length }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const isRight = getComputedStyle(event.currentTarget).direction === 'ltr';
    const to = groups.indexOf(group) + (Math.abs(step) === 1 && !isRight ? -step : step);
    const next = groups[Math.max(0, Math.min(groups.length - 1, to))] ?? group;
    setGroup(next);
    document.getElementById(`${id}-${groups.indexOf(next)}`)?.focus();
  };
  return (
    <>
      <div className="tabs lined" role="tablist" aria-label={STRINGS.rates.groups} onKeyDown={move}>
        {groups.map((one, at) => (
          <button
            key={one}
            type="button"
            role="tab"
            id={`${id}-${at}`}
            aria-selected={one === group}
            aria-controls={`${id}-panel`}
            tabIndex={one === group ? 0 : -1}
            onClick={() => setGroup(one)}
          >
            {one}
          </button>
        ))}
      </div>
      <div role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${groups.indexOf(group)}`}>
        <PriceTable meters={shown} label={group} />
      </div>
    </>
  );
}

function PriceTable({ meters, label }: { readonly meters: readonly Meter[]; readonly label: string }) {
  if (useNarrow())
    return (
      <ul className="list">
        {meters.map((meter) => (
          <li key={meter.meter}>
            <div className="stack tight">
              <PriceName meter={meter} />
              <Rates meter={meter} />
            </div>
            <div className="end num">
              <Standard meter={meter} />
            </div>
          </li>
        ))}
      </ul>
    );
  return (
    <Scroll label={label}>
      <table className="plain">
        <caption className="hidden">{label}</caption>
        <thead>
          <tr>
            <th scope="col">{STRINGS.usage.action}</th>
            <th scope="col">{STRINGS.rates.standard}</th>
            <th scope="col">{STRINGS.rates.rate}</th>
          </tr>
        </thead>
        <tbody>
          {meters.map((meter) => (
            <tr key={meter.meter}>
              <td className="what">
                <PriceName meter={meter} />
              </td>
              <td className="num">
                <Standard meter={meter} />
              </td>
              <td className="rate">
                <Rates meter={meter} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

interface PriceProps {
  readonly meter: Meter;
}

function PriceName({ meter }: PriceProps) {
  const { plans } = usePage().overview;
  const isLocked =
    meter.feature !== null && !plans.inRankOrder.some((one) => one.current && meter.plans.includes(one.label));
  return (
    <div>
      <Name>{meter.label}</Name>
      {isLocked ? (
        <p>
          <Tag>{STRINGS.rates.onPlans(meter.plans.join(', '))}</Tag>
        </p>
      ) : null}
    </div>
  );
}

function Standard({ meter: { standard, label } }: PriceProps) {
  const { credits } = usePage().formats;
  if (standard === null) return '–';
  return (
    <>
      {isNothing(standard.credits) ? STRINGS.rates.free : credits(standard.credits)}
      {standard.label === label ? null : <p className="quiet small">{standard.label}</p>}
    </>
  );
}

function Rates({ meter }: PriceProps) {
  const { figure, credits } = usePage().formats;
  const lines = rateLines(meter.rate, { figure, credits, unit: meter.unit, properties: meter.properties });
  return (
    <ul className="num small">
      {lines.map((line) => (
        <li key={`${line.when.join('/')}=${line.cost}`}>
          {line.when.length === 0 ? null : <span className="quiet">{capital(line.when.join(' · '))}: </span>}
          {line.cost}
        </li>
      ))}
    </ul>
  );
}
