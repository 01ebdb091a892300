/** What a wish came to when it was first done, as the log keeps it in the transaction that did it. */
import type { Command } from '../../domain/commands.js';
import { engineKey } from '../../domain/keys.js';
import type { Outcome } from '../../domain/outcomes.js';
import type { Prisma } from './prisma.js';

/** Under which a wish's trace is found: two of them cannot be written, so that what was asked once is done once. */
export const requestId = (request: string, action: string): string => engineKey(`request:${request}:${action}`);

const WHOLE = '#';

/** Whole numbers beyond what JSON has are marked, so that they come back as what they were. */
export const writtenOutcome = (outcome: Outcome): unknown =>
  JSON.parse(JSON.stringify(outcome, (_name, one: unknown) => (typeof one === 'bigint' ? { [WHOLE]: `${one}` } : one)));

const readOutcome = (stored: unknown): Outcome =>
  JSON.parse(JSON.stringify(stored), (_name, one: unknown) =>
    typeof one === 'object' && one !== null && WHOLE in one ? BigInt(String(one[WHOLE])) : one,
  ) as Outcome;

/** Null: nothing was done under this name. */
export function makeFirstOutcomes(prisma: Prisma) {
  return async (request: string, kind: Command['kind']): Promise<Outcome | null> => {
    const row = await prisma.auditEntry.findUnique({
      where: { id: requestId(request, kind) },
      select: { after: true },
    });
    const answered = (row?.after as { readonly answered?: unknown } | null)?.answered;
    return answered === undefined ? null : readOutcome(answered);
  };
}
