-- The whole life of a charge: the ladder, backup cards, authentication, purchases by hand, the operator's switch, and which
-- banners were dismissed. New columns of charges, attempts and cards may be null, because a worker of the release before writes
-- rows without them.

-- AlterTable
ALTER TABLE "attempts" ADD COLUMN     "by" TEXT,
ADD COLUMN     "processor_charge_id" TEXT;

-- AlterTable
ALTER TABLE "charges" ADD COLUMN     "action_until" TIMESTAMPTZ(3),
ADD COLUMN     "canceled_intents" INTEGER,
ADD COLUMN     "checkout_until" TIMESTAMPTZ(3),
ADD COLUMN     "content_hash" UUID,
ADD COLUMN     "extra_at" TIMESTAMPTZ(3),
ADD COLUMN     "extra_by" TEXT,
ADD COLUMN     "key_hash" UUID,
ADD COLUMN     "last_declined" TEXT,
ADD COLUMN     "round" JSONB,
ADD COLUMN     "rung" INTEGER,
ADD COLUMN     "waiting_since" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "deployment" ADD COLUMN     "charging" TEXT NOT NULL DEFAULT 'on';

-- AlterTable
ALTER TABLE "payment_methods" ADD COLUMN     "refused_at" TIMESTAMPTZ(3),
ADD COLUMN     "told_expiry" TEXT;

-- CreateTable
CREATE TABLE "dismissals" (
    "account_no" BIGINT NOT NULL,
    "incident_id" UUID NOT NULL,
    "member" TEXT NOT NULL,
    "dismissed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "dismissals_pkey" PRIMARY KEY ("account_no","incident_id","member")
);

-- CreateIndex
CREATE INDEX "attempts_sent" ON "attempts"("account_no", "first_sent_at");

-- CreateIndex
CREATE UNIQUE INDEX "charges_key" ON "charges"("account_no", "key_hash");

-- AddForeignKey
ALTER TABLE "dismissals" ADD CONSTRAINT "dismissals_account_no_fkey" FOREIGN KEY ("account_no") REFERENCES "accounts"("no") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "dismissals" ADD CONSTRAINT "dismissals_incident_fkey" FOREIGN KEY ("account_no", "incident_id") REFERENCES "incidents"("account_no", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- ── Walls ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

ALTER TABLE "deployment" ADD CONSTRAINT "deployment_charging" CHECK ("charging" IN ('on', 'stopped', 'dry_run'));

ALTER TABLE "charges"
  ADD CONSTRAINT "charges_extra" CHECK (("extra_at" IS NULL) = ("extra_by" IS NULL)),
  ADD CONSTRAINT "charges_asked" CHECK (("key_hash" IS NULL) = ("content_hash" IS NULL)),
  ADD CONSTRAINT "charges_rung" CHECK ("rung" >= 0);
