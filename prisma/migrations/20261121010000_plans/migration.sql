-- Trials, past due, subscriptions and their invoices, closing, and catalogs that are no longer in force. Every new column
-- may be null or has a default: a worker of the release before writes these tables without knowing them.

-- AlterTable
ALTER TABLE "account_settings"
    ADD COLUMN "trial_ends_at" TIMESTAMPTZ(3),
    ADD COLUMN "trial_told" BOOLEAN NOT NULL DEFAULT false,
    ADD COLUMN "trial_used_at" TIMESTAMPTZ(3),
    ADD COLUMN "past_due_since" TIMESTAMPTZ(3),
    ADD COLUMN "past_due_ordinal" INTEGER,
    ADD COLUMN "past_due_stopped" BOOLEAN NOT NULL DEFAULT false,
    ADD COLUMN "past_due_withheld" TEXT,
    ADD COLUMN "past_due_lapsed" JSONB,
    ADD COLUMN "free_granted_at" TIMESTAMPTZ(3),
    ADD COLUMN "period_every" TEXT,
    ADD COLUMN "period_cap_minor" BIGINT,
    ADD COLUMN "next_from" INTEGER,
    ADD COLUMN "closed_at" TIMESTAMPTZ(3),
    ADD COLUMN "subscription" TEXT;

-- AlterTable
ALTER TABLE "catalog_versions" ADD COLUMN "replaced_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "subscriptions" (
    "account_no" BIGINT NOT NULL,
    "id" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "plan" TEXT,
    "price_ids" TEXT[],
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "anchor" TIMESTAMPTZ(3) NOT NULL,
    "period_start" TIMESTAMPTZ(3) NOT NULL,
    "period_end" TIMESTAMPTZ(3) NOT NULL,
    "trial_end" TIMESTAMPTZ(3),
    "cancel_at_period_end" BOOLEAN NOT NULL,
    "cancel_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),
    "collection_paused" BOOLEAN NOT NULL,
    "version" INTEGER NOT NULL,
    "mirrored_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "subscriptions_pkey" PRIMARY KEY ("account_no","id")
);

-- CreateTable
CREATE TABLE "invoices" (
    "account_no" BIGINT NOT NULL,
    "id" TEXT NOT NULL,
    "subscription" TEXT,
    "status" TEXT NOT NULL,
    "period_start" TIMESTAMPTZ(3) NOT NULL,
    "amount_minor" BIGINT NOT NULL,
    "paid_at" TIMESTAMPTZ(3),
    "run" INTEGER,
    "ordinal" INTEGER,

    CONSTRAINT "invoices_pkey" PRIMARY KEY ("account_no","id")
);

-- CreateTable
CREATE TABLE "trial_cards" (
    "catalog" TEXT NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "account_no" BIGINT NOT NULL,
    "began_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "trial_cards_pkey" PRIMARY KEY ("catalog","fingerprint")
);

-- CreateIndex
CREATE INDEX "subscriptions_id" ON "subscriptions"("id");

-- AddForeignKey
ALTER TABLE "subscriptions" ADD CONSTRAINT "subscriptions_account_no_fkey" FOREIGN KEY ("account_no") REFERENCES "accounts"("no") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "invoices" ADD CONSTRAINT "invoices_account_no_fkey" FOREIGN KEY ("account_no") REFERENCES "accounts"("no") ON DELETE RESTRICT ON UPDATE CASCADE;

-- ── Walls ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

ALTER TABLE "subscriptions"
  ADD CONSTRAINT "subscriptions_status" CHECK ("status" IN
    ('trialing', 'active', 'past_due', 'canceled', 'unpaid', 'incomplete', 'incomplete_expired', 'paused')),
  ADD CONSTRAINT "subscriptions_version" CHECK ("version" > 0);

ALTER TABLE "invoices"
  ADD CONSTRAINT "invoices_status" CHECK ("status" IN ('open', 'failed', 'paid', 'void'));
-- What an account owes for its plan: a failed invoice is looked at until it is paid or void.
CREATE INDEX "invoices_failed" ON "invoices" ("account_no") WHERE "status" = 'failed';
