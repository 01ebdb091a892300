/** The tree as the rules see it: every text file with its lines, every program file with its syntax. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type Node, type SourceFile, SyntaxKind } from 'typescript/unstable/ast';
import { createVirtualFileSystem } from 'typescript/unstable/fs';
import { API } from 'typescript/unstable/sync';

export interface Text {
  /** From the project's root, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

export interface Source extends Text {
  readonly syntax: SourceFile;
}

export interface Violation {
  readonly path: string;
  readonly line: number;
  readonly what: string;
}

export const root: string = path.resolve(import.meta.dirname, '../..');

const LEFT_OUT = new Set(['node_modules', 'dist', '.git', 'coverage', 'package-lock.json']);
const GENERATED = 'src/generated';
const READABLE =
  /(\.(tsx?|mjs|js|json|md|sql|prisma|toml|ya?ml|html|css|svg|sh|txt)|Dockerfile|\.dockerignore|\.gitignore|\.ci\/run)$/;

/** Every text file that is the project's own: not what npm, the compiler or the generator made. */
export function readTree(folder = ''): readonly Text[] {
  return readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry): readonly Text[] => {
    const name = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (LEFT_OUT.has(entry.name) || name === GENERATED) return [];
    if (entry.isDirectory()) return readTree(name);
    return READABLE.test(name) ? [{ path: name, text: readFileSync(path.join(root, name), 'utf8') }] : [];
  });
}

export const isProgram = (file: Text): boolean => /\.(tsx?|mjs)$/.test(file.path) && !file.path.endsWith('.d.ts');

const CONFIGURATION = JSON.stringify({
  compilerOptions: {
    jsx: 'preserve',
    noLib: true,
    noResolve: true,
    allowJs: true,
    types: [],
    module: 'esnext',
    target: 'esnext',
  },
  include: ['**/*.ts', '**/*.tsx', '**/*.mjs'],
});

/**
 * Parses with the compiler's own parser, from memory, in the given order; files that are no programs fall out. Each file
 * gets a folder of its own, so that two planted files may claim one place in the tree.
 */
export function parse(files: readonly Text[]): readonly Source[] {
  const programs = files.filter(isProgram).map((file, index) => ({ file, at: `/${index}/${file.path}` }));
  const virtual = Object.fromEntries(programs.map(({ file, at }) => [at, file.text]));
  const project = '/tsconfig.json';
  const api = new API({ fs: createVirtualFileSystem({ ...virtual, [project]: CONFIGURATION }) });
  try {
    const [opened] = api.updateSnapshot({ openProjects: [project] }).getProjects();
    return programs.map(({ file, at }) => {
      const syntax = opened?.program.getSourceFile(at);
      if (!syntax) throw new Error(`the compiler did not read ${file.path}`);
      return { ...file, syntax };
    });
  } finally {
    api.close();
  }
}

/** Every node under a node, itself first. */
export function* nodesOf(node: Node): Generator<Node> {
  yield node;
  const children: Node[] = [];
  node.forEachChild((child) => {
    children.push(child);
    return undefined;
  });
  for (const child of children) yield* nodesOf(child);
}

/** Lines count from 1; a node begins where its own text does, not where the blank before it does. */
export const lineAt = (text: string, offset: number): number => text.slice(0, offset).split('\n').length;
export const lineOf = ({ text }: Text, node: Node): number => {
  const blank = /^\s*/.exec(text.slice(node.pos))?.[0].length ?? 0;
  return lineAt(text, node.pos + blank);
};

export interface Import {
  readonly specifier: string;
  readonly line: number;
  /** Loaded with the file: neither a type alone nor asked for later by `import()`. */
  readonly atRunTime: boolean;
}

/** What a file imports: statically, by re-export and by `import()`. */
export function importsOf(source: Source): readonly Import[] {
  return [...nodesOf(source.syntax)].flatMap((node): readonly Import[] => {
    const { kind, text, parent } = node as Node & { readonly text?: string };
    if (kind !== SyntaxKind.StringLiteral || text === undefined) return [];
    const found = { specifier: text, line: lineOf(source, node) };
    if (parent.kind === SyntaxKind.ImportDeclaration || parent.kind === SyntaxKind.ExportDeclaration) {
      const words = source.text.slice(parent.pos, parent.end).trimStart();
      return [{ ...found, atRunTime: !/^(import|export)\s+type\b/.test(withoutComments(words)) }];
    }
    const called =
      parent.kind === SyntaxKind.CallExpression ? (parent as Node & { readonly expression: Node }).expression : null;
    return called?.kind === SyntaxKind.ImportKeyword ? [{ ...found, atRunTime: false }] : [];
  });
}

const withoutComments = (text: string): string => text.replace(/^(\s*(\/\*[\s\S]*?\*\/|\/\/.*\n))*\s*/, '');
