/** Columns as the statements of the hot path write them, read back by a real Postgres. */
import type pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeInstants, plain, quoted } from '../../src/adapters/postgres/columns.js';
import { makePool } from '../../src/adapters/postgres/pool.js';
import { instant } from '../../src/domain/instant.js';
import { type FreshDatabase, freshDatabase } from '../support/database.js';

const QUIET = { info: () => undefined, warn: () => undefined, error: () => undefined };
let database: FreshDatabase;
let pool: pg.Pool;
beforeAll(async () => {
  database = await freshDatabase();
  pool = makePool({ url: database.url, max: 1, name: 'test', log: QUIET });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

const back = async (type: string, column: string): Promise<unknown> =>
  (await pool.query(`select $1::${type}[] as back`, [column])).rows[0]?.back;

it('text of every kind comes back as it was', async () => {
  const all = [
    '',
    'NULL',
    'null',
    null,
    '"',
    '\\',
    '{',
    '}',
    ',',
    ' a ',
    "'",
    '\n\t',
    'naïve 🙂',
    '{"a":"b\\"c"}',
    '\\"',
    '\\\\',
  ];
  expect(await back('text', quoted(all))).toEqual(all);
  expect(await back('text', quoted([]))).toEqual([]);
});

it('numbers, flags, ids and nothing come back as they were', async () => {
  expect(await back('int', plain([1, null, -3]))).toEqual([1, null, -3]);
  expect(await back('boolean', plain([true, false, null]))).toEqual([true, false, null]);
  const id = '0190a0b0-0000-7000-8000-000000000001';
  expect(await back('uuid', plain([id, null]))).toEqual([id, null]);
  expect(await back('bigint', plain([9_000_000_000_000_000_001n]))).toEqual(['9000000000000000001']);
});

it('instants come back to the millisecond, whatever their fraction and whatever zone the server says them in', async () => {
  const all = [
    0, 1, 10, 100, 999, 1_000, 1_795_209_600_120, 1_795_209_600_007, 253_402_300_799_999, -1, -62_135_596_800_000,
  ].map(instant);
  const instants = makeInstants();
  for (const zone of ['UTC', 'Asia/Kolkata', 'America/New_York', 'Europe/London']) {
    await pool.query(`set timezone = '${zone}'`);
    const { rows } = await pool.query(
      'select at from unnest($1::timestamptz[]) with ordinality as n(at, place) order by place',
      [plain(all.map(instants))],
    );
    expect(rows.map((row) => row.at)).toEqual(all);
  }
  expect(instants(null)).toBeNull();
});
