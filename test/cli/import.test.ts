import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { makePrisma, type Prisma } from '../../src/adapters/postgres/prisma.js';
import { stampDatabase } from '../../src/adapters/postgres/stamp.js';
import { readCsv } from '../../src/cli/csv-lines.js';
import { importCommand } from '../../src/cli/import.js';
import { type FreshDatabase, freshDatabase } from '../support/database.js';
import { removeScratch, scratchFolder } from '../support/scratch.js';

const folder = scratchFolder();
let database: FreshDatabase;
let prisma: Prisma;
beforeAll(async () => {
  database = await freshDatabase();
  prisma = makePrisma(database.url, 2);
  const id = () => '00000000-0000-7000-8000-000000000003';
  await stampDatabase(prisma, { kind: 'double' }, false, id, new Date());
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await prisma?.$disconnect();
  await database?.drop();
  removeScratch(folder);
});
beforeEach(() => {
  vi.stubEnv('DATABASE_URL', database.url);
  vi.stubEnv('CATALOG', 'receptionist');
});

const bringIn = async (name: string, content: string, ...more: string[]) => {
  const file = path.join(folder, name);
  writeFileSync(file, content);
  const said: string[] = [];
  const code = await importCommand([file, ...more], (line) => said.push(line)).catch((error: Error) => error.message);
  return { code, said: said.join('\n') };
};
const balanceOf = async (id: string) => {
  const found = await prisma.account.findUnique({ where: { id }, include: { balance: true, members: true } });
  return found === null ? null : { lots: found.balance?.lots, owners: found.members.map((one) => one.id) };
};

describe('creditd account import', () => {
  const LINES = [
    '{"id": "one", "anchor": "2099-01-01T00:00:00Z", "owners": [{"id": "u1", "email": "a@example.com"}], "lots": [{"credits": "120"}, {"credits": "2.5", "expiresAt": "2098-01-01T00:00:00Z", "paid": false}]}',
    '{"id": "two", "anchor": "2099-01-01T00:00:00Z"}',
  ];

  it('opens accounts with what they have left, once however often the file comes', async () => {
    const first = await bringIn('a.jsonl', LINES.join('\n'));
    expect(first.code).toBe(0);
    expect(first.said).toContain('2 accounts with 122.5 credits');
    expect(await balanceOf('one')).toEqual({ lots: 122_500_000n, owners: ['u1'] });
    expect(await balanceOf('two')).toEqual({ lots: 0n, owners: [] });
    const again = await bringIn('a.jsonl', LINES.join('\n'));
    expect(again.said).toContain('0 opened, 2 stood already, 0 failed.');
    expect((await balanceOf('one'))?.lots).toBe(122_500_000n);
    const noted = await prisma.auditEntry.findMany({ where: { who: 'operator:import' } });
    expect(noted.map((one) => one.action)).toContain('create_account');
  });

  it('does not give an account another opening balance: the first stands, and the difference is said', async () => {
    const other = await bringIn('b.jsonl', LINES.join('\n').replace('"120"', '"130"'));
    expect(other.code).toMatch(/1 accounts were not brought in whole/);
    expect(other.said).toMatch(/Line 1, one: .*opening-balance-1/);
    expect((await balanceOf('one'))?.lots).toBe(122_500_000n);
  });

  it('reads a table as spreadsheets write it', async () => {
    const table =
      '\uFEFFid,name,anchor,owners,credits,reason\r\nthree,"Smith, ""Bob""\r\n& Sons",2099-01-01T00:00:00Z,u1=a@example.com;u2,7.25,\r\n\r\nfour,,2099-01-01T00:00:00Z,,,\r\n';
    expect((await bringIn('c.csv', table)).code).toBe(0);
    expect(await balanceOf('three')).toEqual({ lots: 7_250_000n, owners: ['u1', 'u2'] });
    expect((await prisma.account.findUnique({ where: { id: 'three' } }))?.name).toBe('Smith, "Bob"\r\n& Sons');
  });

  it('says every problem with its line and writes nothing', async () => {
    const bad = [
      '{"id": "five"}',
      '{"id": "five"}',
      '{"name": "nobody"}',
      '{"id": "six", "lots": [{"credits": "-1"}]}',
      '{"id": "seven", "zone": "Mars/Olympus", "odd": 1}',
    ];
    const { code } = await bringIn('d.jsonl', bad.join('\n'));
    for (const part of ['line 2: five stands on line 1', 'line 3: id', 'line 4: lots.0.credits', 'line 5: zone'])
      expect(code).toContain(part);
    expect(await balanceOf('five')).toBeNull();
    expect((await bringIn('e.jsonl', 'nonsense')).code).toContain('Line 1 is not JSON');
  });

  it('with --dry-run only says what it would do', async () => {
    expect((await bringIn('f.jsonl', '{"id": "dry"}', '--dry-run')).code).toBe(0);
    expect(await balanceOf('dry')).toBeNull();
  });
});

describe('comma-separated values', () => {
  it('keep commas, quotes and lines inside quotes, and the line each row began on', () => {
    expect(readCsv('a,b\n"x\ny",2\n\n3,"""q"""')).toEqual([
      { line: 2, cells: { a: 'x\ny', b: '2' } },
      { line: 5, cells: { a: '3', b: '"q"' } },
    ]);
  });

  it('that do not close a quote, or have more cells than names, are refused', () => {
    expect(() => readCsv('a\n"x')).toThrow('line 2');
    expect(() => readCsv('a\n1,2')).toThrow('Line 2 has 2 cells');
  });
});
