/**
 * `creditd account import`: customers that exist already, with what they have left. Everything is checked before anything is
 * written, and a file that was brought in half can be brought in again: an account and each of its opening credits stand once.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { readStamp } from '../adapters/postgres/stamp.js';
import type { Catalog } from '../domain/catalog.js';
import type { GrantCredits } from '../domain/commands.js';
import { type Credits, formatCredits, LARGEST_CREDITS, NO_CREDITS, parseCredits, plus } from '../domain/credits.js';
import { accountId } from '../domain/ids.js';
import { type Instant, parseInstant } from '../domain/instant.js';
import { isZone } from '../domain/period.js';
import { isStorable } from '../messages.js';
import type { NewAccount } from '../ports.js';
import { openDesk, openStore } from '../wire.js';
import { readCsv } from './csv-lines.js';
import { listed, Plain, required, setUp } from './setting-up.js';

export const IMPORT_USAGE = `Usage: creditd account import FILE [--dry-run]

Opens accounts with the credits that they have left. FILE is JSON Lines (.jsonl) or comma-separated values (.csv).

  id          the product's own id (required)
  name slug catalog plan zone anchor email      as in: creditd account create --help
  owners      .jsonl: [{"id": "u1", "email": "a@example.com"}]    .csv: u1=a@example.com;u2=b@example.com
  lots        .jsonl: [{"credits": "120", "expiresAt": "2026-12-01T00:00:00Z", "paid": true, "reason": "…"}]
  credits expires_at paid reason                .csv: the same for one lot

An anchor in the past brings the present period's allotment at once. To bring in what is left of a period instead, set the
anchor to its end, and give the rest as credits that expire then. A file that was brought in half can be brought in again.`;

const WHO = 'operator:import';
const AT_ONCE = 8;
const PROBLEMS_SHOWN = 20;

const text = z.string().min(1).max(200).refine(isStorable, 'holds NUL or half a surrogate pair');
const instantText = z.string().transform((written, context): Instant => {
  const read = parseInstant(written);
  if (read !== null) return read;
  context.addIssue({ code: 'custom', message: 'must be an instant with an offset, such as 2026-12-01T00:00:00Z' });
  return z.NEVER;
});
const creditsText = z.string().transform((written, context): Credits => {
  const read = parseCredits(written);
  if (read !== null && read > 0n && read <= LARGEST_CREDITS) return read;
  context.addIssue({ code: 'custom', message: 'must be credits above zero, such as "12.5"' });
  return z.NEVER;
});
const row = z.strictObject({
  id: text,
  name: text.optional(),
  slug: text.optional(),
  catalog: z.string().optional(),
  plan: z.string().optional(),
  zone: z.string().refine(isZone, 'must be an IANA time zone').optional(),
  anchor: instantText.optional(),
  email: z.email().optional(),
  owners: z.array(z.strictObject({ id: text, email: z.email().optional() })).optional(),
  lots: z
    .array(
      z.strictObject({
        credits: creditsText,
        expiresAt: instantText.optional(),
        paid: z.boolean().optional(),
        reason: text.optional(),
      }),
    )
    .optional(),
});

interface Opening {
  readonly line: number;
  readonly account: NewAccount;
  readonly grants: readonly GrantCredits[];
}

export async function importCommand(args: string[], out: (line: string) => void): Promise<number> {
  const options = { help: { type: 'boolean', short: 'h' }, 'dry-run': { type: 'boolean' } } as const;
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  const [file] = positionals;
  if (values.help || file === undefined) {
    out(IMPORT_USAGE);
    return values.help ? 0 : 2;
  }
  const { config, log, lifecycle, catalogs } = setUp('command', 'warn');
  try {
    const { databaseUrl, sharded } = config;
    const store = await openStore({ databaseUrl: required(databaseUrl), catalogs, log, sharded }, lifecycle);
    const loaded = catalogs.map((one) => one.catalog);
    const openings = read(file, loaded, await store.clock.now());
    const sum = openings.flatMap((one) => one.grants).reduce((all, one) => plus(all, one.credits), NO_CREDITS);
    out(
      `${openings.length} ${openings.length === 1 ? 'account' : 'accounts'} with ${formatCredits(sum)} credits in ${file}.`,
    );
    if (values['dry-run']) return 0;
    const stamp = await readStamp(store.prisma);
    if (stamp === null) throw new Plain('This database has not been used yet. Start a worker once.');
    const failed = await bringIn(openDesk(store, stamp, null), openings, out);
    if (failed > 0)
      throw new Plain(`${failed} accounts were not brought in whole. Mend what is said above and run it again.`);
    return 0;
  } finally {
    await lifecycle.close();
  }
}

/** Some at a time; what fails is said and does not stop the others. Answers how many failed. */
async function bringIn(desk: ReturnType<typeof openDesk>, openings: readonly Opening[], out: (line: string) => void) {
  let opened = 0;
  let failed = 0;
  for (let at = 0; at < openings.length; at += AT_ONCE) {
    const results = await Promise.all(openings.slice(at, at + AT_ONCE).map((one) => bringInOne(desk, one)));
    for (const { isNew, problem } of results) {
      if (isNew) opened += 1;
      if (problem === null) continue;
      failed += 1;
      out(problem);
    }
  }
  out(`${opened} opened, ${openings.length - opened - failed} stood already, ${failed} failed.`);
  return failed;
}

async function bringInOne(desk: ReturnType<typeof openDesk>, { line, account, grants }: Opening) {
  const made = await desk.openAccount(account, WHO);
  const isNew = made.kind === 'opened';
  const problem = (why: string) => ({ isNew, problem: `Line ${line}, ${account.id}: ${why}` });
  if (made.kind === 'unavailable') return problem(`the database does not answer (${made.reason}).`);
  if (grants.length === 0) return { isNew, problem: null };
  const posted = await desk.ledger.post(grants);
  if (posted.kind === 'unavailable') return problem(`the database does not answer (${posted.reason}).`);
  const refused = posted.outcomes.find((outcome) => outcome.kind === 'refused');
  return refused === undefined ? { isNew, problem: null } : problem(refused.message);
}

function read(file: string, catalogs: readonly Catalog[], now: Instant): Opening[] {
  const problems: string[] = [];
  const seen = new Map<string, number>();
  const openings = rowsOf(file).flatMap(({ line, value }) => {
    const parsed = row.safeParse(value);
    if (!parsed.success) {
      for (const issue of parsed.error.issues) problems.push(`line ${line}: ${issue.path.join('.')} ${issue.message}`);
      return [];
    }
    const before = seen.get(parsed.data.id);
    if (before !== undefined) problems.push(`line ${line}: ${parsed.data.id} stands on line ${before} already`);
    seen.set(parsed.data.id, line);
    const opening = openingOf(line, parsed.data, catalogs, now);
    if (typeof opening !== 'string') return [opening];
    problems.push(`line ${line}: ${opening}`);
    return [];
  });
  if (problems.length === 0) return openings;
  const more = problems.length > PROBLEMS_SHOWN ? [`and ${problems.length - PROBLEMS_SHOWN} more`] : [];
  throw new Plain(listed('Nothing was brought in:', [...problems.slice(0, PROBLEMS_SHOWN), ...more]));
}

function openingOf(
  line: number,
  one: z.output<typeof row>,
  catalogs: readonly Catalog[],
  now: Instant,
): Opening | string {
  const catalog = one.catalog === undefined ? catalogs[0] : catalogs.find((other) => other.key === one.catalog);
  if (catalog === undefined) return `there is no loaded catalog "${one.catalog}"`;
  const plan = one.plan === undefined ? catalog.plans[0] : catalog.plans.find((other) => other.key === one.plan);
  if (plan === undefined) return `"${one.plan}" is not a plan of ${catalog.key}`;
  const account: NewAccount = {
    ...{ id: accountId(one.id), name: one.name ?? one.id, slug: one.slug ?? null, catalog: catalog.key },
    ...{ plan: plan.key, zone: one.zone ?? 'UTC', anchor: one.anchor ?? now, billingEmail: one.email ?? null },
    owners: (one.owners ?? []).map(({ id, email }) => ({ id, email: email ?? null })),
  };
  const grants = (one.lots ?? []).map(
    ({ credits, expiresAt, paid = true, reason = 'opening balance' }, place): GrantCredits => ({
      ...{ kind: 'grant', account: account.id, by: WHO, key: `opening-balance-${place + 1}`, origin: 'adjustment' },
      ...{ credits, paid, reason },
      ...(expiresAt === undefined ? {} : { expiresAt }),
    }),
  );
  return { line, account, grants };
}

function rowsOf(file: string): readonly { readonly line: number; readonly value: unknown }[] {
  const content = contentOf(file);
  if (/\.csv$/i.test(file)) return readCsv(content).map(({ line, cells }) => ({ line, value: fromCells(cells) }));
  return content.split('\n').flatMap((written, place) => {
    if (written.trim() === '') return [];
    try {
      return [{ line: place + 1, value: JSON.parse(written) as unknown }];
    } catch {
      throw new Plain(`Line ${place + 1} is not JSON. Write one account on a line, or name the file .csv.`);
    }
  });
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new Plain(`${file} could not be read.`);
  }
}

function fromCells({ owners, credits, expires_at, paid, reason, ...cells }: Record<string, string>): unknown {
  const lot = {
    ...{ credits },
    ...(expires_at === undefined ? {} : { expiresAt: expires_at }),
    ...(paid === undefined
      ? {}
      : { paid: /^(true|yes|1)$/i.test(paid) ? true : /^(false|no|0)$/i.test(paid) ? false : paid }),
    ...(reason === undefined ? {} : { reason }),
  };
  return {
    ...cells,
    ...(owners === undefined ? {} : { owners: owners.split(';').map(ownerOf) }),
    ...(credits === undefined ? {} : { lots: [lot] }),
  };
}

function ownerOf(written: string) {
  const [id = '', email] = written.trim().split('=');
  return email === undefined ? { id } : { id, email };
}
