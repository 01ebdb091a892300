/** `creditd trace`. */
import { parseArgs } from 'node:util';
import { type Traced, trace } from '../adapters/postgres/trace.js';
import { formatCredits, microCredits } from '../domain/credits.js';
import { HOUR_MS, instant, isoOf, later } from '../domain/instant.js';
import { jsonOf, type Out, tableOf, whenOf, withStore } from './operator.js';

export const TRACE_USAGE = `Usage: creditd trace ID [--account ID] [--json]
       creditd trace SLUG --at WHEN [--json]

From an invoice, a charge, a payment intent, a payment, a refund, a receipt number, a notice or a usage key to the entries
that it led to. A usage key is looked for in every account unless --account names one. With --at: what happened to the
account of that slug or id in the hour around then. Exits with 1 when nothing bears the name.`;

/** Columns that are instants or credits: everything else is printed as it is. */
const INSTANTS = new Set(['occurred_at', 'posted_at', 'created_at', 'paid_at']);
const CREDITS = new Set(['amount', 'balance_after']);

export async function traceCommand(args: string[], out: Out): Promise<number> {
  const options = {
    help: { type: 'boolean', short: 'h' },
    account: { type: 'string' },
    at: { type: 'string' },
    json: { type: 'boolean' },
  } as const;
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  const [text] = positionals;
  if (values.help || text === undefined) {
    out(TRACE_USAGE);
    return values.help ? 0 : 2;
  }
  const at = values.at === undefined ? null : whenOf(values.at, '--at');
  return withStore(async ({ store }) => {
    const found = await trace(store.pool, {
      text,
      ...(values.account === undefined ? {} : { account: values.account }),
      ...(at === null ? {} : { between: { from: isoOf(later(at, -HOUR_MS / 2)), to: isoOf(later(at, HOUR_MS / 2)) } }),
    });
    for (const one of found.map(readable)) for (const line of values.json ? [jsonOf(one)] : linesOf(one)) out(line);
    if (found.length === 0 && !values.json) out(`Nothing here bears the name "${text}".`);
    return found.length === 0 ? 1 : 0;
  });
}

const readable = (one: Traced): Traced => ({
  ...one,
  what: Object.fromEntries(Object.entries(one.what).map(([name, value]) => [name, written(name, value, false)])),
  entries: one.entries.map((entry) =>
    Object.fromEntries(Object.entries(entry).map(([name, value]) => [name, written(name, value, true)])),
  ),
});

function written(name: string, value: unknown, isEntry: boolean): unknown {
  if (INSTANTS.has(name) && typeof value === 'number') return isoOf(instant(value));
  if (isEntry && CREDITS.has(name) && typeof value === 'bigint') return formatCredits(microCredits(value));
  return typeof value === 'bigint' ? `${value}` : value;
}

function linesOf({ as, account, what, entries }: Traced): string[] {
  const facts = Object.entries(what).flatMap(([name, value]) => (value === null ? [] : [`${name} ${value}`]));
  const rows = entries.map((entry) =>
    Object.entries(entry).flatMap(([name, value]) => (value === null ? [] : [`${name} ${value}`])),
  );
  const none = entries.length === 0 ? ['  It has led to no entry.'] : [];
  return [`${account}: ${as}  ${facts.join('  ')}`, ...none, ...tableOf(rows).map((line) => `  ${line}`)];
}
