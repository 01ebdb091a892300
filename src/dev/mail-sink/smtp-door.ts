/** The sink's SMTP side: takes every mail from this machine, wants no login, delivers nothing anywhere. */
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerError } from 'smtp-server';
import type { Mailbox } from './mailbox.js';

/** Bytes. Notices are some ten kilobytes; this keeps a runaway sender from filling memory and disk. */
const LARGEST_MAIL = 5 * 1024 * 1024;
const MOST_CLIENTS = 50;
/** After this long an open conversation no longer holds up stopping. */
const CLOSE_LIMIT_MS = 500;

export interface SmtpDoor {
  readonly port: number;
  close(): Promise<void>;
}

async function whole(stream: SMTPServerDataStream): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) if (!stream.sizeExceeded) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** The sender keeps the mail and tries again: the disk may be full for a moment only. */
function notKept(): SMTPServerError {
  const error: SMTPServerError = new Error('The mail could not be kept; try again later.');
  error.responseCode = 451;
  return error;
}

/** Rejects with the listener's error, such as EADDRINUSE for a taken port. Port 0 takes any free one. */
export function openSmtpDoor(mailbox: Mailbox, port: number, host: string): Promise<SmtpDoor> {
  const server = new SMTPServer({
    name: 'mail-sink.localhost',
    banner: 'a mail sink: nothing leaves this machine',
    // No certificate to offer, and nobody to know by a password.
    disabledCommands: ['STARTTLS', 'AUTH'],
    disableReverseLookup: true,
    size: LARGEST_MAIL,
    rejectOversized: true,
    maxClients: MOST_CLIENTS,
    closeTimeout: CLOSE_LIMIT_MS,
    logger: false,
    onData: (stream, session, done) => {
      const recipients = session.envelope.rcptTo.map(({ address }) => address);
      whole(stream)
        .then(async (raw) => {
          if (!stream.sizeExceeded) await mailbox.add(raw, recipients);
        })
        .then(
          () => done(),
          () => done(notKept()),
        );
    },
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    const listener = server.listen(port, host, () => {
      server.off('error', reject);
      // A client that hangs up in mid-sentence is its own affair.
      server.on('error', () => undefined);
      resolve({
        port: (listener.address() as AddressInfo).port,
        close: () => new Promise((closed) => server.close(() => closed())),
      });
    });
  });
}
