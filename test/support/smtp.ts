/**
 * A mail server that can be told to misbehave: real SMTP on a loopback port, so that what is tested is what the mailer
 * does with a server's replies, silences and broken connections.
 */
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerError, type SMTPServerOptions, type SMTPServerSession } from 'smtp-server';

/** When in the conversation: before the greeting, at MAIL FROM, at RCPT TO, after the last line of the content. */
export type Moment = 'greeting' | 'sender' | 'recipient' | 'content';

export type Fault =
  | { readonly kind: 'reply'; readonly code: number; readonly text: string }
  /** The connection is cut without a word. */
  | { readonly kind: 'cut' }
  /** The mail is kept, and then the connection is cut before the answer. */
  | { readonly kind: 'keep_and_cut' }
  /** Nothing is ever said again. */
  | { readonly kind: 'hang' };

export interface ReceivedMail {
  readonly from: string;
  readonly recipients: readonly string[];
  readonly raw: string;
  /** It came over TLS. */
  readonly secure: boolean;
}

export interface TestSmtp {
  readonly port: number;
  readonly url: string;
  /** What the server has taken responsibility for, oldest first. */
  readonly mails: readonly ReceivedMail[];
  /** Every address that was named in a RCPT TO, taken or not. */
  readonly asked: readonly string[];
  readonly connections: () => number;
  /** Misbehaves at a moment, so many times; afterwards the server is itself again. */
  fault(moment: Moment, fault: Fault, times?: number): void;
  /** Refuses one recipient, always. */
  refuseRecipient(address: string, code: number, text?: string): void;
  /** Stops listening and cuts every connection; `up` listens on the same port again. */
  down(): Promise<void>;
  up(): Promise<void>;
  stop(): Promise<void>;
}

export interface TestSmtpOptions {
  readonly login?: { readonly user: string; readonly password: string };
  /** TLS from the first byte, with a self-made certificate. */
  readonly secure?: boolean;
  readonly starttls?: boolean;
}

const ALWAYS = Number.POSITIVE_INFINITY;

function replyError(code: number, text: string): SMTPServerError {
  const error: SMTPServerError = new Error(text);
  error.responseCode = code;
  return error;
}

interface Script {
  take(moment: Moment): Fault | null;
  add(moment: Moment, fault: Fault, times: number): void;
}

function makeScript(): Script {
  const planned: { moment: Moment; fault: Fault; left: number }[] = [];
  return {
    take(moment) {
      const next = planned.find((plan) => plan.moment === moment && plan.left > 0);
      if (next === undefined) return null;
      next.left -= 1;
      return next.fault;
    },
    add(moment, fault, times) {
      planned.push({ moment, fault, left: times });
    },
  };
}

interface Handlers {
  readonly script: Script;
  readonly refusals: ReadonlyMap<string, SMTPServerError>;
  readonly mails: ReceivedMail[];
  readonly asked: string[];
  readonly login: TestSmtpOptions['login'];
  readonly connected: () => void;
  readonly cut: (session: SMTPServerSession) => void;
}

/** The callbacks of the SMTP server, each asking the script first. */
function handlers({ script, refusals, mails, asked, login, connected, cut }: Handlers): SMTPServerOptions {
  const act = (
    moment: Moment,
    session: SMTPServerSession,
    go: (error?: Error | null) => void,
    keep: () => void,
  ): void => {
    const fault = script.take(moment);
    switch (fault?.kind) {
      case 'hang':
        return;
      case 'cut':
        cut(session);
        return;
      case 'reply':
        go(replyError(fault.code, fault.text));
        return;
      case 'keep_and_cut':
        keep();
        cut(session);
        return;
      case undefined:
        keep();
        go();
    }
  };
  const nothing = (): void => undefined;
  return {
    onConnect: (session, go) => {
      connected();
      act('greeting', session, go, nothing);
    },
    onAuth: (auth, _session, go) => {
      const right = auth.username === login?.user && auth.password === login?.password;
      // A careless server repeats what it was given: the mailer must not pass that on.
      if (right) go(null, { user: auth.username });
      else go(replyError(535, `5.7.8 no such login: ${auth.username} ${auth.password}`));
    },
    onMailFrom: (_address, session, go) => act('sender', session, go, nothing),
    onRcptTo: ({ address }, session, go) => {
      asked.push(address);
      const refusal = refusals.get(address);
      if (refusal) go(refusal);
      else act('recipient', session, go, nothing);
    },
    onData: (stream, session, go) => {
      const chunks: Buffer[] = [];
      const { mailFrom, rcptTo } = session.envelope;
      const mail = () => ({
        from: mailFrom ? mailFrom.address : '',
        recipients: rcptTo.map(({ address }) => address),
        raw: Buffer.concat(chunks).toString('utf8'),
        secure: session.secure,
      });
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => act('content', session, go, () => mails.push(mail())));
    },
  };
}

export async function startTestSmtp(options: TestSmtpOptions = {}): Promise<TestSmtp> {
  const script = makeScript();
  const refusals = new Map<string, SMTPServerError>();
  const mails: ReceivedMail[] = [];
  const asked: string[] = [];
  let seen = 0;
  let server: SMTPServer;
  const cutAll = (): void => {
    for (const connection of server.connections) connection._socket?.destroy();
  };
  const cut = (session: SMTPServerSession): void => {
    for (const connection of server.connections) if (connection.id === session.id) connection._socket?.destroy();
  };

  async function listen(port: number): Promise<number> {
    server = new SMTPServer({
      ...handlers({ script, refusals, mails, asked, login: options.login, connected: () => (seen += 1), cut }),
      secure: options.secure ?? false,
      authOptional: options.login === undefined,
      allowInsecureAuth: true,
      disableReverseLookup: true,
      disabledCommands: options.starttls ? [] : ['STARTTLS'],
      logger: false,
      closeTimeout: 100,
    });
    // A connection the client breaks off is an error to the server and the very thing under test.
    server.on('error', () => undefined);
    return new Promise((resolve) => {
      const listener = server.listen(port, '127.0.0.1', () => resolve((listener.address() as AddressInfo).port));
    });
  }

  const down = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      cutAll();
    });

  const port = await listen(0);
  return {
    port,
    url: `${options.secure ? 'smtps' : 'smtp'}://127.0.0.1:${port}`,
    mails,
    asked,
    connections: () => seen,
    fault: (moment, fault, times = ALWAYS) => script.add(moment, fault, times),
    refuseRecipient: (address, code, text = 'no such mailbox here') => {
      refusals.set(address, replyError(code, text));
    },
    down,
    up: async () => {
      await listen(port);
    },
    stop: down,
  };
}
