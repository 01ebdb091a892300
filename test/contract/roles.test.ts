/**
 * The database roles that are shipped: each part can do its work under its own and is refused what is not its business. That
 * a worker and an api really run under theirs, whatever happens to them, is part of every storm.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { query } from '../support/admin.js';
import { runCreditd } from '../support/creditd.js';
import { openLocalRiver } from '../support/local-river.js';
import { prepareRoles, ROLES, type RoleUsers } from '../support/roles.js';

const ROLES_SQL = readFileSync(
  path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../prisma/roles.sql'),
  'utf8',
);

let river: Awaited<ReturnType<typeof openLocalRiver>>;
let users: RoleUsers;

beforeAll(async () => {
  river = await openLocalRiver();
  await river.account('roles');
  await river.desk.ledger.post([
    { kind: 'use', account: 'roles' as never, key: 'u1', meter: 'answered_call', quantity: 1, properties: CALL },
  ]);
  users = await prepareRoles(river.url);
});
afterAll(async () => {
  await river.close();
  await users.drop(inject('postgres').adminUrl);
});

const CALL = { outcome: 'full_conversation' };
const PARTS = ['creditd_worker', 'creditd_api'] as const;
const under = (role: (typeof ROLES)[number], sql: string) => query(users.urls[role], sql);
const refused = (role: (typeof ROLES)[number], sql: string) =>
  expect(under(role, sql), `${role}: ${sql}`).rejects.toThrow(/permission denied|must be owner/);

describe.each(ROLES)('the role %s', (role) => {
  it('reads the ledger, and neither changes nor removes a line of it', async () => {
    expect(await under(role, `select count(*)::int as n from ledger_entries where kind = 'use'`)).toEqual([{ n: 1 }]);
    for (const change of [
      'update ledger_entries set amount = 0',
      `update ledger_entries set member = 'x'`,
      'delete from ledger_entries',
      'truncate ledger_entries',
    ])
      await refused(role, change);
  });

  it('alters no table, switches no wall off, makes none and takes no other role', async () => {
    for (const change of [
      'alter table ledger_entries disable trigger all',
      'alter table balances drop constraint balances_pkey',
      'drop table refusals',
      'create table mine (id int)',
      'create or replace function ledger_entries_are_final() returns trigger language plpgsql as $$begin return new; end$$',
      'set role creditd',
      `alter table audit_log owner to ${role}`,
    ])
      await refused(role, change);
  });

  it('changes nothing of who did what, and removes no account, charge or lot', async () => {
    for (const change of [
      `update audit_log set who = 'nobody'`,
      'delete from audit_log',
      'delete from accounts',
      'delete from charges',
      'delete from grants',
      'delete from balances',
      'update _prisma_migrations set finished_at = null',
    ])
      await refused(role, change);
  });
});

describe('what only one part has to know', () => {
  it('the worker reads no key of the api, and no answer that was given', async () => {
    await refused('creditd_worker', 'select * from api_keys');
    await refused('creditd_worker', 'select body from idempotent_answers');
  });

  it('the api makes no key, gives none more rights, and sweeps nothing away', async () => {
    await refused('creditd_api', `update api_keys set scopes = '{}'`);
    await refused('creditd_api', 'delete from api_keys');
    await refused('creditd_api', 'insert into api_keys select * from api_keys');
    await refused('creditd_api', 'delete from webhook_endpoints');
    await refused('creditd_api', 'delete from notices');
  });

  it('the auditor reads no secret, and adds and changes nothing of the books', async () => {
    for (const change of [
      'select * from api_keys',
      'select * from webhook_endpoints',
      'select * from idempotent_answers',
      `insert into ledger_entries (account_no, sequence) values (1, 99)`,
      'update balances set lots = 0',
      'update grants set remaining = 0',
      'delete from outbox',
      'insert into accounts (id) values (1)',
    ])
      await refused('creditd_auditor', change);
  });
});

it('the command that audits runs under the auditor’s role, and finds what a hand has moved', {
  timeout: 120_000,
}, async () => {
  const settings = { DATABASE_URL: users.urls.creditd_auditor, CATALOG: 'receptionist' };
  expect((await runCreditd(['audit', '--all'], settings)).said).toContain('Every sum holds.');
  await query(river.url, 'update balances set lots = lots + 1');
  const found = await runCreditd(['audit', '--all'], settings);
  expect(found.code).toBe(1);
  expect(found.said).toContain('it does not hold that');
  await query(river.url, 'update balances set lots = lots - 1');
  expect((await runCreditd(['audit', '--all'], settings)).code).toBe(0);
});

it('every table of the schema is spoken of, so that a new one is given to those who need it', async () => {
  const tables = await query<{ name: string }>(
    river.url,
    `select tablename as name from pg_tables where schemaname = 'public' and tablename <> '_prisma_migrations'`,
  );
  expect(tables.map(({ name }) => name).filter((name) => !new RegExp(`\\b${name}\\b`).test(ROLES_SQL))).toEqual([]);
});

it('both parts may do what the other statements of the adapters do', async () => {
  const has = (role: string, table: string, right: string) =>
    query<{ may: boolean }>(river.url, 'select has_table_privilege($1, $2, $3) as may', [role, table, right]);
  for (const role of PARTS) {
    for (const table of ['ledger_entries', 'outbox', 'grants', 'holds', 'charges', 'notices', 'events'])
      expect(await has(role, table, 'INSERT'), `${role} ${table}`).toEqual([{ may: true }]);
    for (const table of ['balances', 'grants', 'charges', 'outbox', 'incidents', 'attempts'])
      expect(await has(role, table, 'UPDATE'), `${role} ${table}`).toEqual([{ may: true }]);
  }
});
