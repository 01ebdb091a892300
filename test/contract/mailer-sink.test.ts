/** The mail sink is a real mail server to the mailer, and a safe place to read what a stranger's name put into a mail. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { makeSmtpMailer } from '../../src/adapters/mail/smtp-mailer.js';
import { type MailSink, type MailSinkOptions, startMailSink } from '../../src/dev/mail-sink/mail-sink.js';
import type { Mail } from '../../src/ports.js';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function start(options: MailSinkOptions = {}): Promise<MailSink> {
  const sink = await startMailSink(options);
  closers.push(() => sink.stop());
  return sink;
}

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'creditd-mails-'));
  closers.push(() => rm(path, { recursive: true }));
  return path;
}

let sent = 0;
async function send(sink: MailSink, mail: Partial<Mail> = {}) {
  const mailer = makeSmtpMailer({ url: sink.smtpUrl, from: 'Receptionist <billing@example.com>' });
  closers.push(() => mailer.close());
  sent += 1;
  return mailer.send({
    messageId: `notice.${sent}@creditd.test`,
    to: ['ada@example.com', 'grace@example.com'],
    subject: `Mail ${sent}`,
    text: 'Plain words.',
    html: '<html><head></head><body><p>Rich words.</p></body></html>',
    ...mail,
  });
}

const get = (sink: MailSink, path: string) => fetch(`${sink.inboxUrl}${path}`);

/** With a Host header of one's own, which fetch does not allow. */
const statusAs = (sink: MailSink, host: string): Promise<number> =>
  new Promise((resolve, reject) => {
    request(`${sink.inboxUrl}/api/messages`, { headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on('error', reject)
      .end();
  });

describe('the mail sink keeps what the mailer sends', () => {
  it('with its Message-ID, its recipients and both bodies, for tests and as JSON', async () => {
    const sink = await start();
    expect(await send(sink, { messageId: 'notice.abc@creditd.test' })).toMatchObject({ kind: 'accepted', refused: [] });
    const expected = {
      messageId: 'notice.abc@creditd.test',
      from: 'Receptionist <billing@example.com>',
      to: ['ada@example.com', 'grace@example.com'],
      text: expect.stringContaining('Plain words.'),
      html: expect.stringContaining('<p>Rich words.</p>'),
    };
    expect(sink.messages()).toMatchObject([expected]);
    expect(await (await get(sink, '/api/messages')).json()).toMatchObject([expected]);
  });

  it('newest first, and only the newest', async () => {
    const sink = await start({ keep: 2, folder: await folder() });
    for (const subject of ['one', 'two', 'three']) await send(sink, { subject });
    expect(sink.messages().map(({ subject }) => subject)).toEqual(['three', 'two']);
  });

  it('over a restart, where it has a folder, and there too only the newest', async () => {
    const path = await folder();
    const first = await start({ folder: path });
    for (const subject of ['one', 'two', 'three']) await send(first, { subject });
    const before = first.messages();
    await first.stop();
    const second = await start({ folder: path });
    expect(second.messages().map(({ id, subject, to }) => ({ id, subject, to }))).toEqual(
      before.map(({ id, subject, to }) => ({ id, subject, to })),
    );
    await second.stop();
    await start({ folder: path, keep: 1 });
    expect(await readdir(path)).toHaveLength(1);
  });

  it('unless it is too large, which it says for good', async () => {
    const sink = await start();
    expect(await send(sink, { text: 'long line\n'.repeat(700_000) })).toMatchObject({ kind: 'rejected' });
    expect(sink.messages()).toEqual([]);
  });
});

describe('its ports', () => {
  it('are free ones where the wanted ones are taken', async () => {
    const squatter = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => squatter.once('listening', resolve));
    closers.push(() => new Promise((resolve) => squatter.close(resolve)));
    const { port } = squatter.address() as AddressInfo;
    const sink = await start({ smtpPort: port, httpPort: port });
    expect([sink.smtpUrl, sink.inboxUrl].map((url) => new URL(url).port)).not.toContain(`${port}`);
    expect(await send(sink)).toMatchObject({ kind: 'accepted' });
    expect((await get(sink, '/')).status).toBe(200);
  });

  it('are the wanted ones where those are free, and free again after a stop', async () => {
    const first = await start();
    await first.stop();
    const again = await start({
      smtpPort: Number(new URL(first.smtpUrl).port),
      httpPort: Number(new URL(first.inboxUrl).port),
    });
    expect([again.smtpUrl, again.inboxUrl]).toEqual([first.smtpUrl, first.inboxUrl]);
  });

  it('are never open to other machines', async () => {
    await expect(startMailSink({ host: '0.0.0.0' })).rejects.toThrow('not a loopback address');
  });
});

describe('the inbox page', () => {
  const hostile = '"><script>alert(1)</script><img src=x onerror=alert(2)>';

  it('lists mails, and shows one with its HTML in a cage, its text and its source', async () => {
    const sink = await start();
    await send(sink, { subject: 'Credits added' });
    const id = sink.messages()[0]?.id;
    expect(await (await get(sink, '/')).text()).toContain('Credits added');
    expect(await (await get(sink, `/mail/${id}`)).text()).toMatch(/<iframe [^>]*sandbox="(?!.*allow-s)[^"]*"/);
    expect(await (await get(sink, `/mail/${id}/text`)).text()).toContain('Plain words.');
    expect(await (await get(sink, `/mail/${id}/source`)).text()).toContain('Delivered-To: ada@example.com');
  });

  it('shows what strangers chose as text on every page', async () => {
    const sink = await start();
    await send(sink, { subject: hostile, text: hostile });
    const id = sink.messages()[0]?.id;
    for (const path of ['/', `/mail/${id}`, `/mail/${id}/text`, `/mail/${id}/source`]) {
      const body = await (await get(sink, path)).text();
      expect(body).toContain('&lt;script&gt;alert(1)');
      expect(body).not.toMatch(/<script>|<img/);
    }
  });

  it('lets a mail run nothing and fetch nothing, also when its HTML is opened by itself', async () => {
    const sink = await start();
    await send(sink, { html: '<p>x</p><script>alert(1)</script>' });
    const answer = await get(sink, `/mail/${sink.messages()[0]?.id}/html`);
    const policy = answer.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toMatch(/; sandbox(?!.*allow-(scripts|same-origin))/);
    expect(policy).not.toContain('script-src');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('answers only to names of this machine, so that no other site can read it through the browser', async () => {
    const sink = await start();
    expect(await statusAs(sink, 'localhost:1234')).toBe(200);
    expect(await statusAs(sink, 'evil.test')).toBe(421);
    expect(await statusAs(sink, '127.0.0.1.evil.test')).toBe(421);
  });

  it('says plainly what is not there, and takes no writing', async () => {
    const sink = await start();
    for (const path of ['/mail/1-1', '/mail/..%2f..', '/nothing', '//evil.test', '/mail/1/html/x']) {
      expect((await get(sink, path)).status).toBe(404);
    }
    expect((await fetch(sink.inboxUrl, { method: 'POST' })).status).toBe(405);
  });
});
