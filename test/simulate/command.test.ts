import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Report } from '../../src/simulate/report.js';
import { called } from './support.js';

const STEPS = [
  { do: 'grant', id: 'g', credits: 5 },
  { do: 'use', credits: 2 },
];
const YAML = 'steps:\n  - { do: grant, credits: 5 }\n  - { do: use, credits: 9, mode: if_covered }\n';

function fileWith(text: string, name = 'scenario.yaml'): string {
  const file = join(mkdtempSync(join(tmpdir(), 'creditd-simulate-')), name);
  writeFileSync(file, text);
  return file;
}

describe('creditd simulate', () => {
  it('exits 0 for a scenario that runs, though a step was refused', async () => {
    const { code, lines } = await called([fileWith(YAML)]);
    expect(code).toBe(0);
    expect(lines.join('\n')).toContain('refused: insufficient_credits');
  });

  it('prints one JSON object with --json, from a file or from standard input', async () => {
    for (const [args, input] of [
      [[fileWith(YAML), '--json'], ''],
      [['-', '--json'], YAML],
      [['-', '--json'], `\n${JSON.stringify({ steps: STEPS }, null, 2)}`],
    ] as const) {
      const { code, lines } = await called(args, input);
      expect(code).toBe(0);
      expect((JSON.parse(lines.join('\n')) as Report).accounts.account).toMatchObject({ headroom: '0' });
    }
  });

  it('exits 1 with every problem and where it is', async () => {
    const { code, lines } = await called(['-'], 'steps: [{ do: use, credits: -1 }]\nname: 5\n');
    expect(code).toBe(1);
    expect(lines).toHaveLength(2);
    expect(lines.join('\n')).toMatch(/^standard input {2}steps\[0\].credits: must be/m);
    const json = await called(['-', '--json'], 'steps: 5\n');
    expect(JSON.parse(json.lines.join('\n'))).toEqual({
      problems: [{ path: 'steps', message: 'must be a list of steps.' }],
    });
  });

  it('exits 1 for a file that is not there or no YAML, and 2 for a misuse', async () => {
    expect((await called(['nowhere.yaml'])).code).toBe(1);
    expect((await called([fileWith('steps: [')])).lines.join('\n')).toMatch(/This cannot be read: /);
    for (const args of [[], ['a', 'b'], ['--yaml', 'a']]) expect((await called(args)).code, String(args)).toBe(2);
  });

  it('finds a catalog file beside the scenario', async () => {
    const file = fileWith('catalog: ./other.yaml\nsteps: []\n');
    writeFileSync(join(file, '..', 'other.yaml'), 'format: 1\n');
    const broken = await called([file]);
    expect(broken.lines.join('\n')).toMatch(/catalog\.key: .*is missing/);
  });
});

describe('JSON Lines', () => {
  it('give one result a line, in order; a line that is no scenario is answered in its place', async () => {
    const input = [
      JSON.stringify({ name: 'first', steps: STEPS }),
      '',
      '{"steps":5}',
      '{',
      JSON.stringify({ name: 'last', steps: [] }),
    ];
    for (const args of [['--jsonl'], ['--jsonl', '-'], ['-']]) {
      const { code, lines } = await called(args, input.join('\n'));
      expect(code).toBe(1);
      expect(lines.map((line) => JSON.parse(line))).toMatchObject([
        { name: 'first', accounts: { account: { balance: '3', lots: { g: { remaining: '3' } } } } },
        { line: 3, problems: [{ path: 'steps' }] },
        { line: 4, problems: [{ path: '' }] },
        { name: 'last', events: [] },
      ]);
    }
  });

  it('are read from a file too', async () => {
    const { code, lines } = await called(['--jsonl', fileWith(`${JSON.stringify({ steps: STEPS })}\n`, 'many.jsonl')]);
    expect(code).toBe(0);
    expect(lines).toHaveLength(1);
  });

  it('may be thousands, with a catalog each, and equal scenarios have equal results', async () => {
    const catalog = (price: number) => ({ meters: { m: { rate: price } }, plans: [{ key: 'p', allotment: 100 }] });
    const lines = Array.from({ length: 2_000 }, (_, index) =>
      JSON.stringify({ catalog: catalog(index % 50), until: '+90d', steps: [...STEPS, { do: 'use', meter: 'm' }] }),
    );
    const answered = await called(['--jsonl'], lines.join('\n'));
    expect(answered.code).toBe(0);
    expect(answered.lines).toHaveLength(2_000);
    expect(new Set(answered.lines).size).toBe(50);
  }, 60_000);
});
