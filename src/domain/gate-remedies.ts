/** What this account can do now about the limits that fired. A remedy that cannot help is not named. */
import type { IncidentKind } from './account.js';
import { type Book, settingsOf } from './book.js';
import { linkTo, type Plan, planOf } from './catalog.js';
import { microCredits, NO_CREDITS } from './credits.js';
import { isInTrial, isStopped, planCapOf } from './cycle.js';
import type { FiredLimit } from './gate.js';
import type { Instant } from './instant.js';
import { higherPlanFor, instantText, nameText } from './limit-words.js';
import { canUseOverage, isOverageBlocked, isOverageOffered, usedThisPeriod } from './overage.js';
import { isPaid } from './plans.js';
import { periodEnd } from './settle.js';

export type RemedyCode =
  | 'fix_payment'
  | 'raise_top_off_cap'
  | 'resume_top_off'
  | 'choose_plan'
  | 'turn_on_pay_as_you_go'
  | 'turn_pay_as_you_go_back_on'
  | 'raise_pay_as_you_go_cap'
  | 'buy_pack'
  | 'change_pool'
  | 'raise_budget'
  | 'upgrade'
  | 'wait';

/** Something that this account can do now, who may, and where. */
export interface Remedy {
  readonly code: RemedyCode;
  readonly sentence: string;
  readonly who: 'owner' | 'anybody';
  readonly url: string | null;
}

const MENDED_BY_OWNER: readonly IncidentKind[] = [
  'no_payment_method',
  'card_declined',
  'authentication_required',
  'internal_error',
];

type Kind = FiredLimit['limit'];

/** An open incident's own action first; then a plan, pay-as-you-go, a pack, what an owner set, an upgrade, waiting. */
export function remediesOf(book: Book, fired: readonly FiredLimit[], slug: string): Remedy[] {
  const { catalog } = book.context;
  const { links, payAsYouGo, buyCredits } = catalog.words;
  const billing = linkTo(links.billing, slug);
  const plan = planOf(catalog, settingsOf(book).plan);
  const has = (...kinds: readonly Kind[]): boolean => fired.some((one) => kinds.includes(one.limit));
  const owner = (code: RemedyCode, sentence: string, url: string | null = billing): Remedy => ({
    code,
    sentence,
    who: 'owner',
    url,
  });
  const remedies: Remedy[] = [];
  const incident = book.incidents.some((one) => one.resolvedAt === null && MENDED_BY_OWNER.includes(one.kind));
  if ((incident || isStopped(book)) && has('feature', 'balance', 'overage_cap'))
    remedies.push(owner('fix_payment', 'Mend the payment that failed.', linkTo(links.paymentMethod, slug)));
  if (has('balance', 'overage_cap'))
    remedies.push(...heldBackRemedies(book, owner, linkTo(links.topOffSettings, slug)));
  if (has('overage_cap') && canRaiseOwnCap(book))
    remedies.push(owner('raise_pay_as_you_go_cap', `Raise your cap for ${nameText(payAsYouGo)}.`));
  const higher = higherPlan(book, plan, fired);
  if (higher !== undefined && !isOnPaidPlan(plan)) remedies.push(owner('choose_plan', 'Choose a paid plan.'));
  // Money helps where it is what is missing, and nothing that money does not buy stands before it.
  if (has('balance') && fired[0]?.limit !== 'feature') {
    if (canTurnOn(book)) remedies.push(overageRemedy(book, owner, nameText(payAsYouGo)));
    if (plan?.packs === true && catalog.packs !== null) remedies.push(owner('buy_pack', `${buyCredits}.`));
  }
  if (has('pool') && plan?.pools === true)
    remedies.push(owner('change_pool', 'Change the credits or the members of the pool.'));
  if (has('budget')) remedies.push(owner('raise_budget', 'Raise the budget of this member.'));
  if (higher !== undefined && isOnPaidPlan(plan)) remedies.push(owner('upgrade', `Upgrade to ${higher.label}.`));
  const wait = waiting(book, fired, plan);
  if (wait !== null) remedies.push(wait);
  return remedies;
}

/** What the owner has set, or what a brake has stopped, is the owner's to change. */
function heldBackRemedies(
  book: Book,
  owner: (code: RemedyCode, sentence: string, url: string | null) => Remedy,
  settings: string,
): Remedy[] {
  const { topOff } = book.context.catalog.words;
  const isOpen = (kind: IncidentKind): boolean =>
    book.incidents.some((one) => one.kind === kind && one.resolvedAt === null);
  return [
    ...(isOpen('spending_cap_reached')
      ? [owner('raise_top_off_cap', `Raise the spending cap of ${topOff}.`, settings)]
      : []),
    ...(isOpen('unusual_usage')
      ? [owner('resume_top_off', `Look at the usage, then resume ${topOff}.`, settings)]
      : []),
  ];
}

const isOnPaidPlan = (plan: Plan | undefined): boolean => plan !== undefined && isPaid(plan);

/** The lowest plan above this one that lifts every one of the limits that a plan can lift; none where it lifts nothing. */
function higherPlan(book: Book, plan: Plan | undefined, fired: readonly FiredLimit[]): Plan | undefined {
  const { plans } = book.context.catalog;
  const wanted = fired.filter((one) => one.limit !== 'pool' && one.limit !== 'budget');
  if (wanted.length === 0) return undefined;
  const above = plan === undefined ? plans : plans.slice(plans.indexOf(plan) + 1);
  return above.find((one) => wanted.every((limit) => lifts(book, plan, one, limit)));
}

function lifts(book: Book, plan: Plan | undefined, higher: Plan, { limit, key }: FiredLimit): boolean {
  switch (limit) {
    case 'feature':
      return key !== null && higher.features.has(key);
    case 'level':
    case 'window': {
      const lowest = higherPlanFor(book.context.catalog, plan, key ?? '');
      return lowest !== undefined && (higher.limits.get(key ?? '') ?? Number.POSITIVE_INFINITY) > mostOn(plan, key);
    }
    case 'overage_cap':
      return (higher.overageCapMinor ?? 0n) > (plan?.overageCapMinor ?? 0n);
    case 'balance':
      return isOnPaidPlan(plan) ? higher.allotment > (plan?.allotment ?? 0n) : isPaid(higher);
    case 'budget':
    case 'pool':
      return true;
  }
}

const mostOn = (plan: Plan | undefined, key: string | null): number => plan?.limits.get(key ?? '') ?? 0;

/** In a trial, or while the plan is not paid, it would not act. */
const canTurnOn = (book: Book): boolean =>
  isOverageOffered(book) &&
  !settingsOf(book).overage.enabled &&
  !isOverageBlocked(book) &&
  !isInTrial(book) &&
  !isStopped(book);

/** What the owner has lowered the owner may raise again, as far as the plan's own cap. */
function canRaiseOwnCap(book: Book): boolean {
  const own = settingsOf(book).overage.capMinor;
  const most = planCapOf(book);
  return own !== null && most !== null && own < most && canUseOverage(book);
}

/** Run up earlier in this period and switched off since: the way back is worded as such. */
function overageRemedy(book: Book, owner: (code: RemedyCode, sentence: string) => Remedy, name: string): Remedy {
  if (usedThisPeriod(book) > microCredits(0n)) return owner('turn_pay_as_you_go_back_on', `Turn ${name} back on.`);
  return owner('turn_on_pay_as_you_go', `Turn on ${name}.`);
}

/** Until the last of them starts anew; nothing where one of them never does. */
function waiting(book: Book, fired: readonly FiredLimit[], plan: Plan | undefined): Remedy | null {
  let until: Instant | null = null;
  let isPeriod = false;
  for (const one of fired) {
    const isMoney = one.limit === 'balance' || one.limit === 'overage_cap';
    const at = isMoney ? nextAllotment(book, plan) : one.resetsAt;
    if (at === null) return null;
    if (until !== null && at <= until) continue;
    until = at;
    isPeriod = one.limit !== 'window';
  }
  if (until === null) return null;
  const what = isPeriod ? 'the next period begins' : 'the limit starts anew';
  return { code: 'wait', sentence: `Wait until ${instantText(until)}, when ${what}.`, who: 'anybody', url: null };
}

const nextAllotment = (book: Book, plan: Plan | undefined): Instant | null =>
  (plan?.allotment ?? NO_CREDITS) > 0n ? periodEnd(book) : null;
