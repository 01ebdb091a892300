/** Steps of plans: a trial, what the processor says of the plan's invoice, closing, and another version of the catalog. */
import { z } from 'zod';
import { planOf } from '../domain/catalog.js';
import { instant } from '../domain/instant.js';
import { minorUnits } from '../domain/money.js';
import { boundary } from '../domain/period.js';
import type { Invoice } from '../domain/plan-state.js';
import { label, oneOf, sentence } from './scalars.js';
import { command, defineStep, type Stage } from './step.js';

const startTrial = defineStep('start_trial', {
  says: 'Begins the trial of a plan: from the free plan, with a card, once.',
  fields: { plan: label },
  summary: (step) => step.plan,
  move: (step) => command({ kind: 'start_trial', plan: step.plan }),
});

const invoice = defineStep('invoice', {
  says: 'What the processor says of the plan’s invoice: a failure begins past due, a payment ends it.',
  fields: {
    answer: oneOf(['paid', 'failed']),
    id: label.optional().meta({
      description: 'The invoice; unless said the oldest that failed, or else the one of the present period.',
    }),
  },
  summary: (step) => step.answer,
  move(step, stage) {
    const failed = oldestFailed(stage);
    const periodStart = failed?.periodStart ?? startOfPeriod(stage);
    return command({
      kind: 'agree_invoice',
      view: {
        id: step.id ?? (step.answer === 'paid' ? failed?.id : undefined) ?? `invoice of ${periodStart}`,
        subscription: stage.account.rows.settings.standing.subscription,
        status: step.answer,
        periodStart,
        amountMinor: minorUnits(planOf(stage.catalog, stage.account.rows.settings.plan)?.shownPrice?.amountMinor ?? 0n),
        paidAt: step.answer === 'paid' ? stage.at : null,
      },
    });
  },
});

const oldestFailed = ({ account }: Stage): Invoice | undefined =>
  [...account.rows.invoices.values()].find((one) => one.status === 'failed');

function startOfPeriod({ account, at, catalog }: Stage) {
  const { anchor, zone, ordinal, plan, standing } = account.rows.settings;
  const every = standing.terms?.every ?? planOf(catalog, plan)?.every;
  if (anchor === null || ordinal === null || every === undefined) return at;
  return instant(boundary(anchor, zone, every, ordinal));
}

const close = defineStep('close', {
  says: 'Closes the account: what is owed is billed, what is left lapses.',
  fields: { reason: sentence.optional() },
  summary: () => '',
  move: (step) => command({ kind: 'close_account', reason: step.reason ?? 'closed' }),
});

const loadCatalog = defineStep('load_catalog', {
  says: 'Brings another version of the catalog into force, for all accounts.',
  fields: {
    catalog: z
      .union([z.string().min(1), z.record(z.string(), z.unknown())], {
        error: () => 'must be a built-in catalog, a file, or a catalog written here as a map',
      })
      .meta({ description: 'As the scenario’s own catalog is written.' }),
  },
  summary: (step) => (typeof step.catalog === 'string' ? step.catalog : ''),
  // Whoever plays the scenario brings it into force; what follows from that at this instant is then done.
  move: () => command({ kind: 'settle' }),
});

export const PLAN_STEPS = [startTrial, invoice, close, loadCatalog] as const;
