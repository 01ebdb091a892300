/** Events of Stripe: stored once with the step that works on them, and what became of each. */
import type { Pool } from 'pg';
import { accountNo, outboxId } from '../../domain/ids.js';
import { instant, isoOf } from '../../domain/instant.js';
import type {
  Clock,
  EventNames,
  StoredStripeEvent,
  StripeEvent,
  StripeEvents,
  Taken,
  TakenEvent,
} from '../../ports.js';
import { endStep } from './ledger.js';
import { inTransaction } from './outbox.js';
import { run, type Sql, type Statement } from './pool.js';
import type { Prisma } from './prisma.js';
import { iso, type Row } from './rows.js';
import { ASK } from './statements.js';

/** Whose an event is: as its metadata says, else by the payment, the customer or the card that it names. */
const WHOSE: Statement = {
  name: 'stripe_events_whose',
  text: `select coalesce(
      (select a.no from accounts a where a.id = e.account),
      (select min(c.account_no) from charges c where c.intent_id = e.intent),
      (select min(a.no) from accounts a where a.customer = e.customer),
      (select min(s.account_no) from subscriptions s where s.id = e.subscription),
      (select min(p.account_no) from payment_methods p where p.processor_id = e.payment_method)) as account_no
    from unnest($1::int[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
      as e(place, account, intent, customer, subscription, payment_method)
    order by e.place`,
};

const INSERT: Statement = {
  name: 'stripe_events_insert',
  text: `insert into stripe_events select * from jsonb_populate_recordset(null::stripe_events, $1::jsonb)
    on conflict (id) do nothing returning id, step, account_no, state`,
};

const FINISH: Statement = {
  name: 'stripe_events_finish',
  text: `update stripe_events set state = $2, result = $3, done_at = $4 where id = $1 and state = 'waiting'`,
};

const MOVE_CURSOR: Statement = {
  name: 'stripe_cursor_move',
  text: `insert into stripe_cursor (one, read_to, top, after) values (1, $1, $2, $3)
    on conflict (one) do update set read_to = excluded.read_to, top = excluded.top, after = excluded.after`,
};

const RESULT_LENGTH_MAX = 500;
const NOBODY = 'It concerns no account here.';

export interface StripeEventsDeps {
  readonly pool: Pool;
  readonly prisma: Prisma;
  readonly clock: Clock;
  /** Metadata that names another deployment names accounts of its own, though they may be called as ours. */
  readonly deployment: string;
  readonly newId: () => string;
  /** Told after a commit that asked for steps. */
  readonly onAsked: () => void;
}

export function makeStripeEvents(deps: StripeEventsDeps): StripeEvents {
  const { pool, prisma, clock } = deps;
  return {
    async take(events, source) {
      if (events.length === 0) return [];
      const taken = await inTransaction(pool, clock, (client, at) => take(deps, client, events, source, iso(at)));
      if (taken.includes('stored')) deps.onAsked();
      return taken;
    },
    async find(step) {
      const row = await prisma.stripeEvent.findUnique({ where: { step } });
      return row === null
        ? null
        : {
            id: row.id,
            type: row.type,
            objectId: row.objectId,
            names: row.body as unknown as EventNames,
            receivedAt: instant(row.receivedAt.getTime()),
            state: row.state as StoredStripeEvent['state'],
          };
    },
    async finish(id, state, result, ending) {
      await inTransaction(pool, clock, async (client, at) => {
        await run(client, FINISH, [id, state, result.slice(0, RESULT_LENGTH_MAX), isoOf(at)]);
        await endStep(client, ending, at);
      });
    },
    async cursor() {
      const row = await prisma.stripeCursor.findUnique({ where: { one: 1 } });
      if (row === null) return null;
      const going =
        row.top === null || row.after === null ? null : { top: instant(row.top.getTime()), after: row.after };
      return { readTo: instant(row.readTo.getTime()), going };
    },
    async moveCursor({ readTo, going }) {
      await run(pool, MOVE_CURSOR, [isoOf(readTo), iso(going?.top ?? null), going?.after ?? null]);
    },
    async forget(before) {
      const { count } = await prisma.stripeEvent.deleteMany({
        where: { receivedAt: { lt: new Date(before) }, state: { not: 'waiting' } },
      });
      return count;
    },
  };
}

async function take(
  deps: StripeEventsDeps,
  sql: Sql,
  events: readonly TakenEvent[],
  source: string,
  at: string | null,
): Promise<readonly Taken[]> {
  const named = (of: (event: StripeEvent) => string | null) =>
    events.map(({ event, ignored }) => (ignored === null ? of(event) : null));
  const whose = await run<Row>(sql, WHOSE, [
    events.map((_, place) => place),
    named((event) => accountOf(deps, event)),
    named(({ names }) => names.intent),
    named(({ names }) => names.customer),
    named(({ names }) => names.subscription),
    named(({ names }) => names.paymentMethod),
  ]);
  const rows = events.map(({ event, ignored }, place) => {
    const no: bigint | null = whose[place]?.account_no ?? null;
    const reason = ignored ?? (no === null ? NOBODY : null);
    return rowOf(event, { step: deps.newId(), source, at, no, reason });
  });
  // In one order, so that two readers of the same list wait for each other and never in a circle.
  const sorted = [...rows].sort((a, b) => (a.id < b.id ? -1 : 1));
  const fresh = new Map((await run<Row>(sql, INSERT, [JSON.stringify(sorted)])).map((row) => [row.id as string, row]));
  const waiting = [...fresh.values()].filter((row) => row.state === 'waiting');
  if (waiting.length > 0) {
    await run(sql, ASK, [
      waiting.map((row) => accountNo(row.account_no)),
      waiting.map(() => outboxId(deps.newId())),
      waiting.map(() => 'webhook'),
      waiting.map((row) => row.step),
      waiting.map(() => at),
      waiting.map(() => at),
    ]);
  }
  return events.map(({ event }) => {
    const row = fresh.get(event.id);
    if (row === undefined) return 'known';
    // The same event twice in one list is new once.
    fresh.delete(event.id);
    return row.state === 'waiting' ? 'stored' : 'ignored';
  });
}

const accountOf = ({ deployment }: StripeEventsDeps, { names }: StripeEvent): string | null =>
  names.deployment === deployment ? names.account : null;

function rowOf(
  event: StripeEvent,
  more: {
    readonly step: string;
    readonly source: string;
    readonly at: string | null;
    readonly no: bigint | null;
    readonly reason: string | null;
  },
): Row {
  return {
    id: event.id,
    step: more.step,
    type: event.type,
    livemode: event.livemode,
    source: more.source,
    created_at: iso(event.createdAt),
    received_at: more.at,
    object_id: event.objectId,
    customer: event.names.customer,
    charge: event.names.charge,
    account_no: more.reason === null && more.no !== null ? `${more.no}` : null,
    body: event.names,
    state: more.reason === null ? 'waiting' : 'ignored',
    result: more.reason,
    done_at: more.reason === null ? null : more.at,
  };
}
