/** Instants are UTC, in whole milliseconds since 1970: the precision Postgres keeps them in here. */
declare const unit: unique symbol;
export type Instant = number & { readonly [unit]: 'epoch-millisecond' };

export const instant = (epochMs: number): Instant => Math.trunc(epochMs) as Instant;
export const later = (at: Instant, ms: number): Instant => (at + ms) as Instant;
export const earliest = (...all: (Instant | null)[]): Instant | null => {
  let least: Instant | null = null;
  for (const one of all) if (one !== null && (least === null || one < least)) least = one;
  return least;
};
export const isoOf = (at: Instant): string => new Date(at).toISOString();
/** "2026-03-01T12:00:00.000Z". */
const ISO_CHARACTERS = 24;
/** Null where the text is not an ISO 8601 instant with an offset, or names a day that does not exist. */
export function parseInstant(text: string): Instant | null {
  const written = Date.parse(text);
  // As programs write them, and nearly all are: what reads back as it was is one.
  if (text.length === ISO_CHARACTERS && !Number.isNaN(written) && new Date(written).toISOString() === text)
    return instant(written);
  const match = /^(\d{4}-\d\d-\d\d)T([01]\d|2[0-3]):\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/.exec(text);
  if (match === null) return null;
  const ms = Date.parse(text);
  // Date.parse makes 30 February the first of March: the day alone, read and written again, must stay itself.
  const day = Date.parse(`${match[1]}T00:00:00Z`);
  if (Number.isNaN(ms) || Number.isNaN(day) || !new Date(day).toISOString().startsWith(match[1] ?? '-')) return null;
  return instant(ms);
}

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;
