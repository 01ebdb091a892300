/**
 * What one mail says, before it is laid out: one kind of notice makes one of these, and the text and the HTML are made
 * from it alone, so that the two can never tell different stories. Strings are plain text; the layouts escape.
 */
import type { ChargeId } from './ids.js';
import type { Instant } from './instant.js';
import type { CardLabel } from './notice.js';
import type { Say } from './notice-say.js';

/** How a product speaks of itself in mails: the catalog's words and colours, its links already made for this account. */
export interface NoticeWords {
  readonly product: string;
  /** In lower case, as in the middle of a sentence. */
  readonly credit: { readonly one: string; readonly many: string };
  /** What the product calls the automatic purchase: "Auto Top-Off". */
  readonly topOff: string;
  /** What the product calls use beyond the balance: "Pay-as-you-go". */
  readonly payAsYouGo: string;
  /** The label of the button that sells credits; null where none are for sale. */
  readonly buyCredits: string | null;
  /** What a failed top-off will mean for the product's users, as a whole sentence; empty where the product does not say. */
  readonly topOffFailed: string;
  /** The sentence for whoever is stopped by an empty balance. */
  readonly outOfCredits: string;
  /** Key to label. */
  readonly plans: Readonly<Record<string, string>>;
  /** Whether the catalog's prices contain tax; null where it does not say. */
  readonly tax: 'included' | 'excluded' | null;
  /** Whole URLs, or paths under the public URL; null where there is no such page. */
  readonly links: Readonly<Record<NoticePage, string | null>>;
  readonly supportEmail: string | null;
  /** A whole URL or a path under the public URL: the one picture a mail may show. Null: the name's first letter instead. */
  readonly logo: string | null;
  /** "#rrggbb": the mark and the button, and what is written on them. */
  readonly color: string;
  readonly textOnColor: string;
}

/** The owner's pages that mails link to. */
export type NoticePage = 'billing' | 'topOffSettings' | 'paymentMethod' | 'support' | 'legal';

/** What every kind can say its facts with. */
export interface NoticeVoice {
  readonly words: NoticeWords;
  /** The account's name, in one line. */
  readonly account: string;
  /** The day and time the facts are of, in the account's zone. */
  readonly when: string;
  readonly say: Say;
  /** "12.5" → "12.5 credits". */
  credits(amount: string): string;
  money(amountMinor: string, currency: string): string;
  /** Money that is a price, with what the catalog says about tax: "$20.00 incl. tax". */
  price(amountMinor: string, currency: string): string;
  /** An ISO instant as a day and time in the account's zone, which it names. */
  at(iso: string): string;
  /** The same as a day alone. */
  day(iso: string): string;
  card(card: CardLabel): string;
  /** A plan's label; of a plan that the catalog no longer has, its key. */
  plan(key: string): string;
  /** A whole URL, or null for the product's first letter in its place. */
  readonly logo: string | null;
  /** Null where no such page can be linked to. */
  page(page: NoticePage): string | null;
  /** Where this charge is approved; null where our own pages cannot be reached from outside. */
  approval(charge: ChargeId): string | null;
}

export interface NoticeLink {
  readonly label: string;
  readonly url: string;
}

export type NoticeRow = readonly [label: string, value: string];

export interface NoticeContent {
  readonly subject: string;
  /** What an inbox shows beside the subject. */
  readonly preview: string;
  readonly tone: 'good' | 'trouble' | 'plain';
  readonly heading: string;
  readonly paragraphs: readonly string[];
  readonly rows: readonly NoticeRow[];
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
