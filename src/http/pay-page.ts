/**
 * Where the link in a mail leads: what waits for approval, what for and until when. Opening it changes nothing, so that a mail
 * scanner may open it as often as it likes; approving needs the owner's session, which only their own browser holds. Nothing
 * of the bank's or the processor's secrets is in the page, and its address is told to nobody it links to.
 */
import type { FastifyInstance } from 'fastify';
import { counted } from '../domain/catalog.js';
import { formatCredits } from '../domain/credits.js';
import { formatMoney } from '../domain/money.js';
import { billingPage } from '../domain/return-link.js';
import type { Catalogs, Clock, PayLink, PayLinks } from '../ports.js';
import { type Html, html, textOf } from './html.js';
import { PAGE_STYLE_PATH } from './page-assets.js';
import { PAY_SCRIPT, PAY_SCRIPT_PATH } from './pay-script.js';
import { problem } from './problems.js';

export interface PayPageOptions {
  readonly links: PayLinks;
  readonly catalogs: Catalogs;
  readonly clock: Clock;
  readonly publicUrl: () => string;
}

export const PAY_PATH = '/pay';
/** The page itself, which then says what the bank has said. */
export const payReturnUrl = (publicUrl: string, charge: string): string =>
  `${publicUrl.replace(/\/+$/, '')}${PAY_PATH}/${encodeURIComponent(charge)}?back=1`;

/**
 * What the processor adds to the address as it sends somebody back: a secret of the payment among it, which is taken out of the
 * address bar at once. What it says of the outcome chooses the words alone; what is so, the charge itself says.
 */
interface Came {
  readonly back?: unknown;
  readonly refused?: unknown;
  readonly payment_intent?: unknown;
  readonly redirect_status?: unknown;
}

/** How often a page that waits for the bank's word looks again by itself. */
const LOOKS_MOST = 20;
const LOOK_AGAIN_S = 3;

export function servePayPage(app: FastifyInstance, options: PayPageOptions): void {
  app.get(PAY_SCRIPT_PATH, async (_request, reply) => reply.type('text/javascript; charset=utf-8').send(PAY_SCRIPT));
  app.get<{ Params: { charge: string }; Querystring: Came }>(`${PAY_PATH}/:charge`, async (request, reply) => {
    const { charge } = request.params;
    const { query } = request;
    if (query.payment_intent !== undefined || query.redirect_status !== undefined) {
      const told = query.redirect_status === 'failed' ? 'refused=1' : 'back=1';
      return reply.redirect(`${PAY_PATH}/${encodeURIComponent(charge)}?${told}`, 303);
    }
    const link = await options.links.find(charge);
    const catalog = link === null ? undefined : options.catalogs.find(link.catalog);
    reply.header('referrer-policy', 'no-referrer');
    if (link === null || catalog === undefined) return problem(request, reply, 404, 'There is no such payment.');
    const now = await options.clock.roughly();
    const waits = link.state === 'action_required' && link.actionUntil !== null && link.actionUntil > now;
    const billing = billingPage({ catalog, slug: link.slug, publicUrl: options.publicUrl() });
    const looks = /^\d{1,2}$/.test(`${query.back}`) ? Number(query.back) : 0;
    const again = looks > 0 && looks < LOOKS_MOST && (waits || link.state === 'processing') ? looks + 1 : null;
    const what = `${catalog.brand.name}: ${counted(catalog.words.credit, formatCredits(link.credits))}`;
    const body = waits
      ? approving(charge, billing, query.refused === '1' ? REFUSED : again !== null ? ON_ITS_WAY : null)
      : over(link, billing);
    return reply.type('text/html; charset=utf-8').send(page(what, formatMoney(link.amount), body, again));
  });
}

const ON_ITS_WAY = 'The bank’s answer is on its way. This page looks again by itself.';
const REFUSED = 'The bank did not approve this payment. You can try again, or use another card from the billing page.';

function approving(charge: string, billing: string | null, note: string | null): Html {
  return html`${note !== null && html`<p role="status">${note}</p>`}
<p data-pay="${charge}" hidden><button type="button">Approve this payment</button></p>
<p data-pay-said role="alert" hidden></p>
<p data-pay-signed-out>To approve it, ${billing === null ? 'open billing from the product as an owner.' : html`<a href="${billing}" rel="noreferrer">open billing</a> as an owner.`} Nothing is charged before you approve it.</p>
<script src="${PAY_SCRIPT_PATH}" defer></script>`;
}

function over({ state }: PayLink, billing: string | null): Html {
  const link = billing === null ? null : html`<p><a href="${billing}" rel="noreferrer">Open billing</a></p>`;
  if (state === 'succeeded') return html`<p>This payment has been made. There is nothing to approve.</p>${link}`;
  if (state === 'processing') return html`<p>This payment is being made. There is nothing to approve.</p>${link}`;
  return html`<p>This payment does not wait for approval any more, and nothing was charged by opening this page.</p>${link}`;
}

const page = (what: string, amount: string, body: Html, again: number | null): string =>
  textOf(html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<meta name="referrer" content="no-referrer">
${again !== null && html`<meta http-equiv="refresh" content="${LOOK_AGAIN_S};url=?back=${again}">`}
<title>${what}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${PAGE_STYLE_PATH}">
</head>
<body>
<main class="trouble">
<h1>${amount}</h1>
<p>${what}</p>
${body}
</main>
</body>
</html>
`);
