/** The one door to the ledger: locks, loads, decides, writes, commits. No rule about credits or money stands here. */
import type { Pool } from 'pg';
import type { AccountState, Settings } from '../../domain/account.js';
import type { Charging, DecideContext } from '../../domain/book.js';
import type { Command } from '../../domain/commands.js';
import { type Decision, decide, mayStayHot } from '../../domain/decide.js';
import type { AccountNo } from '../../domain/ids.js';
import { type Instant, instant, isoOf } from '../../domain/instant.js';
import { type Outcome, refused } from '../../domain/outcomes.js';
import type { Catalogs, Clock, Ending, EndStep, Ledger, Log, PostResult } from '../../ports.js';
import { type AccountNumbers, type AccountPlace, makeAccountNumbers } from './account-numbers.js';
import { auditRowOf, recordAudit } from './audit-rows.js';
import { makeDryRunLog, wouldCharge } from './dry-run.js';
import { loadStates, lockAccounts, type Share } from './load.js';
import { loadCold } from './load-cold.js';
import { refusedByWall } from './plans.js';
import { constraintOf, reasonOf, run, type Sql, sqlState } from './pool.js';
import { recordRefusals, refusalRowsOf } from './refusal-rows.js';
import type { Row } from './rows.js';
import { type Decided, save } from './save.js';
import { END_DELETE, END_KEEP, READ_CLOCK } from './statements.js';

export interface LedgerDeps {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly catalogs: Catalogs;
  readonly deployment: string;
  readonly newId: () => string;
  readonly log: Log;
  /** Called after a commit that asked for steps, so that this process's relay need not wait for its next look. */
  readonly onAsked: () => void;
}

export function makePostgresLedger(deps: LedgerDeps): Ledger {
  const numbers = makeAccountNumbers();
  const sayDryRun = makeDryRunLog(deps.log);
  const post = async (commands: readonly Command[], end?: EndStep): Promise<PostResult> => {
    const result = await postOnce({ ...deps, sayDryRun }, numbers, commands, end);
    if (result.kind !== 'refused_by_data') return result;
    if (end !== undefined || commands.length === 1) return internal(deps, commands, result);
    const middle = Math.ceil(commands.length / 2);
    return joined(await post(commands.slice(0, middle)), () => post(commands.slice(middle)));
  };
  return { post };
}

/** The database would not take what was decided (SQLSTATE class 22 or 23): nothing was written. */
interface RefusedByData {
  readonly kind: 'refused_by_data';
  readonly reason: string;
  /** The wall it ran into, by name. */
  readonly constraint: string | null;
  readonly at: Instant;
}

/** Halves of a batch, posted one after the other so that the one bad command is found; unknown or lost wins. */
async function joined(first: PostResult, second: () => Promise<PostResult>): Promise<PostResult> {
  if (first.kind !== 'posted') return first;
  const rest = await second();
  return rest.kind === 'posted' ? { ...rest, outcomes: [...first.outcomes, ...rest.outcomes] } : rest;
}

async function internal(deps: LedgerDeps, commands: readonly Command[], failed: RefusedByData): Promise<PostResult> {
  const [only, ...more] = commands;
  const walled = more.length > 0 || only === undefined ? null : refusedByWall(only, failed.constraint);
  if (walled !== null) return { kind: 'posted', outcomes: [walled], at: failed.at };
  deps.log.error(
    { reason: failed.reason, commands: commands.map(({ kind, account }) => ({ kind, account })) },
    'the database refused what was decided',
  );
  const outcomes = commands.map(() => internalRefusal());
  const client = await deps.pool.connect().catch(() => null);
  if (client === null) return { kind: 'unavailable', fate: 'rolled_back', reason: failed.reason };
  try {
    await recordRefusals(client, refusalRowsOf(commands, outcomes), failed.at, deps.newId);
    return { kind: 'posted', outcomes, at: failed.at };
  } catch (error) {
    return { kind: 'unavailable', fate: 'rolled_back', reason: reasonOf(error) };
  } finally {
    client.release();
  }
}

const internalRefusal = (): Outcome =>
  refused(
    'internal',
    'Something of ours is wrong with this account or event. It is recorded and can be sent again once it is mended.',
  );

async function postOnce(
  deps: LedgerDeps & { readonly sayDryRun: ReturnType<typeof makeDryRunLog> },
  numbers: AccountNumbers,
  commands: readonly Command[],
  end: EndStep | undefined,
): Promise<PostResult | RefusedByData> {
  const connection = await deps.pool.connect().catch((error: unknown) => error);
  if (connection instanceof Error) return { kind: 'unavailable', fate: 'rolled_back', reason: reasonOf(connection) };
  const client = connection as import('pg').PoolClient;
  let committing = false;
  let at = instant(0);
  try {
    await client.query('begin');
    const posted = await postLocked(deps, numbers, client, commands);
    at = posted.at;
    if (end !== undefined) await endStep(client, end(posted.outcomes), at);
    committing = true;
    await client.query('commit');
    client.release();
    if (posted.asked) deps.onAsked();
    deps.sayDryRun(posted.dryRun, posted.at);
    return { kind: 'posted', outcomes: posted.outcomes, at };
  } catch (error) {
    return undo(client, error, committing, at);
  }
}

/** A server's error at COMMIT is an answer; silence is not, and then only the keys can tell what became of it. */
async function undo(
  client: import('pg').PoolClient,
  error: unknown,
  committing: boolean,
  at: Instant,
): Promise<PostResult | RefusedByData> {
  const state = sqlState(error);
  const reason = reasonOf(error);
  const rolledBack = await client.query('rollback').then(
    () => true,
    () => false,
  );
  // A statement planned before a migration widened its table (0A000) fails on that connection for ever: another is opened.
  client.release(!rolledBack || state === '0A000');
  if (committing && (state === null || !rolledBack)) return { kind: 'unavailable', fate: 'unknown', reason };
  if (state !== null && /^2[23]/.test(state))
    return { kind: 'refused_by_data', reason, constraint: constraintOf(error), at };
  // Neither the server nor the connection said no: a broken assumption of ours, which must be seen.
  if (state === null && rolledBack) throw error;
  return { kind: 'unavailable', fate: 'rolled_back', reason };
}

async function postLocked(deps: LedgerDeps, numbers: AccountNumbers, sql: Sql, commands: readonly Command[]) {
  const places = await numbers.find(
    sql,
    commands.map((command) => command.account),
  );
  const [shares, outcomes] = share(commands, places);
  const hot =
    shares.length > 0
      ? await lockAccounts(
          sql,
          shares.map((one) => one.no),
        )
      : new Map();
  const [read] = await run<Row>(sql, READ_CLOCK, []);
  const now = deps.clock.reading(instant(Number(read.ms)));
  const states = await loadStates(sql, shares, hot);
  const charging: Charging = read.charging ?? 'on';
  const decided = await decideAll({ ...deps, charging }, sql, shares, states, places, now, outcomes);
  const eventsWait = decided.length > 0 && (await save(sql, decided, deps.newId));
  const answered = outcomes.map((outcome) => outcome ?? internalRefusal());
  await recordRefusals(sql, refusalRowsOf(commands, answered), now, deps.newId);
  await recordAudit(sql, auditOf(commands, answered, places, decided), now, deps.newId);
  const asked = eventsWait || decided.some(({ decision }) => decision.effects.asks.length > 0);
  return { outcomes: answered, at: now, asked, dryRun: wouldCharge(shares, decided) };
}

/** Commands that somebody asked for, with what they changed. Nearly all commands are usage, which nobody asks for. */
function auditOf(
  commands: readonly Command[],
  outcomes: readonly Outcome[],
  places: ReadonlyMap<string, AccountPlace>,
  decided: readonly Decided[],
) {
  return commands.flatMap((command, place) => {
    const outcome = outcomes[place];
    if (command.by === undefined || outcome === undefined) return [];
    const no = places.get(command.account)?.no ?? null;
    const one = decided.find((other) => other.no === no);
    return [auditRowOf(command, outcome, no, one?.before ?? null, one?.decision.effects.settings ?? null)];
  });
}

/** Commands by account, accounts in ascending number; unknown accounts are answered at once. */
function share(
  commands: readonly Command[],
  places: ReadonlyMap<string, AccountPlace>,
): [Share[], (Outcome | undefined)[]] {
  const outcomes: (Outcome | undefined)[] = new Array(commands.length).fill(undefined);
  const shares = new Map<
    AccountNo,
    { account: Command['account']; no: AccountNo; commands: Command[]; places: number[] }
  >();
  commands.forEach((command, place) => {
    const found = places.get(command.account);
    if (found === undefined) {
      outcomes[place] = refused(
        'unknown_account',
        `There is no account "${command.account}". Create it first: creditd account create.`,
      );
      return;
    }
    const one = shares.get(found.no) ?? { account: command.account, no: found.no, commands: [], places: [] };
    one.commands.push(command);
    one.places.push(place);
    shares.set(found.no, one);
  });
  return [[...shares.values()].sort((a, b) => a.no - b.no), outcomes];
}

interface Deciding extends LedgerDeps {
  /** The operator's switch as it stands in this transaction. */
  readonly charging: Charging;
}

/** First on the hot rows alone, then, for the accounts that need it, again with their cold rows. */
async function decideAll(
  deps: Deciding,
  sql: Sql,
  shares: readonly Share[],
  states: Map<AccountNo, AccountState>,
  places: ReadonlyMap<string, AccountPlace>,
  now: Instant,
  outcomes: (Outcome | undefined)[],
): Promise<Decided[]> {
  const decided: Decided[] = [];
  const again: Share[] = [];
  const keep = (one: Share, decision: Decision, before: Settings | null): void => {
    decided.push({ no: one.no, decision, before });
    decision.outcomes.forEach((outcome, index) => {
      const place = one.places[index];
      if (place !== undefined) outcomes[place] = outcome;
    });
  };
  for (const one of shares) {
    const decision = mayStayHot(one.commands) ? decideSafely(deps, one, states, places, now) : 'needs_cold_rows';
    if (decision === 'needs_cold_rows') again.push(one);
    else if (decision !== null) keep(one, decision, null);
  }
  if (again.length > 0) {
    const warm = await loadCold(sql, again, states, now, (account) =>
      deps.catalogs.find(places.get(account)?.catalog ?? ''),
    );
    for (const one of again) {
      const decision = decideSafely(deps, one, warm, places, now);
      if (decision === 'needs_cold_rows') throw new Error(`account ${one.no} asked for cold rows that it had`);
      if (decision !== null) keep(one, decision, warm.get(one.no)?.cold?.settings ?? null);
    }
  }
  return decided.sort((a, b) => a.no - b.no);
}

/** A throw while one account is decided is that account's outcome alone: null leaves its commands refused as internal. */
function decideSafely(
  deps: Deciding,
  one: Share,
  states: ReadonlyMap<AccountNo, AccountState>,
  places: ReadonlyMap<string, AccountPlace>,
  now: Instant,
): Decision | 'needs_cold_rows' | null {
  try {
    const state = states.get(one.no);
    const catalog = deps.catalogs.find(places.get(one.account)?.catalog ?? '');
    if (state === undefined) throw new Error('the account has no balance row');
    if (catalog === undefined) throw new Error(`the catalog "${places.get(one.account)?.catalog}" is not loaded here`);
    const versions = deps.catalogs.versions(catalog.key);
    const context: DecideContext = {
      catalog,
      versions,
      deployment: deps.deployment,
      newId: deps.newId,
      charging: deps.charging,
    };
    const decision = decide(state, one.commands, now, context);
    return decision.kind === 'decided' ? decision : 'needs_cold_rows';
  } catch (error) {
    deps.log.error(
      { account: one.account, err: error },
      'an account could not be decided; its commands are refused as internal',
    );
    return null;
  }
}

/** Ends a step's outbox row in the transaction that records its outcome. */
export async function endStep(sql: Sql, ending: Ending, at: Instant): Promise<void> {
  if (ending.next === null) {
    const values = [ending.accountNo, ending.id, ending.asks, isoOf(ending.heldUntil)];
    const gone = await sql.query({ ...END_DELETE, values });
    if ((gone.rowCount ?? 0) > 0) return;
  }
  await run(sql, END_KEEP, [
    ending.accountNo,
    ending.id,
    ending.asks,
    ending.next === null ? null : isoOf(ending.next),
    isoOf(at),
    ending.note,
    isoOf(ending.heldUntil),
  ]);
}
