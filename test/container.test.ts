import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { pendingMigrations } from '../src/adapters/postgres/migrate.js';
import { importsOf, parse, readTree, root } from './house/source.js';
import { emptyDatabase, type FreshDatabase } from './support/database.js';
import { bareEnvironment } from './support/environment.js';
import { bubblewrap, dockerCompose } from './support/programs.js';
import { removeScratch, scratchFolder } from './support/scratch.js';

const read = (name: string): string => readFileSync(path.join(root, name), 'utf8');
const at = (name: string): string => path.join(root, name);

const SECRETS = { POSTGRES_PASSWORD: 'letters4', STRIPE_SECRET_KEY: 'sk_test_x', OPERATOR_PASSWORD: 'twelve letters' };
const PARTS = ['migrate', 'worker', 'api'];

interface Service {
  readonly build?: unknown;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly read_only?: boolean;
}

/** Instructions with their continued lines joined; comments left out. */
const instructions = read('Dockerfile')
  .replace(/^#.*\n/gm, '')
  .replace(/\\\n/g, ' ')
  .split('\n')
  .filter((line) => line.trim() !== '')
  .map((line) => line.trim().split(/\s+/));
const lastOf = (name: string): readonly string[] => instructions.findLast(([word]) => word === name)?.slice(1) ?? [];
const copied = instructions
  .filter(([word, from]) => word === 'COPY' && from === '--from=build')
  .map(([, , source = '']) => source.replace(/^\/app\//, ''));

/** Names that the configuration knows, from its schema. */
const settings = [...read('src/config.ts').matchAll(/^ {2}([A-Z][A-Z_]+): /gm)].map((match) => match[1]);

describe('the image', () => {
  it('copies only what exists once it is built', () => {
    expect(copied.length).toBeGreaterThan(4);
    expect(copied.filter((name) => !existsSync(at(name)))).toEqual([]);
  });

  it('runs as an ordinary user by number, on the Node that is supported longest', () => {
    expect(lastOf('USER')).toEqual(['10001:10001']);
    const bases = instructions.filter(([word]) => word === 'FROM').map(([, base]) => base);
    expect(bases).toEqual(['node:24-slim', 'node:24-slim']);
  });

  it('starts the command that package.json publishes', () => {
    const entry = JSON.parse(lastOf('ENTRYPOINT').join(' '));
    expect(entry).toEqual(['node', JSON.parse(read('package.json')).bin.creditd]);
    expect(PARTS).toContain(JSON.parse(lastOf('CMD').join(' '))[0]);
  });

  it('checks its health at a path that is served', () => {
    const check = lastOf('HEALTHCHECK').join(' ');
    expect(check).toContain('/healthz');
    expect(readTree('src/http').some((file) => file.text.includes("'/healthz'"))).toBe(true);
  });

  it('keeps secrets, dependencies and builds of this machine out of its context', () => {
    const ignored = read('.dockerignore').split('\n');
    expect(ignored).toEqual(expect.arrayContaining(['.git', '.env', 'node_modules', 'dist']));
  });

  it('needs no package at its start that is left out of it', () => {
    const { dependencies } = JSON.parse(read('package.json')) as { dependencies: Record<string, string> };
    const sources = new Map(parse(readTree()).map((source) => [source.path, source]));
    const seen = new Set<string>();
    const packages = new Set<string>();
    const visit = (name: string): void => {
      const source = sources.get(name);
      if (!source || seen.has(name)) return;
      seen.add(name);
      for (const { specifier, atRunTime } of importsOf(source)) {
        if (!atRunTime) continue;
        if (specifier.startsWith('.'))
          visit(path.posix.join(path.posix.dirname(name), specifier).replace(/\.js$/, '.ts'));
        else if (!specifier.startsWith('node:'))
          packages.add(
            specifier
              .split('/')
              .slice(0, specifier.startsWith('@') ? 2 : 1)
              .join('/'),
          );
      }
    };
    visit('src/main.ts');
    expect(seen.size).toBeGreaterThan(30);
    expect([...packages].filter((name) => !(name in dependencies))).toEqual([]);
  });
});

describe('docker-compose.yml', () => {
  const { services } = parseYaml(read('docker-compose.yml'), { merge: true }) as { services: Record<string, Service> };
  const ours = Object.values(services).filter((service) => service.build !== undefined);

  it('runs each part by a command that exists', () => {
    expect(ours.map((service) => service.command?.join(' ')).sort()).toEqual([...PARTS].sort());
    const help = execFileSync(process.execPath, ['bin/creditd.mjs', '--help'], {
      cwd: root,
      env: bareEnvironment(),
      encoding: 'utf8',
    });
    for (const part of PARTS) expect(help).toMatch(new RegExp(`\\b${part}\\b`));
  });

  it('sets only settings that the configuration knows', () => {
    expect(settings).toContain('DATABASE_URL');
    const set = new Set(ours.flatMap((service) => Object.keys(service.environment ?? {})));
    expect([...set].filter((name) => !settings.includes(name))).toEqual([]);
  });

  it('holds no secret and starts without none', () => {
    const text = read('docker-compose.yml');
    for (const name of Object.keys(SECRETS)) expect(text).toContain(`\${${name}:?`);
  });

  it('gives creditd a root that nothing can write to', () => {
    expect(ours.every((service) => service.read_only)).toBe(true);
  });

  it('makes Redis durable and lets it evict nothing', () => {
    const command = services.redis?.command?.join(' ');
    expect(command).toContain('--appendonly yes');
    expect(command).toContain('--maxmemory-policy noeviction');
  });

  it.skipIf(dockerCompose === null)('is read by docker-compose itself, and refused without its secrets', () => {
    const config = (env: Record<string, string>) =>
      execFileSync(dockerCompose ?? '', ['-f', 'docker-compose.yml', 'config', '--quiet'], {
        cwd: root,
        env: bareEnvironment(env),
        encoding: 'utf8',
        stdio: 'pipe',
      });
    expect(config(SECRETS)).toBe('');
    expect(() => config({ ...SECRETS, STRIPE_SECRET_KEY: '' })).toThrow(/set STRIPE_SECRET_KEY/);
  });
});

describe.skipIf(bubblewrap === null)("the image's command, on a read-only root as user 10001", () => {
  let stage: string;
  let database: FreshDatabase;
  beforeAll(async () => {
    database = await emptyDatabase();
    stage = scratchFolder();
    for (const name of copied) {
      mkdirSync(path.dirname(path.join(stage, name)), { recursive: true });
      if (name === 'node_modules') mkdirSync(path.join(stage, name));
      else cpSync(at(name), path.join(stage, name), { recursive: true });
    }
  });
  afterAll(async () => {
    removeScratch(stage);
    await database.drop();
  });

  const inside = (command: readonly string[], env: Readonly<Record<string, string>> = {}): string => {
    const readOnly = (from: string, to = from) => ['--ro-bind', from, to];
    const flags = [
      ...['--unshare-user', '--uid', '10001', '--gid', '10001', '--unshare-pid', '--die-with-parent', '--clearenv'],
      ...[
        ...readOnly('/usr'),
        '--symlink',
        'usr/lib',
        '/lib',
        '--symlink',
        'usr/lib64',
        '/lib64',
        '--symlink',
        'usr/bin',
        '/bin',
      ],
      ...[...readOnly(stage, '/app'), ...readOnly(at('node_modules'), '/app/node_modules')],
      ...[
        ...readOnly(path.dirname(path.dirname(process.execPath)), '/node'),
        '--proc',
        '/proc',
        '--dev',
        '/dev',
        '--tmpfs',
        '/tmp',
      ],
      ...['--remount-ro', '/', '--chdir', '/app', '--setenv', 'NODE_ENV', 'production'],
      ...Object.entries(env).flatMap(([name, value]) => ['--setenv', name, value]),
    ];
    const [, ...rest] = command;
    return execFileSync(bubblewrap ?? '', [...flags, '/node/bin/node', ...rest], { encoding: 'utf8', stdio: 'pipe' });
  };
  const entry: readonly string[] = JSON.parse(lastOf('ENTRYPOINT').join(' '));

  it('is user 10001 and can write nowhere in its folder', () => {
    const script = "console.log(process.getuid()); require('node:fs').writeFileSync('/app/x', '')";
    expect(() => inside(['node', '-e', script])).toThrow(/EROFS|EACCES/);
    expect(inside(['node', '-e', 'console.log(process.getuid())']).trim()).toBe('10001');
  });

  it('explains itself', () => {
    expect(inside([...entry, '--help'])).toContain('migrate');
  });

  it('migrates a database', async () => {
    inside([...entry, 'migrate'], { DATABASE_URL: database.url });
    expect(await pendingMigrations(database.url)).toEqual([]);
  });

  it.each(['worker', 'api'])('refuses to run the %s without its settings, in words', (part) => {
    expect(() => inside([...entry, part])).toThrow(/DATABASE_URL/);
    expect(() => inside([...entry, part])).not.toThrow(/ at .*\.js:\d/);
  });
});
