/**
 * The gate: may this run now? It only reads, as if everything due had been done, and what it counts on is what the debit
 * and the function that opens top-offs would really do.
 */
import type { AccountState, IncidentKind } from './account.js';
import { availableOf, type Book, type DecideContext, openBook, settingsOf } from './book.js';
import { linkTo, type Plan, planOf } from './catalog.js';
import { DOUBT_LIMIT_MS } from './charge.js';
import type { Priceable } from './commands.js';
import { type Credits, formatCredits, microCredits, minus, NO_CREDITS, plus } from './credits.js';
import { type Instant, isoOf } from './instant.js';
import type { Refused } from './outcomes.js';
import { headroomOf, isOverageBlocked, usedThisPeriod } from './overage.js';
import { isPaid } from './plans.js';
import { periodEnd, settle } from './settle.js';
import { openTopOff, topOffVerdict } from './top-off.js';
import { priceOf } from './use.js';

/** What is asked: actions that are to run together, or a feature. */
export type GateWish =
  | { readonly kind: 'run'; readonly list: readonly Priceable[] }
  | { readonly kind: 'feature'; readonly feature: string };

export type RemedyCode =
  | 'fix_payment'
  | 'choose_plan'
  | 'turn_on_pay_as_you_go'
  | 'turn_pay_as_you_go_back_on'
  | 'buy_pack'
  | 'upgrade'
  | 'wait';

/** Something that this account can do now, who may, and where. */
export interface Remedy {
  readonly code: RemedyCode;
  readonly sentence: string;
  readonly who: 'owner' | 'anybody';
  readonly url: string | null;
}

/** A limit that fired, the first of them being the one to name. */
export interface FiredLimit {
  readonly limit: 'feature' | 'balance' | 'overage_cap';
  readonly sentence: string;
}

export interface GateAnswer {
  readonly kind: 'answered';
  readonly allowed: boolean;
  readonly cost: Credits;
  readonly available: Credits;
  /** Available and what is left of the pay-as-you-go cap. */
  readonly spendable: Credits;
  /** How many times the whole list can be paid for; null: it costs nothing. */
  readonly times: number | null;
  /** Let through although nothing is left, because a top-off is on its way. */
  readonly grace: boolean;
  readonly fired: readonly FiredLimit[];
  readonly remedies: readonly Remedy[];
}

export function check(
  state: AccountState,
  wish: GateWish,
  now: Instant,
  context: DecideContext,
  slug: string,
): GateAnswer | Refused {
  const at = now > state.hot.lastInstant ? now : state.hot.lastInstant;
  const book = openBook(state, at, context);
  settle(book);
  const cost = wish.kind === 'run' ? costOf(book, wish.list) : NO_CREDITS;
  if (typeof cost !== 'bigint') return cost;
  const available = availableOf(book);
  const spendable = plus(available, headroomOf(book));
  const feature =
    wish.kind === 'feature' ? featureFired(book, [wish.feature]) : featureFired(book, featuresOf(book, wish.list));
  const isShort = wish.kind === 'run' && isStoppedByBalance(book, cost, spendable);
  const grace = isShort && isSavedByTopOff(book, available);
  const balance = isShort && !grace ? [balanceFired(book, cost, spendable)] : [];
  const fired = [...feature, ...balance];
  return {
    kind: 'answered',
    allowed: fired.length === 0,
    cost,
    available,
    spendable,
    times: cost === 0n ? null : spendable <= 0n ? 0 : Number(spendable / cost),
    grace,
    fired,
    remedies: fired.length === 0 ? [] : remediesOf(book, fired, slug),
  };
}

function costOf(book: Book, list: readonly Priceable[]): Credits | Refused {
  let cost = NO_CREDITS;
  for (const one of list) {
    const priced = priceOf(book, one);
    if (priced.kind === 'refused') return priced;
    cost = plus(cost, priced.credits);
  }
  return cost;
}

/** A free action is never stopped by the balance unless the catalog says so. */
function isStoppedByBalance(book: Book, cost: Credits, spendable: Credits): boolean {
  if (cost === 0n) return book.context.catalog.policies.freeNeedsBalance && spendable <= 0n;
  return cost > spendable;
}

/**
 * An empty balance stops nobody while a top-off will still save the call: one would be opened now, or one is open, not
 * declined and not in doubt; and what it brings lifts what is available above zero. Nobody is lent more than that.
 */
function isSavedByTopOff(book: Book, available: Credits): boolean {
  const verdict = topOffVerdict(book);
  if (verdict.kind === 'due') return plus(available, verdict.credits) > 0n;
  const open = openTopOff(book);
  if (open === undefined || open.failure !== null || open.cancelOwed) return false;
  const since = open.unanswered?.firstSentAt ?? open.intentAskedAt;
  if (since !== null && book.at - since >= DOUBT_LIMIT_MS) return false;
  return plus(available, open.credits) > 0n;
}

const featuresOf = (book: Book, list: readonly Priceable[]): string[] =>
  list.flatMap((one) => {
    const feature = one.meter === undefined ? null : book.context.catalog.meters.get(one.meter)?.feature;
    return feature ? [feature] : [];
  });

function featureFired(book: Book, wanted: readonly string[]): FiredLimit[] {
  const { catalog } = book.context;
  const plan = planOf(catalog, settingsOf(book).plan);
  const missing = wanted.find((feature) => plan?.features.has(feature) !== true);
  if (missing === undefined) return [];
  const unlocking = catalog.plans.find((one) => one.features.has(missing));
  const label = catalog.features.get(missing)?.label ?? missing;
  const where = unlocking === undefined ? 'no plan includes it' : `the ${unlocking.label} plan includes it`;
  return [{ limit: 'feature', sentence: `${label} is not part of the ${plan?.label ?? 'present'} plan; ${where}.` }];
}

function balanceFired(book: Book, cost: Credits, spendable: Credits): FiredLimit {
  const { words } = book.context.catalog;
  if (settingsOf(book).overage.enabled && !isOverageBlocked(book)) {
    return { limit: 'overage_cap', sentence: `The cap of ${words.payAsYouGo} is reached. ${words.outOfCredits}` };
  }
  const short = minus(cost, spendable);
  const missing = short > 0n ? `${formatCredits(short)} ${words.credit.many} are missing. ` : '';
  return { limit: 'balance', sentence: `${missing}${words.outOfCredits}` };
}

const MENDED_BY_OWNER: readonly IncidentKind[] = [
  'no_payment_method',
  'card_declined',
  'authentication_required',
  'internal_error',
];

/** Only what this account can do now, an open incident's own action first. */
function remediesOf(book: Book, fired: readonly FiredLimit[], slug: string): Remedy[] {
  const { catalog } = book.context;
  const { links, payAsYouGo, buyCredits } = catalog.words;
  const billing = linkTo(links.billing, slug);
  const plan = planOf(catalog, settingsOf(book).plan);
  const higher = plan === undefined ? catalog.plans : catalog.plans.slice(catalog.plans.indexOf(plan) + 1);
  const isFeature = fired[0]?.limit === 'feature';
  const isCapped = fired.some((one) => one.limit === 'overage_cap');
  const owner = (code: RemedyCode, sentence: string, url: string | null = billing): Remedy => ({
    code,
    sentence,
    who: 'owner',
    url,
  });
  const incident = book.incidents.some((one) => one.resolvedAt === null && MENDED_BY_OWNER.includes(one.kind));
  const remedies: Remedy[] = [];
  if (incident) remedies.push(owner('fix_payment', 'Mend the payment that failed.', linkTo(links.paymentMethod, slug)));
  if (plan !== undefined && !isPaid(plan) && higher.some(isPaid))
    remedies.push(owner('choose_plan', 'Choose a paid plan.'));
  if (!isFeature && !isCapped && canTurnOn(book, plan)) remedies.push(overageRemedy(book, owner, payAsYouGo));
  if (!isFeature && !isCapped && plan?.packs === true && catalog.packs !== null)
    remedies.push(owner('buy_pack', `${buyCredits}.`));
  const upgrade = upgradeFor(plan, higher, isCapped);
  if (upgrade !== undefined) remedies.push(owner('upgrade', `Upgrade to ${upgrade.label}.`));
  const end = periodEnd(book);
  if (!isFeature && end !== null && (plan?.allotment ?? NO_CREDITS) > 0n) {
    remedies.push({
      code: 'wait',
      sentence: `Wait until ${isoOf(end)}, when the next period begins.`,
      who: 'anybody',
      url: null,
    });
  }
  return remedies;
}

function upgradeFor(plan: Plan | undefined, higher: readonly Plan[], isCapped: boolean): Plan | undefined {
  if (plan === undefined || !isPaid(plan)) return undefined;
  if (!isCapped) return higher.find((one) => one.allotment > plan.allotment);
  return higher.find((one) => (one.overageCapMinor ?? 0n) > (plan.overageCapMinor ?? 0n));
}

const canTurnOn = (book: Book, plan: Plan | undefined): boolean =>
  plan !== undefined && plan.overageCapMinor !== null && !settingsOf(book).overage.enabled && !isOverageBlocked(book);

/** Run up earlier in this period and switched off since: the way back is worded as such. */
function overageRemedy(book: Book, owner: (code: RemedyCode, sentence: string) => Remedy, name: string): Remedy {
  if (usedThisPeriod(book) > microCredits(0n)) return owner('turn_pay_as_you_go_back_on', `Turn ${name} back on.`);
  return owner('turn_on_pay_as_you_go', `Turn on ${name}.`);
}
