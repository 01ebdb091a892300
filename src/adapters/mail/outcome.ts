/**
 * What an error of sending a mail means: the one place where SMTP reply codes and the library's error codes become
 * outcomes. The question is always the same: is it about this mail (rejected: sending it again cannot help) or about
 * the way to the server (unavailable: the same mail goes out later)?
 */
import type { NodemailerError } from 'nodemailer/lib/errors';
import type { MailOutcome } from '../../ports.js';

type Failure = Exclude<MailOutcome, { kind: 'accepted' }>;

/** Without a reply of the server: what the library found out by itself. Every code it can meet over SMTP is named. */
const BY_LIBRARY_CODE: Readonly<Record<string, Failure['kind']>> = {
  // The way to the server, or the server's state.
  ECONNECTION: 'unavailable',
  ESOCKET: 'unavailable',
  ETIMEDOUT: 'unavailable',
  EDNS: 'unavailable',
  ETLS: 'unavailable',
  EPROTOCOL: 'unavailable',
  EPROXY: 'unavailable',
  ESTREAM: 'unavailable',
  // Our own limit on the whole conversation, or the mailer being closed.
  EABORT: 'unavailable',
  // The server does not let us in: our settings, which a person must mend. No recipient is to blame.
  EAUTH: 'unavailable',
  ENOAUTH: 'unavailable',
  EOAUTH2: 'unavailable',
  // The mail itself: nobody to send it to, or larger than the server says it takes.
  EENVELOPE: 'rejected',
  EMESSAGE: 'rejected',
};

/** "Message too large" is about the mail even where the server says it in answer to MAIL FROM. */
const TOO_LARGE = 552;
/** "Log in first": about us, whatever it answers. */
const LOGIN_WANTED = [530, 534, 535, 538];
/** "Bad sequence of commands": the conversation went wrong, not the mail. */
const OUT_OF_STEP = 503;

/** A 5xx counts against the mail only when it answers a recipient or the content. Said earlier, it is about us. */
function kindByReply(code: number, command: string): Failure['kind'] {
  if (code < 500 || code > 599 || code === OUT_OF_STEP || LOGIN_WANTED.includes(code)) return 'unavailable';
  if (code === TOO_LARGE) return 'rejected';
  return command === 'RCPT TO' || command === 'DATA' ? 'rejected' : 'unavailable';
}

function kindOf(error: NodemailerError): Failure['kind'] | null {
  if (error.code === 'EAUTH' || error.code === 'ENOAUTH') return 'unavailable';
  if (error.responseCode !== undefined) return kindByReply(error.responseCode, error.command ?? '');
  return BY_LIBRARY_CODE[error.code ?? ''] ?? null;
}

/** What a person reads first, before the server's or the library's own words. */
function lead(error: NodemailerError, kind: Failure['kind']): string {
  const code = error.code ?? '';
  const reply = error.responseCode ?? 0;
  if (code === 'EAUTH' || code === 'ENOAUTH' || LOGIN_WANTED.includes(reply)) {
    return 'The mail server does not accept our login; check the user and password in the SMTP URL';
  }
  if (code === 'ETLS') return 'No TLS connection to the mail server could be made';
  if (code === 'EDNS') return 'The mail server’s name cannot be resolved';
  if (code === 'ETIMEDOUT') return 'The mail server did not answer in time';
  if (code === 'EABORT') return 'Sending was broken off before the mail server answered';
  if (kind === 'rejected') return 'The mail server will not take this mail';
  if (error.command === 'MAIL FROM' && reply >= 500) return 'The mail server does not let us send from our address';
  if (reply > 0) return 'The mail server cannot take mail at the moment';
  return 'The connection to the mail server failed';
}

const LARGEST_REASON = 400;

/** One line, bounded, without control characters: reasons are stored, shown and logged, and a stranger worded them. */
export function oneLine(text: string): string {
  const line = text.replace(/[\p{C}\p{Z}]+/gu, ' ').trim();
  return line.length > LARGEST_REASON ? `${line.slice(0, LARGEST_REASON - 1)}…` : line;
}

/**
 * Throws the error again when it is none of the above: that is a broken assumption of ours, not an answer.
 * `redact` removes the login's secrets, which a server may repeat in its reply.
 */
export function failureOf(error: unknown, redact: (text: string) => string): Failure {
  if (!(error instanceof Error)) throw error;
  const known: NodemailerError = error;
  const kind = kindOf(known);
  if (kind === null) throw error;
  const said = known.response ?? [known.originalCode, known.message].filter(Boolean).join(': ');
  return { kind, reason: oneLine(redact(`${lead(known, kind)} (${said}).`)) };
}
