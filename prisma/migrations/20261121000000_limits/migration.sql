-- Limits: levels, counts within windows, pools and budgets. Everything here is added; a worker of the previous release goes
-- on without it. It inserts whole rows of holds, with null in columns it does not know: those stay without NOT NULL.

ALTER TABLE "balances" ADD COLUMN "watched" BOOLEAN NOT NULL DEFAULT false;

ALTER TABLE "holds"
  ADD COLUMN "quantity" DECIMAL(24,6),
  ADD COLUMN "properties" JSONB,
  ADD COLUMN "counted" BIGINT;

-- CreateTable
CREATE TABLE "levels" (
    "account_no" BIGINT NOT NULL,
    "limit_key" TEXT NOT NULL,
    "member" TEXT NOT NULL,
    "value" INTEGER NOT NULL,
    "changed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "levels_pkey" PRIMARY KEY ("account_no","limit_key","member")
);

-- CreateTable
CREATE TABLE "level_changes" (
    "account_no" BIGINT NOT NULL,
    "key_hash" UUID NOT NULL,
    "content_hash" UUID NOT NULL,
    "limit_key" TEXT NOT NULL,
    "member" TEXT NOT NULL,
    "value" INTEGER NOT NULL,
    "changed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "level_changes_pkey" PRIMARY KEY ("account_no","key_hash")
);

-- CreateTable
CREATE TABLE "counters" (
    "account_no" BIGINT NOT NULL,
    "kind" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "starts_at" TIMESTAMPTZ(3) NOT NULL,
    "ends_at" TIMESTAMPTZ(3),
    "count" BIGINT NOT NULL,

    CONSTRAINT "counters_pkey" PRIMARY KEY ("account_no","kind","name","subject","starts_at")
);

-- CreateTable
CREATE TABLE "pools" (
    "account_no" BIGINT NOT NULL,
    "key" TEXT NOT NULL,
    "label" TEXT NOT NULL,
    "credits" BIGINT NOT NULL,
    "when_used" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "pools_pkey" PRIMARY KEY ("account_no","key")
);

-- CreateTable
CREATE TABLE "pool_members" (
    "account_no" BIGINT NOT NULL,
    "pool" TEXT NOT NULL,
    "member" TEXT NOT NULL,
    "confined" BOOLEAN NOT NULL,

    CONSTRAINT "pool_members_pkey" PRIMARY KEY ("account_no","pool","member")
);

-- CreateTable
CREATE TABLE "budgets" (
    "account_no" BIGINT NOT NULL,
    "member" TEXT NOT NULL,
    "credits" BIGINT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "budgets_pkey" PRIMARY KEY ("account_no","member")
);

-- CreateIndex
CREATE INDEX "counters_ends_at" ON "counters"("account_no", "ends_at");

-- AddForeignKey
ALTER TABLE "levels" ADD CONSTRAINT "levels_account_no_fkey" FOREIGN KEY ("account_no") REFERENCES "accounts"("no") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "level_changes" ADD CONSTRAINT "level_changes_account_no_fkey" FOREIGN KEY ("account_no") REFERENCES "accounts"("no") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "counters" ADD CONSTRAINT "counters_account_no_fkey" FOREIGN KEY ("account_no") REFERENCES "accounts"("no") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "pools" ADD CONSTRAINT "pools_account_no_fkey" FOREIGN KEY ("account_no") REFERENCES "accounts"("no") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "pool_members" ADD CONSTRAINT "pool_members_account_no_pool_fkey" FOREIGN KEY ("account_no", "pool") REFERENCES "pools"("account_no", "key") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "budgets" ADD CONSTRAINT "budgets_account_no_fkey" FOREIGN KEY ("account_no") REFERENCES "accounts"("no") ON DELETE RESTRICT ON UPDATE CASCADE;

-- ── Walls ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

ALTER TABLE "levels" ADD CONSTRAINT "levels_value_not_negative" CHECK ("value" >= 0);
ALTER TABLE "level_changes" ADD CONSTRAINT "level_changes_value_not_negative" CHECK ("value" >= 0);

ALTER TABLE "counters"
  ADD CONSTRAINT "counters_kind" CHECK ("kind" IN ('window', 'pool', 'budget')),
  ADD CONSTRAINT "counters_not_negative" CHECK ("count" >= 0),
  ADD CONSTRAINT "counters_window" CHECK ("ends_at" IS NULL OR "ends_at" > "starts_at");
-- A count is rewritten by every use that it is of, and stands in no index.
ALTER TABLE "counters" SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);

ALTER TABLE "pools"
  ADD CONSTRAINT "pools_credits_not_negative" CHECK ("credits" >= 0),
  ADD CONSTRAINT "pools_when_used" CHECK ("when_used" IN ('stop', 'use_rest'));
ALTER TABLE "budgets" ADD CONSTRAINT "budgets_credits_not_negative" CHECK ("credits" >= 0);
