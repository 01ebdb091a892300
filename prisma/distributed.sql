-- Spreads creditd's tables over the machines of a Citus, by account. To be run once by the migrator, after `creditd migrate`
-- on an empty database that has the extension, and before the first start; then set DATABASE_SHARDS=citus for every part.
--
--   psql "$MIGRATOR_URL" -c 'CREATE EXTENSION citus' -f prisma/distributed.sql
--
-- Every table of a tenant is led by account_no and lies with all others of that account, so that a transaction about accounts
-- of one shard stays on one machine. What is nobody's, or is looked up by something else, is a copy on every machine where
-- tables refer to it, and otherwise stays on the coordinator.

-- On every machine.
SELECT create_reference_table('accounts');
SELECT create_reference_table('deployment');

-- By account. The first decides where an account lies; the others lie with it.
SELECT create_distributed_table('balances', 'account_no');
SELECT create_distributed_table('account_settings', 'account_no', colocate_with => 'balances');
SELECT create_distributed_table('subscriptions', 'account_no', colocate_with => 'balances');
SELECT create_distributed_table('invoices', 'account_no', colocate_with => 'balances');
SELECT create_distributed_table('levels', 'account_no', colocate_with => 'balances');
SELECT create_distributed_table('level_changes', 'account_no', colocate_with => 'balances');
SELECT create_distributed_table('counters', 'account_no', colocate_with => 'balances');
SELECT create_distributed_table('pools', 'account_no', colocate_with => 'balances');
SELECT create_distributed_table('pool_members', 'account_no', colocate_with => 'balances');
SELECT create_distributed_table('budgets', 'account_no', colocate_with => 'balances');
SELECT create_distributed_table('members', 'account_no', colocate_with => 'balances');
SELECT create_distributed_table('payment_methods', 'account_no', colocate_with => 'balances');
SELECT create_distributed_table('periods', 'account_no', colocate_with => 'balances');
SELECT create_distributed_table('grants', 'account_no', colocate_with => 'balances');
SELECT create_distributed_table('ledger_entries', 'account_no', colocate_with => 'balances');
SELECT create_distributed_table('holds', 'account_no', colocate_with => 'balances');
SELECT create_distributed_table('charges', 'account_no', colocate_with => 'balances');
SELECT create_distributed_table('attempts', 'account_no', colocate_with => 'balances');
SELECT create_distributed_table('incidents', 'account_no', colocate_with => 'balances');
SELECT create_distributed_table('dismissals', 'account_no', colocate_with => 'balances');
SELECT create_distributed_table('notices', 'account_no', colocate_with => 'balances');
SELECT create_distributed_table('reversals', 'account_no', colocate_with => 'balances');
SELECT create_distributed_table('outbox', 'account_no', colocate_with => 'balances');
SELECT create_distributed_table('events', 'account_no', colocate_with => 'balances');
SELECT create_distributed_table('drifts', 'account_no', colocate_with => 'balances');
SELECT create_distributed_table('usage_totals', 'account_no', colocate_with => 'balances');
SELECT create_distributed_table('usage_periods', 'account_no', colocate_with => 'balances');
SELECT create_distributed_table('usage_hours', 'account_no', colocate_with => 'balances');
SELECT create_distributed_table('usage_progress', 'account_no', colocate_with => 'balances');

-- Nobody's, on the coordinator: catalog_versions, api_keys, webhook_endpoints, idempotent_answers, audit_log, refusals,
-- stripe_events, stripe_cursor, trial_cards.
