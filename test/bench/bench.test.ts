/** The measurements, at their smallest: that they run, and that what they did is exact. How fast they are is no test's matter. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Result } from '../../bench/measure.js';
import type { Run } from '../../bench/results.js';
import { bareEnvironment } from '../support/environment.js';
import { redisAvailable } from '../support/redis.js';
import { removeScratch, scratchFolder } from '../support/scratch.js';

const PROGRAM = path.resolve('dist/bench/run.js');
const TINY = { rounds: 1, seconds: 1, accounts: 200, rows: 2_000, due: 50, events: 2_000 };
/** A machine that does much else at the same time is no reason to fail. */
const LIMIT_MS = 400_000;

function bench(args: readonly string[]): Promise<{ readonly code: number | null; readonly said: string }> {
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: bareEnvironment(),
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, said })));
}

async function measured(args: readonly string[]): Promise<readonly Result[]> {
  const folder = scratchFolder();
  try {
    const file = path.join(folder, 'results.json');
    const sizes = Object.entries(TINY).flatMap(([name, size]) => [`--${name}`, String(size)]);
    const { code, said } = await bench([...args, ...sizes, '--json', file]);
    expect(said).not.toContain('WRONG');
    expect(code, said).toBe(0);
    return (JSON.parse(readFileSync(file, 'utf8')) as Run).results;
  } finally {
    removeScratch(folder);
  }
}

describe.skipIf(!redisAvailable)('the measurements', () => {
  it(
    'run every scenario once, and every credit of it is where it belongs',
    async () => {
      const results = await measured([]);
      expect(results.map(({ id }) => id)).toEqual(['S1', 'S2', 'S3', 'S4', 'S5', 'S6', 'S7', 'S8']);
      for (const { id, goals, integrity } of results) {
        expect(goals.length, id).toBeGreaterThan(0);
        expect(integrity, id).toMatchObject({ problems: [] });
        expect(integrity?.distinct, id).toBeGreaterThan(0);
        expect((integrity?.accepted ?? 0) + (integrity?.refused ?? 0), id).toBe(integrity?.distinct);
      }
      const [killed] = results.filter(({ id }) => id === 'S4');
      expect(killed?.integrity?.sent, 'some came twice').toBeGreaterThan(killed?.integrity?.distinct ?? 0);
    },
    LIMIT_MS,
  );

  it(
    'run growth at two sizes',
    async () => {
      const [growth, ...more] = await measured(['growth', '--sizes', '50:1000,100:3000']);
      expect(more).toEqual([]);
      expect(growth).toMatchObject({ id: 'S9', integrity: { problems: [] } });
      expect(growth?.series).toHaveLength(2);
    },
    LIMIT_MS,
  );
});

describe('the command of the measurements', () => {
  it('says what it understands when it is told what it does not', async () => {
    const { code, said } = await bench(['--only', 'S42']);
    expect(code).toBe(2);
    expect(said).toContain('There is no scenario "S42"');
    expect(said).toContain('npm run bench');
  });
});
