/** Steps of an owner whose charge was declined, and of one who buys by hand. */
import { z } from 'zod';
import type { Charge } from '../domain/charge.js';
import { formatCredits } from '../domain/credits.js';
import type { PaymentMethodId } from '../domain/ids.js';
import { minorUnits } from '../domain/money.js';
import type { PackWish } from '../domain/packs.js';
import { creditsAmount, label, minorOf, moneyText, oneOf } from './scalars.js';
import { answer, command, defineStep, type Stage } from './step.js';
import { moneyProblem } from './steps-owner.js';

const KIND = {
  kind: oneOf(['top_off', 'pack', 'overage'])
    .optional()
    .meta({ description: 'Which charge, where more than one was declined; the oldest unless said.' }),
};

const noCard = (name: string) =>
  ({ kind: 'refused', reason: 'card_unknown', message: `No card "${name}" is attached to this account.` }) as const;
const noCharge = (what: string) =>
  ({ kind: 'refused', reason: 'charge_unknown', message: `No charge ${what}.` }) as const;

interface PackStep {
  readonly pack?: string | undefined;
  readonly money?: string | undefined;
  readonly credits?: Extract<PackWish, { kind: 'credits' }>['credits'] | undefined;
}

function wishOf({ pack, money, credits }: PackStep, { catalog }: Stage): PackWish {
  if (pack !== undefined) return { kind: 'preset', preset: pack };
  if (credits !== undefined) return { kind: 'credits', credits };
  return { kind: 'money', amountMinor: minorOf(money ?? '0', catalog.currency) ?? minorUnits(0) };
}

const buyPack = defineStep('buy_pack', {
  says: 'Buys credits by hand with a stored card: a pack of the catalog, or an amount of money or credits.',
  fields: {
    pack: label.optional().meta({ description: 'The key of one of the catalog’s packs.' }),
    money: moneyText.optional().meta({ description: 'For so much money, instead of a pack.' }),
    credits: creditsAmount.optional().meta({ description: 'So many credits, instead of a pack.' }),
    card: label.optional().meta({ description: 'The account’s first unless said.' }),
    key: label.optional(),
  },
  problem(step, catalog) {
    const said = [step.pack, step.money, step.credits].filter((one) => one !== undefined).length;
    if (said !== 1) return { field: 'pack', message: 'is missing: say one of pack, money and credits' };
    return moneyProblem({ money: step.money }, catalog);
  },
  summary: (step) => step.pack ?? step.money ?? (step.credits === undefined ? '' : formatCredits(step.credits)),
  move(step, stage) {
    const card = step.card === undefined ? undefined : stage.account.cardNamed(step.card);
    if (step.card !== undefined && card === undefined) return answer(noCard(step.card));
    const pack = wishOf(step, stage);
    return command({ kind: 'buy_pack', key: stage.key, pack, ...(card === undefined ? {} : { card }) });
  },
});

/** The oldest charge of the kind that was declined and has not ended well. */
const declinedIn = ({ account }: Stage, kind: Charge['kind'] | undefined): Charge | undefined =>
  [...account.rows.charges.values()].find(
    (one) =>
      (kind === undefined || one.kind === kind) &&
      one.failure !== null &&
      (one.state === 'failed' || one.state === 'pending' || one.state === 'action_required'),
  );

const retry = defineStep('retry', {
  says: 'The owner tries a declined charge again: an attempt without a rung.',
  fields: KIND,
  summary: (step) => step.kind?.replace('_', '-') ?? '',
  move(step, stage) {
    const charge = declinedIn(stage, step.kind);
    if (charge === undefined) return answer(noCharge('has been declined'));
    return command({ kind: 'retry_charge', charge: charge.id });
  },
});

const authenticate = defineStep('authenticate', {
  says: 'The owner goes to the bank’s page for a payment that waits for approval, and approves or refuses it.',
  fields: { ...KIND, answer: oneOf(['approve', 'refuse']) },
  summary: (step) => step.answer,
  move(step, { account }) {
    const charge = [...account.rows.charges.values()].find(
      (one) => one.state === 'action_required' && (step.kind === undefined || one.kind === step.kind),
    );
    if (charge === undefined) return answer(noCharge('waits for approval'));
    return { kind: 'charge', charge: charge.id, answer: { kind: step.answer } };
  },
});

const orderCards = defineStep('order_cards', {
  says: 'Puts the cards in another order: the first is charged first, the others are its backup.',
  fields: {
    cards: z
      .array(label, { error: () => 'must be a list of names of cards' })
      .min(1, { error: () => 'must name every card of the account' }),
  },
  summary: (step) => step.cards.join(', '),
  move(step, { account }) {
    const cards: PaymentMethodId[] = [];
    for (const name of step.cards) {
      const card = account.cardNamed(name);
      if (card === undefined) return answer(noCard(name));
      cards.push(card);
    }
    return command({ kind: 'order_cards', cards });
  },
});

export const CHARGE_STEPS = [buyPack, retry, authenticate, orderCards] as const;
