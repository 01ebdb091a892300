/** What a product loads when it imports the client by its public name, as it is published: nothing of the server. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { root } from '../house/source.js';
import { bareEnvironment } from '../support/environment.js';

const run = promisify(execFile);

/** Prints every module that is loaded: those of ES as they are resolved, those of CommonJS from its cache. */
const WATCH = `
import { createRequire, register } from 'node:module';
const hook = "import { writeSync } from 'node:fs'; export async function resolve(name, context, next) { const found = await next(name, context); writeSync(1, found.url + '\\\\n'); return found; }";
register('data:text/javascript,' + encodeURIComponent(hook));
process.on('exit', () => { for (const file of Object.keys(createRequire(process.cwd() + '/x.js').cache)) console.log('file://' + file); });
const { creditd } = await import('creditd/client');
`;

async function loadedBy(more: string): Promise<{ packages: readonly string[]; own: readonly string[] }> {
  const args = ['--input-type=module', '--eval', `${WATCH}${more}`];
  const { stdout } = await run(process.execPath, args, { cwd: root, env: bareEnvironment(), timeout: 30_000 });
  const urls = stdout.split('\n').filter((line) => line.startsWith('file://'));
  const packages = urls.flatMap((url) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1] ?? []);
  const own = urls.filter((url) => !url.includes('/node_modules/')).flatMap((url) => url.split('/dist/src/')[1] ?? []);
  return { packages: [...new Set(packages)].sort(), own: [...new Set(own)].sort() };
}

const MADE = `const made = (more) => creditd({ url: 'http://127.0.0.1:9', key: 'ck_x', onTrouble: 'open', timeoutMs: 50, trackMs: 50, onError() {}, ...more });
const event = { account: 'a', meter: 'm', key: 'k' };`;

describe('creditd/client', () => {
  it('brings no server code, also when it asks, records and verifies', async () => {
    const { packages, own } = await loadedBy(`${MADE}
      const client = made({});
      await client.check('a', { meter: 'm' });
      await client.track(event);
      try { client.verifyEvent('', {}, 'whsec_eA=='); } catch {}
      await client.close();`);
    expect(packages).toEqual(['@stablelib/base64', 'fast-sha256', 'standardwebhooks', 'zod']);
    expect(own).toContain('client.js');
    expect(own.filter((file) => !/^(client(\/|\.js$)|messages(\/|\.js$)|producer\/errors\.js$)/.test(file))).toEqual(
      [],
    );
  });

  it('loads BullMQ with the first event for a queue, and not before', async () => {
    const before = await loadedBy(`${MADE} made({ queue: 'redis://127.0.0.1:9' });`);
    expect(before.packages).not.toContain('bullmq');
    const after = await loadedBy(`${MADE}
      const client = made({ queue: 'redis://127.0.0.1:9' });
      await client.track(event);
      await client.close({ timeoutMs: 50 }).catch(() => undefined);
      process.exit(0);`);
    expect(after.packages).toContain('bullmq');
    expect(after.packages).not.toContain('fastify');
    expect(after.packages.filter((name) => /^(stripe|nodemailer|@prisma\/.*)$/.test(name))).toEqual([]);
  });
});
