/** Who asked for what, written in the transaction that did it: what was done without a trace cannot exist, nor a trace without it. */
import type { Settings } from '../../domain/account.js';
import type { Command } from '../../domain/commands.js';
import type { AccountNo } from '../../domain/ids.js';
import { type Instant, isoOf } from '../../domain/instant.js';
import type { Outcome } from '../../domain/outcomes.js';
import { requestId, writtenOutcome } from './first-outcomes.js';
import { run, type Sql, type Statement } from './pool.js';

export interface AuditRow {
  /** Null: nobody will look for it. */
  readonly id: string | null;
  readonly who: string;
  readonly action: string;
  readonly accountNo: AccountNo | null;
  readonly before: unknown;
  readonly after: unknown;
}

export const INSERT_AUDIT: Statement = {
  name: 'insert_audit',
  text: `insert into audit_log (id, at, who, action, account_no, before, after)
    select id, $2::timestamptz, who, action, account_no, before, after
    from jsonb_to_recordset($1::jsonb)
      as r(id uuid, who text, action text, account_no bigint, before jsonb, after jsonb)`,
};

/** What stands of settings before and after is only what differs, so that a reader sees the change and not the whole. */
export function auditRowOf(
  command: Command,
  outcome: Outcome,
  accountNo: AccountNo | null,
  before: Settings | null,
  after: Settings | null,
): AuditRow {
  const { by = 'unknown', kind, account: _, request, ...asked } = command;
  const [was, is] = before === null || after === null ? [{}, {}] : changed(before, after);
  const shown = { asked, outcome: outcomeOf(outcome), settings: is };
  // What was refused claims nothing: the same wish may come again.
  if (request === undefined || outcome.kind === 'refused')
    return { id: null, who: by, action: kind, accountNo, before: was, after: shown };
  const kept = { ...shown, answered: writtenOutcome(outcome) };
  return { id: requestId(request, kind), who: by, action: kind, accountNo, before: was, after: kept };
}

const outcomeOf = (outcome: Outcome) =>
  outcome.kind === 'refused' ? { kind: outcome.kind, reason: outcome.reason } : { kind: outcome.kind };

function changed(before: Settings, after: Settings): [Record<string, unknown>, Record<string, unknown>] {
  const was: Record<string, unknown> = {};
  const is: Record<string, unknown> = {};
  for (const name of Object.keys(after) as (keyof Settings)[]) {
    if (textOf(before[name]) === textOf(after[name])) continue;
    was[name] = before[name];
    is[name] = after[name];
  }
  return [was, is];
}

export async function recordAudit(
  sql: Sql,
  rows: readonly AuditRow[],
  at: Instant,
  newId: () => string,
): Promise<void> {
  if (rows.length === 0) return;
  const records = rows.map(({ id, accountNo, ...row }) => ({ id: id ?? newId(), account_no: accountNo, ...row }));
  await run(sql, INSERT_AUDIT, [textOf(records), isoOf(at)]);
}

const textOf = (value: unknown): string =>
  JSON.stringify(value, (_name, one: unknown) => (typeof one === 'bigint' ? one.toString() : one)) ?? 'null';
