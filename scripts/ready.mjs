#!/usr/bin/env node
/**
 * Makes a clone ready to run, with nothing but Node and npm: installs dependencies when they are missing or not those of
 * the lock file, generates the database client, builds dist/ and the billing page. Says one line for each thing it does and
 * nothing when there is nothing to do. Contents are compared, not times: a checkout, a copy or a restored cache gives files
 * any time it likes.
 */
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { holdingLock } from './lock.mjs';
import { run } from './run.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const at = (...parts) => path.join(root, ...parts);
const CLIENT = 'src/generated/prisma';
/** What the client was generated from, and what dist/ was built from. */
const CLIENT_STAMP = 'dist/.generated-from';
const STAMP = 'dist/.built-from';
/** Programs of their own, for browsers: another compiler builds them, and only when they have changed. */
const BROWSER = ['src/page', 'src/elements'];
const PAGE_STAMP = 'dist/.page-from';

const readJson = (file) => JSON.parse(readFileSync(file, 'utf8'));
const optional = (entry) => entry.optional || entry.devOptional;

/** Whether node_modules holds exactly the versions of the lock file; npm writes its own record last, so a torn install has none. */
function installed() {
  try {
    const wanted = readJson(at('package-lock.json')).packages;
    const present = readJson(at('node_modules/.package-lock.json')).packages;
    return Object.entries(wanted).every(([place, entry]) => {
      if (place === '' || entry.link) return true;
      const found = present[place];
      return found ? found.version === entry.version : optional(entry);
    });
  } catch {
    return false;
  }
}

function* filesUnder(folder) {
  if (!existsSync(at(folder))) return;
  for (const entry of readdirSync(at(folder), { withFileTypes: true })) {
    const name = `${folder}/${entry.name}`;
    if (name === 'src/generated') continue;
    if (BROWSER.includes(name)) continue;
    if (entry.isDirectory()) yield* filesUnder(name);
    else if (entry.isFile()) yield name;
  }
}

const digestOf = (files) => {
  const hash = createHash('sha256');
  for (const file of files)
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(at(file)))
      .update('\0');
  return hash.digest('hex');
};

/** What the client is made from, and what dist/ is made from. The lock file stands for the compiler and the generator. */
const clientDigest = () => digestOf(['prisma/schema.prisma', 'prisma/prisma.config.ts', 'package-lock.json']);
const distDigest = () => {
  const sources = ['src', 'jobs', 'bench', 'schemas'].flatMap((folder) => [...filesUnder(folder)]).sort();
  return digestOf([...sources, 'tsconfig.json', 'scripts/ready.mjs']);
};

/** The page's own sources and what builds it. What it takes from the API is asked of the compiled routes. */
const BROWSER_BUILD = ['page', 'page-client', 'elements']
  .map((name) => `scripts/${name}.mjs`)
  .concat('package-lock.json');
const pageDigest = () => digestOf([...BROWSER.flatMap((folder) => [...filesUnder(folder)]), ...BROWSER_BUILD].sort());

const stampIn = (file) => (existsSync(at(file)) ? readFileSync(at(file), 'utf8') : '');

/** What a build would have to make, and the stamps it would leave. */
function survey() {
  const client = clientDigest();
  const dist = `${client}-${distDigest()}`;
  const page = pageDigest();
  return {
    client,
    dist,
    page,
    generate: stampIn(CLIENT_STAMP) !== client || !existsSync(at(CLIENT, 'client.ts')),
    compile: stampIn(STAMP) !== dist || !existsSync(at('dist/src/main.js')),
    bundle:
      !stampIn(PAGE_STAMP).startsWith(page) ||
      !existsSync(at('dist/page/index.html')) ||
      !existsSync(at('dist/elements/elements.js')),
  };
}

const idle = (work) => !work.generate && !work.compile && !work.bundle;

const say = (line) => process.stderr.write(`creditd: ${line}\n`);

async function install() {
  say('installing dependencies (npm ci), a minute at most …');
  const npm = process.env.npm_execpath;
  const [command, first] = npm?.endsWith('.js') ? [process.execPath, [npm]] : ['npm', []];
  const flags = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  return run(command, [...first, ...flags], { cwd: root, env: process.env });
}

/** Offline: the generator never runs the engine whose path it insists on, so any existing file will do. */
async function generate() {
  rmSync(at(CLIENT), { recursive: true, force: true });
  const cli = at('node_modules/prisma/build/index.js');
  const env = {
    ...process.env,
    PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
    CHECKPOINT_DISABLE: '1',
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
  };
  return run(process.execPath, [cli, 'generate', '--no-hints', '--config', at('prisma/prisma.config.ts')], {
    cwd: root,
    env,
  });
}

/** What run-time reads that is not TypeScript: catalogs, pages, schemas. */
function copyAssets() {
  for (const file of filesUnder('src')) if (!file.endsWith('.ts')) cpSync(at(file), at('dist', file));
  if (existsSync(at('schemas'))) cpSync(at('schemas'), at('dist/schemas'), { recursive: true });
  // The interactive reference of the API: its package is a developer's alone, and what is shipped carries these two.
  for (const file of ['swagger-ui.css', 'swagger-ui-bundle.js']) {
    const from = at('node_modules/swagger-ui-dist', file);
    if (existsSync(from)) cpSync(from, at('dist/assets/swagger-ui', file));
  }
}

/** A source that was deleted must not live on in dist/, or an import of it would still work here and nowhere else. */
function prune() {
  for (const folder of ['dist/src', 'dist/jobs', 'dist/bench']) {
    for (const file of filesUnder(folder)) {
      const source = file.slice('dist/'.length);
      const code = source.replace(/(\.d\.ts|\.js\.map|\.js)$/, '.ts');
      if (!existsSync(at(source)) && !existsSync(at(code))) rmSync(at(file));
    }
  }
}

async function build(work) {
  say('building …');
  if (work.generate || work.compile) {
    if (!(await compile(work))) return false;
  }
  // The page's client is made from the routes that were just compiled, so that it is looked at after every one of them.
  return (await run(process.execPath, [at('scripts/page.mjs'), work.page], { cwd: root, env: process.env })) === 0;
}

async function compile(work) {
  rmSync(at(STAMP), { force: true });
  if (work.generate) {
    if ((await generate()) !== 0) return false;
    writeFileSync(at(CLIENT_STAMP), work.client);
  }
  const tsc = at('node_modules/typescript/bin/tsc');
  const compiled = await run(process.execPath, [tsc, '-p', root, '--noEmitOnError'], { cwd: root, env: process.env });
  if (compiled !== 0) return false;
  copyAssets();
  prune();
  writeFileSync(at(STAMP), work.dist);
  return true;
}

/** True when the clone can run. What failed has been printed, in the failing tool's own words and one line of ours. */
export async function makeReady({ force = false } = {}) {
  if (!existsSync(at('src/main.ts'))) return true;
  if (!force && installed() && idle(survey())) return true;
  mkdirSync(at('dist'), { recursive: true });
  return holdingLock(at('dist/.lock'), async () => {
    if (!installed() && (await install()) !== 0) {
      say('the dependencies could not be installed; what npm says stands above.');
      return false;
    }
    const work = survey();
    if (force) {
      rmSync(at(PAGE_STAMP), { force: true });
      Object.assign(work, { generate: true, compile: true, bundle: true });
    }
    if (!idle(work) && !(await build(work))) {
      say('the build failed; what the compiler says stands above.');
      return false;
    }
    return true;
  });
}

if (process.argv[1] && pathToFileURL(process.argv[1]).href === import.meta.url) {
  process.exitCode = (await makeReady({ force: process.argv.includes('--force') })) ? 0 : 1;
}
