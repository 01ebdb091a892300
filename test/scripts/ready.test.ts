import { execFile, spawn } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { root } from '../house/source.js';
import { bareEnvironment } from '../support/environment.js';
import { removeScratch, scratchFolder } from '../support/scratch.js';
import { until } from '../support/wait.js';

const run = promisify(execFile);

let folder: string;
beforeEach(() => {
  folder = scratchFolder();
});
afterEach(() => removeScratch(folder));

describe('the lock of installing and building', () => {
  const LOCK = path.join(root, 'scripts/lock.mjs');
  const TAKE = `
    import { appendFileSync } from 'node:fs';
    import { setTimeout as pause } from 'node:timers/promises';
    import { holdingLock } from ${JSON.stringify(LOCK)};
    const [lock, log] = process.argv.slice(1);
    await holdingLock(lock, async () => {
      appendFileSync(log, 'in ');
      await pause(30);
      appendFileSync(log, 'out ');
    });
  `;
  const take = () =>
    run(process.execPath, ['--input-type=module', '-e', TAKE, path.join(folder, 'lock'), path.join(folder, 'log')], {
      env: bareEnvironment(),
    });

  it('lets one in at a time', async () => {
    await Promise.all([take(), take(), take()]);
    expect(readFileSync(path.join(folder, 'log'), 'utf8')).toBe('in out in out in out ');
  });

  it('is taken over from an owner that died', async () => {
    const dead = spawn(process.execPath, ['-e', '']);
    await new Promise((resolve) => dead.once('exit', resolve));
    writeFileSync(path.join(folder, 'lock'), String(dead.pid));
    await Promise.all([take(), take()]);
    expect(readFileSync(path.join(folder, 'log'), 'utf8')).toBe('in out in out ');
  });

  it('is taken over from an owner whose number another program has now', async () => {
    const lock = path.join(folder, 'lock');
    writeFileSync(lock, String(process.pid));
    utimesSync(lock, new Date(0), new Date(0));
    await take();
    expect(readFileSync(path.join(folder, 'log'), 'utf8')).toBe('in out ');
  });
});

describe('the command in a published package', () => {
  /** As npm installs it: no sources and no scripts. */
  const install = (main: string) => {
    cpSync(path.join(root, 'bin'), path.join(folder, 'bin'), { recursive: true });
    mkdirSync(path.join(folder, 'dist/src'), { recursive: true });
    writeFileSync(path.join(folder, 'package.json'), '{"type":"module"}');
    writeFileSync(path.join(folder, 'dist/src/main.js'), main);
    return path.join(folder, 'bin/creditd.mjs');
  };

  it('runs at once, with its arguments, and installs nothing', async () => {
    const command = install('console.log(JSON.stringify(process.argv.slice(2)));');
    const { stdout, stderr } = await run(process.execPath, [command, 'account', 'create'], { env: bareEnvironment() });
    expect({ said: JSON.parse(stdout), stderr }).toEqual({ said: ['account', 'create'], stderr: '' });
  });

  it("hears a terminal's Ctrl-C once although npm hands it on again, and a later one as a second", async () => {
    const command = install(`
      let heard = 0;
      process.on('SIGINT', () => process.stdout.write('heard' + ++heard + ' '));
      process.on('SIGUSR2', () => process.exit(0));
      setInterval(() => undefined, 1000);
      process.stdout.write('ready ');
    `);
    const child = spawn(process.execPath, [command], { env: bareEnvironment(), stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    child.stdout.on('data', (chunk) => {
      said += chunk;
    });
    await until(() => said.includes('ready'));
    child.kill('SIGINT');
    await until(() => said.includes('heard1'));
    child.kill('SIGINT');
    await until(
      () => {
        child.kill('SIGINT');
        return said.includes('heard2');
      },
      { everyMs: 700 },
    );
    expect(said).toBe('ready heard1 heard2 ');
    child.kill('SIGUSR2');
    expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(0);
  });
});
