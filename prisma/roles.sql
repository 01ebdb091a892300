-- Least privilege for the parts of creditd, to be run by the migrator (who owns the tables) after `creditd migrate`, each time:
--
--   psql "$MIGRATOR_URL" -f prisma/roles.sql
--
-- It makes three roles that cannot log in, and gives them what each part needs. Make users in them:
--
--   CREATE ROLE billing_worker LOGIN PASSWORD '…' IN ROLE creditd_worker;
--
-- creditd_worker   what `creditd worker` does
-- creditd_api      what `creditd api` does: it answers, posts, and takes webhooks; it sweeps nothing away
-- creditd_auditor  reads the books and writes down only where they do not add up; sees no key, hash of a key or secret
--
-- Commands that make keys, erase a person or migrate are the migrator's. Nobody else alters a table. No role
-- here may change or remove a ledger line: only erasing a person touches a line, only three of its columns, and only by the
-- migrator. These roles are for queues on Redis; queues on Postgres want a schema that both parts own.

DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['creditd_worker', 'creditd_api', 'creditd_auditor'] LOOP
    -- Several databases of one server may be prepared at once, and roles belong to the server.
    BEGIN
      EXECUTE format('CREATE ROLE %I NOLOGIN', name);
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
    END;
  END LOOP;
END
$$;

REVOKE CREATE ON SCHEMA public FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, creditd_worker, creditd_api, creditd_auditor;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM PUBLIC, creditd_worker, creditd_api, creditd_auditor;
GRANT USAGE ON SCHEMA public TO creditd_worker, creditd_api, creditd_auditor;

-- Everything is read by both parts, but for what only the door has to know: whose keys there are, and what was answered.
GRANT SELECT ON ALL TABLES IN SCHEMA public TO creditd_worker, creditd_api, creditd_auditor;
REVOKE SELECT ON api_keys, idempotent_answers FROM creditd_worker, creditd_auditor;
REVOKE SELECT ON webhook_endpoints FROM creditd_auditor;

-- The books, the same for both parts: lines are added, what stands beside them changes, nothing is removed.
GRANT INSERT ON
  ledger_entries, audit_log, deployment, catalog_versions, accounts, level_changes, trial_cards, events
TO creditd_worker, creditd_api;
GRANT INSERT, UPDATE ON
  account_settings, balances, subscriptions, invoices, periods, payment_methods, grants, holds, charges, attempts, incidents,
  notices, refusals, reversals, levels, counters, pools, pool_members, budgets, stripe_events, members, dismissals
TO creditd_worker, creditd_api;
GRANT UPDATE ON accounts, catalog_versions, events, webhook_endpoints TO creditd_worker, creditd_api;
GRANT INSERT, UPDATE, DELETE ON outbox TO creditd_worker, creditd_api;
-- What a limit counted and who may spend a pool is replaced as a whole.
GRANT DELETE ON counters, pools, pool_members, budgets TO creditd_worker, creditd_api;
GRANT USAGE ON SEQUENCE accounts_no_seq TO creditd_worker, creditd_api;

-- The worker alone: totals, what the poller and the audit remember, and sweeping what stands beside the ledger.
GRANT INSERT, UPDATE ON stripe_cursor, usage_totals, usage_periods, usage_hours, usage_progress, drifts TO creditd_worker;
GRANT DELETE ON refusals, events, notices, stripe_events, usage_hours TO creditd_worker;
-- Answers are swept by their age, and what they said is not read.
GRANT SELECT (scope, key, begun_at), DELETE ON idempotent_answers TO creditd_worker;

-- The api alone: answers under a key, when a key was last used, members who leave, and where products want their events.
GRANT INSERT, UPDATE, DELETE ON idempotent_answers TO creditd_api;
GRANT UPDATE (last_used_at) ON api_keys TO creditd_api;
GRANT DELETE ON members TO creditd_api;
GRANT INSERT ON webhook_endpoints TO creditd_api;

-- The auditor writes down what it finds, and nothing else.
GRANT INSERT, UPDATE ON drifts TO creditd_auditor;
