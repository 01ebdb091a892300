/** Writes events with the account's own numbers, in the transaction of what they tell, and says whose step is to be asked for. */
import { type AccountNo, accountNo } from '../../domain/ids.js';
import { run, type Sql, type Statement } from './pool.js';
import { iso, type Row } from './rows.js';
import type { Decided } from './save.js';

/**
 * Numbers are given under the account's lock, from a count that sweeping does not turn back: none is missing, none comes
 * twice. Where no endpoint wants an event it is kept as undelivered at once and asks for no step: a product that listens
 * to nothing pays for nothing, and what it missed can be sent again once it does.
 */
export const INSERT_EVENTS: Statement = {
  name: 'insert_events',
  text: `with n as (
      select * from jsonb_to_recordset($1::jsonb)
        as r(account_no bigint, place int, id uuid, type text, body jsonb, at timestamptz)),
    c as (select account_no, count(*) as told from n group by account_no),
    s as (
      update account_settings t set event_sequence = t.event_sequence + c.told from c where t.account_no = c.account_no
      returning t.account_no, t.event_sequence - c.told as base),
    i as (
      insert into events (account_no, sequence, id, type, body, created_at, state, ended_at, result, accepted)
      select n.account_no, s.base + n.place, n.id, n.type, n.body, n.at,
        case when w.wanted then 'waiting' else 'undelivered' end, case when w.wanted then null else n.at end,
        case when w.wanted then null else 'no endpoint wanted it when it happened' end, '{}'
      from n join s on s.account_no = n.account_no join accounts a on a.no = n.account_no
      cross join lateral (
        select exists (select 1 from webhook_endpoints e where e.catalog = a.catalog and e.disabled_at is null
          and (coalesce(cardinality(e.types), 0) = 0 or n.type = any(e.types))) as wanted) w
      returning account_no, state)
    select distinct account_no from i where state = 'waiting'`,
};

/** The accounts whose events an endpoint waits for. */
export async function saveEvents(sql: Sql, all: readonly Decided[], newId: () => string): Promise<AccountNo[]> {
  const rows = all.flatMap(({ no, decision }) =>
    decision.effects.events.map(({ type, data }, place) => ({
      ...{ account_no: no, place: place + 1, id: newId(), type, body: data },
      at: iso(decision.at),
    })),
  );
  if (rows.length === 0) return [];
  const waiting = await run<Row>(sql, INSERT_EVENTS, [JSON.stringify(rows)]);
  return waiting.map((row) => accountNo(row.account_no));
}

/** One outbox row an account stands for all its events: its subject is the account's number, written as a UUID. */
export const eventSubject = (no: AccountNo): string => `00000000-0000-4000-8000-${no.toString(16).padStart(12, '0')}`;
