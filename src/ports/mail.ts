/** Mails and the notices that they carry. */
import type { AccountId, AccountNo, NoticeId } from '../domain/ids.js';
import type { Instant } from '../domain/instant.js';
import type { NoticeFacts } from '../domain/notice.js';
import type { Ending } from './ledger.js';

export interface Mail {
  /** Without angle brackets; the same for every try of one notice, so that a mailbox can fold a doubled one. */
  readonly messageId: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

export type MailOutcome =
  /** `refused` are the recipients the server would not take although it took the mail. */
  | { readonly kind: 'accepted'; readonly response: string; readonly refused: readonly string[] }
  /** 4xx, no connection, a connection lost: send the same mail again later. */
  | { readonly kind: 'unavailable'; readonly reason: string }
  /** 5xx or no usable recipient: sending again cannot help. */
  | { readonly kind: 'rejected'; readonly reason: string };

export interface Mailer {
  send(mail: Mail): Promise<MailOutcome>;
}

/** One stored notice with whom it goes to and what it says. */
export interface StoredNotice {
  readonly id: NoticeId;
  readonly accountNo: AccountNo;
  readonly account: AccountId;
  readonly accountName: string;
  /** What stands for the account in the product's own links. */
  readonly slug: string;
  readonly zone: string;
  readonly catalog: string;
  readonly state: 'waiting' | 'sent' | 'failed';
  readonly createdAt: Instant;
  readonly facts: NoticeFacts;
  /** Every owner's address and the billing address, each once, in lower case. */
  readonly recipients: readonly string[];
}

export interface Notices {
  find(accountNo: AccountNo, id: string): Promise<StoredNotice | null>;
  /** Records what became of a notice and ends its outbox row, in one transaction. */
  settle(
    notice: NoticeId,
    result: { readonly kind: 'sent'; readonly response: string } | { readonly kind: 'failed'; readonly reason: string },
    ending: Ending,
  ): Promise<void>;
}
