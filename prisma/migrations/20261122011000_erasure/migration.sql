-- Taking a card off at the processor, and erasing a person from everything that is kept, lines of the ledger among it. Adds
-- only: a worker of the release before knows nothing of it, and what is due here waits for one that does. Nothing newer than
-- PostgreSQL 14.

-- AlterTable
ALTER TABLE "accounts" ADD COLUMN     "customer_due_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "members" ADD COLUMN     "erasing_as" TEXT;

-- AlterTable
ALTER TABLE "payment_methods" ADD COLUMN     "removal_due_at" TIMESTAMPTZ(3);

CREATE INDEX "accounts_customer_due" ON "accounts" ("customer_due_at") WHERE "customer_due_at" IS NOT NULL;
CREATE INDEX "payment_methods_removal_due" ON "payment_methods" ("removal_due_at") WHERE "removal_due_at" IS NOT NULL;

-- ── Walls ──────────────────────────────────────────────────────────────────────────────────────────────────────────────
-- Who used something may be erased from a line; what was used, when, of which lot and with which balance may not. By privilege
-- only these columns can be changed, and by the trigger only in a transaction that says that it erases, and nothing else in it.
GRANT UPDATE ("member", "properties", "reason") ON "ledger_entries" TO CURRENT_USER;

CREATE OR REPLACE FUNCTION "ledger_entries_are_final"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND coalesce(current_setting('creditd.erasing', true), '') = 'on' THEN
    RETURN NULL;
  END IF;
  RAISE EXCEPTION 'ledger entries are never changed or removed: post a line that corrects them'
    USING ERRCODE = 'restrict_violation', CONSTRAINT = 'ledger_entries_are_final';
END
$$;

CREATE FUNCTION "ledger_entries_keep_their_sums"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF to_jsonb(NEW) - '{member,properties,reason}'::text[] IS DISTINCT FROM to_jsonb(OLD) - '{member,properties,reason}'::text[] THEN
    RAISE EXCEPTION 'erasing a person changes nothing else of a line'
      USING ERRCODE = 'restrict_violation', CONSTRAINT = 'ledger_entries_are_final';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER "ledger_entries_keep_their_sums" BEFORE UPDATE ON "ledger_entries"
  FOR EACH ROW EXECUTE FUNCTION "ledger_entries_keep_their_sums"();
