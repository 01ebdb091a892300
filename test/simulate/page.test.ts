import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { STEP_NAMES, scenarioJsonSchema } from '../../src/simulate/scenario.js';
import { blocksOf, called, FOLDER, play } from './support.js';

const PAGE = new URL('../../docs/simulate.md', import.meta.url);
const SCENARIOS = readdirSync(FOLDER).filter((name) => name.endsWith('.yaml'));
const textOf = (name: string): string => readFileSync(new URL(name, FOLDER), 'utf8');

/** A YAML block of the page and the text block after it. */
const EXAMPLES = blocksOf(PAGE).flatMap(({ language, text }, at, all) => {
  const next = all[at + 1];
  return language === 'yaml' && next?.language === 'text' ? [{ scenario: text, printed: next.text }] : [];
});
/** Those that are scenarios: the page also shows how one that is none is answered. */
const PLAYED = EXAMPLES.filter((one) => !one.printed.startsWith('scenario.yaml'));

describe('the schema of scenarios', () => {
  it('is published exactly as scenarios are read (vitest -u writes it anew)', async () => {
    // Short lists on one line, as the formatter keeps the file.
    const text = JSON.stringify(scenarioJsonSchema(), null, 2).replace(
      /\[\s+([^[\]{}]*?)\s+\]/g,
      (list, items: string) => {
        const short = `[${items.replace(/,\s+/g, ', ')}]`;
        return short.length <= 100 ? short : list;
      },
    );
    await expect(`${text}\n`).toMatchFileSnapshot('../../schemas/scenario.v1.schema.json');
  });

  it('accepts every example and says no to what is no scenario', () => {
    const fits = new Ajv2020({ strict: false }).compile(scenarioJsonSchema());
    for (const text of [...SCENARIOS.map(textOf), ...PLAYED.map((one) => one.scenario)]) {
      fits(parse(text));
      expect(fits.errors ?? [], text).toEqual([]);
    }
    for (const wrong of [7, {}, { steps: [{ do: 'fly' }] }, { steps: [{ do: 'use', credit: 1 }] }, { steps: [], x: 1 }])
      expect(fits(wrong), JSON.stringify(wrong)).toBe(false);
  });
});

describe('an example scenario', () => {
  it.each(SCENARIOS)('comes out as it is kept (vitest -u writes it anew): %s', async (name) => {
    const { code, lines } = await called([fileURLToPath(new URL(name, FOLDER))]);
    expect(code).toBe(0);
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(`./scenarios/${name.replace('.yaml', '.txt')}`);
  });
});

describe('the page on creditd simulate', () => {
  it('has examples', () => {
    expect(PLAYED.length).toBeGreaterThanOrEqual(4);
  });

  it.each(EXAMPLES)('shows what each example prints: $scenario', async ({ scenario, printed }) => {
    const folder = mkdtempSync(join(tmpdir(), 'creditd-page-'));
    const file = join(folder, 'scenario.yaml');
    writeFileSync(file, scenario);
    const { lines } = await called([file]);
    expect(`${lines.join('\n').replaceAll(file, 'scenario.yaml')}\n`).toBe(printed);
  });

  it('names every step there is, and no other', () => {
    const page = readFileSync(PAGE, 'utf8');
    const table = page.slice(page.indexOf('## Steps'), page.indexOf('## Charges'));
    const rows = [...table.matchAll(/^\| `([a-z_]+)` \|/gm)].map(([, name]) => name);
    expect(rows.sort()).toEqual([...STEP_NAMES].sort());
  });

  it('names every field of an account’s result, and no other', async () => {
    const page = readFileSync(PAGE, 'utf8');
    const { accounts } = await play({ steps: [] });
    const table = page.slice(page.indexOf('### An account’s result'), page.indexOf('### An event'));
    const named = [...table.matchAll(/^\| `([A-Za-z]+)` \|/gm)].map(([, name]) => name);
    expect(named.sort()).toEqual(Object.keys(accounts.account ?? {}).sort());
  });
});
