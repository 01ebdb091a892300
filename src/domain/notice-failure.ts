/** Why a charge failed and what its owner can do: one table for each reason, the owner's words, never the processor's. */
import type { ChargeFacts, FailureReason, OverageFailed, PurchaseFailed, TopOffFailed } from './notice.js';
import type { NoticeContent, NoticeLink, NoticePage, NoticeRow, NoticeTeller, NoticeVoice } from './notice-content.js';
import { accountRow, chargeRows, row } from './notice-rows.js';
import { fill } from './notice-say.js';
import { ENGLISH } from './notice-words/english.js';

export interface FailureWords {
  readonly title: string;
  readonly subject: string;
  readonly meaning: string;
  /** The button's label. */
  readonly action: string;
  /** Where that is done. */
  readonly page: NoticePage;
  /** Goes on after "Click <action> below" or "Choose <action> on the billing page of <product>". */
  readonly purpose: string;
}

const { buttons, kinds, labels, otherReasons, reasons } = ENGLISH;

const ACTIONS: Readonly<Record<FailureReason, { readonly action: string; readonly page: NoticePage }>> = {
  no_payment_method: { action: buttons.setUp, page: 'topOffSettings' },
  card_declined: { action: buttons.update, page: 'paymentMethod' },
  authentication_required: { action: buttons.update, page: 'paymentMethod' },
  internal_error: { action: buttons.retry, page: 'billing' },
};

/** `topOff` is what the product calls the automatic purchase. */
export function topOffFailureWords(reason: FailureReason, topOff: string): FailureWords {
  const written = (template: string): string => fill(template, { topOff });
  const { title, subject, meaning, purpose } = reasons[reason];
  const { action, page } = ACTIONS[reason];
  return {
    title: written(title),
    subject: written(subject),
    meaning: written(meaning),
    purpose: written(purpose),
    action: written(action),
    page,
  };
}

/** The same for credits bought by hand and for pay-as-you-go: a missing card is no matter of automatic charges there. */
function otherFailureWords(reason: FailureReason, kind: 'pack' | 'overage', voice: NoticeVoice): FailureWords {
  const words = topOffFailureWords(reason, voice.words.topOff);
  if (reason === 'no_payment_method') {
    return { ...words, ...otherReasons.noCard, action: buttons.attach, page: 'paymentMethod' };
  }
  if (reason === 'authentication_required') return { ...words, meaning: otherReasons.approval };
  // Nothing is added by an overage charge: what it pays for has been used.
  if (reason === 'internal_error' && kind === 'overage') return { ...words, meaning: otherReasons.overageInDoubt };
  return words;
}

/** One sentence and, where there is a page to go to, one button. */
export function toDo(
  voice: NoticeVoice,
  { action, purpose }: Pick<FailureWords, 'action' | 'purpose'>,
  url: string | null,
): { readonly sentence: string; readonly button: NoticeLink | null } {
  return url === null
    ? { sentence: voice.say(ENGLISH.doByHand, { action, purpose }), button: null }
    : { sentence: voice.say(ENGLISH.doLinked, { action, purpose }), button: { label: action, url } };
}

/** When it is tried again; nothing where the facts do not know, and nothing of a card where the card is not at fault. */
function again(facts: TopOffFailed | OverageFailed, voice: NoticeVoice): string[] {
  if (facts.nextAttemptAt === undefined) return [];
  if (facts.nextAttemptAt !== null) return [voice.say(ENGLISH.again.at, { next: voice.at(facts.nextAttemptAt) })];
  const refused = facts.reason === 'card_declined' || facts.reason === 'authentication_required';
  return refused ? [ENGLISH.again.never] : [];
}

const nextRow = ({ nextAttemptAt }: TopOffFailed | OverageFailed, voice: NoticeVoice): NoticeRow[] =>
  typeof nextAttemptAt === 'string' ? [row(voice, labels.nextAttempt, voice.at(nextAttemptAt))] : [];

const wantedOf = (facts: ChargeFacts, voice: NoticeVoice): string =>
  voice.say(ENGLISH.wanted, {
    credits: voice.credits(facts.credits),
    price: voice.price(facts.amountMinor, facts.currency),
  });

export const tellTopOffFailed: NoticeTeller<TopOffFailed> = (facts, voice): NoticeContent => {
  const { topOff, topOffFailed: consequence } = voice.words;
  const failure = topOffFailureWords(facts.reason, topOff);
  const { sentence, button } = toDo(voice, failure, voice.page(failure.page));
  const text = kinds.top_off_failed;
  const balance = voice.credits(facts.balance);
  return {
    subject: voice.say(text.subject, { why: failure.subject }),
    preview: voice.say(text.preview, { balance, consequence }).trim(),
    tone: 'trouble',
    heading: failure.title,
    paragraphs: [failure.meaning, ...again(facts, voice), ...(consequence === '' ? [] : [consequence]), sentence],
    rows: [
      accountRow(voice),
      row(voice, labels.balance, balance),
      row(voice, labels.notAdded, wantedOf(facts, voice)),
      ...nextRow(facts, voice),
      ...chargeRows(facts, voice),
    ],
    button,
    links: [],
  };
};

export const tellPurchaseFailed: NoticeTeller<PurchaseFailed> = (facts, voice) => {
  const failure = otherFailureWords(facts.reason, 'pack', voice);
  const { sentence, button } = toDo(voice, failure, voice.page(failure.page));
  const text = kinds.purchase_failed;
  const wanted = wantedOf(facts, voice);
  return {
    subject: voice.say(text.subject, { why: failure.subject }),
    preview: voice.say(text.preview, { wanted }),
    tone: 'trouble',
    heading: failure.title,
    paragraphs: [voice.say(text.body, { wanted: voice.credits(facts.credits) }), failure.meaning, sentence],
    rows: [
      accountRow(voice),
      row(voice, labels.notAdded, wanted),
      row(voice, labels.balance, voice.credits(facts.balance)),
      ...chargeRows(facts, voice),
    ],
    button,
    links: [],
  };
};

export const tellOverageFailed: NoticeTeller<OverageFailed> = (facts, voice) => {
  const failure = otherFailureWords(facts.reason, 'overage', voice);
  const { sentence, button } = toDo(voice, failure, voice.page(failure.page));
  const text = kinds.overage_failed;
  return {
    subject: voice.say(text.subject, { why: failure.subject }),
    preview: voice.say(text.preview),
    tone: 'trouble',
    heading: failure.title,
    paragraphs: [failure.meaning, ...again(facts, voice), voice.say(text.body), sentence],
    rows: [
      accountRow(voice),
      row(voice, labels.amount, voice.price(facts.amountMinor, facts.currency)),
      row(voice, labels.used, voice.credits(facts.credits)),
      ...nextRow(facts, voice),
      ...chargeRows(facts, voice),
    ],
    button,
    links: [],
  };
};
