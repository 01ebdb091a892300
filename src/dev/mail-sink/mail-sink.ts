/**
 * Stands in for the mail server on one machine: an SMTP server that keeps what it is given, and an inbox page to read
 * it in. It listens on the loopback interface only and sends nothing on.
 */
import { openInbox } from './inbox.js';
import { openMailbox, type SunkMail } from './mailbox.js';
import { openSmtpDoor } from './smtp-door.js';

export interface MailSinkOptions {
  /** Wanted ports. A taken one is replaced by a free one; absent or 0 takes any. */
  readonly smtpPort?: number;
  readonly httpPort?: number;
  /** A loopback address. */
  readonly host?: string;
  /** Keeps mails as .eml files here, so that a restart finds them; made if it does not exist. */
  readonly folder?: string;
  /** How many of the newest mails are kept; the others are forgotten, their files too. */
  readonly keep?: number;
}

export interface MailSink {
  readonly smtpUrl: string;
  readonly inboxUrl: string;
  /** Newest first. */
  messages(): readonly SunkMail[];
  stop(): Promise<void>;
}

const LOOPBACK = '127.0.0.1';
const MOST_MAILS = 500;

/** Opens on the wanted port, or on a free one where that is taken or may not be opened by this user. */
async function openNear<Door>(port: number, open: (port: number) => Promise<Door>): Promise<Door> {
  try {
    return await open(port);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (port !== 0 && (code === 'EADDRINUSE' || code === 'EACCES')) return open(0);
    throw error;
  }
}

/** The sink has no login: on any other interface it would show mails to the whole network. */
function assertLoopback(host: string): void {
  if (host !== '::1' && host !== 'localhost' && !/^127(\.\d{1,3}){3}$/.test(host)) {
    throw new Error(`The mail sink listens on this machine only: ${host} is not a loopback address. Use ${LOOPBACK}.`);
  }
}

export async function startMailSink(options: MailSinkOptions = {}): Promise<MailSink> {
  const host = options.host ?? LOOPBACK;
  assertLoopback(host);
  const mailbox = await openMailbox({
    keep: options.keep ?? MOST_MAILS,
    ...(options.folder === undefined ? {} : { folder: options.folder }),
  });
  const smtp = await openNear(options.smtpPort ?? 0, (port) => openSmtpDoor(mailbox, port, host));
  const inbox = await openNear(options.httpPort ?? 0, (port) => openInbox(mailbox, port, host)).catch(async (error) => {
    await smtp.close();
    throw error;
  });
  const shown = host.includes(':') ? `[${host}]` : host;
  return {
    smtpUrl: `smtp://${shown}:${smtp.port}`,
    inboxUrl: `http://${shown}:${inbox.port}`,
    messages: () => mailbox.list(),
    stop: async () => {
      await Promise.all([smtp.close(), inbox.close()]);
    },
  };
}
