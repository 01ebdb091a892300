/** Scenarios for tests: written as YAML or as values, played through the command line's own way of reading them. */
import { readFileSync } from 'node:fs';
import { simulateCommand } from '../../src/cli/simulate.js';
import type { AccountReport, Report } from '../../src/simulate/report.js';

export const FOLDER = new URL('./scenarios/', import.meta.url);

/** Exit code and lines of one call; `input` is what stands on standard input. */
export async function called(args: readonly string[], input = ''): Promise<{ code: number; lines: string[] }> {
  const lines: string[] = [];
  async function* standardInput() {
    yield* input.split('\n');
  }
  const code = await simulateCommand([...args], (line) => lines.push(line), standardInput);
  return { code, lines };
}

/** Throws with every problem where the value is no scenario. */
export async function play(scenario: object): Promise<Report> {
  const { code, lines } = await called(['-'], JSON.stringify(scenario));
  const [line = ''] = lines;
  if (code !== 0) throw new Error(line);
  return JSON.parse(line) as Report;
}

/** The one account of a scenario. */
export async function playOne(scenario: object): Promise<AccountReport & { readonly report: Report }> {
  const report = await play(scenario);
  const [account] = Object.values(report.accounts);
  if (account === undefined) throw new Error('a scenario without an account');
  return { ...account, report };
}

/** "path: message" of everything that is wrong with a value. */
export async function problemsOf(scenario: unknown): Promise<string[]> {
  const { lines } = await called(['--jsonl'], JSON.stringify(scenario));
  const answer = JSON.parse(lines[0] ?? '') as { problems?: { path: string; message: string }[] };
  return (answer.problems ?? []).map(({ path, message }) => `${path}: ${message}`);
}

/** What each written step came to: a refusal by its reason, anything else by its kind, in the order they ran. */
export const outcomes = ({ events }: Report): string[] =>
  events.flatMap(({ step, outcome }) => {
    if (step === null || outcome === null) return [];
    return [outcome.kind === 'refused' ? String(outcome.reason) : outcome.kind];
  });

export const remaining = ({ lots }: AccountReport): Record<string, unknown> =>
  Object.fromEntries(Object.entries(lots).map(([id, lot]) => [id, lot.remaining]));

/** Each fenced block of a page with its language, in order. */
export function blocksOf(page: URL): { readonly language: string; readonly text: string }[] {
  const text = readFileSync(page, 'utf8');
  return [...text.matchAll(/^```(\S*)\n(.*?)^```$/gms)].map(([, language = '', block = '']) => ({
    language,
    text: block,
  }));
}

export const grant = (id: string, credits: number | string, more: object = {}) => ({
  do: 'grant',
  id,
  credits,
  ...more,
});
export const use = (credits: number | string, more: object = {}) => ({ do: 'use', credits, ...more });

export const PRICE = { credit_price: { credits: 10, for: '1.00' } };
export const TOP_OFF = { ...PRICE, auto_top_off: { threshold: 50, amount: 200, largest_charge: '60.00' } };
/** One account that buys 200 for 20.00 below 50, or as its settings say. */
export const topOff = (settings: object = {}) => ({
  start: '2026-05-01T00:00:00Z',
  catalog: TOP_OFF,
  accounts: [{ id: 'acme', cards: ['visa'], auto_top_off: { threshold: 50, amount: 200, ...settings } }],
});
