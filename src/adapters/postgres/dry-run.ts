/** What would be charged, said while the operator's switch is at dry run: once an hour for each account, amount and card. */
import type { Effects } from '../../domain/book.js';
import type { AccountId } from '../../domain/ids.js';
import { HOUR_MS, type Instant } from '../../domain/instant.js';
import type { Log } from '../../ports.js';
import type { Share } from './load.js';
import type { Decided } from './save.js';

type WouldCharge = Effects['wouldCharge'][number] & { readonly account: AccountId };

/** Nothing unless the switch is at dry run. */
export const wouldCharge = (shares: readonly Share[], decided: readonly Decided[]): WouldCharge[] =>
  decided.flatMap(({ no, decision }) => {
    if (decision.effects.wouldCharge.length === 0) return [];
    const account = shares.find((one) => one.no === no)?.account;
    return account === undefined ? [] : decision.effects.wouldCharge.map((one) => ({ ...one, account }));
  });

/** Forgets everything when full: then something is said twice, which harms nobody. */
const MOST_REMEMBERED = 10_000;

export function makeDryRunLog(log: Log) {
  const said = new Map<string, Instant>();
  return (all: readonly WouldCharge[], at: Instant): void => {
    for (const { account, amountMinor, currency, last4 } of all) {
      const name = `${account}:${amountMinor}:${last4}`;
      const last = said.get(name);
      if (last !== undefined && at - last < HOUR_MS) continue;
      if (said.size >= MOST_REMEMBERED) said.clear();
      said.set(name, at);
      log.info({ account, amountMinor: amountMinor.toString(), currency, last4 }, 'dry run: this would be charged');
    }
  };
}
