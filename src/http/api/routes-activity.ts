/** The ledger for people: page by page, or whole as a table. */
import { Readable } from 'node:stream';
import { z } from 'zod';
import type { Catalog } from '../../domain/catalog.js';
import type { ChargeRecord } from '../../ports.js';
import { entryDetails, entryTitle, wordsOf } from '../activity-words.js';
import { ENTRY_KINDS, type Entry, type EntryFilter, type EntryKind, entriesFrom } from './activity.js';
import { csvLine, ownCell, textCell } from './csv.js';
import type { Doors } from './deps.js';
import { notLoaded, unknownAccount } from './reading.js';
import { type Answer, ok, type Route, route } from './route.js';
import {
  accountParams,
  CHARGE_STATES,
  creditsOut,
  instantIn,
  instantOut,
  minorOut,
  pageSize,
  shownCredits,
  shownInstant,
  shownMinor,
  text,
} from './shapes.js';

const GROUP = 'Activity';
const PAGE = 50;
const PAGE_MOST = 200;
/** A filter that fits little is looked for this far; the page then says where to go on. */
const LINES_LOOKED_THROUGH = 10_000;

const filters = {
  kind: z
    .string()
    .regex(/^[a-z_]+(,[a-z_]+)*$/, { error: 'must be kinds, divided by commas' })
    .transform((written) => written.split(','))
    .refine((all) => all.every((one) => (ENTRY_KINDS as readonly string[]).includes(one)), {
      error: `must be of ${ENTRY_KINDS.join(', ')}, divided by commas`,
    })
    .optional()
    .meta({ description: `Of ${ENTRY_KINDS.join(', ')}; several divided by commas.` }),
  meter: text('Key of a meter.').optional(),
  member: text('The product’s own id of who did it.').optional(),
  pool: text('Key of a pool.').optional(),
  from: instantIn.optional().meta({ description: 'What happened from this instant on.' }),
  to: instantIn.optional().meta({ description: 'What happened before this instant.' }),
};

const entryOut = z.object({
  sequence: z.int(),
  kind: z.enum(ENTRY_KINDS),
  title: z.string(),
  details: z.string(),
  credits: creditsOut.meta({ description: 'Below zero where credits were used or taken.' }),
  beyondBalance: creditsOut.nullable().meta({ description: 'The part of a use that is billed as pay-as-you-go.' }),
  balanceAfter: creditsOut.nullable().meta({ description: 'Null to a member who is confined to pools.' }),
  occurredAt: instantOut,
  meter: z.string().nullable(),
  quantity: z.string().nullable(),
  member: z.string().nullable(),
  pool: z.string().nullable(),
  charge: z
    .object({
      id: z.string(),
      state: z.enum(CHARGE_STATES).meta({ description: 'Money moved only where it is succeeded.' }),
      failure: z.string().nullable(),
      amountMinor: minorOut,
      currency: z.string(),
      receiptUrl: z.string().nullable(),
    })
    .nullable(),
});
type EntryView = z.input<typeof entryOut>;

export const activityRoutes = (door: Doors): readonly Route[] => [pageRoute(door), csvRoute(door)];

const pageQuery = z.strictObject({
  ...filters,
  before: z
    .string()
    .regex(/^\d{1,15}$/, { error: 'must be the `next` of the page before' })
    .transform(Number)
    .optional()
    .meta({ description: 'The `next` of the page before.' }),
  limit: pageSize(PAGE_MOST).optional(),
});

const pageRoute = (door: Doors): Route =>
  route({
    method: 'GET',
    path: '/v1/accounts/:account/activity',
    name: 'listActivity',
    group: GROUP,
    summary: 'What happened, newest first',
    description:
      'A page may hold fewer than asked for while `next` is not null: go on with `before=next` until it is. A member who is confined to pools sees what happened in those.',
    action: 'read_activity',
    idempotency: 'none',
    confined: 'allowed',
    params: accountParams,
    query: pageQuery,
    body: null,
    answer: z.object({ entries: z.array(entryOut), next: z.int().nullable() }),
    async run({ params, query, confinedTo }) {
      const known = await accountOf(door, params.account);
      if ('kind' in known) return known;
      const limit = query.limit ?? PAGE;
      const entries: Entry[] = [];
      let next: number | null = null;
      let seen = 0;
      const lines = linesOf(door, params.account);
      for await (const found of entriesFrom(lines, query.before ?? null, filterOf(query, confinedTo))) {
        if (found.entry !== null) entries.push(found.entry);
        seen += found.lines;
        next = found.before;
        if (entries.length >= limit || seen >= LINES_LOOKED_THROUGH) break;
        next = null;
      }
      const charges = await chargesOf(door, params.account, entries);
      return ok({ entries: entries.map((one) => shownEntry(one, known, charges, confinedTo !== null)), next });
    },
  });

const HEADINGS =
  'when,kind,what,details,credits,balance after,meter,quantity,member,pool,amount (minor units),currency,receipt';

const csvRoute = (door: Doors): Route =>
  route({
    method: 'GET',
    path: '/v1/accounts/:account/activity.csv',
    name: 'downloadActivity',
    group: GROUP,
    summary: 'The same as a table, whole',
    action: 'read_activity',
    idempotency: 'none',
    confined: 'allowed',
    produces: 'text/csv',
    params: accountParams,
    query: z.strictObject(filters),
    body: null,
    answer: z.string(),
    async run({ params, query, confinedTo }) {
      const known = await accountOf(door, params.account);
      if ('kind' in known) return known;
      const filter = filterOf(query, confinedTo);
      const body = Readable.from(table(door, params.account, known, filter, confinedTo !== null));
      return { kind: 'stream', body, fileName: 'activity.csv' };
    },
  });

const ROWS_AT_ONCE = 200;

/** As it is read: a long history is never held in memory, and whoever goes away ends the reading. */
async function* table(door: Doors, account: string, known: Known, filter: EntryFilter, confined: boolean) {
  yield `${HEADINGS}\r\n`;
  let rows: Entry[] = [];
  const written = async (): Promise<string> => {
    const charges = await chargesOf(door, account, rows);
    const lines = rows.map((one) => rowOf(shownEntry(one, known, charges, confined)));
    rows = [];
    return lines.join('');
  };
  for await (const { entry } of entriesFrom(linesOf(door, account), null, filter)) {
    if (entry !== null) rows.push(entry);
    if (rows.length >= ROWS_AT_ONCE) yield await written();
  }
  if (rows.length > 0) yield await written();
}

const rowOf = (one: EntryView): string =>
  csvLine([
    ...[ownCell(one.occurredAt), ownCell(one.kind), textCell(one.title), textCell(one.details)],
    ...[ownCell(one.credits), ownCell(one.balanceAfter), textCell(one.meter ?? ''), ownCell(one.quantity)],
    ...[textCell(one.member ?? ''), textCell(one.pool ?? ''), ownCell(one.charge?.amountMinor ?? null)],
    ...[ownCell(one.charge?.currency ?? null), textCell(one.charge?.receiptUrl ?? '')],
  ]);

interface Known {
  readonly catalog: Catalog;
  readonly plan: string;
}

async function accountOf({ reads, catalogs }: Doors, account: string): Promise<Known | Answer<never>> {
  const profile = await reads.profile(account);
  if (profile === null) return unknownAccount();
  const catalog = catalogs.find(profile.catalog);
  return catalog === undefined ? notLoaded(profile.catalog) : { catalog, plan: profile.plan };
}

const linesOf =
  ({ reads }: Doors, account: string) =>
  (before: number | null, limit: number) =>
    reads.lines(account, { before, limit });

function filterOf(
  query: Omit<z.output<typeof pageQuery>, 'before' | 'limit'>,
  confinedTo: readonly string[] | null,
): EntryFilter {
  const { kind, meter, member, pool, from, to } = query;
  const asked = pool === undefined ? null : [pool];
  const pools = confinedTo === null ? asked : confinedTo.filter((one) => pool === undefined || one === pool);
  return {
    ...(kind === undefined ? {} : { kinds: new Set(kind as EntryKind[]) }),
    ...(meter === undefined ? {} : { meter }),
    ...(member === undefined ? {} : { member }),
    ...(pools === null ? {} : { pools: new Set(pools) }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  };
}

async function chargesOf({ reads }: Doors, account: string, entries: readonly Entry[]) {
  const ids = entries.flatMap(({ head }) => (head.charge === null ? [] : [head.charge]));
  const found = await reads.chargesNamed(account, [...new Set(ids)]);
  return new Map(found.map((one) => [one.id, one]));
}

function shownEntry(
  { kind, head, sequence, credits, beyond, balanceAfter }: Entry,
  { catalog, plan }: Known,
  charges: ReadonlyMap<string, ChargeRecord>,
  confined: boolean,
): EntryView {
  const words = wordsOf(catalog, catalog.key);
  const said = { ...head, moved: credits };
  const charge = confined ? undefined : charges.get(head.charge ?? '');
  return {
    ...{ sequence, kind, meter: head.meter, quantity: head.quantity, member: head.member, pool: head.pool },
    title: entryTitle(said, words, plan),
    details: entryDetails(said, words),
    credits: shownCredits(credits),
    beyondBalance: confined || beyond === 0n ? null : shownCredits(beyond),
    balanceAfter: confined ? null : shownCredits(balanceAfter),
    occurredAt: shownInstant(head.occurredAt),
    charge:
      charge === undefined
        ? null
        : {
            ...{ id: charge.id, state: charge.state, failure: charge.failure },
            ...{ receiptUrl: charge.receiptUrl, currency: charge.amount.currency },
            amountMinor: shownMinor(charge.amount.amountMinor),
          },
  };
}
