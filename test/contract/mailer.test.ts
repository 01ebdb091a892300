/**
 * What the mailer promises, kept against a real SMTP conversation: every way in which a mail server can be down, slow,
 * choosy or hostile ends in one of three outcomes, and no mail is lost or said to be sent when it was not.
 */
import PostalMime from 'postal-mime';
import { afterEach, describe, expect, it } from 'vitest';
import { makeSmtpMailer, type SmtpMailerOptions } from '../../src/adapters/mail/smtp-mailer.js';
import type { Mail } from '../../src/ports.js';
import { startTestSmtp, type TestSmtp, type TestSmtpOptions } from '../support/smtp.js';

// Short for a server that hangs, long enough for one on a machine that is busy.
const FAST = { dnsMs: 2_000, connectionMs: 2_000, greetingMs: 1_500, socketMs: 1_500, sendMs: 6_000 };
const MAIL: Mail = {
  messageId: 'notice.0199c1de-0000-7000-8000-000000000001@creditd.test',
  to: ['ada@example.com', 'grace@example.com'],
  subject: 'Auto top-off: 200 credits added',
  text: 'Plain words.\n',
  html: '<p>Rich <b>words</b>.</p>',
};

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function server(options?: TestSmtpOptions): Promise<TestSmtp> {
  const smtp = await startTestSmtp(options);
  closers.push(() => smtp.stop());
  return smtp;
}

function mailer(url: string, options: Partial<SmtpMailerOptions> = {}) {
  const made = makeSmtpMailer({ url, from: 'Receptionist <billing@example.com>', limits: FAST, ...options });
  closers.push(() => made.close());
  return made;
}

async function start(options?: TestSmtpOptions) {
  const smtp = await server(options);
  return { smtp, mails: mailer(smtp.url) };
}

describe('an accepted mail', () => {
  it('reaches every recipient in one mail, with the Message-ID as given, text, HTML and the mark of a machine', async () => {
    const { smtp, mails } = await start();
    const outcome = await mails.send(MAIL);
    expect(outcome).toMatchObject({ kind: 'accepted', refused: [] });
    expect(smtp.mails).toHaveLength(1);
    const [{ raw = '', recipients } = { recipients: [] }] = smtp.mails;
    expect(recipients).toEqual(MAIL.to);
    const read = await PostalMime.parse(raw);
    expect(read.messageId).toBe(`<${MAIL.messageId}>`);
    expect(read.subject).toBe(MAIL.subject);
    expect(read.from).toEqual({ name: 'Receptionist', address: 'billing@example.com' });
    expect(read.to?.map((one) => one.address)).toEqual(MAIL.to);
    expect(read.text?.trim()).toBe('Plain words.');
    expect(read.html?.trim()).toBe(MAIL.html);
    expect(read.headers.find(({ key }) => key === 'auto-submitted')?.value).toBe('auto-generated');
  });

  it('goes out although one of its recipients is refused, and names that one', async () => {
    const { smtp, mails } = await start();
    smtp.refuseRecipient('grace@example.com', 550);
    expect(await mails.send(MAIL)).toMatchObject({ kind: 'accepted', refused: ['grace@example.com'] });
    expect(smtp.mails.map(({ recipients }) => recipients)).toEqual([['ada@example.com']]);
  });

  it('goes to a person once whose address is named twice', async () => {
    const { smtp, mails } = await start();
    await mails.send({ ...MAIL, to: ['ada@example.com', 'ada@example.com'] });
    expect(smtp.asked).toEqual(['ada@example.com']);
  });
});

describe('a server that is down or choosy is unavailable: the same mail goes out later', () => {
  it('when nothing listens, and sends once it does again', async () => {
    const { smtp, mails } = await start();
    await smtp.down();
    expect(await mails.send(MAIL)).toMatchObject({
      kind: 'unavailable',
      reason: expect.stringContaining('ECONNREFUSED'),
    });
    await smtp.up();
    expect(await mails.send(MAIL)).toMatchObject({ kind: 'accepted' });
  });

  it('when its name does not exist', async () => {
    const outcome = await mailer('smtp://mail.invalid:2525').send(MAIL);
    expect(outcome.kind).toBe('unavailable');
  });

  it.each([421, 450, 451, 452])('when it greylists with %i, and one mail arrives in the end', async (code) => {
    const { smtp, mails } = await start();
    const mail = { ...MAIL, to: ['ada@example.com'] };
    smtp.fault('recipient', { kind: 'reply', code, text: 'come back later' }, 2);
    expect(await mails.send(mail)).toMatchObject({ kind: 'unavailable', reason: expect.stringContaining(`${code}`) });
    expect(await mails.send(mail)).toMatchObject({ kind: 'unavailable' });
    expect(await mails.send(mail)).toMatchObject({ kind: 'accepted' });
    expect(smtp.mails).toHaveLength(1);
  });

  it.each(['greeting', 'sender', 'content'] as const)('when it says 451 at the %s', async (moment) => {
    const { smtp, mails } = await start();
    smtp.fault(moment, { kind: 'reply', code: 451, text: 'disk full for a moment' }, 1);
    expect(await mails.send(MAIL)).toMatchObject({ kind: 'unavailable' });
    expect(await mails.send(MAIL)).toMatchObject({ kind: 'accepted' });
  });

  it('when one recipient is deferred and the other refused for good, because the first may still get it', async () => {
    const { smtp, mails } = await start();
    smtp.refuseRecipient('ada@example.com', 450);
    smtp.refuseRecipient('grace@example.com', 550);
    expect(await mails.send(MAIL)).toMatchObject({ kind: 'unavailable' });
  });

  it.each(['greeting', 'sender', 'content'] as const)('when it hangs at the %s, within the limits', async (moment) => {
    const { smtp, mails } = await start();
    smtp.fault(moment, { kind: 'hang' });
    expect(await mails.send(MAIL)).toMatchObject({ kind: 'unavailable', reason: expect.stringContaining('in time') });
  });

  it.each(['greeting', 'sender', 'content'] as const)('when it cuts the connection at the %s', async (moment) => {
    const { smtp, mails } = await start();
    smtp.fault(moment, { kind: 'cut' }, 1);
    expect(await mails.send(MAIL)).toMatchObject({ kind: 'unavailable' });
    expect(smtp.mails).toHaveLength(0);
  });

  it('when its answer is lost after it kept the mail: the doubled mail carries the same Message-ID', async () => {
    const { smtp, mails } = await start();
    smtp.fault('content', { kind: 'keep_and_cut' }, 1);
    expect(await mails.send(MAIL)).toMatchObject({ kind: 'unavailable' });
    expect(await mails.send(MAIL)).toMatchObject({ kind: 'accepted' });
    const read = await Promise.all(smtp.mails.map(({ raw }) => PostalMime.parse(raw)));
    expect(read.map(({ messageId }) => messageId)).toEqual([`<${MAIL.messageId}>`, `<${MAIL.messageId}>`]);
  });

  it('when it turns us away before any recipient is named, which is about us and not about them', async () => {
    const { smtp, mails } = await start();
    smtp.fault('greeting', { kind: 'reply', code: 554, text: 'no service for you' }, 1);
    expect(await mails.send(MAIL)).toMatchObject({ kind: 'unavailable' });
    smtp.fault('sender', { kind: 'reply', code: 553, text: 'sender not allowed' }, 1);
    expect(await mails.send(MAIL)).toMatchObject({
      kind: 'unavailable',
      reason: expect.stringContaining('our address'),
    });
  });

  it('when the mailer is closed in the middle of a mail', async () => {
    const { smtp, mails } = await start();
    smtp.fault('content', { kind: 'hang' });
    const sending = mails.send(MAIL);
    await expect.poll(() => smtp.asked.length).toBe(2);
    await mails.close();
    expect(await sending).toMatchObject({ kind: 'unavailable' });
    expect(await mails.send(MAIL)).toMatchObject({ kind: 'unavailable' });
  });
});

describe('a mail that nobody will take is rejected: sending it again cannot help', () => {
  it('when every recipient is refused with 5xx', async () => {
    const { smtp, mails } = await start();
    for (const address of MAIL.to) smtp.refuseRecipient(address, 550, '5.1.1 no such mailbox');
    expect(await mails.send(MAIL)).toMatchObject({ kind: 'rejected', reason: expect.stringContaining('550') });
    expect(smtp.mails).toHaveLength(0);
  });

  it.each([550, 552, 554])('when its content is refused with %i', async (code) => {
    const { smtp, mails } = await start();
    smtp.fault('content', { kind: 'reply', code, text: 'not this' });
    expect(await mails.send(MAIL)).toMatchObject({ kind: 'rejected' });
  });

  it('when there is no recipient, or none that can be an address, and then no server is asked', async () => {
    const { smtp, mails } = await start();
    for (const to of [[], ['nobody'], ['a@b.test\r\nBcc: eve@evil.test']]) {
      expect(await mails.send({ ...MAIL, to })).toMatchObject({ kind: 'rejected' });
    }
    expect(smtp.connections()).toBe(0);
  });
});

describe('hostile addresses and headers', () => {
  const hostile = [
    'eve@evil.test\r\nBcc: all@example.com',
    'eve@evil.test\nRCPT TO:<all@example.com>',
    '<eve@evil.test>',
    'Eve <eve@evil.test>',
    'eve@evil.test, mallory@evil.test',
    'eve@evil.test;mallory@evil.test',
    'eve@evil@evil.test',
    '"eve evil"@evil.test',
    'eve@',
    '@evil.test',
    'eve@-evil.test',
    'e\u202eve@evil.test',
    `${'e'.repeat(65)}@evil.test`,
    'group:eve@evil.test;',
  ];

  it.each(hostile)('%j never reaches SMTP and is named as refused', async (address) => {
    const { smtp, mails } = await start();
    expect(await mails.send({ ...MAIL, to: ['ada@example.com', address] })).toMatchObject({
      kind: 'accepted',
      refused: [address],
    });
    expect(smtp.asked).toEqual(['ada@example.com']);
  });

  it('a subject with line ends adds no header and no recipient', async () => {
    const { smtp, mails } = await start();
    await mails.send({ ...MAIL, subject: 'Hello\r\nBcc: eve@evil.test\r\n\r\nbody' });
    const read = await PostalMime.parse(smtp.mails[0]?.raw ?? '');
    expect(read.bcc).toBeUndefined();
    expect(read.text?.trim()).toBe('Plain words.');
    expect(smtp.asked).toEqual(MAIL.to);
  });

  it('a Message-ID that could break its header is a broken promise of the caller and throws', async () => {
    const { mails } = await start();
    for (const messageId of ['<a@b>', 'no-domain', 'a@b\r\nBcc: e@evil.test', 'a b@c']) {
      await expect(mails.send({ ...MAIL, messageId })).rejects.toThrow('Message-ID');
    }
  });
});

describe('login and TLS', () => {
  const login = { user: 'billing@example.com', password: 'p@ss/w:ord%1' };
  const withLogin = (url: string, password = login.password) =>
    url.replace('://', `://${encodeURIComponent(login.user)}:${encodeURIComponent(password)}@`);

  it('sends with the user and password of the URL, escapes undone', async () => {
    const smtp = await server({ login });
    expect(await mailer(withLogin(smtp.url)).send(MAIL)).toMatchObject({ kind: 'accepted' });
  });

  it('a login that is not accepted is our setting to mend, and no spelling of the password is in the reason', async () => {
    const smtp = await server({ login });
    const wrong = 'geheim/1234';
    const outcome = await mailer(withLogin(smtp.url, wrong)).send(MAIL);
    expect(outcome).toMatchObject({ kind: 'unavailable', reason: expect.stringContaining('login') });
    const said = JSON.stringify(outcome);
    for (const secret of [wrong, encodeURIComponent(wrong), Buffer.from(wrong).toString('base64')]) {
      expect(said).not.toContain(secret);
    }
  });

  it('a server that wants a login where none is set is our setting to mend', async () => {
    const smtp = await server({ login });
    expect(await mailer(smtp.url).send(MAIL)).toMatchObject({
      kind: 'unavailable',
      reason: expect.stringContaining('login'),
    });
  });

  it('smtps speaks TLS from the first byte, also to a self-made certificate on this machine', async () => {
    const smtp = await server({ secure: true });
    expect(await mailer(smtp.url).send(MAIL)).toMatchObject({ kind: 'accepted' });
  });

  it('smtps to a certificate that must be valid and is not is unavailable', async () => {
    const smtp = await server({ secure: true });
    const outcome = await mailer(`${smtp.url}?tls.rejectUnauthorized=true`).send(MAIL);
    expect(outcome).toMatchObject({ kind: 'unavailable', reason: expect.stringContaining('certificate') });
  });

  it('a required STARTTLS that the server does not offer is unavailable, and nothing is sent in clear text', async () => {
    const smtp = await server({ login });
    const outcome = await mailer(`${withLogin(smtp.url)}?requireTLS=true`).send(MAIL);
    expect(outcome.kind).toBe('unavailable');
    expect(smtp.mails).toHaveLength(0);
  });

  it('an offered STARTTLS is used', async () => {
    const smtp = await server({ starttls: true });
    expect(await mailer(smtp.url).send(MAIL)).toMatchObject({ kind: 'accepted' });
    expect(smtp.mails.map(({ secure }) => secure)).toEqual([true]);
  });
});

describe('settings that cannot work are refused at start, in a sentence', () => {
  const make = (options: Partial<SmtpMailerOptions>) => () =>
    makeSmtpMailer({ url: 'smtp://localhost', from: 'a@example.com', ...options });

  it.each(['billing', 'a@example.com, b@example.com', 'a@example.com\r\nBcc: eve@evil.test', ''])(
    'sender %j',
    (from) => {
      expect(make({ from })).toThrow('not one address');
    },
  );

  it('a timeout inside a mail that is longer than the whole mail may take', () => {
    expect(make({ limits: { sendMs: 5_000 } })).toThrow('not shorter');
  });

  it('a URL that cannot be read, without repeating it', () => {
    expect(make({ url: 'smtp://user:s3cret@host:99999' })).toThrow(/^(?!.*s3cret).*cannot be read/);
  });
});
