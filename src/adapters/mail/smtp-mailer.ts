/**
 * Mail over SMTP. One connection a mail: notices are few, and a connection kept open would have to be guarded against
 * the server's own idle timeout, which ends in exactly the lost answer that makes a mail go out twice.
 */
import { createTransport } from 'nodemailer';
import addressParser, { type MailboxAddress } from 'nodemailer/lib/addressparser';
import type { Mail, Mailer, MailOutcome } from '../../ports.js';
import { failureOf, oneLine } from './outcome.js';
import { isUsableAddress, sortRecipients } from './recipients.js';
import { readSmtpUrl, type SmtpServer } from './smtp-url.js';

export interface SmtpLimits {
  readonly dnsMs: number;
  readonly connectionMs: number;
  /** From the open connection to the server's first line. */
  readonly greetingMs: number;
  /** Silence in the middle of the conversation. */
  readonly socketMs: number;
  /** The whole conversation, however slowly it trickles: what a step's own limit must exceed. */
  readonly sendMs: number;
}

export const SMTP_LIMITS: SmtpLimits = {
  dnsMs: 10_000,
  connectionMs: 10_000,
  greetingMs: 10_000,
  socketMs: 20_000,
  sendMs: 45_000,
};

/** The same proportions for a mail that may take `sendMs`, never longer than the standing limits. */
export function smtpLimits(sendMs: number): SmtpLimits {
  const part = (ms: number): number => Math.min(ms, Math.floor((ms * sendMs) / SMTP_LIMITS.sendMs));
  const { dnsMs, connectionMs, greetingMs, socketMs } = SMTP_LIMITS;
  return {
    dnsMs: part(dnsMs),
    connectionMs: part(connectionMs),
    greetingMs: part(greetingMs),
    socketMs: part(socketMs),
    sendMs,
  };
}

export interface SmtpMailerOptions {
  /** smtp:// or smtps://, with user and password where the server wants them. */
  readonly url: string;
  /** "Name <address>" or an address alone. */
  readonly from: string;
  readonly limits?: Partial<SmtpLimits>;
}

export interface SmtpMailer extends Mailer {
  /** Breaks off what is being sent (its outcome is `unavailable`) and takes nothing more. */
  close(): Promise<void>;
}

/** Marks the mail as a machine's, so that holiday replies do not answer it (RFC 3834, and what Exchange listens to). */
const AUTOMATIC = { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' };

/** Throws a plain sentence: a sender that cannot be used is a setting to mend at start, not an outcome of a mail. */
function readSender(from: string): MailboxAddress {
  const [sender, ...others] = /[\r\n]/.test(from) ? [] : addressParser(from, { flatten: true });
  if (sender === undefined || others.length > 0 || !isUsableAddress(sender.address)) {
    throw new Error('The sender of mails is not one address. Write it as "Name <billing@example.com>".');
  }
  return sender;
}

function readServer(url: string): SmtpServer {
  const reading = readSmtpUrl(url);
  if (reading.kind === 'unreadable') throw new Error(reading.problem);
  return reading.server;
}

function assertLimits(limits: SmtpLimits): void {
  const inner = Math.max(limits.dnsMs, limits.connectionMs, limits.greetingMs, limits.socketMs);
  if (inner >= limits.sendMs)
    throw new Error('A timeout of the SMTP connection is not shorter than that of the whole mail.');
}

/** Replaces the password in every spelling in which it crosses the wire or stands in the URL. */
function redactor(login: SmtpServer['login']): (text: string) => string {
  if (login === null || login.password === '') return (text) => text;
  const { user, password } = login;
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  const spellings = [password, encodeURIComponent(password), base64(password), base64(`\0${user}\0${password}`)];
  return (text) => spellings.reduce((left, secret) => left.replaceAll(secret, '***'), text);
}

function openTransport(server: SmtpServer, limits: SmtpLimits) {
  return createTransport({
    host: server.host,
    port: server.port,
    secure: server.secure,
    requireTLS: server.requireTls,
    tls: { rejectUnauthorized: server.verifyCertificate },
    dnsTimeout: limits.dnsMs,
    connectionTimeout: limits.connectionMs,
    greetingTimeout: limits.greetingMs,
    socketTimeout: limits.socketMs,
    // A mail is text of ours and names of strangers: nothing in it may make the library read a file or fetch a URL.
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(server.login === null ? {} : { auth: { user: server.login.user, pass: server.login.password } }),
  });
}

/** Written as it is into a header: anything but the plain form is a mistake of the caller's. */
function assertMessageId(id: string): void {
  if (!/^[\x21-\x3b\x3d\x3f\x41-\x7e]+@[\x21-\x3b\x3d\x3f\x41-\x7e]+$/.test(id) || id.length > 200) {
    throw new Error('A mail’s Message-ID must have the form unique@domain, in ASCII, without angle brackets.');
  }
}

/** Throws a plain sentence when the URL, the sender or the limits cannot be used. */
export function makeSmtpMailer(options: SmtpMailerOptions): SmtpMailer {
  const server = readServer(options.url);
  const from = readSender(options.from);
  const limits = { ...SMTP_LIMITS, ...options.limits };
  assertLimits(limits);
  const transport = openTransport(server, limits);
  const redact = redactor(server.login);
  const closing = new AbortController();
  const underWay = new Set<Promise<unknown>>();

  /**
   * All owners of one account and its billing address share the To line: they see each other on the billing page
   * anyway, and a visible list tells each that the others know.
   */
  async function deliver(mail: Mail, usable: readonly string[], unusable: readonly string[]): Promise<MailOutcome> {
    try {
      const sent = await transport.sendMail({
        from: { name: from.name, address: from.address },
        to: usable.map((address) => ({ name: '', address })),
        subject: mail.subject,
        text: mail.text,
        html: mail.html,
        messageId: `<${mail.messageId}>`,
        headers: AUTOMATIC,
        signal: AbortSignal.any([closing.signal, AbortSignal.timeout(limits.sendMs)]),
      });
      return { kind: 'accepted', response: oneLine(sent.response), refused: [...unusable, ...sent.rejected] };
    } catch (error) {
      return failureOf(error, redact);
    }
  }

  return {
    async send(mail) {
      assertMessageId(mail.messageId);
      if (closing.signal.aborted) return { kind: 'unavailable', reason: 'The mailer is closed.' };
      const { usable, unusable } = sortRecipients(mail.to);
      if (usable.length === 0) {
        return { kind: 'rejected', reason: 'There is no usable address to send this mail to.' };
      }
      const delivery = deliver(mail, usable, unusable);
      underWay.add(delivery);
      try {
        return await delivery;
      } finally {
        underWay.delete(delivery);
      }
    },

    async close() {
      closing.abort();
      await Promise.allSettled(underWay);
      transport.close();
    },
  };
}
