/** Accounts that run low on a card of a given kind, and what their charges make the processor see. */
import { type LocalRiver, runDry } from './local-river.js';

export function lowAccounts(river: () => LocalRiver) {
  /** Charges may rest on the ladder or with their owner. */
  const dry = () => runDry(river(), 25_000, true);
  const requests = (): number => river().processor.double.control.journal().length;

  /** An account of 100 calls that has used 60 of them on a card that behaves so. */
  async function lowOn(account: string, card: string | null): Promise<void> {
    await river().account(account, card);
    await river().calls(account, 60);
    await dry();
  }

  /** Further calls, one job each, all debited; answers how many requests they made the processor see. */
  async function goesOn(account: string, name: string): Promise<number> {
    const before = requests();
    for (let index = 0; index < 5; index += 1) await river().calls(account, 1, `${name}-${index}`);
    await dry();
    return requests() - before;
  }

  return { dry, requests, lowOn, goesOn };
}
