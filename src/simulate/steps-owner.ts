/** Steps of an owner: auto top-off, pay-as-you-go, cards; and what the processor says of a charge. */
import { z } from 'zod';
import type { Catalog } from '../domain/catalog.js';
import { formatCredits } from '../domain/credits.js';
import type { MinorUnits } from '../domain/money.js';
import { overagePriceIn } from './account.js';
import type { Answer } from './processor.js';
import { creditsAmount, flag, label, minorOf, moneyText, oneOf, strict } from './scalars.js';
import { answer, command, defineStep, type Move, type Stage } from './step.js';

const NONE = z.literal('none', { error: () => 'must be an amount of money such as 25.00, or none' });
const cap = z.union([NONE, moneyText], { error: () => 'must be an amount of money such as 25.00, or none' });

/** What is not said stays as it is; at first as the catalog has it. */
export const TOP_OFF = strict({
  on: flag.optional().meta({ description: 'true unless said.' }),
  threshold: creditsAmount.optional(),
  amount: creditsAmount.optional(),
  card: label.optional().meta({ description: 'The name of a card; the account’s first unless said.' }),
  cap_per_day: cap.optional(),
  cap_per_month: cap.optional(),
});
export const PAY_AS_YOU_GO = strict({
  on: flag.optional().meta({ description: 'true unless said.' }),
  cap: cap.optional().meta({ description: 'Money an allotment period; the plan’s unless said.' }),
});
type TopOffWish = z.output<typeof TOP_OFF>;
type OverageWish = z.output<typeof PAY_AS_YOU_GO>;

/** Which of the amounts has more decimals than the catalog's currency, if one has. */
export function moneyProblem(
  amounts: Readonly<Record<string, string | undefined>>,
  { currency }: Catalog,
): { readonly field: string; readonly message: string } | null {
  for (const [field, amount] of Object.entries(amounts)) {
    if (amount === undefined || amount === 'none' || minorOf(amount, currency) !== null) continue;
    return { field, message: `has more decimals than ${currency.toUpperCase()} is written with` };
  }
  return null;
}

const topOffProblem = ({ cap_per_day, cap_per_month }: TopOffWish, catalog: Catalog) =>
  moneyProblem({ cap_per_day, cap_per_month }, catalog);

/** A cap of money says nothing where no credit has a price. */
const overageProblem = ({ cap: most }: OverageWish, catalog: Catalog) =>
  most !== undefined && most !== 'none' && overagePriceIn(catalog) === null
    ? {
        field: 'cap',
        message: 'is money, and the catalog has no price of credits: say pay_as_you_go or credit_price in it',
      }
    : moneyProblem({ cap: most }, catalog);

/** What is wrong with the settings of a step or an account, at the path inside it. */
export function settingsProblem(
  wish: { readonly auto_top_off?: TopOffWish | undefined; readonly pay_as_you_go?: OverageWish | undefined },
  catalog: Catalog,
): { readonly field: string; readonly message: string } | null {
  const [topOff, overage] = [
    wish.auto_top_off === undefined ? null : topOffProblem(wish.auto_top_off, catalog),
    wish.pay_as_you_go === undefined ? null : overageProblem(wish.pay_as_you_go, catalog),
  ];
  if (topOff !== null) return { ...topOff, field: `auto_top_off.${topOff.field}` };
  return overage === null ? null : { ...overage, field: `pay_as_you_go.${overage.field}` };
}

const minor = (amount: string | undefined, before: MinorUnits | null, { currency }: Catalog): MinorUnits | null =>
  amount === undefined ? before : amount === 'none' ? null : minorOf(amount, currency);

export function topOffMove(wish: TopOffWish, { account, catalog }: Pick<Stage, 'account' | 'catalog'>): Move {
  const { suspendedAt: _at, suspendedCard: _card, pausedAt: _paused, ...now } = account.rows.settings.topOff;
  const card = wish.card === undefined ? now.card : account.cardNamed(wish.card);
  if (card === undefined) return answer(noCard(wish.card ?? ''));
  return command({
    kind: 'configure_top_off',
    settings: {
      enabled: wish.on ?? true,
      threshold: wish.threshold ?? now.threshold,
      amount: wish.amount ?? now.amount,
      card,
      capDayMinor: minor(wish.cap_per_day, now.capDayMinor, catalog),
      capMonthMinor: minor(wish.cap_per_month, now.capMonthMinor, catalog),
    },
  });
}

export const overageMove = (wish: OverageWish, { account, catalog }: Pick<Stage, 'account' | 'catalog'>): Move =>
  command({
    kind: 'configure_overage',
    settings: { enabled: wish.on ?? true, capMinor: minor(wish.cap, account.rows.settings.overage.capMinor, catalog) },
  });

const noCard = (name: string) =>
  ({ kind: 'refused', reason: 'card_unknown', message: `No card "${name}" is attached to this account.` }) as const;

const autoTopOff = defineStep('auto_top_off', {
  says: 'Sets auto top-off: below the threshold, buy the amount.',
  fields: TOP_OFF.shape,
  problem: topOffProblem,
  summary: (step) =>
    step.on === false
      ? 'off'
      : [
          step.threshold === undefined ? '' : `below ${formatCredits(step.threshold)}`,
          step.amount === undefined ? '' : `add ${formatCredits(step.amount)}`,
        ]
          .filter((part) => part !== '')
          .join(', ') || 'on',
  move: topOffMove,
});

const resumeTopOff = defineStep('resume_top_off', {
  says: 'Lets auto top-off go on after unusual usage has paused it, or a refused card has suspended it.',
  fields: {},
  summary: () => '',
  move: () => command({ kind: 'resume_top_off' }),
});

const payAsYouGo = defineStep('pay_as_you_go', {
  says: 'Switches pay-as-you-go on or off, or sets its cap. In a scenario it needs no plan, no card and no cap.',
  fields: PAY_AS_YOU_GO.shape,
  problem: overageProblem,
  summary: (step) => `${step.on === false ? 'off' : 'on'}${step.cap === undefined ? '' : `, cap ${step.cap}`}`,
  move: overageMove,
});

export const CARD = {
  card: label.meta({ description: 'A name for it in this scenario.' }),
  fingerprint: label.optional().meta({ description: 'Equal for one card attached twice; the name unless said.' }),
};

/** A card by its name: what the processor would say of it. */
export const cardOf = ({
  card,
  fingerprint,
}: {
  readonly card: string;
  readonly fingerprint?: string | undefined;
}) => ({
  processorId: `pm_${card}`,
  fingerprint: `fp_${fingerprint ?? card}`,
  brand: 'visa',
  last4: '4242',
  expiryMonth: 12,
  expiryYear: 2099,
});

const attachCard = defineStep('attach_card', {
  says: 'Attaches a card.',
  fields: CARD,
  summary: (step) => step.card,
  move: (step) => command({ kind: 'attach_card', card: cardOf(step) }),
});

const detachCard = defineStep('detach_card', {
  says: 'Takes a card off the account.',
  fields: { card: CARD.card },
  summary: (step) => step.card,
  move(step, { account }) {
    const card = account.cardNamed(step.card);
    return card === undefined ? answer(noCard(step.card)) : command({ kind: 'detach_card', card });
  },
});

const CHARGE = {
  kind: oneOf(['top_off', 'pack', 'overage'])
    .optional()
    .meta({ description: 'Which charge, where more than one is open; the oldest unless said.' }),
};

const charge = defineStep('charge', {
  says: 'The processor’s answer to the open charge. Without such a step a charge stays open.',
  fields: {
    ...CHARGE,
    answer: oneOf(['succeed', 'decline', 'silent', 'process']).meta({
      description: 'silent: no answer is heard. process: the payment is on its way.',
    }),
    code: label
      .optional()
      .meta({ description: 'Why it is declined: an issuer’s code; insufficient_funds unless said.' }),
    advice: label.optional().meta({ description: 'The issuer’s advice, such as do_not_try_again.' }),
  },
  summary: (step) => `${step.answer}${step.code === undefined ? '' : ` (${step.code})`}`,
  move(step, { account }) {
    const open = account.openCharge(step.kind);
    if (open === undefined) {
      return answer({
        kind: 'refused',
        reason: 'charge_unknown',
        message: 'No charge is open for the processor to answer.',
      });
    }
    const said: Answer =
      step.answer === 'decline'
        ? { kind: 'decline', code: step.code ?? 'insufficient_funds', advice: step.advice ?? null }
        : { kind: step.answer };
    return { kind: 'charge', charge: open.id, answer: said };
  },
});

const changePlan = defineStep('change_plan', {
  says: 'Another plan: a higher one at once, a lower one at the period’s end; the present one undoes either.',
  fields: { plan: label },
  summary: (step) => step.plan,
  move: (step) => command({ kind: 'change_plan', plan: step.plan }),
});

const cancelPlan = defineStep('cancel_plan', {
  says: 'Cancels the plan: it stays to the period’s end.',
  fields: {},
  summary: () => '',
  move: () => command({ kind: 'cancel_plan' }),
});

const undoCancel = defineStep('undo_cancel', {
  says: 'Takes back a cancellation, or a lower plan that was chosen for the period’s end.',
  fields: {},
  summary: () => '',
  move: (_step, { account }) => command({ kind: 'change_plan', plan: account.rows.settings.plan }),
});

export const OWNER_STEPS = [
  autoTopOff,
  resumeTopOff,
  payAsYouGo,
  attachCard,
  detachCard,
  charge,
  changePlan,
  cancelPlan,
  undoCancel,
] as const;
