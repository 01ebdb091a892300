-- What is told to the products' own endpoints, how far each account has been told, and what the audit has found. Adds only: a
-- worker of the release before neither reads nor writes any of it. Nothing newer than PostgreSQL 14.

-- AlterTable
ALTER TABLE "account_settings" ADD COLUMN     "event_sequence" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN     "gate_closed" BOOLEAN NOT NULL DEFAULT false;

-- AlterTable
ALTER TABLE "events" ADD COLUMN     "accepted" UUID[],
ADD COLUMN     "waiting_since" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "webhook_endpoints" ADD COLUMN     "failing_since" TIMESTAMPTZ(3),
ADD COLUMN     "last_delivered_at" TIMESTAMPTZ(3),
ADD COLUMN     "last_failure" TEXT,
ADD COLUMN     "old_secret" TEXT,
ADD COLUMN     "old_secret_until" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "drifts" (
    "account_no" BIGINT NOT NULL,
    "sum" TEXT NOT NULL,
    "detail" JSONB NOT NULL,
    "found_at" TIMESTAMPTZ(3) NOT NULL,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL,
    "gone_at" TIMESTAMPTZ(3),

    CONSTRAINT "drifts_pkey" PRIMARY KEY ("account_no","sum")
);

-- CreateIndex
CREATE INDEX "events_created" ON "events"("created_at");

-- AddForeignKey
ALTER TABLE "drifts" ADD CONSTRAINT "drifts_account_no_fkey" FOREIGN KEY ("account_no") REFERENCES "accounts"("no") ON DELETE RESTRICT ON UPDATE CASCADE;

-- ── Walls ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

ALTER TABLE "account_settings" ADD CONSTRAINT "account_settings_event_sequence_not_negative" CHECK ("event_sequence" >= 0);
CREATE INDEX "drifts_open" ON "drifts" ("account_no") WHERE "gone_at" IS NULL;
-- What the sweeper of old rows looks for.
CREATE INDEX "notices_ended" ON "notices" ("ended_at") WHERE "state" <> 'waiting';
CREATE INDEX "stripe_events_done" ON "stripe_events" ("done_at") WHERE "done_at" IS NOT NULL;
-- Operators look for whatever is written on a customer's paper.
CREATE INDEX "charges_receipt" ON "charges" ("receipt_number") WHERE "receipt_number" IS NOT NULL;

-- What an account had been looked at for before knew nothing of its gate: its next use looks at everything once and sets it anew.
UPDATE "balances" SET "look_below" = 1000000000000000000;
