/**
 * A year of many accounts on one catalog, as a scenario: every plan, several zones, anchors on all days of a month, use all
 * the year round, holds, reversals, packs, gifts, pay-as-you-go and auto top-off where they are offered, and changes of plan.
 */
import type { Catalog, Plan } from '../src/domain/catalog.js';
import type { Meter } from '../src/domain/catalog-meter.js';

const ZONES = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Pacific/Auckland'] as const;
const START = Date.UTC(2026, 0, 1);
const DAY_MS = 86_400_000;

const dayAt = (day: number, minutes = 0): string => new Date(START + day * DAY_MS + minutes * 60_000).toISOString();

export interface YearWish {
  readonly accounts: number;
  /** Days from one use to the next; the meters take turns. */
  readonly useEveryDays: number;
}

export function yearOf(catalog: Catalog, { accounts, useEveryDays }: YearWish): object {
  const meters = [...catalog.meters.values()].filter((meter) => meter.standardRun !== null);
  const all = Array.from({ length: accounts }, (_, place) => accountOf(catalog, place));
  return {
    name: `A year of ${accounts} accounts on ${catalog.key}`,
    start: dayAt(0),
    until: dayAt(365),
    catalog: catalog.key,
    accounts: all.map((one) => one.written),
    steps: all.flatMap(({ id, plan }, place) => [
      ...meters.map((meter, turn) => useOf(meter, id, turn, place, useEveryDays, meters.length)),
      ...wishesOf(catalog, id, plan, place),
    ]),
  };
}

function accountOf(catalog: Catalog, place: number) {
  const plan = catalog.plans[place % catalog.plans.length];
  if (plan === undefined) throw new Error(`the catalog ${catalog.key} has no plan`);
  const id = `account ${place + 1}`;
  const written = {
    id,
    plan: plan.key,
    zone: ZONES[place % ZONES.length],
    anchor: new Date(Date.UTC(2025, 11, 1 + (place % 31), place % 24)).toISOString(),
    cards: ['first'],
    processor: place % 10 === 9 ? 'declines' : 'succeeds',
    ...(plan.topOff && catalog.topOff !== null ? { auto_top_off: {} } : {}),
    ...(plan.overageCapMinor !== null ? { pay_as_you_go: {} } : {}),
  };
  return { id, plan, written };
}

function useOf(meter: Meter, account: string, turn: number, place: number, everyDays: number, turns: number): object {
  const days = everyDays * turns;
  const first = turn * everyDays;
  return {
    at: dayAt(first, 60 * ((place * 7) % 24)),
    account,
    do: 'use',
    key: `${meter.key}`,
    meter: meter.key,
    quantity: meter.standardRun?.quantity ?? 1,
    properties: meter.standardRun?.properties ?? {},
    member: `member ${place % 3}`,
    every: `${days} days`,
    times: Math.max(1, Math.floor((364 - first) / days)),
  };
}

/** What owners and operators do beside: the same for all, on days that differ. */
function wishesOf(catalog: Catalog, account: string, plan: Plan, place: number): object[] {
  const day = 20 + (place % 40);
  const at = (after: number, minutes = 0) => ({ at: dayAt(day + after, minutes), account });
  const other = catalog.plans[(place + 1) % catalog.plans.length]?.key ?? plan.key;
  const preset = catalog.packs?.presets[0]?.key;
  return [
    { ...at(0), do: 'grant', key: 'gift', credits: 25, for: '60d', every: '3 months', times: 4 },
    { ...at(1), do: 'hold', key: 'hold', credits: 3, for: '2h', every: 'month', times: 10 },
    { ...at(1, 30), do: 'capture', key: 'capture', hold: 'hold', credits: 2, every: 'month', times: 10 },
    { ...at(2), do: 'use', key: 'mistake', credits: 4, every: '2 months', times: 5 },
    { ...at(3), do: 'reverse', of: 'mistake', key: 'sorry', every: '2 months', times: 5 },
    ...(preset !== undefined && plan.packs ? [{ ...at(4), do: 'buy_pack', key: 'pack', pack: preset }] : []),
    ...(other === plan.key
      ? []
      : [
          { ...at(90), do: 'change_plan', plan: other },
          { ...at(97), do: 'change_plan', plan: plan.key },
        ]),
    { ...at(200), do: 'cancel_plan' },
    { ...at(205), do: 'undo_cancel' },
  ];
}
