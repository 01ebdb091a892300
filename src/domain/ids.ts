/**
 * Branded identifiers. A brand costs nothing at run time and makes handing an account where a charge is wanted a
 * compile error. Ids that are ours are UUIDv7; an account id is the product's own text.
 */

declare const brand: unique symbol;
type Branded<Base, Name extends string> = Base & { readonly [brand]: Name };

/** The product's own name for whatever owns a balance: 1 to 200 characters. */
export type AccountId = Branded<string, 'AccountId'>;
/** Our internal number of an account, the leading column of every tenant's key. */
export type AccountNo = Branded<number, 'AccountNo'>;
/** The product's own name for a person. Ledger lines must not carry personal data: use an opaque id. */
export type MemberId = Branded<string, 'MemberId'>;

export type LotId = Branded<string, 'LotId'>;
export type HoldId = Branded<string, 'HoldId'>;
export type ChargeId = Branded<string, 'ChargeId'>;
export type IncidentId = Branded<string, 'IncidentId'>;
export type NoticeId = Branded<string, 'NoticeId'>;
export type PaymentMethodId = Branded<string, 'PaymentMethodId'>;
export type OutboxId = Branded<string, 'OutboxId'>;

/** First 128 bits of a SHA-256 over kind of key and key, written as a UUID so that Postgres stores 16 bytes. */
export type KeyHash = Branded<string, 'KeyHash'>;
/** First 128 bits of a SHA-256 over a command's content as its author wrote it. */
export type ContentHash = Branded<string, 'ContentHash'>;

export const accountId = (text: string): AccountId => text as AccountId;
export const accountNo = (value: number | bigint): AccountNo => Number(value) as AccountNo;
export const memberId = (text: string): MemberId => text as MemberId;
export const lotId = (text: string): LotId => text as LotId;
export const holdId = (text: string): HoldId => text as HoldId;
export const chargeId = (text: string): ChargeId => text as ChargeId;
export const incidentId = (text: string): IncidentId => text as IncidentId;
export const noticeId = (text: string): NoticeId => text as NoticeId;
export const paymentMethodId = (text: string): PaymentMethodId => text as PaymentMethodId;
export const outboxId = (text: string): OutboxId => text as OutboxId;
export const keyHashOf = (text: string): KeyHash => text as KeyHash;
export const contentHashOf = (text: string): ContentHash => text as ContentHash;
