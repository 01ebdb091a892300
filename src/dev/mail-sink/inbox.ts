/** The sink's web side: the inbox page, one mail, its HTML in a cage, its source, and the list as JSON. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ASSETS } from './inbox-assets.js';
import { listPage, mailPage, missingPage, type View } from './inbox-pages.js';
import type { Mailbox, SunkMail } from './mailbox.js';

export interface Inbox {
  readonly port: number;
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string | Buffer;
  readonly policy: string;
}

/** Our own pages: our own style sheet and script, and frames of our own mails. */
const PAGE_POLICY =
  "default-src 'none'; style-src 'self'; img-src data:; script-src 'self'; connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/**
 * A mail's HTML is a stranger's: styles and images inside it, nothing fetched, no script, no form, and an origin of its
 * own by `sandbox`, also when it is opened outside our frame. Links open elsewhere.
 */
const MAIL_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox";
const NOTHING = "default-src 'none'; frame-ancestors 'none'; sandbox";

const page = (body: string, status = 200): Answer => ({ status, type: 'text/html', body, policy: PAGE_POLICY });
const missing = (): Answer => page(missingPage(), 404);

/** Links of a mail must not open inside the frame. */
const withOutsideLinks = (html: string): string =>
  /<head[^>]*>/i.test(html)
    ? html.replace(/<head[^>]*>/i, (head) => `${head}<base target="_blank">`)
    : `<base target="_blank">${html}`;

const asJson = ({ raw: _raw, ...mail }: SunkMail): object => mail;

function mailAnswer(mail: SunkMail, part: string): Answer {
  switch (part) {
    case '':
    case 'text':
    case 'source': {
      const view: View = part === '' ? (mail.html === null ? 'text' : 'html') : part;
      return page(mailPage(mail, view));
    }
    case 'html':
      return { status: 200, type: 'text/html', body: withOutsideLinks(mail.html ?? ''), policy: MAIL_POLICY };
    case 'raw':
      return { status: 200, type: 'text/plain', body: mail.raw, policy: NOTHING };
    default:
      return missing();
  }
}

function answer(path: string, mailbox: Mailbox): Answer {
  if (path === '/') return page(listPage(mailbox.list()));
  if (path === '/api/messages') {
    const body = JSON.stringify(mailbox.list().map(asJson), null, 2);
    return { status: 200, type: 'application/json', body, policy: NOTHING };
  }
  const asset = ASSETS.get(path);
  if (asset !== undefined) return { status: 200, ...asset, policy: NOTHING };
  const [, id = '', part = ''] = /^\/mail\/([\d-]+)(?:\/(\w+))?$/.exec(path) ?? [];
  const mail = mailbox.find(id);
  return mail === undefined ? missing() : mailAnswer(mail, part);
}

/** A page of another site that has its own name point here must not read the mails: only these names are answered to. */
function isOurName(host: string | undefined): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/.test(host ?? '');
}

function respond(request: IncomingMessage, response: ServerResponse, mailbox: Mailbox): void {
  const plain = (status: number, body: string): Answer => ({ status, type: 'text/plain', body, policy: NOTHING });
  const { pathname } = new URL(`http://inbox${request.url?.startsWith('/') ? request.url : '/'}`);
  const given = !isOurName(request.headers.host)
    ? plain(421, 'This inbox answers only to localhost.\n')
    : request.method !== 'GET' && request.method !== 'HEAD'
      ? plain(405, 'The inbox can only be read.\n')
      : answer(pathname, mailbox);
  response.writeHead(given.status, {
    'content-type': `${given.type}; charset=utf-8`,
    'content-security-policy': given.policy,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
  });
  response.end(request.method === 'HEAD' ? undefined : given.body);
}

/** Rejects with the listener's error, such as EADDRINUSE for a taken port. Port 0 takes any free one. */
export function openInbox(mailbox: Mailbox, port: number, host: string): Promise<Inbox> {
  const server = createServer((request, response) => {
    try {
      respond(request, response, mailbox);
    } catch {
      response.writeHead(400).end();
    }
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve({
        port: (server.address() as AddressInfo).port,
        close: () =>
          new Promise((closed) => {
            server.close(() => closed());
            server.closeAllConnections();
          }),
      });
    });
  });
}
