/** What the API says of itself: its description, an interactive reference, and who may do what. Open to everybody. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { PERMISSIONS, ROLES, type Role } from '../../domain/permissions.js';
import { type Html, html, textOf } from '../html.js';
import { PAGE_STYLE_PATH } from '../page-assets.js';

/** The reference's own script sets styles through the document, which needs no exception; its icons are data. */
const REFERENCE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const ASSETS: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
};

/** `describe` is asked for each request: the public address is known only once the server listens. */
export function serveDocs(app: FastifyInstance, describe: () => unknown): void {
  app.get('/openapi.json', async (_request, reply) =>
    reply.type('application/json; charset=utf-8').send(JSON.stringify(describe())),
  );
  app.get('/docs', async (_request, reply) =>
    reply.header('content-security-policy', REFERENCE_POLICY).type(HTML).send(REFERENCE),
  );
  app.get('/docs/initializer.js', async (_request, reply) =>
    reply.type('text/javascript; charset=utf-8').send(INITIALIZER),
  );
  for (const [name, type] of Object.entries(ASSETS))
    app.get(`/docs/${name}`, async (_request, reply) => sendAsset(reply, name, type));
  app.get('/docs/permissions.json', async () => ({ permissions: TABLE }));
  app.get('/docs/permissions', async (request, reply) => {
    const wantsPage = (request.headers.accept ?? '').includes('text/html');
    return wantsPage ? reply.type(HTML).send(permissionsPage()) : reply.send({ permissions: TABLE });
  });
}

const HTML = 'text/html; charset=utf-8';

function sendAsset(reply: FastifyReply, name: string, type: string): FastifyReply {
  const file = assetPath(name);
  if (file === null) return reply.code(404).send();
  // The same for every version of this release: a browser may keep it.
  return reply.header('cache-control', 'public, max-age=3600').type(type).send(readFileSync(file));
}

/** Copied beside the built code; in a clone that runs from its sources, the package's own. */
function assetPath(name: string): string | null {
  const built = path.join(path.dirname(fileURLToPath(import.meta.url)), '../../../assets/swagger-ui', name);
  if (existsSync(built)) return built;
  try {
    return createRequire(import.meta.url).resolve(`swagger-ui-dist/${name}`);
  } catch {
    return null;
  }
}

const REFERENCE = textOf(html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>creditd API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/docs/swagger-ui.css">
<script src="/docs/swagger-ui-bundle.js" defer></script>
<script src="/docs/initializer.js" defer></script>
</head>
<body><div id="reference"></div><noscript>This reference needs JavaScript. The description itself is at /openapi.json.</noscript></body>
</html>
`);

const INITIALIZER = `SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#reference',
  deepLinking: true,
  persistAuthorization: false,
  validatorUrl: null,
  presets: [SwaggerUIBundle.presets.apis],
});
`;

const TABLE = Object.entries(PERMISSIONS).map(([action, { label, roles, scope }]) => ({ action, label, roles, scope }));

const mark = (roles: readonly Role[], role: Role): Html => html`<td>${roles.includes(role) ? 'yes' : '–'}</td>`;

const permissionsPage = (): string =>
  textOf(html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Who may do what</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${PAGE_STYLE_PATH}">
</head>
<body><main><article><h1>Who may do what</h1>
<p class="how">People act in a role on their own account; a product’s key needs the scope. The same as JSON: <a href="/docs/permissions.json">permissions.json</a>.</p>
<table><thead><tr><th>Action</th>${ROLES.map((role) => html`<th>${role}</th>`)}<th>Key’s scope</th></tr></thead>
<tbody>${TABLE.map(
    (one) =>
      html`<tr><td>${one.label}</td>${ROLES.map((role) => mark(one.roles, role))}<td><code>${one.scope}</code></td></tr>`,
  )}</tbody></table></article></main></body>
</html>
`);
