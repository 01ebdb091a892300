-- A time zone that acts from the next period on. Adds only: a worker of the release before knows nothing of it, and where it
-- begins the period the zone simply waits for the one after. Nothing newer than PostgreSQL 14.
ALTER TABLE "account_settings" ADD COLUMN     "next_zone" TEXT;
