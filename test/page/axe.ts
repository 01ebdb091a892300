/** What axe finds wrong with a page as it stands, each with the places it was found at. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Found {
  readonly violations: readonly {
    readonly id: string;
    readonly help: string;
    readonly nodes: readonly { readonly target: readonly string[]; readonly failureSummary?: string }[];
  }[];
}

/** Run as the debugger runs code: the page's own policy stays as strict as it is. */
export async function axe(page: Page): Promise<readonly string[]> {
  await page.evaluate(source);
  const found = (await page.evaluate('axe.run(document, { resultTypes: ["violations"] })')) as Found;
  return found.violations.flatMap((one) =>
    one.nodes.map((node) => `${one.id} (${one.help}) at ${node.target.join(' ')}: ${node.failureSummary ?? ''}`),
  );
}
