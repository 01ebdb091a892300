/**
 * What lets the tables be spread over the machines of a Citus: keys that are led by the account, statements that lock on one
 * shard alone, and lanes that never hold two. A stand-in of Citus' own function says which shard an account lies on, and a
 * wall in the database refuses what Citus would refuse.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accountId } from '../../src/domain/ids.js';
import { DAY_MS } from '../../src/domain/instant.js';
import { readTree, root } from '../house/source.js';
import { execute, query } from '../support/admin.js';
import { type FreshDatabase, freshDatabase } from '../support/database.js';
import { openLocalRiver, runDry } from '../support/local-river.js';
import { callEvent } from '../support/river.js';
import { brokenSums } from '../support/sums.js';
import { until } from '../support/wait.js';

const SQL = readFileSync(path.join(root, 'prisma/distributed.sql'), 'utf8');
const named = (pattern: RegExp): string[] => [...SQL.matchAll(pattern)].map(([, name = '']) => name);
const DISTRIBUTED = named(/^SELECT create_distributed_table\('(\w+)', 'account_no'/gm);
const COPIED = named(/^SELECT create_reference_table\('(\w+)'\)/gm);
const ALONE = (/on the coordinator: ([\w,\s-]+?)\./.exec(SQL)?.[1] ?? '').replace(/--/g, '').split(',');
const COORDINATOR = ALONE.map((name) => name.trim());

const SHARDS = 4;
/** As Citus names it, over so many shards, and the wall that stands for what it refuses. */
const STAND_IN = `
  create function get_shard_id_for_distribution_column(regclass, bigint) returns bigint language sql immutable
    as 'select 102008 + $2 % ${SHARDS}';
  create table seen_shards (transaction bigint, shard bigint);
  create function one_shard_alone() returns trigger language plpgsql as $$
  declare shard text := get_shard_id_for_distribution_column('balances', new.account_no)::text;
  begin
    if coalesce(nullif(current_setting('test.shard', true), ''), shard) <> shard then
      raise exception 'could not run distributed query with FOR UPDATE/SHARE commands' using errcode = 'feature_not_supported';
    end if;
    perform set_config('test.shard', shard, true);
    insert into seen_shards values (txid_current(), shard::bigint);
    return new;
  end $$;
  create trigger one_shard_alone before update on balances for each row execute function one_shard_alone()`;

describe('the tables', () => {
  let database: FreshDatabase;
  beforeAll(async () => {
    database = await freshDatabase();
  });
  afterAll(() => database?.drop());
  const ask = <Row extends Record<string, unknown>>(sql: string, values: unknown[] = []) =>
    query<Row>(database.url, sql, values);

  it('are all placed, each in one way', async () => {
    const tables = await ask<{ name: string }>(
      `select tablename as name from pg_tables where schemaname = 'public' and tablename <> '_prisma_migrations' order by 1`,
    );
    expect([...DISTRIBUTED, ...COPIED, ...COORDINATOR].sort()).toEqual(tables.map(({ name }) => name));
  });

  it('of a tenant have the account in every row, and lead every key with it', async () => {
    const keys = await ask<{ table: string; index: string; first: string }>(
      `select t.relname as table, i.relname as index, a.attname as first from pg_index x
       join pg_class t on t.oid = x.indrelid join pg_class i on i.oid = x.indexrelid
       join pg_attribute a on a.attrelid = t.oid and a.attnum = x.indkey[0]
       where x.indisunique and t.relname = any($1)`,
      [DISTRIBUTED],
    );
    expect(new Set(keys.map(({ table }) => table))).toEqual(new Set(DISTRIBUTED));
    expect(keys.filter(({ first }) => first !== 'account_no')).toEqual([]);
    const loose = await ask(
      `select table_name from information_schema.columns
       where table_name = any($1) and column_name = 'account_no' and is_nullable = 'YES'`,
      [DISTRIBUTED],
    );
    expect(loose).toEqual([]);
  });

  it('refer by the account to what lies beside them, or to what lies everywhere', async () => {
    const links = await ask<{ from: string; to: string; first: string; target: string }>(
      `select c.conrelid::regclass::text as from, c.confrelid::regclass::text as to, a.attname as first, f.attname as target
       from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
       join pg_attribute f on f.attrelid = c.confrelid and f.attnum = c.confkey[1]
       where c.contype = 'f' and c.conrelid::regclass::text = any($1)`,
      [DISTRIBUTED],
    );
    expect(links.length).toBeGreaterThan(10);
    const isSound = ({ to, first, target }: (typeof links)[number]): boolean =>
      COPIED.includes(to) || (DISTRIBUTED.includes(to) && first === 'account_no' && target === 'account_no');
    expect(links.filter((link) => !isSound(link))).toEqual([]);
  });
});

describe('the statements', () => {
  const sources = readTree('src/adapters/postgres').filter(({ path: name }) => !name.includes('generated'));
  const texts = sources.flatMap(({ path: name, text }) =>
    [...text.matchAll(/`([^`]*)`|'((?:select|update|delete|insert|with)[^'\n]*)'/g)].map(([, long, short]) => ({
      name,
      sql: (long ?? short ?? '').replace(/\s+/g, ' ').trim(),
    })),
  );
  const statements = texts.filter(({ sql }) => /^(select|update|delete from|insert into|with) /i.test(sql));

  it('never skip what is locked: a lease is taken by an update', () => {
    expect(statements.length).toBeGreaterThan(60);
    expect(statements.filter(({ sql }) => /skip locked|nowait/i.test(sql))).toEqual([]);
  });

  it('lock rows of one account or of one lane’s accounts, and of nothing else', () => {
    const locking = statements.filter(({ sql }) => /\bfor (no key )?(update|share)\b/i.test(sql));
    expect(locking.length).toBeGreaterThan(0);
    const isOfOne = (sql: string): boolean =>
      /account_no = (\$\d|any\(\$1::bigint\[\]\))/.test(sql) ||
      /from accounts where id = \$1/.test(sql) ||
      // Erasing a person is a command about one account.
      /where \$\{whose\}/.test(sql);
    expect(locking.filter(({ sql }) => !isOfOne(sql))).toEqual([]);
  });

  it('of the hot path change a tenant’s rows by their account', () => {
    const hot = statements.filter(({ name }) => /\/(statements|outbox|save|save-limits|save-events)\.ts$/.test(name));
    const changing = hot.filter(({ sql }) =>
      new RegExp(`^(with .*)?(update|delete from) (${DISTRIBUTED.join('|')})\\b`, 'i').test(sql),
    );
    expect(changing.length).toBeGreaterThan(6);
    // An operator sends parked steps again: that one is of every account.
    const others = changing.filter(({ sql }) => !/account_no = /.test(sql) && !/set parked_at = null/.test(sql));
    expect(others).toEqual([]);
  });
});

describe('lanes by shard', () => {
  const ACCOUNTS = Array.from({ length: 16 }, (_, index) => `spread-${index}`);
  const jobs = (keys: string) => ({
    v: 1,
    events: ACCOUNTS.map((account) => callEvent(account, `${keys}-${account}`)),
  });

  const rivered = async (sharded: boolean) => {
    const database = await freshDatabase();
    await execute(database.url, STAND_IN);
    const river = await openLocalRiver({ databaseUrl: database.url, sharded });
    for (const account of ACCOUNTS) await river.account(account);
    return { river, close: () => river.close().then(() => database.drop()) };
  };

  it('never hold accounts of two shards, in debits, renewals and posts of many accounts at once', {
    timeout: 90_000,
  }, async () => {
    const { river, close } = await rivered(true);
    try {
      await river.startWorker();
      for (const keys of ['a', 'b', 'c']) await river.queues.ask('usage', (usage) => usage.add('usage', jobs(keys)));
      await runDry(river, 30_000);
      const posted = await river.desk.ledger.post(
        ACCOUNTS.map((account) => ({ kind: 'settle' as const, account: accountId(account) })),
      );
      expect(posted.kind === 'posted' && posted.outcomes.map(({ kind }) => kind)).toEqual(
        ACCOUNTS.map(() => 'settled'),
      );
      river.travel(40 * DAY_MS);
      const renewed = `select count(*)::int as n from grants where kind = 'allotment' and ordinal > 0`;
      await until(async () => ((await query<{ n: number }>(river.url, renewed))[0]?.n ?? 0) >= ACCOUNTS.length, {
        timeoutMs: 40_000,
        what: 'every account to be renewed',
      });
      const [seen] = await query<{ shards: number; mixed: number }>(
        river.url,
        `select count(distinct shard)::int as shards,
           (select count(*)::int from (select transaction from seen_shards group by 1 having count(distinct shard) > 1) m) as mixed
         from seen_shards`,
      );
      expect(seen).toEqual({ shards: SHARDS, mixed: 0 });
      const [used] = await query<{ n: number }>(
        river.url,
        `select count(*)::int as n from ledger_entries where kind = 'use' and line = 0`,
      );
      expect(used?.n).toBe(3 * ACCOUNTS.length);
      expect(await brokenSums(river.url)).toEqual([]);
    } finally {
      await close();
    }
  });

  it('are what keeps it so: without them the wall is met', async () => {
    const { river, close } = await rivered(false);
    try {
      const posted = await river.desk.ledger.post(
        ACCOUNTS.map((account) => ({
          ...{ kind: 'use' as const, account: accountId(account), key: 'mixed', meter: 'answered_call', quantity: 1 },
          properties: { outcome: 'full_conversation' },
        })),
      );
      expect(posted).toMatchObject({ kind: 'unavailable', fate: 'rolled_back' });
    } finally {
      await close();
    }
  });
});
