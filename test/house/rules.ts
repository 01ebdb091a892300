/** The rules that one file alone can break. */
import { type Node, SyntaxKind } from 'typescript/unstable/ast';
import { lineAt, lineOf, nodesOf, type Source, type Text, type Violation } from './source.js';

const LARGEST_FILE_LINES = 300;
const LARGEST_FUNCTION_LINES = 70;

const isShipped = ({ path }: Text): boolean => /^(src|jobs|bench|bin|scripts)\//.test(path);
const isTest = ({ path }: Text): boolean => path.endsWith('.test.ts');

type Kinded = Node & { readonly name?: Node; readonly expression?: Node; readonly text?: string; readonly body?: Node };
const nameOf = (node: Kinded | undefined): string | undefined =>
  node?.kind === SyntaxKind.Identifier ? node.text : undefined;

/** `object.name` with plain names on both sides. */
function memberOf(
  node: Node,
): { readonly object: string | undefined; readonly name: string | undefined; readonly left: Kinded } | null {
  if (node.kind !== SyntaxKind.PropertyAccessExpression) return null;
  const { expression, name } = node as Kinded;
  if (!expression) return null;
  return { object: nameOf(expression as Kinded), name: nameOf(name as Kinded), left: expression as Kinded };
}

const found = (source: Source, node: Node, what: string): Violation => ({
  path: source.path,
  line: lineOf(source, node),
  what,
});

/**
 * `scripts/ready.mjs` hands the whole environment on to npm and the compiler and reads npm's own path from it;
 * `scripts/screenshots.mjs` looks for a browser and starts the demo, and is part of no program that runs.
 */
const READS_ENVIRONMENT = /^(src\/config\.ts|scripts\/(ready|screenshots)\.mjs)$/;

export function readsEnvironment(source: Source): readonly Violation[] {
  if (!isShipped(source) || READS_ENVIRONMENT.test(source.path)) return [];
  const what = 'the environment is read in src/config.ts only';
  return [...nodesOf(source.syntax)].flatMap((node) => {
    const member = memberOf(node);
    if (member?.object === 'process' && member.name === 'env') return [found(source, node, what)];
    const imported = node.kind === SyntaxKind.ImportSpecifier && nameOf((node as Kinded).name as Kinded) === 'env';
    return imported ? [found(source, node, what)] : [];
  });
}

const MAY_PRINT = /^(src\/main\.ts|src\/cli\/.*|bin\/.*|scripts\/.*|bench\/.*)$/;

export function usesConsole(source: Source): readonly Violation[] {
  if (!isShipped(source) || MAY_PRINT.test(source.path)) return [];
  return [...nodesOf(source.syntax)]
    .filter((node) => memberOf(node)?.object === 'console')
    .map((node) => found(source, node, 'only the command line prints; elsewhere there is a log'));
}

export function tooLong(source: Source): readonly Violation[] {
  const lines = source.text.trimEnd().split('\n').length;
  const file: readonly Violation[] =
    lines > LARGEST_FILE_LINES
      ? [{ path: source.path, line: lines, what: `${lines} lines, over ${LARGEST_FILE_LINES}` }]
      : [];
  // A suite is one call whose callback holds all its tests: its length says nothing.
  if (isTest(source)) return file;
  const functions = [...nodesOf(source.syntax)].filter((node) => hasBody(node));
  return [...file, ...functions.flatMap((node) => longFunction(source, node))];
}

const hasBody = (node: Node): boolean =>
  [
    SyntaxKind.FunctionDeclaration,
    SyntaxKind.FunctionExpression,
    SyntaxKind.ArrowFunction,
    SyntaxKind.MethodDeclaration,
    SyntaxKind.Constructor,
    SyntaxKind.GetAccessor,
    SyntaxKind.SetAccessor,
  ].includes(node.kind) && (node as Kinded).body !== undefined;

function longFunction(source: Source, node: Node): readonly Violation[] {
  const line = lineOf(source, node);
  const lines = lineAt(source.text, node.end) - line + 1;
  return lines > LARGEST_FUNCTION_LINES
    ? [{ path: source.path, line, what: `a function of ${lines} lines, over ${LARGEST_FUNCTION_LINES}` }]
    : [];
}

const SUITES = new Set(['it', 'test', 'describe', 'suite']);
const LEFT_OUT = new Set(['only', 'skip', 'todo']);

/** `skipIf` says under which condition; these say that somebody forgot. */
export function leftOutTests(source: Source): readonly Violation[] {
  if (!isTest(source)) return [];
  return [...nodesOf(source.syntax)].flatMap((node) => {
    const member = memberOf(node);
    if (!member?.name || !LEFT_OUT.has(member.name)) return [];
    let left = member.left;
    while (left.expression) left = left.expression as Kinded;
    return SUITES.has(nameOf(left) ?? '') ? [found(source, node, `.${member.name} leaves tests out of every run`)] : [];
  });
}

/** The ledger has connections of its own: a transaction of Prisma's open meanwhile would wait for it for ever. */
export function mixesTransactions(source: Source): readonly Violation[] {
  const nodes = [...nodesOf(source.syntax)];
  const posts = nodes.some((node) => {
    const member = memberOf(node);
    return member?.name === 'post' && /ledger/i.test(source.text.slice(member.left.pos, member.left.end));
  });
  if (!posts) return [];
  return nodes
    .filter((node) => memberOf(node)?.name === '$transaction')
    .map((node) => found(source, node, 'no Prisma transaction in a file that posts to the ledger'));
}

/** Time is an argument of the core: only the clock reads a clock. */
export function readsClock(source: Source): readonly Violation[] {
  if (!/^src\/(domain|flow)\//.test(source.path)) return [];
  return [...nodesOf(source.syntax)].flatMap((node) => {
    const member = memberOf(node);
    const date =
      node.kind === SyntaxKind.NewExpression && /^\s*new Date\(\s*\)$/.test(source.text.slice(node.pos, node.end));
    return date || (member?.object === 'Date' && member.name === 'now')
      ? [found(source, node, 'time is an argument here')]
      : [];
  });
}
