/** What has been used, counted from the ledger beside the posting: seconds behind it, and exact. */
import type { Credits } from '../domain/credits.js';
import type { AccountId, AccountNo, MemberId } from '../domain/ids.js';
import type { Instant } from '../domain/instant.js';
import type { LocalDay, RecentUse } from '../domain/recent-use.js';

/** Usage of one meter, and of one member where it is asked by member. */
export interface UsageSum {
  /** Null: plain credits. */
  readonly meter: string | null;
  /** Null: nobody in particular, or all of them together. */
  readonly member: MemberId | null;
  /** A decimal: what ran, reversed or not. */
  readonly quantity: string;
  /** Net of what was given back. */
  readonly credits: Credits;
  /** How many uses ran, reversed or not. */
  readonly events: number;
}

export interface UsageOfDay extends UsageSum {
  readonly day: LocalDay;
}

export interface UsageWish {
  readonly account: AccountId;
  /** One member's use alone. */
  readonly member?: MemberId;
  /** Sums by member too, instead of over all of them. */
  readonly byMember?: boolean;
}

export interface Counted {
  /** Lines of the ledger that were counted now. */
  readonly lines: number;
  /** Where the next slice goes on; null: every account has been looked at. */
  readonly next: AccountNo | null;
}

export interface Totals {
  /**
   * Counts the next slice: of the accounts after `after` those whose ledger has moved on, a bounded number of lines of each.
   * One transaction: a crash counts nothing, and two at once count every line once.
   */
  countSlice(after: AccountNo | null): Promise<Counted>;
  /** By meter and local day, both days included, oldest first; days are those of the account's zone when they were counted. */
  byDay(wish: UsageWish & { readonly from: LocalDay; readonly to: LocalDay }): Promise<readonly UsageOfDay[]>;
  /** By meter in the present period, the largest first. Empty where the account has no period. */
  thisPeriod(wish: UsageWish): Promise<readonly UsageSum[]>;
  /** What runway and rates are made of, with the zone they are counted in; null: no such account. */
  recentUse(
    account: AccountId,
  ): Promise<{ readonly use: RecentUse; readonly zone: string; readonly at: Instant } | null>;
}
