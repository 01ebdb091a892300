/**
 * From a stored notice to a mail. Pure: the same notice gives the same bytes on every try, so that a mailbox which gets
 * it twice sees one mail twice and not two stories.
 *
 * A new kind of notice is its facts in the union, a teller in a file of its own, and one line in the table below; the
 * table does not compile without it.
 */
import type { NoticeFacts, NoticeKind } from './notice.js';
import type {
  NoticeContent,
  NoticeInput,
  NoticeTeller,
  NoticeVoice,
  NoticeWords,
  RenderedNotice,
} from './notice-content.js';
import { formatAmount, formatCount, formatWhen, oneLine, pageUrl } from './notice-format.js';
import { layOutHtml } from './notice-html.js';
import { layOutText } from './notice-plain.js';
import { tellTopOffFailed, tellTopOffSucceeded } from './notice-top-off.js';

const TELLERS: { readonly [Kind in NoticeKind]: NoticeTeller<Extract<NoticeFacts, { kind: Kind }>> } = {
  top_off_succeeded: tellTopOffSucceeded,
  top_off_failed: tellTopOffFailed,
};

/** Characters. A name longer than this is cut in mails: it is there to be recognised. */
const LARGEST_NAME = 60;
/** Characters. Longer subjects are cut by every inbox, and must fit their header in any encoding. */
const LARGEST_SUBJECT = 150;
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
    topOff: line(words.topOff),
    topOffFailed: line(words.topOffFailed),
    supportEmail: /^[^\p{C}\s<>"'?&:]+@[^\p{C}\s<>"'?&:]+$/u.test(support) ? support : null,
  };
}

function voiceOf(input: NoticeInput<NoticeFacts>): NoticeVoice {
  const words = tidied(input.words);
  return {
    words,
    account: oneLine(input.accountName, LARGEST_NAME) || 'your account',
    when: formatWhen(input.createdAt, input.zone),
    credits: (amount) => formatCount(amount, words.credit.one, words.credit.many),
    money: formatAmount,
    page: (page) => pageUrl(input.publicUrl, words.links[page]),
  };
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
