/** Plans side by side, in rank order: what each gives, and where it lies from here. */
import type { z } from 'zod';
import { type Book, settingsOf } from '../../domain/book.js';
import type { Catalog, Limit, Plan } from '../../domain/catalog.js';
import { planNow } from '../../domain/cycle.js';
import { isLower } from '../../domain/plans.js';
import { refuseTrial } from '../../domain/trial.js';
import { priceOf } from './overview-plan.js';
import type { plansOut } from './overview-shape-plan.js';
import { shownCredits } from './shapes.js';

type View = z.input<typeof plansOut>;
type Card = View['inRankOrder'][number];

export function plansOf(book: Book): View {
  const { catalog } = book.context;
  const named = <One extends { readonly key: string; readonly label: string }>(all: Iterable<One>) =>
    [...all].map(({ key, label }) => ({ key, label }));
  return {
    features: named(catalog.features.values()),
    limits: [...catalog.limits.values()].map((limit) => ({
      ...{ key: limit.key, label: limit.label, per: limit.kind === 'window' ? limit.window.kind : null },
      by: countedBy(catalog, limit),
    })),
    inRankOrder: catalog.plans.map((plan) => cardOf(book, catalog, plan)),
  };
}

/** "store", "member": for each of what a limit is counted; null where it is the account's. */
function countedBy({ meters }: Catalog, limit: Limit): string | null {
  if (limit.kind === 'level') return limit.of === 'member' ? 'member' : null;
  for (const meter of meters.values()) {
    const by = meter.countsToward.find((one) => one.limit === limit.key)?.by;
    if (by?.kind === 'member') return 'member';
    if (by?.kind === 'property') return (meter.properties.get(by.key)?.label ?? by.key).toLowerCase();
  }
  return null;
}

function cardOf(book: Book, catalog: Catalog, plan: Plan): Card {
  const current = planNow(book);
  const isCurrent = current?.key === plan.key;
  const lower = current !== undefined && isLower(catalog, plan, current);
  return {
    ...{ key: plan.key, label: plan.label, price: priceOf(plan), every: { ...plan.every } },
    credits: shownCredits(plan.allotment),
    features: Object.fromEntries([...catalog.features.keys()].map((key) => [key, plan.features.has(key)])),
    limits: Object.fromEntries([...catalog.limits.keys()].map((key) => [key, plan.limits.get(key) ?? null])),
    payAsYouGoCapMinor: plan.overageCapMinor === null ? null : Number(plan.overageCapMinor),
    ...{ packs: plan.packs && catalog.packs !== null, topOff: plan.topOff && catalog.topOff !== null },
    pools: plan.pools,
    current: isCurrent,
    chosen: settingsOf(book).nextPlan === plan.key,
    direction: isCurrent ? 'current' : lower ? 'downgrade' : 'upgrade',
    trial: trialOf(book, plan),
  };
}

/** Offered where nothing but a card stands against it. Whether that card has had one elsewhere is asked when it begins. */
function trialOf(book: Book, plan: Plan): Card['trial'] {
  if (plan.trial === null) return null;
  const refusal = refuseTrial(book, plan, new Set());
  if (refusal !== null && refusal.reason !== 'no_card') return null;
  const { length, credits } = plan.trial;
  return { length: { ...length }, credits: shownCredits(credits), needsCard: refusal !== null };
}
