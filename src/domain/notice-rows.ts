/** The lines of figures under a mail's sentences that several kinds have in common, and its links. */
import type { CardLabel, ChargeFacts } from './notice.js';
import type { NoticeLink, NoticeRow, NoticeVoice } from './notice-content.js';
import { safeUrl } from './notice-format.js';
import { ENGLISH } from './notice-words/english.js';

const { labels, links } = ENGLISH;

type Label = (typeof labels)[keyof typeof labels];

export const row = (voice: NoticeVoice, label: Label, value: string): NoticeRow => [voice.say(label), value];

export const accountRow = (voice: NoticeVoice): NoticeRow => row(voice, labels.account, voice.account);

/** When it was so. */
export const dateRow = (voice: NoticeVoice): NoticeRow => row(voice, labels.date, voice.when);

export const cardRows = (card: CardLabel | null, voice: NoticeVoice): NoticeRow[] =>
  card === null ? [] : [row(voice, labels.card, voice.card(card))];

/** The card that was charged or refused, and when. Last in every mail about a charge. */
export const chargeRows = ({ card }: Pick<ChargeFacts, 'card'>, voice: NoticeVoice): NoticeRow[] => [
  ...cardRows(card, voice),
  dateRow(voice),
];

/** What a paid charge's mail links to: the processor's receipt, if its address is one that a mail may open, and billing. */
export function paidLinks(receiptUrl: string | null, voice: NoticeVoice): NoticeLink[] {
  const receipt = receiptUrl === null ? null : safeUrl(receiptUrl);
  return [...(receipt === null ? [] : [{ label: links.receipt, url: receipt }]), ...billingLinks(voice)];
}

export function billingLinks(voice: NoticeVoice): NoticeLink[] {
  const billing = voice.page('billing');
  return billing === null ? [] : [{ label: links.billing, url: billing }];
}

/** A button where there is a page to go to. */
export const buttonTo = (label: string, url: string | null): NoticeLink | null =>
  url === null ? null : { label, url };
