/** The ledger's own connections. int8 reads as bigint and instants as whole milliseconds, so that nothing is a float. */
import pg from 'pg';
import type { Log } from '../../ports.js';

/** A connection in a transaction, or the pool for a statement that stands alone. */
export type Sql = pg.ClientBase | pg.Pool;

const INT8 = 20;
const NUMERIC = 1700;
const TIMESTAMPTZ = 1184;

const digits = (text: string, from: number, to: number): number => {
  let number = 0;
  for (let at = from; at < to; at += 1) number = number * 10 + text.charCodeAt(at) - 48;
  return number;
};

/**
 * "2026-11-20 20:02:03.12+00", as a server in UTC writes an instant in milliseconds; null for every other form, which the
 * driver's parser knows. A batch reads five instants an account, and that parser took longer than deciding them.
 */
function utcMs(text: string): number | null {
  const end = text.length - 3;
  const isShaped =
    (end === 19 || (end > 20 && end < 24 && text[19] === '.')) &&
    text.endsWith('+00') &&
    text[4] === '-' &&
    text[0] !== '0';
  if (!isShaped) return null;
  const fraction = end === 19 ? 0 : digits(text, 20, end) * 10 ** (23 - end);
  return Date.UTC(
    ...[digits(text, 0, 4), digits(text, 5, 7) - 1, digits(text, 8, 10)],
    ...[digits(text, 11, 13), digits(text, 14, 16), digits(text, 17, 19), fraction],
  );
}

const types = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') => {
    if (oid === INT8) return (text: string) => BigInt(text);
    if (oid === NUMERIC) return (text: string) => text;
    const standard = pg.types.getTypeParser(oid, format as 'text');
    if (oid === TIMESTAMPTZ) return (text: string) => utcMs(text) ?? (standard(text) as Date).getTime();
    return standard;
  }) as typeof pg.types.getTypeParser,
};

/** How long a statement may wait for an account's lock before the batch goes back to delivery. */
const LOCK_TIMEOUT_MS = 10_000;
/** No single statement of ours takes this long unless something is broken. */
const STATEMENT_TIMEOUT_MS = 30_000;
const CONNECT_TIMEOUT_MS = 5_000;

export interface PoolOptions {
  readonly url: string;
  readonly max: number;
  readonly name: string;
  readonly log: Log;
}

export function makePool({ url, max, name, log }: PoolOptions): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max,
    application_name: `creditd-${name}`,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    idleTimeoutMillis: 30_000,
    lock_timeout: LOCK_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    idle_in_transaction_session_timeout: STATEMENT_TIMEOUT_MS,
    keepAlive: true,
    types,
  });
  // A connection that breaks while it is idle is the pool's to replace; without a listener it would end the process.
  pool.on('error', (error) => log.warn({ pool: name, reason: error.message }, 'an idle database connection was lost'));
  // One that breaks while it is in hand says so twice: to the statement under way, which is where it is dealt with, and as
  // an event, which without a listener would end the process as well.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/** A statement under a name: Postgres plans it once a connection. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

export async function run<Row extends pg.QueryResultRow>(
  sql: Sql,
  statement: Statement,
  values: unknown[],
): Promise<Row[]> {
  const result = await sql.query<Row>({ name: statement.name, text: statement.text, values });
  return result.rows;
}

/** SQLSTATE of a server's error; null for errors that are not the server's (a lost connection, a timeout of ours). */
export function sqlState(error: unknown): string | null {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : null;
}

/** The name of the constraint that said no. */
export function constraintOf(error: unknown): string | null {
  const constraint = (error as { constraint?: unknown } | null)?.constraint;
  return typeof constraint === 'string' ? constraint : null;
}

/** What may be said of a database error. Its `detail` prints whole rows and is never logged. */
export const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return 'unknown error';
  const constraint = constraintOf(error);
  return `${sqlState(error) ?? error.name}: ${error.message}${constraint === null ? '' : ` (${constraint})`}`;
};
