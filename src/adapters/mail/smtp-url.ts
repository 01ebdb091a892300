/**
 * What an SMTP URL says: smtp://user:password@host:587 or smtps://user:password@host:465.
 *
 * It is read here and not by the SMTP library, which turns every query parameter into one of its own options: a pasted
 * URL must not be able to switch on a traffic log that prints the password.
 */

export interface SmtpServer {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte (smtps://). Without it the connection is upgraded by STARTTLS where the server offers it. */
  readonly secure: boolean;
  /** A server that does not offer STARTTLS is refused instead of being spoken to in clear text. */
  readonly requireTls: boolean;
  /** The certificate must be valid for the host. False only for this very machine, or when the URL says so. */
  readonly verifyCertificate: boolean;
  readonly login: { readonly user: string; readonly password: string } | null;
}

export type SmtpUrlReading =
  | { readonly kind: 'read'; readonly server: SmtpServer }
  /** A plain sentence. It never repeats the URL, which may hold a password. */
  | { readonly kind: 'unreadable'; readonly problem: string };

/** The port for handing in mail, and its variant with TLS from the start. Port 25 is for servers among themselves. */
const SUBMISSION_PORT = 587;
const SUBMISSIONS_PORT = 465;

const EXAMPLE = 'Write it as smtp://user:password@host:587, or smtps://user:password@host:465 for TLS from the start';
const PARAMETERS = ['requireTLS', 'tls.rejectUnauthorized'];

const unreadable = (problem: string): SmtpUrlReading => ({ kind: 'unreadable', problem });

/** 127.0.0.0/8, ::1 and localhost: traffic that never leaves the machine. */
const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

/** `true` and `false` as text; null for anything else; undefined where the parameter is absent. */
function flag(url: URL, name: string): boolean | null | undefined {
  const value = url.searchParams.get(name);
  if (value === null) return undefined;
  return value === 'true' ? true : value === 'false' ? false : null;
}

/**
 * Defaults that differ from the library's: a password travels to another machine only over TLS, so that somebody who
 * strips STARTTLS from the server's offer gets an error of ours instead of the password; and on this machine a
 * self-made certificate, as Debian's mail servers come with, is enough.
 */
export function readSmtpUrl(text: string): SmtpUrlReading {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return unreadable(
      `The SMTP URL cannot be read. ${EXAMPLE}; characters such as @ and / in a password as %40 and %2F.`,
    );
  }
  if (url.protocol !== 'smtp:' && url.protocol !== 'smtps:') {
    return unreadable(`The SMTP URL begins with neither smtp:// nor smtps://. ${EXAMPLE}.`);
  }
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  if (host === '') return unreadable(`The SMTP URL names no host. ${EXAMPLE}.`);
  if (url.pathname !== '' && url.pathname !== '/')
    return unreadable(`The SMTP URL has a path after the host. ${EXAMPLE}.`);
  const stranger = [...url.searchParams.keys()].find((name) => !PARAMETERS.includes(name));
  if (stranger !== undefined) {
    return unreadable(
      `The SMTP URL has an unknown parameter; ${PARAMETERS.join(' and ')} (true or false) are understood.`,
    );
  }
  const requireTls = flag(url, 'requireTLS');
  const verify = flag(url, 'tls.rejectUnauthorized');
  if (requireTls === null || verify === null)
    return unreadable('A parameter of the SMTP URL is neither true nor false.');
  const user = decoded(url.username);
  const password = decoded(url.password);
  if (user === null || password === null) {
    return unreadable('The user or password in the SMTP URL holds a % that is not an escape. Write a plain % as %25.');
  }
  if (user === '' && password !== '') return unreadable('The SMTP URL has a password but no user.');
  const secure = url.protocol === 'smtps:';
  const login = user === '' ? null : { user, password };
  const local = isLoopback(host);
  return {
    kind: 'read',
    server: {
      host,
      port: url.port === '' ? (secure ? SUBMISSIONS_PORT : SUBMISSION_PORT) : Number(url.port),
      secure,
      requireTls: requireTls ?? (login !== null && !secure && !local),
      verifyCertificate: verify ?? !local,
      login,
    },
  };
}
