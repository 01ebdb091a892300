/** Automatic purchases as their owner reads them: what is set, what is offered, and how it stands in one sentence. */
import type { z } from 'zod';
import { type Book, settingsOf } from '../../domain/book.js';
import { isPausedByOperator } from '../../domain/brake.js';
import { counted, type TopOffTerms, type Words } from '../../domain/catalog.js';
import type { Charge } from '../../domain/charge.js';
import { type Credits, formatCredits } from '../../domain/credits.js';
import { formatCount } from '../../domain/notice-format.js';
import { moneyFor } from '../../domain/pricing.js';
import { isTopOffOffered, openTopOff, type TopOffVerdict, topOffCard, topOffVerdict } from '../../domain/top-off.js';
import { cardView } from './overview-cards.js';
import { unpaidView } from './overview-incidents.js';
import type { topOffOut } from './overview-shape.js';
import { instantOrNothing, shownCredits, shownMinor, shownRatio } from './shapes.js';

type View = z.input<typeof topOffOut>;

export function topOffView(book: Book): View {
  const { topOff } = settingsOf(book);
  const { topOff: terms, words } = book.context.catalog;
  const verdict = topOffVerdict(book);
  const open = openTopOff(book);
  const card = topOffCard(book);
  const cost = terms === null || topOff.amount <= 0n ? null : moneyFor(terms.ratio, topOff.amount);
  return {
    offered: isTopOffOffered(book),
    settings: {
      ...{ enabled: topOff.enabled, card: topOff.card },
      threshold: shownCredits(topOff.threshold),
      amount: shownCredits(topOff.amount),
      capDayMinor: topOff.capDayMinor === null ? null : shownMinor(topOff.capDayMinor),
      capMonthMinor: topOff.capMonthMinor === null ? null : shownMinor(topOff.capMonthMinor),
    },
    amountMinor: cost?.kind === 'exact' ? shownMinor(cost.amountMinor) : null,
    bounds: terms === null ? null : boundsOf(terms),
    card: card === undefined ? null : cardView(book, card),
    state: stateOf(topOff.enabled, verdict, open),
    heldBackBy: topOff.enabled && verdict.kind === 'held_back' ? verdict.by : null,
    suspendedAt: instantOrNothing(topOff.suspendedAt),
    pausedAt: instantOrNothing(topOff.pausedAt),
    pausedByOperator: isPausedByOperator(settingsOf(book)),
    charge: open?.id ?? null,
    unpaid: unpaidView(open?.failure == null ? undefined : open),
    sentence: sentenceOf(topOff, words, verdict, open),
  };
}

const boundsOf = (terms: TopOffTerms): NonNullable<View['bounds']> => ({
  price: shownRatio(terms.ratio),
  minAmount: shownCredits(terms.minAmount),
  maxAmount: shownCredits(terms.maxAmount),
  step: shownCredits(terms.step),
  largestChargeMinor: shownMinor(terms.largestChargeMinor),
  defaultThreshold: shownCredits(terms.defaultThreshold),
  defaultAmount: shownCredits(terms.defaultAmount),
});

function stateOf(enabled: boolean, verdict: TopOffVerdict, open: Charge | undefined): View['state'] {
  if (!enabled) return 'off';
  if (open !== undefined) return open.failure === null ? 'charging' : 'waiting';
  if (verdict.kind === 'held_back') return 'held_back';
  return verdict.kind === 'due' ? 'due' : 'ready';
}

const HELD_BACK = {
  no_card: 'It has no card to charge.',
  dispute: 'It waits until a dispute with the bank is closed.',
  suspended: 'It is suspended until another card is attached or a payment succeeds.',
  paused: 'It is paused because far more is being used than usual, until an owner resumes it.',
  paused_by_operator: 'It was paused by our support, who let it go on when all is well. Credits can be bought by hand.',
  hourly_brake: 'It has bought as often as it may within an hour, and goes on by itself.',
  spending_cap: 'Your spending cap is reached, and it goes on when the cap’s day or month is over.',
  stopped: 'Charging is paused at the moment, and it goes on by itself.',
  not_offered: 'The present plan does not offer it.',
  trial: 'It begins when the trial ends.',
} as const satisfies Readonly<Record<Extract<TopOffVerdict, { kind: 'held_back' }>['by'], string>>;

function sentenceOf(
  topOff: { readonly enabled: boolean; readonly threshold: Credits; readonly amount: Credits },
  words: Words,
  verdict: TopOffVerdict,
  open: Charge | undefined,
): string {
  if (!topOff.enabled) return 'Off: nothing is bought by itself.';
  const written = (amount: Credits): string => formatCount(formatCredits(amount), '', '').trim();
  const rule = `Below ${written(topOff.threshold)}, it adds ${counted(words.credit, written(topOff.amount))}.`;
  if (open !== undefined && open.failure === null)
    return `${rule} ${counted(words.credit, written(open.credits))} are on their way.`;
  if (open !== undefined) return `${rule} The last payment did not succeed.`;
  return verdict.kind === 'held_back' ? `${rule} ${HELD_BACK[verdict.by]}` : rule;
}
