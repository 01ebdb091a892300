/** Usage that was not posted, written as rows so that an operator sees it and can send it again. */
import type { Use } from '../../domain/commands.js';
import { formatCredits } from '../../domain/credits.js';
import type { ContentHash } from '../../domain/ids.js';
import { type Instant, isoOf } from '../../domain/instant.js';
import { contentHash } from '../../domain/keys.js';
import { canRedeliveryHelp, type Outcome, type Refused } from '../../domain/outcomes.js';
import { useContent } from '../../domain/use.js';
import { run, type Sql } from './pool.js';
import { RECORD_REFUSALS } from './statements.js';

export interface RefusalRow {
  readonly account: string;
  readonly key: string;
  /** What makes two refusals the same: the key and the content it came with. */
  readonly identity: ContentHash;
  readonly refused: Refused;
  readonly mode: string;
  readonly event: unknown;
}

export async function recordRefusals(
  sql: Sql,
  rows: readonly RefusalRow[],
  at: Instant,
  newId: () => string,
): Promise<void> {
  const distinct = [...new Map(rows.map((row) => [`${row.account}\0${row.identity}`, row])).values()];
  if (distinct.length === 0) return;
  const seen = isoOf(at);
  await run(sql, RECORD_REFUSALS, [
    distinct.map(() => newId()),
    distinct.map((row) => row.account),
    distinct.map((row) => row.key),
    distinct.map((row) => row.identity),
    distinct.map((row) => row.refused.reason),
    distinct.map((row) => row.refused.message),
    distinct.map((row) => row.mode),
    distinct.map((row) => JSON.stringify(row.event)),
    distinct.map(() => seen),
  ]);
}

/** The refusal rows that a batch's commands ask for. */
export function refusalRowsOf(commands: readonly unknown[], outcomes: readonly (Outcome | undefined)[]): RefusalRow[] {
  return commands.flatMap((command, place) => {
    const outcome = outcomes[place];
    if (!isUse(command) || outcome?.kind !== 'refused' || command.onRefusal === undefined) return [];
    if (command.onRefusal === 'record_if_final' && canRedeliveryHelp(outcome)) return [];
    return [rowOf(command, outcome)];
  });
}

const isUse = (command: unknown): command is Use => (command as { kind?: unknown }).kind === 'use';

function rowOf(command: Use, refusal: Refused): RefusalRow {
  const { account, key, mode, meter, quantity, properties, member, pool, lot, catalogVersion, occurredAt, credits } =
    command;
  return {
    account,
    key,
    identity: contentHash({ key, content: useContent(command) }),
    refused: refusal,
    mode: mode ?? 'default',
    event: {
      account,
      key,
      mode,
      meter,
      quantity,
      properties,
      member,
      pool,
      lot,
      catalogVersion,
      ...(occurredAt === undefined ? {} : { occurredAt: isoOf(occurredAt) }),
      ...(credits === undefined ? {} : { credits: formatCredits(credits) }),
    },
  };
}
