/** Reads and writes what plans hang on beside the settings, for the accounts of a batch that need it. */

import type { Command } from '../../domain/commands.js';
import type { Decision } from '../../domain/decide.js';
import { type AccountNo, accountNo } from '../../domain/ids.js';
import type { Lot } from '../../domain/lots.js';
import { type Outcome, refused } from '../../domain/outcomes.js';
import { NO_PLAN_ROWS, type PlanRows } from '../../domain/plan-state.js';
import { LOAD_CLOSED_LOTS } from './cold-statements.js';
import { groupBy, type Share } from './load.js';
import { invoiceOf, invoiceRow, subscriptionOf, subscriptionRow } from './plan-rows.js';
import { run, type Sql, type Statement } from './pool.js';
import { lotOf, type Row } from './rows.js';

const LOAD_SUBSCRIPTIONS: Statement = {
  name: 'plan_subscriptions',
  text: `select * from subscriptions where account_no = any($1::bigint[])`,
};

/** The invoices that commands name, and those that were not paid. */
const LOAD_INVOICES: Statement = {
  name: 'plan_invoices',
  text: `select * from invoices where account_no = any($1::bigint[]) and (id = any($2::text[]) or status = 'failed')`,
};

/** Attached cards that have had a trial of the account's catalog, under whatever account. */
const LOAD_TRIAL_CARDS: Statement = {
  name: 'plan_trial_cards',
  text: `select p.account_no, p.fingerprint from payment_methods p
    join accounts a on a.no = p.account_no
    join trial_cards t on t.catalog = a.catalog and t.fingerprint = p.fingerprint
    where p.account_no = any($1::bigint[]) and p.detached_at is null`,
};

const UPSERT_SUBSCRIPTIONS: Statement = {
  name: 'plan_upsert_subscriptions',
  text: `insert into subscriptions select * from jsonb_populate_recordset(null::subscriptions, $1::jsonb)
    on conflict (account_no, id) do update set status = excluded.status, plan = excluded.plan,
      price_ids = excluded.price_ids, created_at = excluded.created_at, anchor = excluded.anchor,
      period_start = excluded.period_start, period_end = excluded.period_end, trial_end = excluded.trial_end,
      cancel_at_period_end = excluded.cancel_at_period_end, cancel_at = excluded.cancel_at,
      ended_at = excluded.ended_at, collection_paused = excluded.collection_paused, version = excluded.version,
      mirrored_at = excluded.mirrored_at`,
};

const UPSERT_INVOICES: Statement = {
  name: 'plan_upsert_invoices',
  text: `insert into invoices select * from jsonb_populate_recordset(null::invoices, $1::jsonb)
    on conflict (account_no, id) do update set subscription = excluded.subscription, status = excluded.status,
      period_start = excluded.period_start, amount_minor = excluded.amount_minor, paid_at = excluded.paid_at,
      run = excluded.run, ordinal = excluded.ordinal`,
};

const TRIAL_CARDS = `insert into trial_cards (catalog, fingerprint, account_no, began_at)
    select a.catalog, n.fingerprint, n.account_no, n.began_at
    from unnest($1::bigint[], $2::text[], $3::timestamptz[]) as n(account_no, fingerprint, began_at)
    join accounts a on a.no = n.account_no order by a.catalog, n.fingerprint`;

/** Two accounts that claim one card at once: the second waits for the first here, and is then refused by the key. */
const CLAIM_TRIAL_CARDS: Statement = { name: 'plan_claim_trial_cards', text: TRIAL_CARDS };
/** A trial that the processor says has begun cannot be refused any more: its cards are noted. */
const NOTE_TRIAL_CARDS: Statement = { name: 'plan_note_trial_cards', text: `${TRIAL_CARDS} on conflict do nothing` };

/** The outcome of a command that a wall refused though its decision did not know: two accounts, one card, one instant. */
export const refusedByWall = (command: Command, constraint: string | null): Outcome | null =>
  command.kind === 'start_trial' && constraint === 'trial_cards_pkey'
    ? refused('trial_used', 'This card has had a trial before. Choose the plan without one, or use another card.')
    : null;

const NEEDING: ReadonlySet<string> = new Set(['start_trial', 'mirror_subscription', 'agree_invoice', 'close_account']);

export async function loadPlans(sql: Sql, shares: readonly Share[]): Promise<Map<AccountNo, PlanRows>> {
  const needing = shares.filter(({ commands }) => commands.some((command) => NEEDING.has(command.kind)));
  const found = new Map<AccountNo, PlanRows>();
  if (needing.length === 0) return found;
  const numbers = needing.map((one) => one.no);
  const named = needing.flatMap(({ commands }) =>
    commands.flatMap((command) => (command.kind === 'agree_invoice' ? [command.view.id] : [])),
  );
  const subscriptions = groupBy(await run(sql, LOAD_SUBSCRIPTIONS, [numbers]), subscriptionOf);
  const invoices = groupBy(await run(sql, LOAD_INVOICES, [numbers, named]), invoiceOf);
  const cards = groupBy(
    await run(sql, LOAD_TRIAL_CARDS, [numbers]),
    (row) => (row as { fingerprint: string }).fingerprint,
  );
  for (const no of numbers) {
    found.set(accountNo(no), {
      subscriptions: subscriptions.get(no) ?? [],
      invoices: invoices.get(no) ?? [],
      trialCards: new Set(cards.get(no) ?? []),
    });
  }
  return found;
}

/** Lots that have lapsed because their period was not paid for: they are closed, and paying opens them again. */
export async function loadLapsed(sql: Sql, settings: readonly Row[]): Promise<Map<AccountNo, Lot[]>> {
  const lapsed = settings.flatMap((row) =>
    (row.past_due_lapsed ?? []).map(({ lot }: { lot: string }) => ({ no: row.account_no, lot })),
  );
  if (lapsed.length === 0) return new Map();
  const rows = await run<Row>(sql, LOAD_CLOSED_LOTS, [lapsed.map((one) => one.no), lapsed.map((one) => one.lot)]);
  return groupBy(rows, lotOf);
}

export const plansOf = (found: ReadonlyMap<AccountNo, PlanRows>, no: AccountNo): PlanRows =>
  found.get(no) ?? NO_PLAN_ROWS;

export async function savePlans(
  sql: Sql,
  all: readonly { readonly no: AccountNo; readonly decision: Decision }[],
): Promise<void> {
  const plans = all.map(({ no, decision }) => ({ no, at: decision.at, ...decision.effects.plans }));
  const subscriptions = plans.flatMap(({ no, subscriptions: of }) =>
    [...of.values()].map((one) => subscriptionRow(no, one)),
  );
  if (subscriptions.length > 0) await run(sql, UPSERT_SUBSCRIPTIONS, [JSON.stringify(subscriptions)]);
  const invoices = plans.flatMap(({ no, invoices: of }) => [...of.values()].map((one) => invoiceRow(no, one)));
  if (invoices.length > 0) await run(sql, UPSERT_INVOICES, [JSON.stringify(invoices)]);
  const cards = plans.flatMap(({ no, at, trialCards }) => trialCards.map((card) => ({ ...card, no, at })));
  for (const [statement, claimed] of [
    [CLAIM_TRIAL_CARDS, true],
    [NOTE_TRIAL_CARDS, false],
  ] as const) {
    const some = cards.filter((card) => card.claimed === claimed);
    if (some.length === 0) continue;
    await run(sql, statement, [
      some.map((card) => card.no),
      some.map((card) => card.fingerprint),
      some.map((card) => new Date(card.at).toISOString()),
    ]);
  }
}
