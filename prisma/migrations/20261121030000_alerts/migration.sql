-- What owners are told of their balance, the runaway brake, and what is counted of usage. Adds only: a worker of the release
-- before neither reads nor writes any of it. Nothing newer than PostgreSQL 14.

-- AlterTable
ALTER TABLE "account_settings" ADD COLUMN     "alerts" JSONB,
ADD COLUMN     "top_off_paused_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "usage_totals" (
    "account_no" BIGINT NOT NULL,
    "day" DATE NOT NULL,
    "meter" TEXT NOT NULL,
    "member" TEXT NOT NULL,
    "quantity" DECIMAL(24,6) NOT NULL,
    "credits" BIGINT NOT NULL,
    "events" BIGINT NOT NULL,

    CONSTRAINT "usage_totals_pkey" PRIMARY KEY ("account_no","day","meter","member")
);

-- CreateTable
CREATE TABLE "usage_periods" (
    "account_no" BIGINT NOT NULL,
    "run" INTEGER NOT NULL,
    "ordinal" INTEGER NOT NULL,
    "meter" TEXT NOT NULL,
    "member" TEXT NOT NULL,
    "quantity" DECIMAL(24,6) NOT NULL,
    "credits" BIGINT NOT NULL,
    "events" BIGINT NOT NULL,

    CONSTRAINT "usage_periods_pkey" PRIMARY KEY ("account_no","run","ordinal","meter","member")
);

-- CreateTable
CREATE TABLE "usage_hours" (
    "account_no" BIGINT NOT NULL,
    "hour" TIMESTAMPTZ(3) NOT NULL,
    "burn" BIGINT NOT NULL,

    CONSTRAINT "usage_hours_pkey" PRIMARY KEY ("account_no","hour")
);

-- CreateTable
CREATE TABLE "usage_progress" (
    "account_no" BIGINT NOT NULL,
    "through_sequence" BIGINT NOT NULL DEFAULT 0,
    "first_used_at" TIMESTAMPTZ(3),
    "days" JSONB NOT NULL,
    "usual_hour" BIGINT,
    "usual_at" TIMESTAMPTZ(3),

    CONSTRAINT "usage_progress_pkey" PRIMARY KEY ("account_no")
);

-- AddForeignKey
ALTER TABLE "usage_totals" ADD CONSTRAINT "usage_totals_account_no_fkey" FOREIGN KEY ("account_no") REFERENCES "accounts"("no") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "usage_periods" ADD CONSTRAINT "usage_periods_account_no_fkey" FOREIGN KEY ("account_no") REFERENCES "accounts"("no") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "usage_hours" ADD CONSTRAINT "usage_hours_account_no_fkey" FOREIGN KEY ("account_no") REFERENCES "accounts"("no") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "usage_progress" ADD CONSTRAINT "usage_progress_account_no_fkey" FOREIGN KEY ("account_no") REFERENCES "accounts"("no") ON DELETE RESTRICT ON UPDATE CASCADE;

-- ── Walls ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

-- Every allotment of a period, used up or not: what of the included credits is used is counted from all of them. Nothing
-- that a debit changes stands in it, so that debits stay HOT.
CREATE INDEX "grants_allotments" ON "grants" ("account_no", "run", "ordinal") WHERE "kind" = 'allotment';

ALTER TABLE "usage_progress"
  ADD CONSTRAINT "usage_progress_through_not_negative" CHECK ("through_sequence" >= 0);
-- Hours are whole: two rows of one hour would each be half of the truth.
ALTER TABLE "usage_hours"
  ADD CONSTRAINT "usage_hours_whole" CHECK (extract(epoch from "hour") % 3600 = 0);

-- What an account had been looked at for before knew nothing of alerts: its next use looks at everything once and sets it anew.
UPDATE "balances" SET "look_below" = 1000000000000000000;
