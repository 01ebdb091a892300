/**
 * The billing page as it was built: one document under a policy of its own, and files whose names change with what is in
 * them. It holds nothing of anybody: whose page it becomes is said by the session behind the # of the link.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

export interface BillingPageOptions {
  /** Where the built page lies; absent: beside the program. */
  readonly folder?: string;
  /** Origins whose pages may show it in a frame, such as https://app.example.com. None: it is never framed. */
  readonly frameOrigins?: readonly string[];
  /** Where products keep their logos: nothing else is ever fetched from elsewhere. */
  readonly logos?: readonly string[];
}

export const BILLING_PATH = '/billing';

/** What the build left where the nonce belongs. */
const NONCE = 'CREDITD_NONCE';
const NONCE_BYTES = 16;
/** A year, the longest that is of any use: another content has another name. */
const FOREVER = 'public, max-age=31536000, immutable';

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

interface Asset {
  readonly type: string;
  readonly plain: Buffer;
  readonly br: Buffer | null;
  readonly gzip: Buffer | null;
}

interface Built {
  readonly document: string;
  readonly assets: ReadonlyMap<string, Asset>;
}

export function serveBilling(app: FastifyInstance, options: BillingPageOptions = {}): void {
  const built = readBuilt(options.folder ?? ownFolder());
  const document = (_request: FastifyRequest, reply: FastifyReply) => giveDocument(reply, built, options);
  app.get(BILLING_PATH, document);
  app.get(`${BILLING_PATH}/:view`, document);
  app.get<{ Params: { name: string } }>(`${BILLING_PATH}/assets/:name`, (request, reply) =>
    giveAsset(request, reply, built?.assets.get(request.params.name)),
  );
}

/** Compiled, the program lies in dist/src/http and the page in dist/page; under a test runner the program is its source. */
function ownFolder(): string {
  const here = import.meta.dirname;
  const beside = path.resolve(here, '../../page');
  return existsSync(path.join(beside, 'index.html')) ? beside : path.resolve(here, '../../dist/page');
}

/** Null where nothing was built. Read once: a file of the page is never looked for by what a stranger wrote. */
function readBuilt(folder: string): Built | null {
  const file = path.join(folder, 'index.html');
  if (!existsSync(file)) return null;
  const assets = path.join(folder, 'assets');
  const names = existsSync(assets) ? readdirSync(assets) : [];
  const read = (name: string): Buffer | null => (names.includes(name) ? readFileSync(path.join(assets, name)) : null);
  return {
    document: readFileSync(file, 'utf8'),
    assets: new Map(
      names.flatMap((name): (readonly [string, Asset])[] => {
        const type = TYPES[path.extname(name)];
        const plain = read(name);
        return type === undefined || plain === null
          ? []
          : [[name, { type, plain, br: read(`${name}.br`), gzip: read(`${name}.gz`) }]];
      }),
    ),
  };
}

function giveDocument(reply: FastifyReply, built: Built | null, options: BillingPageOptions) {
  const { frameOrigins = [], logos = [] } = options;
  if (built === null) {
    return reply
      .code(503)
      .type('text/plain; charset=utf-8')
      .send('The billing page is not built here. Run: npm run build');
  }
  const nonce = randomBytes(NONCE_BYTES).toString('base64');
  reply.header('content-security-policy', policyOf(nonce, frameOrigins, originsOf(logos)));
  reply.header('referrer-policy', 'no-referrer');
  // Older than frame-ancestors, and it knows no list: it would forbid what the policy allows.
  if (frameOrigins.length > 0) reply.removeHeader('x-frame-options');
  return reply.type('text/html; charset=utf-8').send(built.document.replaceAll(NONCE, nonce));
}

/** Of paths under our own address there is none to name. */
const originsOf = (links: readonly string[]): readonly string[] => [
  ...new Set(links.flatMap((link) => (URL.canParse(link) ? [new URL(link).origin] : []))),
];

/** Own scripts and own sheets. The nonce is for the sheets that components add as they are drawn; nothing inline is allowed. */
const policyOf = (nonce: string, frameOrigins: readonly string[], pictures: readonly string[]): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "connect-src 'self'",
    ["img-src 'self' data:", ...pictures].join(' '),
    "font-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    `frame-ancestors ${frameOrigins.length === 0 ? "'none'" : frameOrigins.join(' ')}`,
  ].join('; ');

function giveAsset(request: FastifyRequest, reply: FastifyReply, asset: Asset | undefined) {
  if (asset === undefined) return reply.callNotFound();
  reply.header('cache-control', FOREVER).header('vary', 'accept-encoding').type(asset.type);
  const accepted = String(request.headers['accept-encoding'] ?? '');
  if (asset.br !== null && /\bbr\b/.test(accepted)) return reply.header('content-encoding', 'br').send(asset.br);
  if (asset.gzip !== null && /\bgzip\b/.test(accepted))
    return reply.header('content-encoding', 'gzip').send(asset.gzip);
  return reply.send(asset.plain);
}
