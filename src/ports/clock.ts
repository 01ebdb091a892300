/** The one reader of time. */
import type { Instant } from '../domain/instant.js';

/** The only reader of time. In production it is the database's; in tests and the demo it may be offset or stand still. */
export interface Clock {
  now(): Promise<Instant>;
  /** The same within a few seconds, without asking the database each time. */
  roughly(): Promise<Instant>;
  /** What an instant that a locking statement read from the database counts as here. */
  reading(database: Instant): Instant;
}
