/** `creditd periods`: the boundaries of a cycle, for anyone who wants to check a renewal date before it comes. */
import { parseArgs } from 'node:util';
import type { Cadence } from '../domain/catalog.js';
import { type Instant, isoOf, parseInstant } from '../domain/instant.js';
import {
  boundary,
  formatCadence,
  instantOfLocal,
  isZone,
  localTime,
  ordinalAt,
  parseCadence,
} from '../domain/period.js';

const USAGE = `Usage: creditd periods --anchor INSTANT --zone ZONE --every LENGTH [--count N] [--at INSTANT] [--json]

Prints the boundaries of a cycle. Each is counted from the anchor, so the 31st comes back after a short month. Days and
longer keep the local time of day; one that the clock skips is later by what is skipped, of one that comes twice the first
counts. Hours are elapsed time.

  --anchor  where period 0 begins: 2024-01-31T09:00:00Z, or a local time of the zone: 2024-01-31, 2024-01-31T09:00
  --zone    a time zone, such as Europe/Berlin (UTC unless said)
  --every   hour, day, week, month or year, or several: "3 months", "2 weeks"
  --count   how many periods to print (12 unless said, at most 10000)
  --at      begin with the period that holds this instant; it may lie before the anchor
  --json    one JSON object: { anchor, zone, every, at, current, periods, boundaries }`;

const MOST = 10_000;
const OK = 0;
const MISUSED = 2;

interface Asked {
  readonly anchor: Instant;
  readonly zone: string;
  readonly cadence: Cadence;
  readonly count: number;
  readonly at: Instant | null;
  readonly json: boolean;
}

interface Period {
  readonly ordinal: number;
  readonly start: Instant;
  readonly end: Instant;
}

/** Exit code 0, or 2 where the question could not be understood or lies outside the calendar. */
export function periodsCommand(args: string[], out: (line: string) => void): number {
  if (args.includes('--help') || args.includes('-h')) {
    out(USAGE);
    return OK;
  }
  const asked = readArguments(args);
  if (typeof asked === 'string') {
    out(`${asked}\n\n${USAGE}`);
    return MISUSED;
  }
  try {
    const current = asked.at === null ? null : periodOf(asked, currentOrdinal(asked, asked.at));
    const first = current?.ordinal ?? 0;
    const periods = Array.from({ length: asked.count }, (_, index) => periodOf(asked, first + index));
    if (asked.json) out(JSON.stringify(asJson(asked, current, periods)));
    else for (const line of asText(asked, current, periods)) out(line);
    return OK;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    out('These periods leave the calendar, which ends in the year 275760: ask for fewer, shorter or nearer ones.');
    return MISUSED;
  }
}

const currentOrdinal = ({ anchor, zone, cadence }: Asked, at: Instant) => ordinalAt(anchor, zone, cadence, at);

const periodOf = ({ anchor, zone, cadence }: Asked, ordinal: number): Period => ({
  ordinal,
  start: boundary(anchor, zone, cadence, ordinal),
  end: boundary(anchor, zone, cadence, ordinal + 1),
});

/** What was asked, or a sentence saying why it cannot be answered. */
function readArguments(args: string[]): Asked | string {
  let values: Record<string, string | boolean | undefined>;
  try {
    const text = { type: 'string' } as const;
    const options = {
      anchor: text,
      zone: text,
      every: text,
      count: text,
      at: text,
      json: { type: 'boolean' },
    } as const;
    ({ values } = parseArgs({ args: joined(args), options, allowPositionals: false }));
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  const { anchor: anchorText, zone = 'UTC', every: everyText, count: countText = '12', at: atText } = values;
  if (typeof zone !== 'string' || !isZone(zone)) return `"${zone}" is not a time zone; say one such as Europe/Berlin.`;
  if (typeof anchorText !== 'string') return 'Say where the first period begins: --anchor 2024-01-31T09:00:00Z.';
  const anchor = readTime(anchorText, zone);
  if (anchor === null) return `"${anchorText}" is no instant and no local time; say one such as 2024-01-31T09:00:00Z.`;
  const cadence = typeof everyText === 'string' ? parseCadence(everyText) : null;
  if (cadence === null) {
    const wrong = typeof everyText === 'string' ? `"${everyText}" is no length of a period. ` : '';
    return `${wrong}Say how long a period is: --every month, --every "3 months", --every "2 weeks".`;
  }
  const count = /^\d{1,5}$/.test(String(countText)) ? Number(countText) : 0;
  if (count < 1 || count > MOST) return `--count must be a whole number from 1 to ${MOST}, not "${countText}".`;
  const at = typeof atText === 'string' ? readTime(atText, zone) : null;
  if (typeof atText === 'string' && at === null) return `"${atText}" is no instant and no local time.`;
  return { anchor, zone, cadence, count, at, json: values.json === true };
}

/** `--every 3 months` reads as `--every "3 months"`: the shell has already taken such a pair apart. */
function joined(args: string[]): string[] {
  const at = args.indexOf('--every');
  const [count, unit] = [args[at + 1], args[at + 2]];
  if (at === -1 || !/^\d+$/.test(count ?? '') || unit === undefined || unit.startsWith('-')) return args;
  return [...args.slice(0, at + 1), `${count} ${unit}`, ...args.slice(at + 3)];
}

/** 30 February is no day, although a lenient parser would make it 1 March. */
function readTime(text: string, zone: string): Instant | null {
  if (instantOfLocal(text.slice(0, 10), 'UTC') === null) return null;
  return parseInstant(text) ?? instantOfLocal(text, zone);
}

function asJson({ anchor, zone, cadence, at }: Asked, current: Period | null, periods: readonly Period[]) {
  const written = ({ ordinal, start, end }: Period) => ({
    ordinal,
    start: isoOf(start),
    end: isoOf(end),
    startLocal: localTime(start, zone),
    endLocal: localTime(end, zone),
  });
  return {
    anchor: isoOf(anchor),
    zone,
    every: formatCadence(cadence),
    at: at === null ? null : isoOf(at),
    current: current && written(current),
    periods: periods.map(written),
    boundaries: periods.map(({ start }) => isoOf(start)),
  };
}

function asText({ anchor, zone, cadence, at }: Asked, current: Period | null, periods: readonly Period[]): string[] {
  const lines = [`Every ${formatCadence(cadence)} from ${localTime(anchor, zone)} in ${zone}`];
  if (at !== null && current) lines.push(`${isoOf(at)} lies in period ${current.ordinal}`);
  const width = Math.max(...periods.map(({ ordinal }) => String(ordinal).length));
  lines.push('');
  for (const { ordinal, start, end } of periods) {
    const local = `${localTime(start, zone)} to ${localTime(end, zone)}`;
    lines.push(`${String(ordinal).padStart(width)}  ${local}  (${isoOf(start)} to ${isoOf(end)})`);
  }
  return lines;
}
