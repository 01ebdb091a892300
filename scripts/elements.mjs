/**
 * The elements for products' own pages: one module, small and whole, compressed as browsers ask for it, and beside it the
 * types of what a product may touch, for those that bundle it themselves.
 */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { run } from './run.mjs';

/** What a product is told of; everything else is the elements' own. */
const TYPES = ['elements.d.ts', 'public.d.ts'];
export const MODULE = 'elements.js';

/** Writes both into `out`. */
export async function buildElements(root, out) {
  const { build } = await import('vite');
  await build({
    root: path.join(root, 'src/elements'),
    configFile: false,
    envDir: false,
    logLevel: 'warn',
    build: {
      ...{ outDir: out, emptyOutDir: true, target: 'es2022', reportCompressedSize: false, modulePreload: false },
      // Not as a library: that would leave every blank where it is, for whoever bundles it again.
      rolldownOptions: {
        input: path.join(root, 'src/elements/elements.ts'),
        output: { format: 'es', entryFileNames: MODULE },
        preserveEntrySignatures: 'strict',
      },
    },
  });
  const file = path.join(out, MODULE);
  const bytes = readFileSync(file);
  writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }));
  writeFileSync(`${file}.br`, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
  await writeTypes(root, out);
}

async function writeTypes(root, out) {
  const folder = mkdtempSync(path.join(tmpdir(), 'creditd-elements-'));
  try {
    const tsc = path.join(root, 'node_modules/typescript/bin/tsc');
    const wish = ['--noEmit', 'false', '--declaration', '--emitDeclarationOnly', '--outDir', folder];
    const code = await run(process.execPath, [tsc, '-p', path.join(root, 'src/elements'), ...wish], {
      cwd: root,
    });
    if (code !== 0)
      throw new Error('The types of the elements could not be written; what the compiler says stands above.');
    const made = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    mkdirSync(out, { recursive: true });
    for (const name of TYPES) {
      const found = made.find((one) => one === name || one.endsWith(`elements${path.sep}${name}`));
      if (found === undefined) throw new Error(`The compiler wrote no ${name}.`);
      cpSync(path.join(folder, found), path.join(out, name));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
