/** One account in one state that people meet, and what bringing it there may use: commands, cards and the double's bank. */
import type { StripeDoubleControl } from '../../dev/stripe-double/control.js';
import type { IncidentKind } from '../../domain/account.js';
import type { Command, Properties } from '../../domain/commands.js';
import { memberId } from '../../domain/ids.js';
import { DAY_MS, type Instant, later } from '../../domain/instant.js';
import type { Role } from '../../domain/permissions.js';

/** A command as a scene writes it: whose account it is on is said once, by the scene. */
export type Written = Command extends infer One ? (One extends Command ? Omit<One, 'account'> : never) : never;

/** `counted`: the account's use, without which no hour is usual. `paid`: its latest charge. Else the incident that is raised. */
export type Awaited = 'counted' | 'paid' | IncidentKind;

export interface Stage {
  readonly now: Instant;
  /** Posts them in this order; rejects with the sentence of the first that is refused. */
  post(...commands: readonly Written[]): Promise<void>;
  /** One of Stripe's test cards by its name, such as pm_card_visa. */
  attach(card: string): Promise<void>;
  readonly bank: Pick<StripeDoubleControl, 'fail'>;
  /** Until the clocks and the bank have brought it about; rejects where that takes minutes. */
  until(what: Awaited): Promise<void>;
}

export interface Person {
  readonly id: string;
  readonly role: Role;
  /** What the link says. */
  readonly label: string;
}

export interface Scene {
  readonly catalog: string;
  /** Unique within the catalog, such as "past-due". */
  readonly state: string;
  /** What its row says. */
  readonly label: string;
  readonly name: string;
  readonly plan: string;
  /** Where its periods are counted from; absent: eleven days ago. */
  readonly anchor?: (now: Instant) => Instant;
  /** Besides one person in each role. */
  readonly people?: readonly Person[];
  play(stage: Stage): Promise<void>;
}

/** The account's id, and its slug in links. */
export const accountOf = ({ catalog, state }: Pick<Scene, 'catalog' | 'state'>): string => `demo-${catalog}-${state}`;

export const PEOPLE: readonly Person[] = [
  { id: 'member-1', role: 'owner', label: 'Owner' },
  { id: 'member-2', role: 'admin', label: 'Admin' },
  { id: 'member-3', role: 'editor', label: 'Editor' },
  { id: 'member-4', role: 'viewer', label: 'Viewer' },
];

const ANCHOR_DAYS_AGO = 11;
export const anchorOf = ({ anchor }: Scene, now: Instant): Instant =>
  anchor?.(now) ?? later(now, -ANCHOR_DAYS_AGO * DAY_MS);

/** One of a product's actions and what it costs. */
export interface Action {
  readonly meter: string;
  readonly credits: number;
  readonly properties?: Properties;
}

export const use = (key: string, { meter, properties }: Omit<Action, 'credits'>, more: UseMore = {}): Written => ({
  ...{ kind: 'use', key, meter, quantity: 1, onRefusal: 'record' },
  ...(properties === undefined ? {} : { properties }),
  ...more,
});

type UseMore = Partial<Pick<Extract<Written, { kind: 'use' }>, 'member' | 'pool' | 'occurredAt' | 'quantity' | 'mode'>>;

/** Uses that come to exactly so many credits, or to the most below it, over the days since the period began. */
export function usesOf(actions: readonly Action[], credits: number, now: Instant): readonly Written[] {
  const chosen: Action[] = [];
  let left = credits;
  for (let turn = 0; actions.some((one) => one.credits > 0 && one.credits <= left); turn += 1) {
    const action = actions[turn % actions.length];
    if (action === undefined || action.credits > left) continue;
    chosen.push(action);
    left -= action.credits;
  }
  const day = (ANCHOR_DAYS_AGO - 1) * DAY_MS;
  return chosen.map((action, place) => {
    // Weighed towards today, and unevenly, as people work.
    const share = (1 - (place + ((place * 7) % 5) / 6) / (chosen.length + 1)) ** 1.4;
    const member = memberId(`member-${1 + ((place * 2) % 3)}`);
    return use(`use-${place}`, action, { member, occurredAt: later(now, -Math.round(share * day)) });
  });
}
