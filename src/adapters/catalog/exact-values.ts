/**
 * Reads YAML (and JSON, which is YAML) so that no number ever passes through a float: a number stays the text it was
 * written as, and 0.1 credits are a tenth. Refused: letting the parser make numbers and rounding them back, which is
 * right until somebody writes seventeen digits.
 */
import { type Document, isNode, LineCounter, parseDocument, visit } from 'yaml';

export interface Problem {
  /** "meters.image.rate.bands[1].up_to"; empty for the file as a whole. */
  readonly path: string;
  /** From 1; null where the place is not known. */
  readonly line: number | null;
  /** What is wrong and what to do, in a sentence. */
  readonly message: string;
}

export type Path = readonly (string | number)[];

export interface ExactText {
  readonly value: unknown;
  readonly problems: readonly Problem[];
  /** The line of the innermost part of a path that the text holds. */
  lineOf(path: Path): number | null;
}

export function writtenPath(path: Path): string {
  return path.map((part, at) => (typeof part === 'number' ? `[${part}]` : at === 0 ? part : `.${part}`)).join('');
}

export function exactText(text: string): ExactText {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const broken = document.errors.findIndex((error) => error.code !== 'DUPLICATE_KEY');
  // After the first break everything else looks broken too, so nothing after it is worth reading.
  const errors = broken === -1 ? document.errors : document.errors.slice(0, broken + 1);
  const problems = errors.map((error) => ({
    path: '',
    line: lines.linePos(error.pos[0]).line,
    message: `This is not readable YAML: ${error.message.replace(/\.?$/, '.')}`,
  }));
  if (problems.length > 0) return { value: undefined, problems, lineOf: () => null };
  visit(document, {
    Scalar(_key, node) {
      if (typeof node.value === 'number' || typeof node.value === 'bigint') node.value = node.source ?? `${node.value}`;
    },
  });
  return { value: plain(document), problems, lineOf: (path) => lineIn(document, lines, path) };
}

/** The same for a value that a JSON parser has already read; a line is never known. */
export const exactValue = (value: unknown): ExactText => ({ value: withText(value), problems: [], lineOf: () => null });

/** A file that expands to more than a hundred copies of its own anchors is an attack and not a catalog. */
function plain(document: Document): unknown {
  return document.toJS({ maxAliasCount: 100 });
}

function withText(value: unknown): unknown {
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  if (Array.isArray(value)) return value.map(withText);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withText(inner)]));
}

function lineIn(document: Document, lines: LineCounter, path: Path): number | null {
  for (let length = path.length; length > 0; length -= 1) {
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return null;
}
