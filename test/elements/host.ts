/** A product's own site beside creditd: pages of another origin, each as it was written, and nothing else. */
import { createServer } from 'node:http';
import { freePort } from '../../src/dev/free-port.js';

export interface Host {
  readonly origin: string;
  /** Serves it from now on, and answers its address. */
  put(path: string, page: string): string;
  /** Answered to POST, as the product's backend would. */
  answer(path: string, answer: () => string): void;
  close(): Promise<void>;
}

export async function openHost(port: number): Promise<Host> {
  const origin = `http://127.0.0.1:${port}`;
  const pages = new Map<string, string>();
  const answers = new Map<string, () => string>();
  const server = createServer((request, reply) => {
    const [path = '/'] = (request.url ?? '/').split('?');
    const found = request.method === 'POST' ? answers.get(path)?.() : pages.get(path);
    const type = request.method === 'POST' ? 'text/plain' : 'text/html; charset=utf-8';
    reply.writeHead(found === undefined ? 404 : 200, { 'content-type': type }).end(found ?? '');
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    origin,
    put(path, page) {
      pages.set(path, page);
      return `${origin}${path}`;
    },
    answer: (path, answer) => void answers.set(path, answer),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export const openHosts = async (): Promise<{ readonly product: Host; readonly stranger: Host }> => ({
  product: await openHost(await freePort()),
  stranger: await openHost(await freePort()),
});

/** A whole page as a product would write it. Its policy allows scripts and answers of creditd's, and no style of its own. */
export const pageOf = (creditd: string, body: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="color-scheme" content="light dark">
<meta http-equiv="content-security-policy" content="default-src 'none'; script-src 'nonce-product' ${creditd}; connect-src 'self' ${creditd}; require-trusted-types-for 'script'">
<title>Store</title>
<script nonce="product" type="module" src="${creditd}/elements.js"></script>
</head>
<body><main><h1>Store</h1>
${body}
</main></body>
</html>`;
