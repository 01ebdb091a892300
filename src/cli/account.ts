/** `creditd account create`. */
import { parseArgs } from 'node:util';
import { readStamp } from '../adapters/postgres/stamp.js';
import type { Catalog } from '../domain/catalog.js';
import { type Credits, formatCredits, parseCredits } from '../domain/credits.js';
import { accountId } from '../domain/ids.js';
import { instant, parseInstant } from '../domain/instant.js';
import { isZone } from '../domain/period.js';
import type { NewAccount } from '../ports.js';
import { openDesk, openPayments, openStore } from '../wire.js';
import { accountShow } from './account-show.js';
import { importCommand } from './import.js';
import { listed, Plain, required, setUp } from './setting-up.js';
import { ACCOUNT_USAGE } from './usage.js';

const OPTIONS = {
  help: { type: 'boolean', short: 'h' },
  name: { type: 'string' },
  catalog: { type: 'string' },
  plan: { type: 'string' },
  zone: { type: 'string' },
  anchor: { type: 'string' },
  email: { type: 'string' },
  owner: { type: 'string', multiple: true },
  card: { type: 'string' },
  'top-off': { type: 'string' },
} as const;

type Said = ReturnType<typeof parseArgs<{ options: typeof OPTIONS; allowPositionals: true }>>['values'];

export async function accountCommand(args: string[], out: (line: string) => void): Promise<number> {
  if (args[0] === 'show') return accountShow(args.slice(1), out);
  if (args[0] === 'import') return importCommand(args.slice(1), out);
  const { values, positionals } = parseArgs({ args, options: OPTIONS, allowPositionals: true });
  const [verb, id] = positionals;
  if (values.help || verb !== 'create' || id === undefined) {
    out(ACCOUNT_USAGE);
    return values.help ? 0 : 2;
  }
  const { config, log, lifecycle, catalogs } = setUp('command', 'warn');
  try {
    const store = await openStore({ databaseUrl: required(config.databaseUrl), catalogs, log }, lifecycle);
    const loaded = catalogs.map((file) => file.catalog);
    const { account, topOff } = wanted(id, values, loaded, await store.clock.now(), config.stripe !== null);
    const paid = config.stripe === null ? null : await openPayments(store, config.stripe, false);
    const stamp = paid?.stamp ?? (await readStamp(store.prisma));
    if (stamp === null)
      throw new Plain('This database has not been used yet. Start a worker once, or set STRIPE_SECRET_KEY.');
    const desk = openDesk(store, stamp, paid?.payments ?? null);
    const opened = await desk.openAccount(account);
    if (opened.kind === 'unavailable')
      throw new Plain(`The account is written; its first allotment waits for the worker (${opened.reason}).`);
    out(opened.kind === 'opened' ? `Opened ${id}.` : `${id} exists.`);
    if (values.card !== undefined) out(await attach(desk, id, values.card));
    if (topOff !== null) out(await switchOn(desk, id, topOff));
    return 0;
  } finally {
    await lifecycle.close();
  }
}

type Desk = ReturnType<typeof openDesk>;

async function attach(desk: Desk, id: string, card: string): Promise<string> {
  if (desk.attachCard === null) throw new Plain('STRIPE_SECRET_KEY is not set: a card is attached at the processor.');
  const attached = await desk.attachCard(accountId(id), card);
  switch (attached.kind) {
    case 'attached':
      return `Attached ${attached.brand} ending in ${attached.last4}.`;
    case 'card_refused':
      throw new Plain(`The card was refused: ${attached.decline.message}`);
    case 'unknown_account':
      throw new Plain(`There is no account "${id}".`);
    case 'refused':
    case 'silent':
    case 'unavailable':
      throw new Plain(`The processor did not attach the card: ${attached.reason}`);
  }
}

interface TopOffWish {
  readonly threshold: Credits;
  readonly amount: Credits;
}

async function switchOn(desk: Desk, id: string, { threshold, amount }: TopOffWish): Promise<string> {
  const settings = { enabled: true, threshold, amount, card: null, capDayMinor: null, capMonthMinor: null };
  const posted = await desk.ledger.post([{ kind: 'configure_top_off', account: accountId(id), settings }]);
  if (posted.kind === 'unavailable') throw new Plain(`The ledger does not answer: ${posted.reason}`);
  const [outcome] = posted.outcomes;
  if (outcome?.kind === 'refused') throw new Plain(outcome.message);
  return `Auto top-off is on: below ${formatCredits(threshold)}, add ${formatCredits(amount)}.`;
}

/** Null where it is not written as two amounts of credits. */
function readTopOff(text: string): TopOffWish | null {
  const [threshold = null, amount = null, ...more] = text.split(':').map((part) => parseCredits(part));
  return threshold === null || amount === null || more.length > 0 ? null : { threshold, amount };
}

interface Wanted {
  readonly account: NewAccount;
  readonly topOff: TopOffWish | null;
}

/** What was asked for, with every problem said at once. */
function wanted(id: string, said: Said, catalogs: readonly Catalog[], now: number, hasProcessor: boolean): Wanted {
  const problems: string[] = [];
  const catalog = said.catalog === undefined ? catalogs[0] : catalogs.find((one) => one.key === said.catalog);
  if (catalog === undefined)
    problems.push(
      `There is no loaded catalog "${said.catalog}". Loaded: ${catalogs.map((one) => one.key).join(', ')}.`,
    );
  const plan = said.plan === undefined ? catalog?.plans[0] : catalog?.plans.find((one) => one.key === said.plan);
  if (catalog !== undefined && plan === undefined) {
    problems.push(
      `"${said.plan}" is not a plan of ${catalog.key}. Its plans: ${catalog.plans.map((one) => one.key).join(', ')}.`,
    );
  }
  const zone = said.zone ?? 'UTC';
  if (!isZone(zone)) problems.push(`"${zone}" is not an IANA time zone.`);
  const anchor = said.anchor === undefined ? instant(now) : parseInstant(said.anchor);
  if (anchor === null) problems.push('--anchor must be an instant with an offset, such as 2026-11-01T00:00:00Z.');
  if (id.length > 200) problems.push('An account id has at most 200 characters.');
  const owners = (said.owner ?? []).map((text) => {
    const [member = '', email = ''] = text.split('=');
    if (member === '' || !email.includes('@')) problems.push(`--owner "${text}" must be written as id=address.`);
    return { id: member, email };
  });
  const topOff = said['top-off'] === undefined ? null : readTopOff(said['top-off']);
  if (said['top-off'] !== undefined && topOff === null)
    problems.push('--top-off is written as below:add, such as 50:200.');
  if (said.card !== undefined && !hasProcessor)
    problems.push('--card needs STRIPE_SECRET_KEY: a card is attached at the processor.');
  if (problems.length > 0 || catalog === undefined || plan === undefined)
    throw new Plain(listed('The account cannot be opened:', problems));
  const account: NewAccount = {
    id: accountId(id),
    name: said.name ?? id,
    slug: null,
    catalog: catalog.key,
    plan: plan.key,
    zone,
    anchor,
    billingEmail: said.email ?? null,
    owners,
  };
  return { account, topOff };
}
