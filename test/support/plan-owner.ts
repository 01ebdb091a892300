/** An owner who buys plans by Checkout, as the tests of subscriptions need one. */
import { expect } from 'vitest';
import { customerOf, type OwnerRiver, type Said, sessionIn } from './owner-river.js';

export function planOwner(river: () => OwnerRiver) {
  const choose = (account: string, body: object, key?: string): Promise<Said> =>
    river().ask(account, 'PUT', '/plan', body, key);

  const standing = (account: string) => river().standing(account);

  /** Through Checkout into a plan, with a trial where there is one. */
  async function subscribed(account: string, plan: string, more: object = {}): Promise<void> {
    const asked = await choose(account, { plan, ...more });
    expect(asked, JSON.stringify(asked)).toMatchObject({ status: 200, body: { url: expect.any(String) } });
    await river().control.completeCheckout(sessionIn(asked.body.url), { card: 'pm_card_visa' });
    await river().settled();
  }

  /** Without a trial. */
  async function paying(id: string, plan = 'growth'): Promise<string> {
    const account = await river().account(id);
    await subscribed(account, plan, { trial: false });
    expect(await standing(account)).toMatchObject({ plan, trial: false, statuses: ['active'] });
    return account;
  }

  return { choose, standing, subscribed, paying, customerOf: (account: string) => customerOf(river().river, account) };
}
