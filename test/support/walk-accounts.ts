/** The walk's accounts and what is known of them beside the database: what was used, and which caps they were given. */
import { credits } from '../../src/domain/credits.js';
import { type AccountId, accountId } from '../../src/domain/ids.js';
import { DAY_MS, later } from '../../src/domain/instant.js';
import { minorUnits } from '../../src/domain/money.js';
import { makeAttachCard } from '../../src/flow/open-account.js';
import type { WalkWorld } from './walk-world.js';

export interface WalkAccount {
  readonly id: AccountId;
  /** By key: what its first acceptance said. */
  readonly used: Map<string, bigint>;
  readonly capDayMinor: number | null;
  /** The owner has pressed "retry": what is paid then is the owner's own word, beside the caps. */
  retried: boolean;
  count: number;
}

/** In minor units; two top-offs of the smallest amount, and a half. */
const CAP_DAY_MINOR = 6_000;

export const topOffSettings = (account: WalkAccount, threshold = 50, amount = 100, enabled = true) => ({
  ...{ enabled, threshold: credits(threshold), amount: credits(amount), card: null, capMonthMinor: null },
  capDayMinor: account.capDayMinor === null ? null : minorUnits(account.capDayMinor),
});

export async function openWalkAccount(world: WalkWorld, index: number): Promise<WalkAccount> {
  const id = accountId(`walk-${index}`);
  const capDayMinor = index % 3 === 1 ? CAP_DAY_MINOR : null;
  const account: WalkAccount = { id, used: new Map(), capDayMinor, retried: false, count: 0 };
  const owners = [{ id: 'owner-1', email: `${id}@example.com` }];
  const profile = { name: id, slug: null, catalog: 'walk', plan: 'basic', zone: 'UTC', billingEmail: null };
  await world.openAccount({ ...profile, id, anchor: later(world.now(), -DAY_MS), owners });
  await attach(world, account, 'pm_card_visa');
  await world.ledger.post([{ kind: 'configure_top_off', account: id, settings: topOffSettings(account) }]);
  return account;
}

/** Through the real flow; Stripe may be silent, and the walk goes on. */
export async function attach(world: WalkWorld, account: WalkAccount, card: string): Promise<string> {
  const flow = makeAttachCard(world.accounts, world.ledger, world.payments, world.deployment);
  return (await flow(account.id, card)).kind;
}
