import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../src/dev/free-port.js';
import { keepingOf } from '../../src/dev/leash.js';
import { startEmbeddedPostgres } from '../../src/dev/postgres.js';
import { isAlive, parentOf } from '../../src/dev/process-table.js';
import { execute, query } from '../support/admin.js';
import { bareEnvironment } from '../support/environment.js';
import { removeScratch, scratchFolder } from '../support/scratch.js';
import { until } from '../support/wait.js';

let folder: string;
beforeAll(() => {
  folder = scratchFolder();
});
afterAll(() => removeScratch(folder));

const start = (name: string, port?: number) =>
  startEmbeddedPostgres({
    dataDir: path.join(folder, name),
    fast: true,
    log: () => undefined,
    ...(port ? { port } : {}),
  });

const serverPid = async (url: string): Promise<number> => {
  const [row] = await query<{ pid: string }>(
    url,
    "select split_part(pg_read_file('postmaster.pid'), e'\\n', 1) as pid",
  );
  return Number(row?.pid);
};

/** A process of its own that starts a server and waits to be killed. */
const OWNER = `
import { startEmbeddedPostgres } from './dist/src/dev/postgres.js';
const server = await startEmbeddedPostgres({ dataDir: process.argv[1], fast: true, log: () => undefined });
console.log(server.url);
await server.ended;
`;

async function startOwner(name: string): Promise<{ readonly url: string; readonly pid: number; kill(): void }> {
  const args = ['--input-type=module', '-e', OWNER, path.join(folder, name)];
  const owner = spawn(process.execPath, args, { env: bareEnvironment(), stdio: ['ignore', 'pipe', 'inherit'] });
  const url = await new Promise<string>((resolve, reject) => {
    owner.stdout.once('data', (chunk) => resolve(String(chunk).trim()));
    owner.once('exit', (code) => reject(new Error(`the owner ended with ${code}`)));
  });
  return { url, pid: owner.pid ?? 0, kill: () => void owner.kill('SIGKILL') };
}

describe('the embedded Postgres', () => {
  it('keeps its data from one start to the next', async () => {
    const first = await start('kept');
    await execute(first.url, 'create table t as select 42 as n');
    await first.stop();
    const second = await start('kept');
    expect(await query(second.url, 'select n from t')).toEqual([{ n: 42 }]);
    await second.stop();
  });

  it('answers on the loopback only, and only to its password', async () => {
    const server = await start('closed');
    const [row] = await query<{ listen: string; sockets: string }>(
      server.url,
      `select current_setting('listen_addresses') as listen, current_setting('unix_socket_directories') as sockets`,
    );
    expect(row).toEqual({ listen: '127.0.0.1', sockets: '' });
    const stranger = new URL(server.url);
    stranger.password = 'guess';
    await expect(query(stranger.href, 'select 1')).rejects.toThrow(/password authentication failed/);
    await server.stop();
  });

  it('is as durable as production unless it is told to be fast', async () => {
    const server = await startEmbeddedPostgres({ dataDir: path.join(folder, 'durable'), log: () => undefined });
    expect(await query(server.url, "select current_setting('fsync') as fsync")).toEqual([{ fsync: 'on' }]);
    await server.stop();
  });

  it('takes another port when the one it was asked for is taken', async () => {
    const port = await freePort();
    const other = createServer().listen(port, '127.0.0.1');
    await until(() => other.listening);
    const server = await start('kept', port);
    expect(server.port).not.toBe(port);
    expect(await query(server.url, 'select 1 as n')).toEqual([{ n: 1 }]);
    await server.stop();
    other.close();
  });

  it('says that a folder is in use instead of sharing it', async () => {
    const server = await start('kept');
    await expect(start('kept')).rejects.toThrow(/Another creditd is using/);
    expect(await query(server.url, 'select 1 as n')).toEqual([{ n: 1 }]);
    await server.stop();
  });
});

describe('an embedded Postgres whose owner was killed', () => {
  it('stops by itself, and its data is there for the next start', async () => {
    const owner = await startOwner('orphan');
    await execute(owner.url, 'create table t as select 7 as n');
    const pid = await serverPid(owner.url);
    owner.kill();
    await until(() => !isAlive(pid), { what: 'the end of the server' });
    const next = await start('orphan');
    expect(await query(next.url, 'select n from t')).toEqual([{ n: 7 }]);
    await next.stop();
  });

  it('is stopped by the next start when its keeper was killed with the owner', async () => {
    const owner = await startOwner('stray');
    const pid = await serverPid(owner.url);
    const keeper = parentOf(pid) ?? 0;
    expect(keepingOf(pid)).toBe('owned');
    for (const watcher of childrenOf(keeper).filter((child) => child !== pid)) process.kill(watcher, 'SIGKILL');
    process.kill(keeper, 'SIGKILL');
    owner.kill();
    await until(() => !isAlive(keeper) && !isAlive(owner.pid), { what: 'the end of owner and keeper' });
    expect(isAlive(pid)).toBe(true);
    expect(keepingOf(pid)).toBe('stray');
    const next = await start('stray');
    expect(isAlive(pid)).toBe(false);
    await next.stop();
  });
});

function childrenOf(pid: number): number[] {
  const numbers = Array.from({ length: 64 }, (_, offset) => pid + offset + 1);
  return numbers.filter((candidate) => parentOf(candidate) === pid);
}
