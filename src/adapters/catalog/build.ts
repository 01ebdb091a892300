/** From the file as written to the catalog as the domain holds it, reporting what its sections say against each other. */
import type { Alerts, Catalog, CreditRatio, Limit, Plan, Policies, Words } from '../../domain/catalog.js';
import { orDidYouMean } from '../../domain/catalog-suggest.js';
import { credits } from '../../domain/credits.js';
import { currency, type MinorUnits } from '../../domain/money.js';
import { price } from '../../domain/pricing.js';
import { buildLimit, buildMeter, type Names } from './build-meter.js';
import { buildPacks, buildRatio, buildTopOff, makeTill, type Till } from './build-sales.js';
import type { Path } from './exact-values.js';
import type { Reporter } from './problems.js';
import type { AlertsFile, CatalogFile, PlanFile, PoliciesFile } from './schema.js';

/** `planIndexes[i]` is where plan i stands in the file: plans that could not be read have been left out before. */
export function buildCatalog(
  file: CatalogFile,
  version: string,
  names: Names,
  planIndexes: readonly number[],
  reporter: Reporter,
): Catalog {
  const till = makeTill(currency(file.currency), reporter);
  const words = buildWords(file);
  if (file.auto_top_off && !file.words.top_off_failed) {
    reporter.report(['words', 'top_off_failed'], 'is missing: say what a failed top-off will mean for your users');
  }
  const creditPrice = file.credit_price ? buildRatio(file.credit_price, till, ['credit_price']) : null;
  const limits = new Map(
    Object.entries(file.limits ?? {}).map(([key, written]) => [key, buildLimit(key, written, reporter)]),
  );
  const plans = file.plans.map((plan, index) =>
    buildPlan(plan, file, names, till, ['plans', planIndexes[index] ?? index]),
  );
  checkPlanKeys(plans, planIndexes, reporter);
  const meters = new Map(
    Object.entries(file.meters).map(([key, written]) => [key, buildMeter(key, written, names, reporter)]),
  );
  const selling = (own: Parameters<typeof buildRatio>[0] | undefined, at: Path): CreditRatio | null => {
    if (own) return buildRatio(own, till, [...at, 'price']);
    if (!file.credit_price && !names.sections.includes('credit_price')) {
      reporter.report(at, 'has no price: say "price", or "credit_price" for the whole catalog');
    }
    return creditPrice;
  };
  const packRatio = file.packs ? selling(file.packs.price, ['packs']) : null;
  const topOffRatio = file.auto_top_off ? selling(file.auto_top_off.price, ['auto_top_off']) : null;
  const catalog: Catalog = {
    key: file.key,
    version,
    currency: till.currency,
    brand: {
      name: file.brand.name,
      logoUrl: file.brand.logo ?? null,
      color: file.brand.color ?? '#1f2937',
      textOnColor: file.brand.text_on_color ?? '#ffffff',
    },
    words,
    prices: { tax: file.prices?.tax ?? null },
    features: new Map(Object.entries(file.features ?? {}).map(([key, label]) => [key, { key, label }])),
    limits,
    plans,
    meters,
    creditPrice,
    overagePrice: file.pay_as_you_go ? buildRatio(file.pay_as_you_go, till, ['pay_as_you_go']) : null,
    packs: file.packs && packRatio ? buildPacks(file.packs, packRatio, words.credit.many, till) : null,
    topOff: file.auto_top_off && topOffRatio ? buildTopOff(file.auto_top_off, topOffRatio, till) : null,
    alerts: buildAlerts(file.alerts ?? {}),
    policies: buildPolicies(file.policies ?? {}),
  };
  checkAgainstLimits(catalog, limits, planIndexes, reporter);
  if (reporter.problems.length === 0) checkStandardRuns(catalog, reporter);
  return catalog;
}

function buildPlan(file: PlanFile, catalog: CatalogFile, names: Names, till: Till, at: Path): Plan {
  const { reporter } = till;
  for (const [index, feature] of (file.features ?? []).entries()) {
    if (names.features.includes(feature)) continue;
    const end = orDidYouMean(feature, names.features);
    reporter.report([...at, 'features', index], `names "${feature}", which "features" does not list${end}`);
  }
  const offered = (said: boolean | undefined, section: 'packs' | 'auto_top_off', label: string) => {
    const sold = names.sections.includes(section);
    if (said && !sold)
      reporter.report([...at, section], `offers ${label}, but the catalog has no "${section}" section`);
    return said ?? catalog[section] !== undefined;
  };
  const every = file.every ?? { unit: 'month', count: 1 };
  return {
    key: file.key,
    label: file.label,
    shownPrice: file.price
      ? { amountMinor: till.read(file.price.amount, [...at, 'price', 'amount']), currency: till.currency }
      : null,
    shownEvery: file.price?.every ?? every,
    stripePriceIds: file.stripe_prices ?? [],
    allotment: file.allotment,
    every,
    trial: file.trial ? { length: file.trial.length, credits: file.trial.credits ?? file.allotment } : null,
    features: new Set(file.features ?? []),
    limits: new Map(Object.entries(file.limits ?? {})),
    overageCapMinor: overageCap(file, names, till, at),
    packs: offered(file.packs, 'packs', 'packs'),
    topOff: offered(file.auto_top_off, 'auto_top_off', 'auto top-off'),
    pools: file.pools ?? false,
  };
}

function overageCap(file: PlanFile, names: Names, till: Till, at: Path): MinorUnits | null {
  if (file.pay_as_you_go_cap === undefined) return null;
  const where: Path = [...at, 'pay_as_you_go_cap'];
  // What credits cost at all is what they cost beyond the balance, unless that has a price of its own.
  if (!names.sections.some((one) => one === 'pay_as_you_go' || one === 'credit_price')) {
    till.reporter.report(
      where,
      'offers pay-as-you-go, but the catalog has no "pay_as_you_go" price and no "credit_price"',
    );
  }
  return till.read(file.pay_as_you_go_cap, where);
}

function checkPlanKeys(plans: readonly Plan[], indexes: readonly number[], reporter: Reporter): void {
  for (const [index, plan] of plans.entries()) {
    if (plans.findIndex((other) => other.key === plan.key) === index) continue;
    reporter.report(['plans', indexes[index] ?? index, 'key'], `"${plan.key}" is another plan's key already`);
  }
}

function checkAgainstLimits(
  catalog: Catalog,
  limits: ReadonlyMap<string, Limit>,
  planIndexes: readonly number[],
  reporter: Reporter,
): void {
  for (const [index, plan] of catalog.plans.entries()) {
    for (const key of plan.limits.keys()) {
      if (limits.has(key)) continue;
      const end = orDidYouMean(key, limits.keys());
      const at: Path = ['plans', planIndexes[index] ?? index, 'limits', key];
      reporter.report(at, `sets the limit "${key}", which "limits" does not list${end}`);
    }
  }
  for (const meter of catalog.meters.values()) {
    for (const [index, counted] of meter.countsToward.entries()) {
      if (limits.get(counted.limit)?.kind !== 'level') continue;
      const at: Path = ['meters', meter.key, 'counts_toward', index, 'limit'];
      reporter.report(at, `"${counted.limit}" is a level, which is set and not counted; name a limit with a window`);
    }
  }
}

/** A standard run that has no price would be a hole in the price list. */
function checkStandardRuns(catalog: Catalog, reporter: Reporter): void {
  for (const meter of catalog.meters.values()) {
    if (!meter.standardRun) continue;
    const priced = price(catalog, meter, meter.standardRun.quantity, meter.standardRun.properties);
    if (priced.kind === 'refused') reporter.report(['meters', meter.key, 'standard_run'], priced.message);
  }
}

function buildWords({ words, brand }: CatalogFile): Words {
  const { links } = words;
  return {
    credit: words.credit ?? { one: 'credit', many: 'credits' },
    pack: words.pack ?? { one: 'credit pack', many: 'credit packs' },
    account: words.account ?? { one: 'account', many: 'accounts' },
    topOff: words.auto_top_off ?? 'Auto top-off',
    payAsYouGo: words.pay_as_you_go ?? 'Pay-as-you-go',
    buyCredits: words.buy_credits ?? 'Buy credits',
    ledger: words.ledger ?? `${brand.name} activity`,
    topOffFailed: words.top_off_failed ?? '',
    outOfCredits: words.out_of_credits,
    supportEmail: words.support_email ?? null,
    links: {
      billing: links.billing,
      topOffSettings: links.top_off_settings ?? links.billing,
      paymentMethod: links.payment_method ?? links.billing,
      support: links.support ?? null,
      legal: links.legal ?? null,
    },
  };
}

const buildAlerts = (file: AlertsFile): Alerts => ({
  lowBalance: (file.low_balance ?? []).map((one) =>
    'percent' in one ? { kind: 'percent_of_allotment', below: one.percent } : { kind: 'credits', below: one.credits },
  ),
  empty: file.empty ?? true,
  usedAmberPercent: file.used_amber_percent ?? 75,
  usedRedPercent: file.used_red_percent ?? 90,
  capNearPercent: file.cap_near_percent ?? 80,
  expiringDays: file.expiring_days ?? 7,
  trialEndingDays: file.trial_ending_days ?? 3,
});

const buildPolicies = (file: PoliciesFile): Policies => ({
  debtAtRenewal: file.debt_at_renewal ?? 'carry',
  freeNeedsBalance: file.free_needs_balance ?? false,
  pastDueGraceDays: file.past_due_grace_days ?? 3,
  lateDays: file.late_days ?? 35,
  aheadMinutes: file.ahead_minutes ?? 5,
  quoteMinutes: file.quote_minutes ?? 15,
  retryHours: file.retry_hours ?? [1, 6, 24, 72],
  ownerRetriesPerDay: file.owner_retries_per_day ?? 5,
  stripeReceipts: file.stripe_receipts ?? false,
  authenticationHours: file.authentication_hours ?? 72,
  runaway: { times: file.runaway?.times ?? 5, floor: file.runaway?.floor ?? credits(100) },
});
