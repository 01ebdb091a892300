-- What Stripe says happened, and what disputes do to a charge. Both tables are nobody's: an event may concern no account of
-- ours. Columns added to charges may be null, because a worker of the release before writes rows without them.

-- AlterTable
ALTER TABLE "charges" ADD COLUMN     "dispute" TEXT,
ADD COLUMN     "disputed_minor" BIGINT,
ADD COLUMN     "intent_form" INTEGER;

-- CreateTable
CREATE TABLE "stripe_events" (
    "id" TEXT NOT NULL,
    "step" UUID NOT NULL,
    "type" TEXT NOT NULL,
    "livemode" BOOLEAN NOT NULL,
    "source" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    "object_id" TEXT,
    "customer" TEXT,
    "charge" TEXT,
    "account_no" BIGINT,
    "body" JSONB NOT NULL,
    "state" TEXT NOT NULL,
    "result" TEXT,
    "done_at" TIMESTAMPTZ(3),

    CONSTRAINT "stripe_events_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "stripe_cursor" (
    "one" INTEGER NOT NULL DEFAULT 1,
    "read_to" TIMESTAMPTZ(3) NOT NULL,
    "top" TIMESTAMPTZ(3),
    "after" TEXT,

    CONSTRAINT "stripe_cursor_pkey" PRIMARY KEY ("one")
);

-- CreateIndex
CREATE UNIQUE INDEX "stripe_events_step" ON "stripe_events"("step");

-- CreateIndex
CREATE INDEX "stripe_events_received" ON "stripe_events"("received_at");

-- CreateIndex
CREATE INDEX "charges_created" ON "charges"("created_at");

-- CreateIndex
CREATE INDEX "accounts_customer" ON "accounts"("customer");

-- CreateIndex
CREATE INDEX "payment_methods_processor" ON "payment_methods"("processor_id");

-- ── Walls ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

ALTER TABLE "charges"
  ADD CONSTRAINT "charges_dispute" CHECK ("dispute" IN ('inquiry', 'dispute')),
  ADD CONSTRAINT "charges_disputed" CHECK ("disputed_minor" >= 0);

ALTER TABLE "stripe_events"
  ADD CONSTRAINT "stripe_events_state" CHECK ("state" IN ('waiting', 'done', 'ignored')),
  ADD CONSTRAINT "stripe_events_source" CHECK ("source" IN ('webhook', 'poll')),
  -- What waits has somebody to work for it, and what has ended says how.
  ADD CONSTRAINT "stripe_events_waiting" CHECK ("state" <> 'waiting' OR "account_no" IS NOT NULL),
  ADD CONSTRAINT "stripe_events_ended" CHECK (("state" = 'waiting') = ("done_at" IS NULL));

ALTER TABLE "stripe_cursor" ADD CONSTRAINT "stripe_cursor_one_row" CHECK ("one" = 1);
