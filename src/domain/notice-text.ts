/**
 * From a stored notice to a mail. Pure: the same notice gives the same bytes on every try, so that a mailbox which gets
 * it twice sees one mail twice and not two stories.
 *
 * A new kind of notice is its facts in the union, a teller in a file of its own, and one line in the table below; the
 * table does not compile without it.
 */
import { type Instant, parseInstant } from './instant.js';
import { authenticationLink, type NoticeFacts, type NoticeKind } from './notice.js';
import { tellCardExpiring, tellPastDue, tellTrialEnding } from './notice-account.js';
import {
  tellBalanceEmpty,
  tellBalanceLow,
  tellCapNear,
  tellCapReached,
  tellCreditsExpiring,
  tellIncludedUsed,
} from './notice-alert.js';
import {
  tellActionRequired,
  tellDisputeClosed,
  tellDisputeOpened,
  tellOverageCharged,
  tellOverageWrittenOff,
  tellPurchaseSucceeded,
  tellRefunded,
} from './notice-charge.js';
import type {
  NoticeContent,
  NoticeInput,
  NoticeTeller,
  NoticeVoice,
  NoticeWords,
  RenderedNotice,
} from './notice-content.js';
import { tellOverageFailed, tellPurchaseFailed, tellTopOffFailed } from './notice-failure.js';
import {
  formatAmount,
  formatCard,
  formatCount,
  formatDay,
  formatWhen,
  oneLine,
  pageUrl,
  safeUrl,
  sentenceCase,
} from './notice-format.js';
import { layOutHtml } from './notice-html.js';
import { layOutText } from './notice-plain.js';
import { fill, makeSay } from './notice-say.js';
import {
  tellSpendingCapReached,
  tellTopOffSucceeded,
  tellTopOffSuspended,
  tellUnusualUsage,
} from './notice-top-off.js';
import { ENGLISH } from './notice-words/english.js';

const TELLERS: { readonly [Kind in NoticeKind]: NoticeTeller<Extract<NoticeFacts, { kind: Kind }>> } = {
  top_off_succeeded: tellTopOffSucceeded,
  top_off_failed: tellTopOffFailed,
  top_off_suspended: tellTopOffSuspended,
  purchase_succeeded: tellPurchaseSucceeded,
  purchase_failed: tellPurchaseFailed,
  overage_charged: tellOverageCharged,
  overage_failed: tellOverageFailed,
  overage_written_off: tellOverageWrittenOff,
  action_required: tellActionRequired,
  spending_cap_reached: tellSpendingCapReached,
  refunded: tellRefunded,
  dispute_opened: tellDisputeOpened,
  dispute_closed: tellDisputeClosed,
  card_expiring: tellCardExpiring,
  trial_ending: tellTrialEnding,
  past_due: tellPastDue,
  balance_low: tellBalanceLow,
  balance_empty: tellBalanceEmpty,
  included_used: tellIncludedUsed,
  cap_near: tellCapNear,
  cap_reached: tellCapReached,
  credits_expiring: tellCreditsExpiring,
  unusual_usage: tellUnusualUsage,
};

/** What a kind of notice is called where mails are listed. */
export const noticeTitle = (kind: NoticeKind, words: Pick<NoticeWords, 'credit' | 'topOff' | 'payAsYouGo'>): string =>
  sentenceCase(fill(ENGLISH.kinds[kind].title, unitsOf(words)));

/** Characters. A name longer than this is cut in mails: it is there to be recognised. */
const LARGEST_NAME = 60;
/** Characters. Longer subjects are cut by every inbox, and must fit their header in any encoding. */
const LARGEST_SUBJECT = 120;
/** Characters of any one word or sentence of a catalog. */
const LARGEST_WORDS = 300;

/** A catalog is an operator's file, and still only text: each of its words in one line, and a support address only if it is one. */
function tidied(words: NoticeWords): NoticeWords {
  const line = (text: string): string => oneLine(text, LARGEST_WORDS);
  const support = words.supportEmail ?? '';
  return {
    ...words,
    product: oneLine(words.product, LARGEST_NAME),
    credit: { one: line(words.credit.one), many: line(words.credit.many) },
    topOff: oneLine(words.topOff, LARGEST_NAME),
    payAsYouGo: oneLine(words.payAsYouGo, LARGEST_NAME),
    buyCredits: words.buyCredits === null ? null : oneLine(words.buyCredits, LARGEST_NAME),
    topOffFailed: line(words.topOffFailed),
    outOfCredits: line(words.outOfCredits),
    supportEmail: /^[^\p{C}\s<>"'?&:]+@[^\p{C}\s<>"'?&:]+$/u.test(support) ? support : null,
  };
}

const unitsOf = (words: Pick<NoticeWords, 'credit' | 'topOff' | 'payAsYouGo'>) => ({
  topOff: words.topOff,
  payAsYouGo: words.payAsYouGo,
  units: words.credit.many,
  Units: sentenceCase(words.credit.many),
});

function voiceOf(input: NoticeInput<NoticeFacts>): NoticeVoice {
  const words = tidied(input.words);
  const { publicUrl, zone } = input;
  const account = oneLine(input.accountName, LARGEST_NAME) || ENGLISH.yourAccount;
  const price = words.tax === null ? '{amount}' : ENGLISH.tax[words.tax];
  return {
    words,
    account,
    when: formatWhen(input.createdAt, zone),
    say: makeSay({ account, product: words.product, ...unitsOf(words) }),
    credits: (amount) => formatCount(amount, words.credit.one, words.credit.many),
    money: formatAmount,
    price: (amountMinor, currency) => fill(price, { amount: formatAmount(amountMinor, currency) }),
    at: (iso) => formatWhen(instantOf(iso), zone),
    day: (iso) => formatDay(instantOf(iso), zone),
    card: formatCard,
    plan: (key) => oneLine(Object.hasOwn(words.plans, key) ? (words.plans[key] ?? key) : key, LARGEST_NAME),
    logo: pageUrl(publicUrl, words.logo),
    page: (page) => pageUrl(publicUrl, words.links[page]),
    approval: (charge) => (publicUrl === null ? null : safeUrl(authenticationLink(publicUrl, charge))),
  };
}

/** A mail that named no day where it has to name one would be worse than none. */
function instantOf(iso: string): Instant {
  const at = parseInstant(iso);
  if (at === null) throw new Error(`A notice says "${iso}" where an instant belongs.`);
  return at;
}

function tell<Kind extends NoticeKind>(
  kind: Kind,
  facts: Extract<NoticeFacts, { kind: Kind }>,
  voice: NoticeVoice,
): NoticeContent {
  return TELLERS[kind](facts, voice);
}

/** Throws where the facts are not what the notice's transaction writes: amounts that are no numbers. */
export function renderNotice(input: NoticeInput<NoticeFacts>): RenderedNotice {
  const voice = voiceOf(input);
  const told = tell(input.facts.kind, input.facts, voice);
  const content = { ...told, subject: oneLine(told.subject, LARGEST_SUBJECT) };
  return {
    messageId: `notice.${input.noticeId}@${input.messageIdDomain}`,
    subject: content.subject,
    text: layOutText(content, voice),
    html: layOutHtml(content, voice),
  };
}
