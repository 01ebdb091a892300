-- What the doors remember: keys of products, answers given under a key, who did what, and what is told to the product's own
-- endpoint. Keys, answers, endpoints and the audit log are nobody's tables: no account leads their keys.

-- CreateTable
CREATE TABLE "api_keys" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "prefix" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "scopes" TEXT[] NOT NULL,
    "catalog" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "last_used_at" TIMESTAMPTZ(3),
    "expires_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "api_keys_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "idempotent_answers" (
    "scope" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "request_hash" TEXT NOT NULL,
    "status" INTEGER,
    "body" JSONB,
    "begun_at" TIMESTAMPTZ(3) NOT NULL,
    "answered_at" TIMESTAMPTZ(3),

    CONSTRAINT "idempotent_answers_pkey" PRIMARY KEY ("scope","key")
);

-- CreateTable
CREATE TABLE "audit_log" (
    "id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "who" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "account_no" BIGINT,
    "before" JSONB,
    "after" JSONB,

    CONSTRAINT "audit_log_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "webhook_endpoints" (
    "id" UUID NOT NULL,
    "catalog" TEXT NOT NULL,
    "url" TEXT NOT NULL,
    "secret" TEXT NOT NULL,
    "types" TEXT[] NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "disabled_at" TIMESTAMPTZ(3),

    CONSTRAINT "webhook_endpoints_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "events" (
    "account_no" BIGINT NOT NULL,
    "sequence" BIGINT NOT NULL,
    "id" UUID NOT NULL,
    "type" TEXT NOT NULL,
    "body" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "state" TEXT NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "ended_at" TIMESTAMPTZ(3),
    "result" TEXT,

    CONSTRAINT "events_pkey" PRIMARY KEY ("account_no","sequence")
);

-- CreateIndex
CREATE UNIQUE INDEX "api_keys_hash" ON "api_keys"("hash");

-- CreateIndex
CREATE INDEX "idempotent_answers_begun" ON "idempotent_answers"("begun_at");

-- CreateIndex
CREATE INDEX "audit_log_account" ON "audit_log"("account_no", "at");

-- CreateIndex
CREATE INDEX "webhook_endpoints_catalog" ON "webhook_endpoints"("catalog");

-- CreateIndex
CREATE UNIQUE INDEX "events_id" ON "events"("account_no", "id");

-- AddForeignKey
ALTER TABLE "events" ADD CONSTRAINT "events_account_no_fkey" FOREIGN KEY ("account_no") REFERENCES "accounts"("no") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What the schema language cannot say.
ALTER TABLE "events" ADD CONSTRAINT "events_state" CHECK ("state" IN ('waiting', 'sent', 'undelivered'));
ALTER TABLE "idempotent_answers" ADD CONSTRAINT "idempotent_answers_whole" CHECK (("status" IS NULL) = ("answered_at" IS NULL));
CREATE INDEX "events_waiting" ON "events"("account_no", "sequence") WHERE "state" = 'waiting';
-- What was done stays as it was written down; only what has been kept long enough is deleted.
CREATE FUNCTION "audit_log_is_final"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'audit_log is final: write another row' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER "audit_log_is_final" BEFORE UPDATE ON "audit_log" FOR EACH STATEMENT EXECUTE FUNCTION "audit_log_is_final"();
