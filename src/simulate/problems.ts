/** What is wrong with a scenario: every problem at once, each with the place it is at. */
import type { z } from 'zod';

export interface Problem {
  /** "steps[2].credits"; empty for the scenario as a whole. */
  readonly path: string;
  /** What is wrong and what to do, in a sentence. */
  readonly message: string;
}

export type Path = readonly (string | number)[];

export const writtenPath = (path: Path): string =>
  path.map((part, at) => (typeof part === 'number' ? `[${part}]` : at === 0 ? part : `.${part}`)).join('');

export const problem = (path: Path, message: string): Problem => ({
  path: writtenPath(path),
  message: /[.?!]$/.test(message) ? message : `${message}.`,
});

/** One line for each unknown name, one for everything else. The readers' own words are sentences already. */
export function explained(issues: readonly z.core.$ZodIssue[]): Problem[] {
  return issues.flatMap((issue) => {
    const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
    if (issue.code === 'unrecognized_keys') {
      const lines = issue.message.split('\n');
      return issue.keys.map((key, index) => problem([...path, key], lines[index] ?? 'is not known here'));
    }
    return [problem(path, issue.message)];
  });
}
