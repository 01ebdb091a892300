/** Statements for what stands beside the hot path: read and written only for accounts that need more than their balance. */
import { STANDING_COLUMNS } from './plan-rows.js';
import type { Statement } from './pool.js';

export const LOAD_SETTINGS: Statement = {
  name: 'cold_settings',
  text: `select s.*, a.customer, a.billing_email from account_settings s join accounts a on a.no = s.account_no
    where s.account_no = any($1::bigint[])`,
};

export const LOAD_HOLDS: Statement = {
  name: 'cold_holds',
  text: `select * from holds where account_no = any($1::bigint[]) and (state = 'open' or key_hash = any($2::uuid[]))`,
};

/**
 * Open charges, the last top-off if it failed, overage that was not paid, charges in dispute or with an open incident, and
 * charges that commands name, each with its unanswered attempt.
 */
export const LOAD_CHARGES: Statement = {
  name: 'cold_charges',
  text: `select c.*, t.ordinal as attempt_ordinal, t.params as attempt_params, t.fingerprint as attempt_fingerprint,
      t.first_sent_at as attempt_first_sent_at, t.by as attempt_by
    from charges c
    left join attempts t on t.account_no = c.account_no and t.charge_id = c.id and t.answered_at is null
    where c.account_no = any($1::bigint[])
      and (c.state in ('pending', 'processing', 'action_required') or (c.kind = 'overage' and c.state = 'failed')
        or c.dispute is not null or c.id = any($2::uuid[]) or c.key_hash = any($3::uuid[])
        or exists (select 1 from incidents i
          where i.account_no = c.account_no and i.charge_id = c.id and i.resolved_at is null)
        or (c.kind = 'top_off' and c.state = 'failed' and not exists (select 1 from charges l
          where l.account_no = c.account_no and l.kind = 'top_off' and l.id > c.id)))`,
};

export const LOAD_RECENT_TOP_OFFS: Statement = {
  name: 'cold_recent_top_offs',
  text: `select account_no, created_at, settled_at, amount_minor, state from charges
    where account_no = any($1::bigint[]) and kind = 'top_off'
      and (created_at > $2::timestamptz or settled_at > $2::timestamptz
        or state in ('pending', 'processing', 'action_required'))`,
};

/** For the limits of owners and card networks. */
export const LOAD_RECENT_ATTEMPTS: Statement = {
  name: 'cold_recent_attempts',
  text: `select account_no, charge_id, by, fingerprint, first_sent_at, result from attempts
    where account_no = any($1::bigint[]) and first_sent_at > $2::timestamptz`,
};

export const LOAD_CARDS: Statement = {
  name: 'cold_cards',
  text: `select * from payment_methods where account_no = any($1::bigint[]) and detached_at is null order by rank, attached_at, id`,
};

export const LOAD_INCIDENTS: Statement = {
  name: 'cold_incidents',
  text: `select * from incidents where account_no = any($1::bigint[])
      and (resolved_at is null or (kind = 'spending_cap_reached' and opened_at > $2::timestamptz))`,
};

export const LOAD_USES: Statement = {
  name: 'cold_uses',
  text: `select k.account_no, k.key_hash, e.line, e.kind, e.lot, e.amount, e.meter, e.quantity, e.properties, e.member, e.pool,
      e.occurred_at, e.posted_at
    from unnest($1::bigint[], $2::uuid[]) as k(account_no, key_hash)
    cross join lateral (
      select * from ledger_entries l where l.account_no = k.account_no and l.key_hash = k.key_hash order by l.line offset 0) e`,
};

export const LOAD_GIVEN_BACK: Statement = {
  name: 'cold_given_back',
  text: `select account_no, use_key_hash, sum(amount)::bigint as amount from reversals
    where account_no = any($1::bigint[]) and use_key_hash = any($2::uuid[]) and applied_at is not null
    group by account_no, use_key_hash`,
};

/** What was taken back of charges and what undid it, by the keys under which that may have been posted. */
export const LOAD_FUNDS: Statement = {
  name: 'cold_funds',
  text: `select k.account_no, e.ref, e.kind, e.lot, e.amount
    from unnest($1::bigint[], $2::uuid[]) as k(account_no, key_hash)
    cross join lateral (
      select l.sequence, l.ref, l.kind, l.lot, l.amount from ledger_entries l
      where l.account_no = k.account_no and l.key_hash = k.key_hash and l.kind in ('claw_back', 'give_back') offset 0) e
    order by k.account_no, e.sequence`,
};

/** Closed lots that commands name, or lines that are to be undone. */
export const LOAD_CLOSED_LOTS: Statement = {
  name: 'cold_closed_lots',
  text: `select account_no, id, kind, priority, paid, amount, remaining, created_at, effective_at, expires_at, begun, closed,
      charge_id, run, ordinal, reason
    from grants where account_no = any($1::bigint[]) and id = any($2::uuid[]) and closed`,
};

const insert = (table: string): Statement => ({
  name: `insert_${table}`,
  text: `insert into ${table} select * from jsonb_populate_recordset(null::${table}, $1::jsonb)`,
});

export const INSERT_HOLDS = insert('holds');
export const INSERT_CHARGES = insert('charges');
export const INSERT_ATTEMPTS = insert('attempts');
export const INSERT_CARDS = insert('payment_methods');
export const INSERT_INCIDENTS = insert('incidents');
export const INSERT_NOTICES = insert('notices');
export const INSERT_PERIODS = insert('periods');
export const INSERT_REVERSALS = insert('reversals');

/**
 * Sets the named columns of rows that exist, found by the named key columns. One table is updated in several ways, and a
 * connection knows a statement by its name: two texts under one name would be refused on whichever came second.
 */
const update = (table: string, keys: readonly string[], columns: readonly string[]): Statement => ({
  name: `update_${table}_${columns[0]}`,
  text: `update ${table} t set ${columns.map((column) => `${column} = n.${column}`).join(', ')}
    from jsonb_populate_recordset(null::${table}, $1::jsonb) n where ${keys.map((key) => `t.${key} = n.${key}`).join(' and ')}`,
});

export const UPDATE_SETTINGS = update(
  'account_settings',
  ['account_no'],
  [
    'plan',
    'zone',
    'next_zone',
    'anchor',
    'run',
    'ordinal',
    'granted_for',
    'next_plan',
    'ending',
    ...STANDING_COLUMNS,
    'top_off_enabled',
    'top_off_threshold',
    'top_off_amount',
    'top_off_card',
    'top_off_cap_day_minor',
    'top_off_cap_month_minor',
    'top_off_suspended_at',
    'top_off_suspended_card',
    'top_off_paused_at',
    'alerts',
    'gate_closed',
    'overage_enabled',
    'overage_cap_minor',
  ],
);
export const UPDATE_HOLDS = update(
  'holds',
  ['account_no', 'id'],
  ['open', 'captured', 'counted', 'state', 'expires_at', 'ended_at'],
);
export const UPDATE_CHARGES = update(
  'charges',
  ['account_no', 'id'],
  [
    'state',
    'version',
    'card',
    'intent_id',
    'intent_asked_at',
    'cancel_owed',
    'attempts',
    'rung',
    'extra_at',
    'extra_by',
    'round',
    'waiting_since',
    'action_until',
    'checkout_until',
    'canceled_intents',
    'last_declined',
    'next_attempt_at',
    'failure',
    'settled_at',
    'processor_charge_id',
    'paid_minor',
    'refunded_minor',
    'disputed_minor',
    'dispute',
    'clawed',
    'card_brand',
    'card_last4',
    'receipt_url',
    'receipt_number',
  ],
);
export const ANSWER_ATTEMPTS = update(
  'attempts',
  ['account_no', 'charge_id', 'ordinal'],
  ['answered_at', 'result', 'code', 'decline_code', 'advice_code', 'processor_charge_id'],
);
export const UPDATE_CARDS = update(
  'payment_methods',
  ['account_no', 'id'],
  ['fingerprint', 'brand', 'last4', 'expiry_month', 'expiry_year', 'refused_at', 'told_expiry'],
);
export const RANK_CARDS = update('payment_methods', ['account_no', 'id'], ['rank']);
export const DETACH_CARDS = update('payment_methods', ['account_no', 'id'], ['detached_at', 'removal_due_at']);
export const RESOLVE_INCIDENTS = update('incidents', ['account_no', 'id'], ['resolved_at']);
export const APPLY_REVERSALS = update('reversals', ['account_no', 'key_hash'], ['amount', 'applied_at']);
