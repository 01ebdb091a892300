/** Turns what the schema found into sentences with a place. */
import type { z } from 'zod';
import { nearestName } from '../../domain/catalog-suggest.js';
import { type ExactText, type Path, type Problem, writtenPath } from './exact-values.js';

type Issue = z.core.$ZodIssue;

/** Collects problems of one file, each with its path and line. */
export interface Reporter {
  readonly problems: readonly Problem[];
  report(path: Path, message: string): void;
}

export function makeReporter(text: ExactText): Reporter {
  const problems: Problem[] = [...text.problems];
  return {
    problems,
    report(path, message) {
      const sentence = /[.?!]$/.test(message) ? message : `${message}.`;
      problems.push({ path: writtenPath(path), line: text.lineOf(path), message: sentence });
    },
  };
}

/** Every issue as (path, message), unions narrowed to the form that was probably meant. */
export function explained(issues: readonly Issue[], above: Path = []): { path: Path; message: string }[] {
  return issues.flatMap((issue) => {
    const path: Path = [...above, ...issue.path.map((part) => (typeof part === 'number' ? part : String(part)))];
    if (issue.code === 'invalid_union' && issue.errors.length > 0) {
      const meant = likeliest(issue.errors);
      if (meant) return explained(meant, path);
    }
    if (issue.code === 'unrecognized_keys') {
      const lines = issue.message.split('\n');
      return issue.keys.map((key, index) => ({ path: [...path, key], message: lines[index] ?? issue.message }));
    }
    if (issue.code === 'invalid_key') return explained(issue.issues, path);
    return [{ path, message: messageOf(issue) }];
  });
}

/**
 * The branch of a union whose complaints are mildest. Undefined where none fits at all: then the union's own sentence,
 * which lists what may be written, says more than any one branch's.
 */
function likeliest(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  let best: readonly Issue[] | undefined;
  let bestDistance = 1_000;
  for (const branch of branches) {
    const distance = branch.reduce((sum, issue) => sum + distanceOf(issue), 0);
    if (distance < bestDistance) {
      best = branch;
      bestDistance = distance;
    }
  }
  return best;
}

/** Complaints about what lies deeper mean that the form itself was recognised. */
function distanceOf(issue: Issue): number {
  if (issue.code === 'unrecognized_keys') return 10 * issue.keys.length;
  const missing = issue.code === 'invalid_type' && issue.input === undefined;
  if (issue.path.length === 0) return 1_000;
  return missing || (issue.code === 'invalid_union' && issue.input === undefined) ? 10 : 1;
}

/** What the schema says itself is a sentence already; what the library would say is replaced. */
function messageOf(issue: Issue): string {
  if (!/^Invalid |^Too (small|big)|^Unrecognized/.test(issue.message)) return issue.message;
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'is missing' : `must be ${NAMES[issue.expected] ?? issue.expected}`;
    case 'invalid_value': {
      const known = issue.values.map(String);
      const near = typeof issue.input === 'string' ? nearestName(issue.input, known) : undefined;
      const given = issue.input === undefined ? 'is missing: it' : '';
      const suggestion = near === undefined ? '' : `; did you mean "${near}"?`;
      return `${given} must be one of ${known.join(', ')}${suggestion}`.trim();
    }
    case 'invalid_union':
      return issue.input === undefined
        ? 'is missing'
        : `must say its "${issue.discriminator ?? 'kind'}" as one of those the documentation lists`;
    case 'too_small':
      return `must hold at least ${issue.minimum}`;
    case 'too_big':
      return `must hold at most ${issue.maximum}`;
    default:
      return issue.message;
  }
}

const NAMES: Readonly<Record<string, string>> = {
  object: 'a map of names and values',
  record: 'a map of names and values',
  array: 'a list',
  string: 'text',
  boolean: 'true or false',
};
