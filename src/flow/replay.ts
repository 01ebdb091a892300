/** Sends refused usage again, through the same door as the first time. The keys see to it that nothing is done twice. */
import type { Command } from '../domain/commands.js';
import { accountId } from '../domain/ids.js';
import type { UsageEvent } from '../messages.js';
import { readEvent } from '../messages.js';
import type { Accounts, Catalogs, Refusals, StoredRefusal } from '../ports.js';
import type { Batcher } from './batcher.js';
import { useOf } from './debit-usage.js';

const PAGE = 500;

export interface ReplayReport {
  sent: number;
  posted: number;
  refused: number;
  reasons: Record<string, number>;
}

export type ReplayOutcome =
  | { readonly kind: 'replayed'; readonly report: ReplayReport }
  | { readonly kind: 'unavailable'; readonly reason: string };

export interface ReplayDeps {
  readonly refusals: Refusals;
  readonly batcher: Batcher;
  readonly accounts: Accounts;
  readonly catalogs: Catalogs;
}

export function makeReplay({ refusals, batcher, accounts, catalogs }: ReplayDeps) {
  /** The work of a refused if_covered event never ran, also where the event left the mode to its meter. */
  const hasHappened = async ({ event, refusal }: Readable): Promise<boolean> => {
    if (refusal.mode !== 'default') return refusal.mode === 'happened';
    const account = await accounts.find(accountId(event.account));
    const meter = catalogs.find(account?.catalog ?? '')?.meters.get(event.meter);
    return meter?.defaultMode !== 'if_covered';
  };
  return async (filter: {
    readonly account?: string;
    readonly reason?: string;
    readonly dryRun: boolean;
  }): Promise<ReplayOutcome> => {
    const report: ReplayReport = { sent: 0, posted: 0, refused: 0, reasons: {} };
    let after: string | undefined;
    for (;;) {
      const page = await refusals.replayable({ ...filter, ...(after === undefined ? {} : { after }), limit: PAGE });
      const last = page.at(-1);
      if (last === undefined) return { kind: 'replayed', report };
      after = last.id;
      const readable: Readable[] = [];
      for (const one of page.flatMap(usable)) if (await hasHappened(one)) readable.push(one);
      report.sent += readable.length;
      if (filter.dryRun) continue;
      const commands: Command[] = readable.map(({ event }) => useOf(event, 'record'));
      const answer = await batcher.post(commands);
      if (answer.kind === 'unavailable') return answer;
      const done: string[] = [];
      answer.outcomes.forEach((outcome, place) => {
        const refusal = readable[place]?.refusal;
        if (outcome.kind === 'refused') {
          report.refused += 1;
          report.reasons[outcome.reason] = (report.reasons[outcome.reason] ?? 0) + 1;
        } else if (refusal !== undefined) {
          report.posted += 1;
          done.push(refusal.id);
        }
      });
      if (done.length > 0) await refusals.settle(done);
    }
  };
}

interface Readable {
  readonly refusal: StoredRefusal;
  readonly event: UsageEvent;
}

/** A stored event that reads as one; its defaults were never written into it, so that its content is the first one's. */
function usable(refusal: StoredRefusal): Readable[] {
  const read = readEvent(refusal.event);
  return read.kind === 'event' ? [{ refusal, event: read.event }] : [];
}
