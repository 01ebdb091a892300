/** What each action costs, by group: the very rates that use is priced by. */
import { type KeyboardEvent, useId, useState } from 'react';
import type { Answer } from '../core/call.js';
import { useAsk, usePage } from '../core/data.js';
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
            <PriceRow key={meter.meter} meter={meter} />
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

function PriceRow({ meter }: { readonly meter: Meter }) {
  const { overview, formats } = usePage();
  const { figure, credits } = formats;
  const lines = rateLines(meter.rate, { figure, credits, unit: meter.unit, properties: meter.properties });
  const isLocked =
    meter.feature !== null && !overview.plans.inRankOrder.some((one) => one.current && meter.plans.includes(one.label));
  return (
    <tr>
      <td className="what">
        <Name>{meter.label}</Name>
        {isLocked ? (
          <p>
            <Tag>{STRINGS.rates.onPlans(meter.plans.join(', '))}</Tag>
          </p>
        ) : null}
      </td>
      <td className="num">
        {meter.standard === null ? (
          '–'
        ) : (
          <>
            {credits(meter.standard.credits)}
            {meter.standard.label === meter.label ? null : <p className="quiet small">{meter.standard.label}</p>}
          </>
        )}
      </td>
      <td className="num small rate">
        <ul>
          {lines.map((line) => (
            <li key={`${line.when.join('/')}=${line.cost}`}>
              {line.when.length === 0 ? null : <span className="quiet">{capital(line.when.join(' · '))}: </span>}
              {line.cost}
            </li>
          ))}
        </ul>
      </td>
    </tr>
  );
}
