/** After each measurement: is every credit where it belongs, was nothing posted twice, and was everything that was sent answered? */
import type { Client } from 'pg';
import { brokenSumsOf } from '../src/adapters/postgres/audit-sums.js';
import { accountNo } from '../src/domain/ids.js';
import type { Integrity } from './measure.js';

export interface Sent {
  readonly sent: number;
  readonly distinct: number;
}

/** The database's own time: what is posted from now on belongs to the measurement that begins. */
export async function beginning(client: Client): Promise<string> {
  const { rows } = await client.query<{ now: string }>('select clock_timestamp()::text as now');
  return rows[0]?.now ?? '';
}

const NEW_LINES = `select count(*) filter (where line = 0 and kind = 'use') as uses, count(*) as lines,
    count(distinct (account_no, key_hash, line)) as distinct_lines
  from ledger_entries where posted_at >= $1::timestamptz`;

/** Whole tables at once: lines against lots, lots against balances, and numbers without a gap. */
const BROKEN = `select count(*) as broken from balances b
  left join (select account_no, count(*) as lines, sum(amount) as amount, max(sequence) as last from ledger_entries group by 1) l
    using (account_no)
  left join (select account_no, sum(remaining) as remaining,
      coalesce(sum(remaining) filter (where kind not in ('debt', 'overage')), 0) as lots,
      -coalesce(sum(remaining) filter (where kind = 'debt'), 0) as debt,
      -coalesce(sum(remaining) filter (where kind = 'overage'), 0) as overage
    from grants group by 1) g using (account_no)
  where b.sequence <> coalesce(l.lines, 0) or b.sequence <> coalesce(l.last, 0)
    or coalesce(l.amount, 0) <> coalesce(g.remaining, 0) or b.lots <> coalesce(g.lots, 0)
    or b.debt <> coalesce(g.debt, 0) or b.overage <> coalesce(g.overage, 0)`;

const count = async (client: Client, text: string, values: unknown[] = []): Promise<Record<string, number>> => {
  const { rows } = await client.query<Record<string, string>>(text, values);
  return Object.fromEntries(Object.entries(rows[0] ?? {}).map(([name, value]) => [name, Number(value)]));
};

export async function checkIntegrity(client: Client, since: string, { sent, distinct }: Sent): Promise<Integrity> {
  const { uses = 0, lines = 0, distinct_lines: different = 0 } = await count(client, NEW_LINES, [since]);
  const { refused = 0 } = await count(
    client,
    'select count(*) as refused from refusals where last_seen_at >= $1::timestamptz',
    [since],
  );
  const { broken = 0 } = await count(client, BROKEN);
  const problems = [
    ...(lines === different ? [] : [`${lines - different} lines stand under a key that was used before.`]),
    ...(uses + refused === distinct
      ? []
      : [
          `${distinct} events were sent, ${uses} were posted and ${refused} refused: ${distinct - uses - refused} are missing.`,
        ]),
    ...(broken === 0 ? [] : [`The sums of ${broken} accounts do not hold.`]),
  ];
  return { sent, distinct, accepted: uses, refused, problems };
}

const SLICE = 500;

/** Every sum that creditd's own audit knows, of every account; sentences of what does not hold. */
export async function auditEverything(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ account_no: string }>('select account_no from balances order by account_no');
  const problems = new Map<string, number>();
  for (let from = 0; from < rows.length; from += SLICE) {
    const slice = rows.slice(from, from + SLICE).map((row) => accountNo(Number(row.account_no)));
    for (const { sum } of await brokenSumsOf(client, slice))
      problems.set(sum.sentence, (problems.get(sum.sentence) ?? 0) + 1);
  }
  return [...problems].map(([sentence, accounts]) => `Of ${accounts} accounts it is not true that ${sentence}.`);
}
