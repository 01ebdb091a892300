/** `creditd key`: the keys that products' backends come in with. */
import { parseArgs } from 'node:util';
import { makeApiKeys } from '../adapters/postgres/api-keys.js';
import { isoOf } from '../domain/instant.js';
import { SCOPES, type Scope } from '../domain/permissions.js';
import type { ApiKeyView } from '../ports.js';
import { openStore } from '../wire.js';
import { operatorName } from './operator.js';
import { listed, Plain, required, setUp } from './setting-up.js';

export const KEY_USAGE = `Usage: creditd key create --name TEXT [--scope SCOPE]… [--catalog KEY]
       creditd key list
       creditd key rotate ID [--grace-hours N]
       creditd key revoke ID

A key is shown once, when it is made. --scope may be said several times; without it a key may do everything.
Scopes: ${SCOPES.join(', ')}. --catalog confines it to the accounts of one catalog.
A rotated key goes on for 24 hours, or as long as --grace-hours says.`;

const OPTIONS = {
  help: { type: 'boolean', short: 'h' },
  name: { type: 'string' },
  scope: { type: 'string', multiple: true },
  catalog: { type: 'string' },
  'grace-hours': { type: 'string' },
  json: { type: 'boolean' },
} as const;

type Said = ReturnType<typeof parseArgs<{ options: typeof OPTIONS; allowPositionals: true }>>['values'];

const GRACE_HOURS = 24;
const HOUR_MS = 3_600_000;

export async function keyCommand(args: string[], out: (line: string) => void): Promise<number> {
  const { values, positionals } = parseArgs({ args, options: OPTIONS, allowPositionals: true });
  const [verb, id] = positionals;
  if (values.help || verb === undefined) {
    out(KEY_USAGE);
    return values.help ? 0 : 2;
  }
  const { config, log, lifecycle, catalogs } = setUp('command', 'warn');
  try {
    const store = await openStore({ databaseUrl: required(config.databaseUrl), catalogs, log }, lifecycle);
    const keys = makeApiKeys(store.prisma, store.clock, store.newId);
    const show = (key: ApiKeyView): void => out(values.json ? JSON.stringify(key) : lineOf(key));
    switch (verb) {
      case 'create': {
        const made = await keys.create(wishOf(values, store.catalogs.keys()), operatorName());
        out(values.json ? JSON.stringify({ ...made.key, secret: made.secret }) : secretLine(made.key, made.secret));
        return 0;
      }
      case 'list':
        for (const key of await keys.list()) show(key);
        return 0;
      case 'rotate': {
        const made = await keys.rotate(idOf(id), hoursOf(values['grace-hours']) * HOUR_MS, operatorName());
        if (made === null) throw new Plain(`There is no living key "${id}". creditd key list shows them.`);
        out(values.json ? JSON.stringify({ ...made.key, secret: made.secret }) : secretLine(made.key, made.secret));
        return 0;
      }
      case 'revoke':
        if (!(await keys.revoke(idOf(id), operatorName())))
          throw new Plain(`There is no living key "${id}". creditd key list shows them.`);
        out(`Revoked ${id}. A process that used it in the last seconds stops within five.`);
        return 0;
      default:
        out(KEY_USAGE);
        return 2;
    }
  } finally {
    await lifecycle.close();
  }
}

function wishOf(values: Said, catalogs: readonly string[]) {
  const problems: string[] = [];
  const { name, catalog, scope = [...SCOPES] } = values;
  if (name === undefined || name.trim() === '') problems.push('--name says what the key is for.');
  const unknown = scope.filter((one) => !(SCOPES as readonly string[]).includes(one));
  if (unknown.length > 0) problems.push(`${unknown.join(', ')}: not a scope. There are: ${SCOPES.join(', ')}.`);
  if (catalog !== undefined && !catalogs.includes(catalog))
    problems.push(`There is no loaded catalog "${catalog}". Loaded: ${catalogs.join(', ')}.`);
  if (problems.length > 0) throw new Plain(listed('The key cannot be made:', problems));
  return { name: name ?? '', scopes: scope as Scope[], catalog: catalog ?? null };
}

function idOf(id: string | undefined): string {
  if (id !== undefined && /^[0-9a-f-]{36}$/i.test(id)) return id;
  throw new Plain('Say the id of a key, as creditd key list shows it.');
}

function hoursOf(text: string | undefined): number {
  if (text === undefined) return GRACE_HOURS;
  if (/^\d{1,4}$/.test(text)) return Number(text);
  throw new Plain('--grace-hours is a whole number of hours.');
}

const secretLine = (key: ApiKeyView, secret: string): string =>
  `${secret}\nThis is "${key.name}" (${key.id}). Keep it now: it is not shown again.`;

function lineOf(key: ApiKeyView): string {
  const used = key.lastUsedAt === null ? 'never used' : `last used ${isoOf(key.lastUsedAt)}`;
  const end =
    key.revokedAt !== null
      ? `revoked ${isoOf(key.revokedAt)}`
      : key.expiresAt !== null
        ? `ends ${isoOf(key.expiresAt)}`
        : 'living';
  return `${key.id}  ${key.prefix}…  ${key.name}  [${key.scopes.join(' ')}]  ${key.catalog ?? 'all catalogs'}  ${used}  ${end}`;
}
