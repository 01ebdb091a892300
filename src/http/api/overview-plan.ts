/** The present plan: what it costs, what it renews as and when, its trial, and what is not paid. */
import type { z } from 'zod';
import { type Book, settingsOf } from '../../domain/book.js';
import { isPaid, type Plan, planOf } from '../../domain/catalog.js';
import { cadenceOf, periodNow, periodZone, standingOf } from '../../domain/cycle.js';
import { DAY_MS, type Instant, later } from '../../domain/instant.js';
import { formatDay } from '../../domain/notice-format.js';
import { boundary } from '../../domain/period.js';
import type { planNowOut } from './overview-shape-plan.js';
import { instantOrNothing, shownInstant } from './shapes.js';

type View = z.input<typeof planNowOut>;

export function planNowOf(book: Book): View {
  const settings = settingsOf(book);
  const { catalog } = book.context;
  const plan = planOf(catalog, settings.plan);
  const { subscription } = standingOf(book);
  const period = periodNow(book);
  const changesAt = changeAt(book);
  const next = settings.nextPlan === null ? undefined : planOf(catalog, settings.nextPlan);
  // To the free plan is what owners call canceled.
  const ends = settings.ending || (next !== undefined && !isPaid(next));
  return {
    key: settings.plan,
    label: plan?.label ?? settings.plan,
    price: plan === undefined ? null : priceOf(plan),
    paid: plan !== undefined && isPaid(plan),
    period: period === null ? null : { startsAt: shownInstant(period.startsAt), endsAt: shownInstant(period.endsAt) },
    renewsAt: ends ? null : instantOrNothing(period?.endsAt ?? null),
    endsAt: ends ? instantOrNothing(changesAt) : null,
    next:
      next === undefined || changesAt === null
        ? null
        : { key: next.key, label: next.label, at: shownInstant(changesAt) },
    trial: trialOf(book, ends),
    pastDue: pastDueOf(book),
    billedBySubscription: subscription !== null,
  };
}

export const priceOf = ({ shownPrice, shownEvery }: Plan): View['price'] =>
  shownPrice === null
    ? null
    : { amountMinor: Number(shownPrice.amountMinor), currency: shownPrice.currency, every: { ...shownEvery } };

/** When what was chosen acts: at the period's end, or later where the plan is paid for longer than it is granted for. */
function changeAt(book: Book): Instant | null {
  const { anchor } = settingsOf(book);
  const { nextFrom } = standingOf(book);
  const every = cadenceOf(book);
  if (nextFrom === null || anchor === null || every === null) return periodNow(book)?.endsAt ?? null;
  return boundary(anchor, periodZone(book), every, nextFrom);
}

function trialOf(book: Book, canceled: boolean): View['trial'] {
  const { trialEndsAt } = standingOf(book);
  if (trialEndsAt === null) return null;
  const day = formatDay(trialEndsAt, settingsOf(book).zone);
  const sentence = canceled
    ? `The trial ends on ${day}, and your card is not charged.`
    : `The trial ends on ${day}. Your card is not charged before then.`;
  return {
    endsAt: shownInstant(trialEndsAt),
    daysLeft: Math.max(0, Math.ceil((trialEndsAt - book.at) / DAY_MS)),
    sentence,
  };
}

function pastDueOf(book: Book): View['pastDue'] {
  const { pastDue } = standingOf(book);
  if (pastDue === null) return null;
  const graceEndsAt = later(pastDue.since, book.context.catalog.policies.pastDueGraceDays * DAY_MS);
  return {
    since: shownInstant(pastDue.since),
    graceEndsAt: shownInstant(graceEndsAt),
    stopped: pastDue.stopped,
  };
}
