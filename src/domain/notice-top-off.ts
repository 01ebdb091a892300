/** The automatic purchase, told to its owners: that it was made, or why it was not and what to do. */
import type { FailureReason, TopOffFailed, TopOffSucceeded } from './notice.js';
import type { NoticeContent, NoticeLink, NoticePage, NoticeTeller, NoticeVoice } from './notice-content.js';
import { formatCard, safeUrl, sentenceCase } from './notice-format.js';

export const tellTopOffSucceeded: NoticeTeller<TopOffSucceeded> = (facts, voice) => {
  const { words } = voice;
  const added = voice.credits(facts.credits);
  const charged = voice.money(facts.amountMinor, facts.currency);
  const receipt = facts.receiptUrl === null ? null : safeUrl(facts.receiptUrl);
  const billing = voice.page('billing');
  const links: NoticeLink[] = [];
  if (receipt !== null) links.push({ label: 'View receipt', url: receipt });
  if (billing !== null) links.push({ label: 'Billing', url: billing });
  return {
    subject: `${words.topOff} for ${voice.account}: ${added} added`,
    preview: `${charged} charged. New balance: ${voice.credits(facts.balance)}.`,
    tone: 'good',
    heading: `${added} added`,
    paragraphs: [
      `The balance of ${voice.account} fell below ${voice.credits(facts.threshold)}, so ${words.topOff} bought ${added}. There is nothing you need to do.`,
    ],
    rows: [
      ['Amount charged', charged],
      [`${sentenceCase(words.credit.many)} added`, added],
      ['New balance', voice.credits(facts.balance)],
      ...(facts.card === null ? [] : [['Card', formatCard(facts.card)] as const]),
      ['Date', voice.when],
    ],
    button: null,
    links,
  };
};

interface FailureWords {
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

/** One table for each reason: the owner's words, never the processor's. */
export function topOffFailureWords(reason: FailureReason, topOff: string): FailureWords {
  const update = { action: 'Update Payment Method', page: 'paymentMethod' } as const;
  const table: Readonly<Record<FailureReason, FailureWords>> = {
    no_payment_method: {
      title: 'No payment method set for automatic top-offs',
      subject: 'no payment method is set',
      meaning: `${topOff} is enabled, but no card is attached as the payment method for it. Nothing was charged.`,
      action: `Set Up ${topOff}`,
      page: 'topOffSettings',
      purpose: 'to attach a card.',
    },
    card_declined: {
      title: 'Your card was declined',
      subject: 'your card was declined',
      meaning: 'The most recent charge attempt was rejected by the card’s issuer. Nothing was charged.',
      ...update,
      purpose: 'to swap in a working card, then retry the charge from the billing page.',
    },
    authentication_required: {
      title: 'Your bank wants you to approve this payment',
      subject: 'your bank wants your approval',
      meaning:
        'The bank will not let this card be charged automatically without its holder’s approval. Nothing was charged.',
      ...update,
      purpose: 'to approve the card again or to use another one, then retry the charge from the billing page.',
    },
    // The charge may still turn out to have gone through: nothing here may say that no money moved.
    internal_error: {
      title: 'An internal error occurred',
      subject: 'an internal error occurred',
      meaning:
        'The charge attempt hit a transient system error; your card is not at fault. If the charge turns out to have gone through, its credits are added and you get a confirmation. Retrying never charges you twice for it.',
      action: 'Retry',
      page: 'billing',
      purpose: 'to retry the charge; if it keeps failing, contact support.',
    },
  };
  return table[reason];
}

function whatToDo(words: FailureWords, voice: NoticeVoice, linked: boolean): string {
  return linked
    ? `Click ${words.action} below ${words.purpose}`
    : `Choose ${words.action} on the billing page of ${voice.words.product} ${words.purpose}`;
}

export const tellTopOffFailed: NoticeTeller<TopOffFailed> = (facts, voice): NoticeContent => {
  const { words } = voice;
  const failure = topOffFailureWords(facts.reason, words.topOff);
  const url = voice.page(failure.page);
  const wanted = `${voice.credits(facts.credits)} for ${voice.money(facts.amountMinor, facts.currency)}`;
  return {
    subject: `${words.topOff} failed for ${voice.account}: ${failure.subject}`,
    preview: `${voice.credits(facts.balance)} left. ${words.topOffFailed}`.trim(),
    tone: 'trouble',
    heading: failure.title,
    paragraphs: [
      failure.meaning,
      ...(words.topOffFailed === '' ? [] : [words.topOffFailed]),
      whatToDo(failure, voice, url !== null),
    ],
    rows: [
      ['Account', voice.account],
      ['Balance', voice.credits(facts.balance)],
      ['Not added', wanted],
      ...(facts.card === null ? [] : [['Card', formatCard(facts.card)] as const]),
      ['Date', voice.when],
    ],
    button: url === null ? null : { label: failure.action, url },
    links: [],
  };
};
