/** The rules on words, in every kind of file. Patterns are put together here so that this file does not break them. */
import { SyntaxKind } from 'typescript/unstable/ast';
import { lineAt, nodesOf, type Source, type Text, type Violation } from './source.js';

const anyOf = (...words: readonly (readonly string[])[]): string => words.map((parts) => parts.join('')).join('|');

const MARKERS = new RegExp(`\\b(?:${anyOf(['TO', 'DO'], ['FIX', 'ME'], ['X', 'XX'], ['HA', 'CK'])})\\b`, 'g');
const MACHINE = new RegExp(
  `(?<![\\w.])/(?:${anyOf(['wo', 'rk'], ['fa', 'rm'], ['ro', 'ot'], ['Us', 'ers'], ['ho', 'me'])})/\\w+`,
  'g',
);
const REGISTRY = new RegExp(anyOf(['registry', '\\.npm'], ['deb', '\\.debian']), 'g');
const OTHER_PAPERS = new RegExp(
  `\\b(?:${anyOf(['DES', 'IGN'], ['RU', 'LES'], ['RELIA', 'BILITY'], ['STY', 'LE'])}) ?(?:§|\\.md)`,
  'g',
);

const matches = (file: Text, pattern: RegExp, what: string): readonly Violation[] =>
  [...file.text.matchAll(pattern)].map((match) => ({
    path: file.path,
    line: lineAt(file.text, match.index),
    what: `${what}: ${match[0]}`,
  }));

export const markers = (file: Text): readonly Violation[] => matches(file, MARKERS, 'a leftover marker');

export const machinePaths = (file: Text): readonly Violation[] => [
  ...matches(file, MACHINE, 'a path of one machine'),
  ...matches(file, REGISTRY, 'the host of a registry'),
];

/** The project speaks of itself alone: a rule is said where it is kept, not pointed at in a paper nobody else has. */
export const otherPapers = (file: Text): readonly Violation[] =>
  matches(file, OTHER_PAPERS, 'a paper that is not here');

/** The one moment a transaction may ask the database's clock is its locking statement; all else gets the instant handed in. */
const MAY_ASK_THE_CLOCK = /^src\/adapters\/postgres\/(statements|clock)\.ts$/;
const CLOCK = /\bclock_timestamp\s*\(/gi;
const NOW =
  /\b(?:now|statement_timestamp|transaction_timestamp)\s*\(\s*\)|\b(?:current|local)_?(?:timestamp|date|time)\b/gi;

const asks = (path: string, text: string, offset: number, whole: string): readonly Violation[] =>
  [NOW, ...(MAY_ASK_THE_CLOCK.test(path) ? [] : [CLOCK])].flatMap((pattern) =>
    [...text.matchAll(pattern)].map((match) => ({
      path,
      line: lineAt(whole, offset + match.index),
      what: `the database's own clock: ${match[0]}`,
    })),
  );

/** In SQL files without their comments, and in the schema. */
export function sqlClock(file: Text): readonly Violation[] {
  if (!/^prisma\/.*\.(sql|prisma)$/.test(file.path)) return [];
  const comment = file.path.endsWith('.sql') ? /--.*$/gm : /\/\/.*$/gm;
  return asks(
    file.path,
    file.text.replace(comment, (text) => ' '.repeat(text.length)),
    0,
    file.text,
  );
}

const TEXTS = [
  SyntaxKind.StringLiteral,
  SyntaxKind.NoSubstitutionTemplateLiteral,
  SyntaxKind.TemplateHead,
  SyntaxKind.TemplateMiddle,
  SyntaxKind.TemplateTail,
];

/** In the statements that programs hold as text. */
export function statementClock(source: Source): readonly Violation[] {
  if (!/^(src|jobs)\//.test(source.path)) return [];
  return [...nodesOf(source.syntax)]
    .filter((node) => TEXTS.includes(node.kind))
    .flatMap((node) => asks(source.path, source.text.slice(node.pos, node.end), node.pos, source.text));
}
