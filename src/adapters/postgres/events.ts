/** Events as they are sent: read through Prisma, and what became of them written together with the end of their step. */
import type { Pool, PoolClient } from 'pg';
import { accountId, accountNo } from '../../domain/ids.js';
import { instant, isoOf } from '../../domain/instant.js';
import type { Prisma as Client, Event } from '../../generated/prisma/client.js';
import type { Clock, EndpointQueue, Events, WaitingEvent } from '../../ports.js';
import { endpointOf } from './endpoint-secrets.js';
import { endStep } from './ledger.js';
import { inTransaction } from './outbox.js';
import { run, type Statement } from './pool.js';
import type { Prisma } from './prisma.js';
import type { Row } from './rows.js';
import { eventSubject } from './save-events.js';
import { ASK } from './statements.js';

/** Only what still waits: a step whose hold was lost must not undo what the next one has settled. */
const SETTLE: Statement = {
  name: 'events_settle',
  text: `update events e set state = n.state, result = n.result, attempts = e.attempts + 1,
      accepted = array(select distinct unnest(e.accepted || n.accepted)),
      ended_at = case when n.state = 'waiting' then null else $3::timestamptz end
    from jsonb_to_recordset($2::jsonb) as n(sequence bigint, state text, result text, accepted uuid[])
    where e.account_no = $1 and e.sequence = n.sequence and e.state = 'waiting'`,
};

/** Written where it changes what a person reads: all accounts of a catalog share these rows. */
const WORDS: Statement = {
  name: 'events_words',
  text: `update webhook_endpoints e set
      failing_since = case when n.failure is null then null else coalesce(e.failing_since, $2::timestamptz) end,
      last_failure = coalesce(n.failure, e.last_failure),
      last_delivered_at = case when n.failure is null then $2::timestamptz else e.last_delivered_at end
    from jsonb_to_recordset($1::jsonb) as n(id uuid, failure text)
    where e.id = n.id and case when n.failure is null
      then e.failing_since is not null or e.last_delivered_at is null or e.last_delivered_at < $2::timestamptz - interval '1 minute'
      else e.failing_since is null or e.last_failure is distinct from n.failure end`,
};

/** A bounded number at once; each is taken once by its new time, so that asking again goes on behind them. */
const REPLAY: Statement = {
  name: 'events_replay',
  text: `with picked as (
      select e.account_no, e.sequence from events e join accounts a on a.no = e.account_no
      where e.state = any($1::text[]) and ($2::text is null or a.id = $2) and ($3::timestamptz is null or e.created_at >= $3)
        and ($6::text is null or a.catalog = $6) and ($7::bigint is null or e.sequence >= $7)
        and (e.waiting_since is null or e.waiting_since < $4::timestamptz) order by e.account_no, e.sequence limit $5)
    update events e set state = 'waiting', waiting_since = $4::timestamptz, result = null, ended_at = null,
      accepted = case when $8::uuid is null then '{}'::uuid[]
        else array(select w.id from webhook_endpoints w where w.id <> $8::uuid) end
    from picked p where e.account_no = p.account_no and e.sequence = p.sequence returning e.account_no`,
};

const REPLAY_BATCH = 2_000;

export function makeEvents(prisma: Prisma, pool: Pool, clock: Clock, newId: () => string): Events {
  return {
    async find(no, limit, at) {
      const account = await prisma.account.findUniqueOrThrow({
        where: { no: BigInt(no) },
        select: { id: true, catalog: true },
      });
      const living = await prisma.webhookEndpoint.findMany({
        where: { catalog: account.catalog, disabledAt: null },
        orderBy: { id: 'asc' },
      });
      // One more than is sent tells whether there are more.
      const waiting = async (more: Client.EventWhereInput) => {
        const where = { accountNo: BigInt(no), state: 'waiting', ...more };
        const rows = await prisma.event.findMany({ where, orderBy: { sequence: 'asc' }, take: limit + 1 });
        return { events: rows.slice(0, limit).map(waitingOf), isFull: rows.length > limit };
      };
      const oldest = await waiting({});
      const queues: EndpointQueue[] = [];
      for (const row of living) {
        const types = row.types.length === 0 ? {} : { type: { in: row.types } };
        const queue = await waiting({ NOT: { accepted: { has: row.id } }, ...types });
        queues.push({ endpoint: endpointOf(row, at), ...queue });
      }
      const all = new Map(
        [oldest, ...queues].flatMap(({ events }) => events.map((one) => [one.sequence, one] as const)),
      );
      const events = [...all.values()].sort((a, b) => a.sequence - b.sequence);
      return { account: accountId(account.id), events, isFull: oldest.isFull, queues };
    },
    async settle(sent, words, ending) {
      await inTransaction(pool, clock, async (client, at) => {
        if (sent.length > 0) await run(client, SETTLE, [ending.accountNo, JSON.stringify(sent), isoOf(at)]);
        // One at a time and in one order, so that the steps of two accounts never wait for each other in a circle.
        for (const word of [...words].sort((a, b) => (a.id < b.id ? -1 : 1)))
          await run(client, WORDS, [JSON.stringify([word]), isoOf(at)]);
        await endStep(client, ending, at);
      });
    },
    async replay({ account, since, undelivered, catalog, fromSequence, endpoint }) {
      const states = undelivered ? ['undelivered'] : ['undelivered', 'sent'];
      const begun = isoOf(await clock.now());
      const values = [
        ...[states, account ?? null, since === undefined ? null : isoOf(since), begun, REPLAY_BATCH],
        ...[catalog ?? null, fromSequence ?? null, endpoint ?? null],
      ];
      let sent = 0;
      for (;;) {
        const again = await inTransaction(pool, clock, (client) => replaySome(client, values, begun, newId));
        sent += again;
        if (again < REPLAY_BATCH) return sent;
      }
    },
  };
}

const waitingOf = ({ id, sequence, type, body, createdAt, waitingSince, accepted }: Event): WaitingEvent => ({
  ...{ id, sequence: Number(sequence), type, data: body, accepted },
  createdAt: instant(createdAt.getTime()),
  waitingSince: instant((waitingSince ?? createdAt).getTime()),
});

async function replaySome(client: PoolClient, values: unknown[], at: string, newId: () => string): Promise<number> {
  const rows = await run<Row>(client, REPLAY, values);
  const accounts = [...new Set(rows.map((row) => accountNo(row.account_no)))].sort((a, b) => a - b);
  const each = (value: string) => accounts.map(() => value);
  if (accounts.length > 0)
    await run(client, ASK, [
      accounts,
      accounts.map(() => newId()),
      each('event'),
      accounts.map(eventSubject),
      each(at),
      each(at),
    ]);
  return rows.length;
}
