/** The example from its own README: its commands, run as they stand there, against `npm start`. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../src/dev/free-port.js';
import { root } from '../house/source.js';
import { BIN, type Creditd, startCreditd } from '../support/creditd.js';
import { bareEnvironment } from '../support/environment.js';
import { removeScratch, scratchFolder } from '../support/scratch.js';
import { until } from '../support/wait.js';

const README = readFileSync(path.join(root, 'examples/plain-node/README.md'), 'utf8');
const [start = '', product = ''] = [...README.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block]) => block ?? '');

/** Commands of the README in a shell of their own, in the clone, in a home of their own. */
function shell(commands: string, home: string): { readonly said: () => string; readonly end: () => Promise<void> } {
  const child: ChildProcess = spawn('sh', ['-e', '-c', commands], {
    cwd: root,
    // A group of its own, so that what the shell has started ends with it.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: bareEnvironment({ HOME: home, npm_config_update_notifier: 'false' }),
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8');
    stream?.on('data', (text: string) => {
      said += text;
    });
  }
  const signal = (name: NodeJS.Signals): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, name);
    } catch {
      // It has ended.
    }
  };
  const kill = () => signal('SIGKILL');
  process.once('exit', kill);
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  return {
    said: () => said,
    async end() {
      signal('SIGTERM');
      await closed;
      process.removeListener('exit', kill);
    },
  };
}

/** A clone that has just changed is built by each command that finds it so. */
async function saying({ said }: { readonly said: () => string }, sentence: string): Promise<void> {
  await until(() => said().includes(sentence), { timeoutMs: 110_000, what: `"${sentence}"` }).catch((error: Error) => {
    throw new Error(`${error.message}. It said:\n${said()}`);
  });
}

describe('the example in plain Node', { timeout: 120_000 }, () => {
  const home = scratchFolder();
  const settings = path.join(home, '.local/state/creditd/shell.env');
  let creditd: Creditd;
  let api: string;
  let shop: string;
  let running: ReturnType<typeof shell>;

  beforeAll(async () => {
    expect(start.trim()).toBe('npm start');
    // Root's data must lie where Postgres's own user can reach it.
    mkdirSync(path.dirname(path.dirname(settings)), { recursive: true, mode: 0o711 });
    const ports = [await freePort(), await freePort()];
    creditd = startCreditd(['dev'], { HOME: home, PORT: String(ports[0]) }, BIN);
    await saying(creditd, 'creditd is running');
    api = /Activity\s+(http:\S+)\/activity/.exec(creditd.said())?.[1] ?? '';
    shop = `http://127.0.0.1:${ports[1]}`;
    running = shell(product.replaceAll('3000', String(ports[1])), home);
    await saying(running, 'The product is running');
  }, 240_000);
  afterAll(async () => {
    await running?.end();
    creditd?.signal('SIGTERM');
    await creditd?.ended;
    removeScratch(home);
  }, 60_000);

  const answer = async (count: number) => {
    const answered = await fetch(`${shop}/calls`, {
      method: 'POST',
      body: new URLSearchParams({ count: String(count) }),
    });
    const body = (await answered.json()) as { answered: number; cost?: string; why?: string; remedies?: string[] };
    return { status: answered.status, body };
  };
  const page = async () => (await fetch(shop)).text();

  it('opens its account with the plan’s credits', async () => {
    expect(await page()).toContain('<strong id="remaining">100</strong>');
  });

  it('is let through the gate, and what it used is debited', async () => {
    expect(await answer(85)).toEqual({ status: 200, body: { answered: 85, cost: '85' } });
    await until(async () => (await page()).includes('<strong id="remaining">15</strong>'), { what: 'the debit' });
  });

  it('is told that the balance is low, signed so that it believes it', async () => {
    const low = 'corner-shop: balance.low {"balance":"15","threshold":"20"}';
    await until(() => running.said().includes(low), { timeoutMs: 30_000, what: 'the event' });
    expect(await page()).toContain('<li>balance.low ');
  });

  it('believes nothing that creditd did not sign', async () => {
    const body = JSON.stringify({ id: 'x', type: 'balance.low', account: 'corner-shop', data: { forged: true } });
    const headers = { 'webhook-id': 'x', 'webhook-timestamp': String(Math.floor(Date.now() / 1_000)) };
    const forged = { ...headers, 'webhook-signature': 'v1,AAAA' };
    for (const one of [{}, headers, forged])
      expect((await fetch(`${shop}/events`, { method: 'POST', body, headers: one })).status).toBe(400);
    expect(await page()).not.toContain('forged');
  });

  it('is stopped at the gate where credits are missing, with the reason and what the owner can do', async () => {
    const { status, body } = await answer(50);
    expect(status).toBe(402);
    expect(body).toMatchObject({ answered: 0, why: expect.stringMatching(/\S/) });
    expect(body.remedies?.length).toBeGreaterThan(0);
    expect(await page()).toContain('<strong id="remaining">15</strong>');
  });

  it('leads the owner to their billing page, in a session of that account and role', async () => {
    const { status, headers } = await fetch(`${shop}/billing`, { redirect: 'manual' });
    expect(status).toBe(302);
    const link = new URL(headers.get('location') ?? '');
    expect(`${link.origin}${link.pathname}`).toBe(`${api}/billing`);
    expect(link.searchParams.get('return')).toBe(`${shop}/`);
    const opened = await fetch(link);
    expect([opened.status, opened.headers.get('content-type')]).toEqual([200, expect.stringContaining('text/html')]);
    const session = { headers: { authorization: `Bearer ${link.hash.slice(1)}` } };
    const who = await (await fetch(`${api}/v1/session`, session)).json();
    expect(who).toMatchObject({ kind: 'person', account: 'corner-shop', role: 'owner' });
    const balance = await (await fetch(`${api}/v1/accounts/corner-shop/balance`, session)).json();
    expect(balance).toMatchObject({ remaining: '15' });
  });

  it('finds the settings of the running creditd in a file that nobody else may read, and only while it runs', async () => {
    expect(statSync(settings).mode & 0o777).toBe(0o600);
    await running.end();
    creditd.signal('SIGTERM');
    expect(await creditd.ended).toEqual({ code: 0, signal: null });
    expect(existsSync(settings)).toBe(false);
  });
});
