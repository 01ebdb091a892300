/**
 * What one mail says, before it is laid out: one kind of notice makes one of these, and the text and the HTML are made
 * from it alone, so that the two can never tell different stories. Strings are plain text; the layouts escape.
 */
import type { Instant } from './instant.js';

/** How a product speaks of itself in mails: the catalog's words and colours, its links already made for this account. */
export interface NoticeWords {
  readonly product: string;
  /** In lower case, as in the middle of a sentence. */
  readonly credit: { readonly one: string; readonly many: string };
  /** What the product calls the automatic purchase: "Auto Top-Off". */
  readonly topOff: string;
  /** What a failed top-off will mean for the product's users, as a whole sentence; empty where the product does not say. */
  readonly topOffFailed: string;
  /** Whole URLs, or paths under the public URL; null where there is no such page. */
  readonly links: Readonly<Record<NoticePage, string | null>>;
  readonly supportEmail: string | null;
  /** "#rrggbb": the mark and the button, and what is written on them. */
  readonly color: string;
  readonly textOnColor: string;
}

/** The owner's pages that mails link to. */
export type NoticePage = 'billing' | 'topOffSettings' | 'paymentMethod';

/** What every kind can say its facts with. */
export interface NoticeVoice {
  readonly words: NoticeWords;
  /** The account's name, in one line. */
  readonly account: string;
  /** The day and time the facts are of, in the account's zone. */
  readonly when: string;
  /** "12.5" → "12.5 credits". */
  credits(amount: string): string;
  money(amountMinor: string, currency: string): string;
  /** Null where no such page can be linked to. */
  page(page: NoticePage): string | null;
}

export interface NoticeLink {
  readonly label: string;
  readonly url: string;
}

export interface NoticeContent {
  readonly subject: string;
  /** What an inbox shows beside the subject. */
  readonly preview: string;
  readonly tone: 'good' | 'trouble';
  readonly heading: string;
  readonly paragraphs: readonly string[];
  readonly rows: readonly (readonly [label: string, value: string])[];
  /** The one thing to do. */
  readonly button: NoticeLink | null;
  readonly links: readonly NoticeLink[];
}

/** A kind of notice: its facts in, its content out. */
export type NoticeTeller<Facts> = (facts: Facts, voice: NoticeVoice) => NoticeContent;

/** A notice as it is stored, with what the account and its catalog add. */
export interface NoticeInput<Facts> {
  readonly facts: Facts;
  readonly accountName: string;
  readonly words: NoticeWords;
  /** IANA name of the account's zone. */
  readonly zone: string;
  /** Where our own pages are reached from outside; null where they are not. */
  readonly publicUrl: string | null;
  readonly messageIdDomain: string;
  readonly noticeId: string;
  readonly createdAt: Instant;
}

export interface RenderedNotice {
  readonly messageId: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}
