/** The pages on security and on dependencies say what is so. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../house/source.js';

const read = (name: string): string => readFileSync(path.join(root, name), 'utf8');

describe('docs/security.md', () => {
  const page = read('docs/security.md');
  const proofs = [...page.matchAll(/\[([^\]]+)\]\(\.\.\/(test\/[^)]+)\)/g)].map(([, title = '', file = '']) => ({
    title,
    file,
  }));

  it('names only tests that there are, each by words of its title', () => {
    expect(proofs.length).toBeGreaterThan(50);
    expect(proofs.filter(({ title, file }) => !read(file).includes(title))).toEqual([]);
  });

  it('speaks of each fault from 43 to 58, with a proof', () => {
    for (let fault = 43; fault <= 58; fault += 1)
      expect(page, `fault ${fault}`).toMatch(new RegExp(`^\\| ${fault} \\| .+\\]\\(\\.\\./test/.+ \\|$`, 'm'));
  });

  it('speaks of every chapter of the standard that applies, with a proof or the reason why not', () => {
    const chapters = page.split('## OWASP ASVS 5.0')[1]?.match(/^\| V\d.*$/gm) ?? [];
    for (const chapter of ['V1', 'V2', 'V3', 'V4', 'V6', 'V7', 'V8', 'V11', 'V12', 'V13', 'V14', 'V15', 'V16'])
      expect(
        chapters.some((row) => new RegExp(`\\b${chapter}\\b`).test(row)),
        chapter,
      ).toBe(true);
    expect(chapters.filter((row) => !row.includes('](../test/') && !row.includes('Does not apply'))).toEqual([]);
  });
});

describe('docs/dependencies.md', () => {
  const page = read('docs/dependencies.md');
  const rows = (part: string | undefined): string[][] =>
    [...(part ?? '').matchAll(/^\| `([^`]+)` \| ([^|]+) \| ([^|]+) \|$/gm)].map(([, ...cells]) => cells);
  const [installed, building] = page.split('## For building and testing').map(rows);
  const described = JSON.parse(read('package.json')) as Record<string, Record<string, string>>;

  it('lists every direct dependency, and no other, each with a reason', () => {
    expect(installed?.map(([name]) => name)).toEqual(Object.keys(described.dependencies ?? {}).sort());
    expect(building?.map(([name]) => name)).toEqual(Object.keys(described.devDependencies ?? {}).sort());
    const all = [...(installed ?? []), ...(building ?? [])];
    expect(all.filter(([, , why = '']) => why.trim().length < 5)).toEqual([]);
  });

  it('says of each the licence that the package itself says', () => {
    for (const [name = '', licence = ''] of [...(installed ?? []), ...(building ?? [])]) {
      const { license } = JSON.parse(read(`node_modules/${name}/package.json`)) as { license: string };
      expect(`${name} ${licence.trim()}`).toBe(`${name} ${license}`);
    }
  });

  it('has nothing in the installed package that would bind those who use it', () => {
    const free = ['MIT', 'MIT-0', 'ISC', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause'];
    expect(installed?.filter(([, licence = '']) => !free.includes(licence.trim()))).toEqual([]);
  });
});
