/**
 * What an account has been told, so that nothing is told twice. It is kept as one JSON value beside the settings; `v` is
 * its shape, and a shape that this release does not know counts as nothing told: a mail too many is better than a crash.
 */
import { type Credits, microCredits } from './credits.js';
import { type LotId, lotId } from './ids.js';
import type { Instant } from './instant.js';
import type { NoticeFacts } from './notice.js';

/** A line that the balance falls through. It is armed by standing above it and disarmed by falling below. */
export interface Crossing {
  readonly armed: boolean;
  /** When the owner was last told; null: never. */
  readonly toldAt: Instant | null;
}

export type PeriodAlert = 'amber' | 'red' | 'cap_near' | 'cap_reached';

/** The last pause that the runaway brake made. */
export interface BrakeMemory {
  /** What the hour had burned when it was paused. */
  readonly burn: Credits;
  readonly resumedAt: Instant | null;
}

export interface AlertState {
  /** By what the line is called: "empty", "20" credits, "10%" of the allotment. */
  readonly crossings: Readonly<Record<string, Crossing>>;
  /** What was told in one period, by run and ordinal; of another period nothing has been told. */
  readonly period: { readonly name: string; readonly told: readonly PeriodAlert[] };
  /** Lots whose coming loss was told, as long as they are open, and when lots were last looked at for it. */
  readonly expiring: { readonly lookedAt: Instant | null; readonly told: readonly LotId[] };
  readonly brake: BrakeMemory | null;
}

export const NO_ALERTS: AlertState = {
  crossings: {},
  period: { name: '', told: [] },
  expiring: { lookedAt: null, told: [] },
  brake: null,
};

/** What one kind of alert makes of the state: as it is to be kept (the very same where nothing changed), and what is to be told. */
export interface Told {
  readonly state: AlertState;
  readonly facts: readonly NoticeFacts[];
}

const SHAPE = 1;

/** As it is stored: credits are strings of micro-credits and instants milliseconds since 1970. */
export const writtenAlerts = (state: AlertState): Readonly<Record<string, unknown>> => ({
  v: SHAPE,
  ...state,
  brake: state.brake === null ? null : { ...state.brake, burn: `${state.brake.burn}` },
});

interface StoredAlerts extends Omit<AlertState, 'brake'> {
  readonly v: number;
  readonly brake: { readonly burn: string; readonly resumedAt: Instant | null } | null;
}

/** Null, and every shape that is not this one, is nothing told. */
export function readAlerts(stored: unknown): AlertState {
  const found = stored as StoredAlerts | null;
  if (found === null || typeof found !== 'object' || found.v !== SHAPE) return NO_ALERTS;
  const { crossings, period, expiring, brake } = found;
  return {
    crossings,
    period,
    expiring: { lookedAt: expiring.lookedAt, told: expiring.told.map(lotId) },
    brake: brake === null ? null : { burn: microCredits(BigInt(brake.burn)), resumedAt: brake.resumedAt },
  };
}
