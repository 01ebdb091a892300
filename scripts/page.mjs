#!/usr/bin/env node
/**
 * Builds what browsers run: the billing page into dist/page, its client from the compiled routes, then everything with Vite,
 * then each file once more as browsers ask for it, compressed; and the elements into dist/elements. Offline. `node scripts/page.mjs DIGEST` leaves the digest of the sources in its
 * stamp; where neither they nor the client have changed, nothing is built.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { buildElements, MODULE } from './elements.mjs';
import { clientOf, documentOf } from './page-client.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const at = (...parts) => path.join(root, ...parts);
const OUT = 'dist/page';
const ELEMENTS = 'dist/elements';
const STAMP = 'dist/.page-from';
const CLIENT = 'src/generated/page-api.ts';

const read = (file) => (existsSync(at(file)) ? readFileSync(at(file), 'utf8') : '');

async function writeClient() {
  const client = await clientOf(await documentOf(at('dist/src/http/api')));
  mkdirSync(path.dirname(at(CLIENT)), { recursive: true });
  if (read(CLIENT) !== client) writeFileSync(at(CLIENT), client);
  return createHash('sha256').update(client).digest('hex');
}

async function bundle() {
  const [{ build }, { default: react }] = await Promise.all([import('vite'), import('@vitejs/plugin-react')]);
  await build({
    root: at('src/page'),
    base: '/billing/',
    configFile: false,
    envDir: false,
    logLevel: 'warn',
    plugins: [react()],
    // The server puts a fresh nonce in its place with every answer.
    html: { cspNonce: 'CREDITD_NONCE' },
    build: {
      outDir: at(OUT),
      emptyOutDir: true,
      target: 'es2022',
      // Small files too: what is inlined as data: would need a wider policy.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      reportCompressedSize: false,
      chunkSizeWarningLimit: 700,
    },
  });
}

function compress() {
  for (const name of readdirSync(at(OUT, 'assets'))) {
    const file = at(OUT, 'assets', name);
    const bytes = readFileSync(file);
    writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }));
    writeFileSync(`${file}.br`, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 10 } }));
  }
}

const [digest = ''] = process.argv.slice(2);
const stamp = `${digest}\n${await writeClient()}`;
const isThere = existsSync(at(OUT, 'index.html')) && existsSync(at(ELEMENTS, MODULE));
if (digest === '' || read(STAMP) !== stamp || !isThere) {
  await bundle();
  compress();
  await buildElements(root, at(ELEMENTS));
  writeFileSync(at(STAMP), stamp);
}
