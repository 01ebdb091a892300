import { describe, expect, it } from 'vitest';
import { forbiddenImports } from './house/layers.js';
import { leftOutTests, mixesTransactions, readsClock, readsEnvironment, tooLong, usesConsole } from './house/rules.js';
import { parse, readTree, type Source, type Text, type Violation } from './house/source.js';
import { machinePaths, markers, otherPapers, sqlClock, statementClock } from './house/text-rules.js';

interface Rule {
  readonly title: string;
  readonly ofSource?: (source: Source) => readonly Violation[];
  readonly ofText?: (file: Text) => readonly Violation[];
  /** Each breaks the rule exactly once. */
  readonly broken: readonly Text[];
  /** Each looks like a breach and is none. */
  readonly kept: readonly Text[];
}

const long = (lines: number) => Array.from({ length: lines }, (_, index) => `  f(${index});`).join('\n');
const marker = ['TO', 'DO'].join('');
const folder = ['/ro', 'ot/x'].join('');

const RULES: readonly Rule[] = [
  {
    title: 'imports follow the arrows, and an SDK stays in its adapter',
    ofSource: forbiddenImports,
    broken: [
      { path: 'src/domain/a.ts', text: "import type { Ledger } from '../ports.js';" },
      { path: 'src/domain/a.ts', text: "import { readFile } from 'node:fs/promises';" },
      { path: 'src/flow/a.ts', text: "import { b } from '../adapters/postgres/b.js';" },
      { path: 'src/flow/a.ts', text: "const { b } = await import('pg');" },
      { path: 'src/http/a.ts', text: "export { b } from '../adapters/mail/b.js';" },
      { path: 'src/adapters/mail/a.ts', text: "import { b } from '../stripe/b.js';" },
      { path: 'src/adapters/mail/a.ts', text: "import Stripe from 'stripe';" },
      { path: 'src/adapters/mail/a.ts', text: "import { b } from '../../dev/b.js';" },
      { path: 'src/adapters/mail/a.ts', text: "import { config } from '../../config.js';" },
      { path: 'jobs/a.ts', text: "import { b } from './b.js';" },
      { path: 'src/ports.ts', text: "import { b } from './flow/b.js';" },
      { path: 'src/client/a.ts', text: "import { b } from '../http/b.js';" },
      { path: 'src/client/a.ts', text: "import { b } from 'bullmq';" },
      { path: 'src/nowhere/a.ts', text: 'export const a = 1;' },
    ],
    kept: [
      { path: 'src/domain/a.ts', text: "import { b } from './b.js';\nimport { createHash } from 'node:crypto';" },
      {
        path: 'src/adapters/mail/a.ts',
        text: "import type { Mailer } from '../../ports.js';\nimport { b } from './b.js';",
      },
      { path: 'src/wire.ts', text: "import { b } from './adapters/postgres/b.js';\nimport { c } from './dev/c.js';" },
      {
        path: 'jobs/a.ts',
        text: "import { b } from '../src/flow/b.js';\n// import from '../src/adapters/postgres/b.js'",
      },
    ],
  },
  {
    title: 'only the configuration reads the environment',
    ofSource: readsEnvironment,
    broken: [
      { path: 'src/flow/a.ts', text: 'const a = 1;\nexport const b = process.env.B;' },
      { path: 'src/dev/a.ts', text: "import { env } from 'node:process';" },
    ],
    kept: [
      { path: 'src/config.ts', text: 'export const b = process.env.B;' },
      { path: 'src/flow/a.ts', text: "export const a = 'process.env.A'; // process.env" },
    ],
  },
  {
    title: 'only the command line prints',
    ofSource: usesConsole,
    broken: [{ path: 'src/flow/a.ts', text: "const a = 1;\nconsole.log('a', a);" }],
    kept: [
      { path: 'src/cli/a.ts', text: "console.log('a');" },
      { path: 'src/flow/a.ts', text: '// console.log(1)\nexport const console2 = 1;' },
    ],
  },
  {
    title: 'no file has more than 300 lines, no function more than 70',
    ofSource: tooLong,
    broken: [
      { path: 'src/flow/a.ts', text: long(301) },
      {
        path: 'src/flow/a.ts',
        text: `export const a = () => {\n${long(69)}\n};`,
      },
      { path: 'test/support/a.ts', text: `export function a() {\n${long(69)}\n}` },
    ],
    kept: [
      { path: 'src/flow/a.ts', text: long(300) },
      { path: 'src/flow/a.ts', text: `export function a() {\n${long(68)}\n}` },
      { path: 'test/a.test.ts', text: `describe('a', () => {\n${long(200)}\n});` },
    ],
  },
  {
    title: 'no test is left out of every run',
    ofSource: leftOutTests,
    broken: ['it.only', 'describe.skip', 'test.todo', 'describe.concurrent.only'].map((call) => ({
      path: 'test/a.test.ts',
      text: `const a = 1;\n${call}('a', () => undefined);`,
    })),
    kept: [{ path: 'test/a.test.ts', text: "describe.skipIf(x)('a', () => undefined);\nlist.skip(1); // it.only" }],
  },
  {
    title: 'no Prisma transaction is open while the ledger posts',
    ofSource: mixesTransactions,
    broken: [{ path: 'src/flow/a.ts', text: 'await ports.ledger.post([]);\nawait prisma.$transaction([]);' }],
    kept: [{ path: 'src/adapters/postgres/a.ts', text: 'await prisma.$transaction([]);\nawait app.post([]);' }],
  },
  {
    title: 'the core is handed the time',
    ofSource: readsClock,
    broken: [
      { path: 'src/domain/a.ts', text: 'export const a = Date.now();' },
      { path: 'src/flow/a.ts', text: 'export const a = new Date();' },
    ],
    kept: [{ path: 'src/domain/a.ts', text: 'export const a = new Date(5); export const b = clock.now();' }],
  },
  {
    title: 'no statement of a program asks the database for the time, but the one that locks',
    ofSource: statementClock,
    broken: [
      { path: 'src/adapters/postgres/a.ts', text: 'const s = `update t\nset a = now()`;' },
      { path: 'src/adapters/postgres/a.ts', text: "const s = 'select clock_timestamp()';" },
      { path: 'src/adapters/postgres/a.ts', text: 'const s = `select $' + '{b}, CURRENT_TIMESTAMP`;' },
    ],
    kept: [
      { path: 'src/adapters/postgres/statements.ts', text: "const s = 'select clock_timestamp()';" },
      { path: 'src/adapters/postgres/a.ts', text: 'const at = await clock.now(); // now()' },
    ],
  },
  {
    title: 'no migration and no default asks the database for the time',
    ofText: sqlClock,
    broken: [
      { path: 'prisma/migrations/1/migration.sql', text: 'create table a (\n  b timestamptz default now());' },
      { path: 'prisma/migrations/1/migration.sql', text: '-- a\nalter table a alter b set default CURRENT_TIMESTAMP;' },
      { path: 'prisma/schema.prisma', text: 'model A {\n  b DateTime @default(now())' },
    ],
    kept: [{ path: 'prisma/migrations/1/migration.sql', text: '-- now() is refused\nselect known();' }],
  },
  {
    title: 'nothing was left to do later',
    ofText: markers,
    broken: [{ path: 'README.md', text: `a\n${marker}: b` }],
    kept: [{ path: 'README.md', text: `a ${marker.toLowerCase()} b` }],
  },
  {
    title: 'no file names a place on one machine or the host of a registry',
    ofText: machinePaths,
    broken: [
      { path: 'README.md', text: `a\nsee ${folder}` },
      { path: '.ci/run', text: `curl https://${['registry', '.npmjs'].join('')}.org` },
    ],
    kept: [
      {
        path: 'README.md',
        text: `cd ${['.', 'work', 'a'].join('/')}; /usr/lib/postgresql; https://example.com/home/a`,
      },
    ],
  },
  {
    title: 'the project speaks of itself alone',
    ofText: otherPapers,
    broken: [{ path: 'src/flow/a.ts', text: `const a = 1;\n// ${['RU', 'LES'].join('')} §2` }],
    kept: [{ path: 'src/flow/a.ts', text: '// rules of thumb' }],
  },
];

const violationsOf = (rule: Rule, texts: readonly Text[], sources: readonly Source[]): readonly Violation[] => [
  ...(rule.ofText ? texts.flatMap(rule.ofText) : []),
  ...(rule.ofSource ? sources.flatMap(rule.ofSource) : []),
];

describe('the house', () => {
  const texts = readTree();
  const sources = parse(texts);

  it('is read whole', () => {
    const paths = sources.map((source) => source.path);
    expect(paths).toEqual(expect.arrayContaining(['src/ports.ts', 'bin/creditd.mjs', 'test/house.test.ts']));
    expect(texts.map((text) => text.path)).toEqual(
      expect.arrayContaining(['prisma/schema.prisma', 'Dockerfile', '.ci/run']),
    );
  });

  it.each(RULES)('$title', (rule) => {
    const lines = violationsOf(rule, texts, sources).map(({ path, line, what }) => `${path}:${line}  ${what}`);
    expect(lines.join('\n')).toBe('');
  });
});

describe('each rule of the house', () => {
  const planted = RULES.flatMap((rule) => [...rule.broken, ...rule.kept]);
  const parsed = parse(planted);
  const violationsIn = (rule: Rule, file: Text) =>
    violationsOf(
      rule,
      [file],
      parsed.filter((source) => source.path === file.path && source.text === file.text),
    );

  it.each(RULES)('finds what breaks it and nothing else: $title', (rule) => {
    for (const file of rule.broken) expect(violationsIn(rule, file), file.text).toMatchObject([{ path: file.path }]);
    for (const file of rule.kept) expect(violationsIn(rule, file), file.text).toEqual([]);
  });

  it('names the line', () => {
    const [source] = parse([{ path: 'src/flow/a.ts', text: "// one\n\nimport a from 'pg';\n" }]);
    expect(source ? forbiddenImports(source) : []).toMatchObject([{ path: 'src/flow/a.ts', line: 3 }]);
  });
});
