-- What an operator has in hand is found by an index, whatever the tables have grown to. Adds only. Nothing newer than PostgreSQL 14.
--
-- A migration is one transaction, in which no index can be built CONCURRENTLY: while each of these is built its table takes no
-- writes. For the ledger that is one reading of the table, about a second for five million lines, and usage waits in the queue
-- meanwhile. Where that is too long, build the ones of ledger_entries beforehand by hand, with CONCURRENTLY and under these very
-- names: this migration then passes over them.

-- Lines that answer a charge, a hold or another line: a plain use has none, and pays nothing for this.
CREATE INDEX IF NOT EXISTS "ledger_entries_ref" ON "ledger_entries" ("account_no", "ref") WHERE "ref" IS NOT NULL;

CREATE INDEX IF NOT EXISTS "charges_payment" ON "charges" ("processor_charge_id") WHERE "processor_charge_id" IS NOT NULL;
CREATE INDEX IF NOT EXISTS "attempts_payment" ON "attempts" ("processor_charge_id") WHERE "processor_charge_id" IS NOT NULL;
CREATE INDEX IF NOT EXISTS "grants_of_charge" ON "grants" ("account_no", "charge_id") WHERE "charge_id" IS NOT NULL;
CREATE INDEX IF NOT EXISTS "accounts_slug" ON "accounts" ("slug") WHERE "slug" IS NOT NULL;
CREATE INDEX IF NOT EXISTS "stripe_events_object" ON "stripe_events" ("object_id") WHERE "charge" IS NOT NULL;
-- Without a list of what is still to be put in its place, which every search would have to read: events come one by one.
CREATE INDEX IF NOT EXISTS "stripe_events_names" ON "stripe_events" USING gin ("body" jsonb_path_ops) WITH (fastupdate = off)
  WHERE "charge" IS NOT NULL;

-- CreateIndex
CREATE INDEX "invoices_id" ON "invoices"("id");

-- CreateIndex
CREATE INDEX "notices_id" ON "notices"("id");
