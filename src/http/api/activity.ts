/**
 * The ledger as people read it: lines gathered into what a person calls one thing. A use that drew on two lots is one use, a
 * purchase that paid a debt first is one purchase, and what the engine writes for itself is not there.
 */
import { type Credits, NO_CREDITS, negated, plus } from '../../domain/credits.js';
import type { Instant } from '../../domain/instant.js';
import { later, MINUTE_MS } from '../../domain/instant.js';
import type { LineView } from '../../ports.js';

export const ENTRY_KINDS = [
  'use',
  'given_back',
  'grant',
  'purchase',
  'top_off',
  'refund',
  'correction',
  'expired',
  'pay_as_you_go',
] as const;
export type EntryKind = (typeof ENTRY_KINDS)[number];

export interface Entry {
  readonly kind: EntryKind;
  /** The line that says what it was. */
  readonly head: LineView;
  /** Of its oldest line, by which pages go on, and of its newest. */
  readonly first: number;
  readonly sequence: number;
  /** What it moved: below zero where credits were used or taken. */
  readonly credits: Credits;
  /** The part of a use that went beyond the balance, to be billed. */
  readonly beyond: Credits;
  readonly balanceAfter: Credits;
}

export interface EntryFilter {
  readonly kinds?: ReadonlySet<EntryKind>;
  readonly meter?: string;
  readonly member?: string;
  /** Of these pools alone; what is in no pool is left out. */
  readonly pools?: ReadonlySet<string>;
  /** By when it happened: from this instant on, and before that one. */
  readonly from?: Instant;
  readonly to?: Instant;
}

export type LinesBefore = (before: number | null, limit: number) => Promise<readonly LineView[]>;

const LINES_AT_ONCE = 500;
/** An event may be dated a little ahead of the clock, and by no more than catalogs allow. */
const AHEAD_MS = 60 * MINUTE_MS;

export interface Found {
  /** Null where the slice held nothing that was asked for. */
  readonly entry: Entry | null;
  /** Where to go on: everything from here on has been looked at. */
  readonly before: number;
  readonly lines: number;
}

/** Entries newest first, from `before` on, each once whole, with how far the ledger has been looked through. */
export async function* entriesFrom(
  lines: LinesBefore,
  before: number | null,
  filter: EntryFilter,
): AsyncGenerator<Found> {
  let at = before;
  let open: LineView[] = [];
  for (;;) {
    const page = await lines(at, LINES_AT_ONCE);
    for (const line of page) {
      const [newest] = open;
      if (newest !== undefined && newest.entry !== line.entry) {
        yield found(open, filter);
        open = [];
      }
      if (isBefore(line, filter.from)) return;
      open.push(line);
    }
    const last = page.at(-1);
    if (last === undefined || page.length < LINES_AT_ONCE) break;
    at = last.sequence;
  }
  if (open.length > 0) yield found(open, filter);
}

/** Lines were posted in their order: whatever was posted long enough before an instant happened before it. */
const isBefore = (line: LineView, from: Instant | undefined): boolean =>
  from !== undefined && later(line.postedAt, AHEAD_MS) < from;

function found(lines: readonly LineView[], filter: EntryFilter): Found {
  const entry = entryOf(lines);
  const before = lines.at(-1)?.sequence ?? 0;
  return { entry: entry !== null && fits(entry, filter) ? entry : null, before, lines: lines.length };
}

/** Lines of one key, newest first. Null where it is bookkeeping alone. */
function entryOf(lines: readonly LineView[]): Entry | null {
  const head = lines.at(-1);
  const [newest] = lines;
  if (head === undefined || newest === undefined) return null;
  const kind = kindOf(head);
  const credits = lines.reduce((sum, line) => plus(sum, line.amount), NO_CREDITS);
  // A lot that begins later is noted when it is granted, and comes in when it begins.
  if (kind === null || (head.kind === 'grant' && head.lotKind === null)) return null;
  const beyond = lines.reduce(
    (sum, line) => (line.kind === 'use' && line.lotKind === 'overage' ? plus(sum, line.amount) : sum),
    NO_CREDITS,
  );
  return {
    ...{ kind, head, first: head.sequence, sequence: newest.sequence, credits },
    beyond: negated(beyond),
    balanceAfter: newest.balanceAfter,
  };
}

function kindOf(head: LineView): EntryKind | null {
  switch (head.kind) {
    case 'use':
      return 'use';
    case 'grant':
    case 'begin':
      return grantKind(head);
    case 'give_back':
      return head.charge === null ? 'given_back' : 'refund';
    case 'claw_back':
      return 'refund';
    case 'lapse':
      return 'expired';
    case 'void':
    case 'forgive':
      return 'correction';
    case 'bill':
      return 'pay_as_you_go';
    case 'pay_debt':
      return null;
  }
}

function grantKind({ lotKind }: LineView): EntryKind {
  switch (lotKind) {
    case 'purchase':
      return 'purchase';
    case 'top_off':
      return 'top_off';
    case 'adjustment':
      return 'correction';
    case 'returned':
      return 'given_back';
    default:
      return 'grant';
  }
}

function fits({ kind, head }: Entry, filter: EntryFilter): boolean {
  const { kinds, meter, member, pools, from, to } = filter;
  if (kinds !== undefined && !kinds.has(kind)) return false;
  if (meter !== undefined && head.meter !== meter) return false;
  if (member !== undefined && head.member !== member) return false;
  if (pools !== undefined && !pools.has(head.pool ?? '')) return false;
  if (from !== undefined && head.occurredAt < from) return false;
  return to === undefined || head.occurredAt < to;
}
