-- When an unanswered Idempotency-Key was taken up by another process, apart from when it was first asked under. Adds only: a
-- worker of the release before moves the first instant instead. Nothing newer than PostgreSQL 14.
ALTER TABLE "idempotent_answers" ADD COLUMN     "taken_at" TIMESTAMPTZ(3);
