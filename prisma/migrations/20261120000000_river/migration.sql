-- The river's tables. Keys of a tenant's tables lead with the account number; the sums and rules that the database can
-- hold stand at the end as named constraints, which the ledger maps to outcomes. Nothing newer than PostgreSQL 14.

-- CreateTable
CREATE TABLE "deployment" (
    "one" INTEGER NOT NULL DEFAULT 1,
    "id" UUID NOT NULL,
    "processor" TEXT NOT NULL,
    "demo" BOOLEAN NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "deployment_pkey" PRIMARY KEY ("one")
);

-- CreateTable
CREATE TABLE "catalog_versions" (
    "catalog" TEXT NOT NULL,
    "version" TEXT NOT NULL,
    "body" TEXT NOT NULL,
    "loaded_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "catalog_versions_pkey" PRIMARY KEY ("catalog","version")
);

-- CreateTable
CREATE TABLE "accounts" (
    "no" BIGSERIAL NOT NULL,
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "slug" TEXT,
    "catalog" TEXT NOT NULL,
    "billing_email" TEXT,
    "customer" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "accounts_pkey" PRIMARY KEY ("no")
);

-- CreateTable
CREATE TABLE "account_settings" (
    "account_no" BIGINT NOT NULL,
    "plan" TEXT NOT NULL,
    "zone" TEXT NOT NULL,
    "anchor" TIMESTAMPTZ(3),
    "run" INTEGER NOT NULL DEFAULT 1,
    "ordinal" INTEGER,
    "granted_for" BIGINT NOT NULL DEFAULT 0,
    "next_plan" TEXT,
    "ending" BOOLEAN NOT NULL DEFAULT false,
    "top_off_enabled" BOOLEAN NOT NULL DEFAULT false,
    "top_off_threshold" BIGINT NOT NULL DEFAULT 0,
    "top_off_amount" BIGINT NOT NULL DEFAULT 0,
    "top_off_card" UUID,
    "top_off_cap_day_minor" BIGINT,
    "top_off_cap_month_minor" BIGINT,
    "top_off_suspended_at" TIMESTAMPTZ(3),
    "top_off_suspended_card" TEXT,
    "overage_enabled" BOOLEAN NOT NULL DEFAULT false,
    "overage_cap_minor" BIGINT,

    CONSTRAINT "account_settings_pkey" PRIMARY KEY ("account_no")
);

-- CreateTable
CREATE TABLE "balances" (
    "account_no" BIGINT NOT NULL,
    "lots" BIGINT NOT NULL DEFAULT 0,
    "debt" BIGINT NOT NULL DEFAULT 0,
    "overage" BIGINT NOT NULL DEFAULT 0,
    "held" BIGINT NOT NULL DEFAULT 0,
    "sequence" BIGINT NOT NULL DEFAULT 0,
    "last_instant" TIMESTAMPTZ(3) NOT NULL,
    "settled_until" TIMESTAMPTZ(3),
    "look_below" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "balances_pkey" PRIMARY KEY ("account_no")
);

-- CreateTable
CREATE TABLE "members" (
    "account_no" BIGINT NOT NULL,
    "id" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "email" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "members_pkey" PRIMARY KEY ("account_no","id")
);

-- CreateTable
CREATE TABLE "payment_methods" (
    "account_no" BIGINT NOT NULL,
    "id" UUID NOT NULL,
    "processor_id" TEXT NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "brand" TEXT NOT NULL,
    "last4" TEXT NOT NULL,
    "expiry_month" INTEGER NOT NULL,
    "expiry_year" INTEGER NOT NULL,
    "rank" INTEGER NOT NULL,
    "attached_at" TIMESTAMPTZ(3) NOT NULL,
    "detached_at" TIMESTAMPTZ(3),

    CONSTRAINT "payment_methods_pkey" PRIMARY KEY ("account_no","id")
);

-- CreateTable
CREATE TABLE "periods" (
    "account_no" BIGINT NOT NULL,
    "run" INTEGER NOT NULL,
    "ordinal" INTEGER NOT NULL,
    "starts_at" TIMESTAMPTZ(3) NOT NULL,
    "ends_at" TIMESTAMPTZ(3) NOT NULL,
    "plan" TEXT NOT NULL,
    "allotment" BIGINT NOT NULL,
    "granted_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "periods_pkey" PRIMARY KEY ("account_no","run","ordinal")
);

-- CreateTable
CREATE TABLE "grants" (
    "account_no" BIGINT NOT NULL,
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "priority" INTEGER NOT NULL,
    "paid" BOOLEAN NOT NULL,
    "amount" BIGINT NOT NULL,
    "remaining" BIGINT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "effective_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3),
    "begun" BOOLEAN NOT NULL,
    "closed" BOOLEAN NOT NULL DEFAULT false,
    "charge_id" UUID,
    "run" INTEGER,
    "ordinal" INTEGER,
    "reason" TEXT,

    CONSTRAINT "grants_pkey" PRIMARY KEY ("account_no","id")
);

-- CreateTable
CREATE TABLE "ledger_entries" (
    "account_no" BIGINT NOT NULL,
    "sequence" BIGINT NOT NULL,
    "key_hash" UUID NOT NULL,
    "line" SMALLINT NOT NULL,
    "kind" TEXT NOT NULL,
    "lot" UUID,
    "amount" BIGINT NOT NULL,
    "balance_after" BIGINT NOT NULL,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,
    "posted_at" TIMESTAMPTZ(3) NOT NULL,
    "content_hash" UUID,
    "meter" TEXT,
    "quantity" DECIMAL(24,6),
    "properties" JSONB,
    "member" TEXT,
    "pool" TEXT,
    "version" TEXT,
    "ref" UUID,
    "reason" TEXT,

    CONSTRAINT "ledger_entries_pkey" PRIMARY KEY ("account_no","sequence")
);

-- CreateTable
CREATE TABLE "holds" (
    "account_no" BIGINT NOT NULL,
    "id" UUID NOT NULL,
    "key_hash" UUID NOT NULL,
    "content_hash" UUID NOT NULL,
    "meter" TEXT,
    "version" TEXT,
    "amount" BIGINT NOT NULL,
    "open" BIGINT NOT NULL,
    "captured" BIGINT NOT NULL DEFAULT 0,
    "state" TEXT NOT NULL,
    "member" TEXT,
    "pool" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "holds_pkey" PRIMARY KEY ("account_no","id")
);

-- CreateTable
CREATE TABLE "charges" (
    "account_no" BIGINT NOT NULL,
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "credits" BIGINT NOT NULL,
    "amount_minor" BIGINT NOT NULL,
    "currency" TEXT NOT NULL,
    "shortfall" BIGINT,
    "card" UUID,
    "intent_id" TEXT,
    "intent_asked_at" TIMESTAMPTZ(3),
    "cancel_owed" BOOLEAN NOT NULL DEFAULT false,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "next_attempt_at" TIMESTAMPTZ(3),
    "failure" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "settled_at" TIMESTAMPTZ(3),
    "processor_charge_id" TEXT,
    "paid_minor" BIGINT NOT NULL DEFAULT 0,
    "refunded_minor" BIGINT NOT NULL DEFAULT 0,
    "clawed" BIGINT NOT NULL DEFAULT 0,
    "card_brand" TEXT,
    "card_last4" TEXT,
    "receipt_url" TEXT,
    "receipt_number" TEXT,

    CONSTRAINT "charges_pkey" PRIMARY KEY ("account_no","id")
);

-- CreateTable
CREATE TABLE "attempts" (
    "account_no" BIGINT NOT NULL,
    "charge_id" UUID NOT NULL,
    "ordinal" INTEGER NOT NULL,
    "params" JSONB NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "first_sent_at" TIMESTAMPTZ(3) NOT NULL,
    "answered_at" TIMESTAMPTZ(3),
    "result" TEXT,
    "code" TEXT,
    "decline_code" TEXT,
    "advice_code" TEXT,

    CONSTRAINT "attempts_pkey" PRIMARY KEY ("account_no","charge_id","ordinal")
);

-- CreateTable
CREATE TABLE "incidents" (
    "account_no" BIGINT NOT NULL,
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "charge_id" UUID,
    "opened_at" TIMESTAMPTZ(3) NOT NULL,
    "resolved_at" TIMESTAMPTZ(3),

    CONSTRAINT "incidents_pkey" PRIMARY KEY ("account_no","id")
);

-- CreateTable
CREATE TABLE "notices" (
    "account_no" BIGINT NOT NULL,
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "facts" JSONB NOT NULL,
    "state" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),
    "result" TEXT,

    CONSTRAINT "notices_pkey" PRIMARY KEY ("account_no","id")
);

-- CreateTable
CREATE TABLE "refusals" (
    "id" UUID NOT NULL,
    "account_id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "identity" UUID NOT NULL,
    "reason" TEXT NOT NULL,
    "message" TEXT NOT NULL,
    "mode" TEXT NOT NULL,
    "event" JSONB NOT NULL,
    "times" INTEGER NOT NULL DEFAULT 1,
    "first_seen_at" TIMESTAMPTZ(3) NOT NULL,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL,
    "settled_at" TIMESTAMPTZ(3),

    CONSTRAINT "refusals_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "reversals" (
    "account_no" BIGINT NOT NULL,
    "key_hash" UUID NOT NULL,
    "content_hash" UUID NOT NULL,
    "use_key_hash" UUID NOT NULL,
    "amount" BIGINT,
    "reason" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "applied_at" TIMESTAMPTZ(3),

    CONSTRAINT "reversals_pkey" PRIMARY KEY ("account_no","key_hash")
);

-- CreateTable
CREATE TABLE "outbox" (
    "account_no" BIGINT NOT NULL,
    "id" UUID NOT NULL,
    "topic" TEXT NOT NULL,
    "subject" UUID NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "held_until" TIMESTAMPTZ(3),
    "asks" INTEGER NOT NULL DEFAULT 1,
    "starts" INTEGER NOT NULL DEFAULT 0,
    "note" TEXT,
    "parked_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "outbox_pkey" PRIMARY KEY ("account_no","id")
);

-- CreateIndex
CREATE UNIQUE INDEX "accounts_id" ON "accounts"("id");

-- CreateIndex
CREATE INDEX "balances_settled_until" ON "balances"("settled_until");

-- CreateIndex
CREATE UNIQUE INDEX "payment_methods_processor_id" ON "payment_methods"("account_no", "processor_id");

-- CreateIndex
CREATE UNIQUE INDEX "ledger_entries_key" ON "ledger_entries"("account_no", "key_hash", "line");

-- CreateIndex
CREATE UNIQUE INDEX "holds_key" ON "holds"("account_no", "key_hash");

-- CreateIndex
CREATE INDEX "charges_intent" ON "charges"("intent_id");

-- CreateIndex
CREATE INDEX "refusals_last_seen_at" ON "refusals"("last_seen_at");

-- CreateIndex
CREATE UNIQUE INDEX "refusals_identity" ON "refusals"("account_id", "identity");

-- CreateIndex
CREATE INDEX "reversals_use" ON "reversals"("account_no", "use_key_hash");

-- CreateIndex
CREATE INDEX "outbox_due" ON "outbox"("topic", "due_at");

-- CreateIndex
CREATE UNIQUE INDEX "outbox_subject" ON "outbox"("account_no", "topic", "subject");

-- AddForeignKey
ALTER TABLE "account_settings" ADD CONSTRAINT "account_settings_account_no_fkey" FOREIGN KEY ("account_no") REFERENCES "accounts"("no") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "balances" ADD CONSTRAINT "balances_account_no_fkey" FOREIGN KEY ("account_no") REFERENCES "accounts"("no") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "members" ADD CONSTRAINT "members_account_no_fkey" FOREIGN KEY ("account_no") REFERENCES "accounts"("no") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "payment_methods" ADD CONSTRAINT "payment_methods_account_no_fkey" FOREIGN KEY ("account_no") REFERENCES "accounts"("no") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "periods" ADD CONSTRAINT "periods_account_no_fkey" FOREIGN KEY ("account_no") REFERENCES "accounts"("no") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "grants" ADD CONSTRAINT "grants_account_no_fkey" FOREIGN KEY ("account_no") REFERENCES "accounts"("no") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "holds" ADD CONSTRAINT "holds_account_no_fkey" FOREIGN KEY ("account_no") REFERENCES "accounts"("no") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "charges" ADD CONSTRAINT "charges_account_no_fkey" FOREIGN KEY ("account_no") REFERENCES "accounts"("no") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "attempts" ADD CONSTRAINT "attempts_account_no_fkey" FOREIGN KEY ("account_no") REFERENCES "accounts"("no") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "incidents" ADD CONSTRAINT "incidents_account_no_fkey" FOREIGN KEY ("account_no") REFERENCES "accounts"("no") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "notices" ADD CONSTRAINT "notices_account_no_fkey" FOREIGN KEY ("account_no") REFERENCES "accounts"("no") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "reversals" ADD CONSTRAINT "reversals_account_no_fkey" FOREIGN KEY ("account_no") REFERENCES "accounts"("no") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "outbox" ADD CONSTRAINT "outbox_account_no_fkey" FOREIGN KEY ("account_no") REFERENCES "accounts"("no") ON DELETE RESTRICT ON UPDATE CASCADE;

-- ── Walls ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

ALTER TABLE "deployment" ADD CONSTRAINT "deployment_one_row" CHECK ("one" = 1);

-- Room on each page for HOT updates: these two tables are rewritten by every debit, and none of what changes is indexed.
ALTER TABLE "balances" SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);
ALTER TABLE "grants" SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);
-- Rows of the outbox live for seconds.
ALTER TABLE "outbox" SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);

ALTER TABLE "balances"
  ADD CONSTRAINT "balances_lots_not_negative" CHECK ("lots" >= 0),
  ADD CONSTRAINT "balances_debt_not_negative" CHECK ("debt" >= 0),
  ADD CONSTRAINT "balances_overage_not_negative" CHECK ("overage" >= 0),
  ADD CONSTRAINT "balances_held_not_negative" CHECK ("held" >= 0),
  -- What comes in pays debt first, and debt is taken last: the two are never there at once.
  ADD CONSTRAINT "balances_debt_last" CHECK ("debt" = 0 OR "lots" = 0);

ALTER TABLE "account_settings"
  ADD CONSTRAINT "account_settings_top_off_amount" CHECK (NOT "top_off_enabled" OR "top_off_amount" > 0),
  ADD CONSTRAINT "account_settings_top_off_threshold" CHECK ("top_off_threshold" >= 0);

ALTER TABLE "members"
  ADD CONSTRAINT "members_role" CHECK ("role" IN ('owner', 'admin', 'editor', 'viewer'));

ALTER TABLE "grants"
  ADD CONSTRAINT "grants_kind" CHECK ("kind" IN
    ('allotment', 'purchase', 'top_off', 'promotion', 'adjustment', 'returned', 'overage', 'debt')),
  -- Only the two lots that stand for what is owed go below zero, and they never go above it.
  ADD CONSTRAINT "grants_remaining_sign" CHECK (
    CASE WHEN "kind" IN ('overage', 'debt') THEN "remaining" <= 0 ELSE "remaining" >= 0 END),
  ADD CONSTRAINT "grants_closed_is_empty" CHECK (NOT "closed" OR "remaining" = 0);
-- The lots a batch loads. `remaining` stands in no index, so that debits stay HOT; the flag changes once in a lot's life.
CREATE INDEX "grants_open" ON "grants" ("account_no") WHERE NOT "closed";
CREATE UNIQUE INDEX "grants_one_per_charge" ON "grants" ("account_no", "charge_id") WHERE "kind" IN ('purchase', 'top_off');
CREATE UNIQUE INDEX "grants_one_allotment" ON "grants" ("account_no", "run", "ordinal")
  WHERE "kind" = 'allotment' AND "reason" IS NULL;
CREATE UNIQUE INDEX "grants_one_debt" ON "grants" ("account_no") WHERE "kind" = 'debt';

ALTER TABLE "holds"
  ADD CONSTRAINT "holds_state" CHECK ("state" IN ('open', 'captured', 'released', 'expired')),
  ADD CONSTRAINT "holds_open" CHECK ("open" >= 0 AND "open" <= "amount" AND ("state" = 'open' OR "open" = 0));
CREATE INDEX "holds_open_by_account" ON "holds" ("account_no") WHERE "state" = 'open';

ALTER TABLE "charges"
  ADD CONSTRAINT "charges_kind" CHECK ("kind" IN ('top_off', 'pack', 'overage')),
  ADD CONSTRAINT "charges_state" CHECK ("state" IN
    ('pending', 'processing', 'action_required', 'succeeded', 'failed', 'canceled')),
  ADD CONSTRAINT "charges_amount" CHECK ("amount_minor" > 0 AND "credits" > 0);
-- At most one open top-off an account, ladder and waiting owner included, whatever the code above it believes.
CREATE UNIQUE INDEX "charges_one_open_top_off" ON "charges" ("account_no")
  WHERE "kind" = 'top_off' AND "state" IN ('pending', 'processing', 'action_required');
CREATE INDEX "charges_open" ON "charges" ("account_no") WHERE "state" IN ('pending', 'processing', 'action_required');

-- An attempt without an answer is repeated, never followed by another.
CREATE UNIQUE INDEX "attempts_one_unanswered" ON "attempts" ("account_no", "charge_id") WHERE "answered_at" IS NULL;

CREATE INDEX "incidents_open" ON "incidents" ("account_no") WHERE "resolved_at" IS NULL;

ALTER TABLE "notices"
  ADD CONSTRAINT "notices_state" CHECK ("state" IN ('waiting', 'sent', 'failed'));

ALTER TABLE "outbox"
  ADD CONSTRAINT "outbox_counts" CHECK ("asks" > 0 AND "starts" >= 0);

-- The ledger is insert-only: by privilege for everybody, its owner included, and by a trigger for whoever has more.
REVOKE UPDATE, DELETE, TRUNCATE ON "ledger_entries" FROM PUBLIC, CURRENT_USER;

CREATE FUNCTION "ledger_entries_are_final"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'ledger entries are never changed or removed: post a line that corrects them'
    USING ERRCODE = 'restrict_violation', CONSTRAINT = 'ledger_entries_are_final';
END
$$;
CREATE TRIGGER "ledger_entries_are_final" BEFORE UPDATE OR DELETE OR TRUNCATE ON "ledger_entries"
  FOR EACH STATEMENT EXECUTE FUNCTION "ledger_entries_are_final"();
