/** `/activity`: one account in full, or all of them at a glance. It only reads. */
import type { FastifyInstance } from 'fastify';
import type { AccountView, Catalogs, Views } from '../ports.js';
import { activityMain, mark, nameOf, remaining } from './activity-page.js';
import { topOffWords, wordsOf } from './activity-words.js';
import { type Html, html } from './html.js';
import { layout, type PageLink } from './layout.js';
import { problem } from './problems.js';

export interface ActivityDeps {
  readonly views: Views;
  readonly catalogs: Catalogs;
  readonly more: readonly PageLink[];
  /** Whether /accounts/… is somebody else's, who leads to the billing page. */
  readonly linksToBilling: boolean;
}

const ACCOUNTS_SHOWN = 60;
/** Enough for the drawing; the list shows fewer. */
const LINES_READ = 160;
const CHARGES_SHOWN = 8;
const NOTICES_SHOWN = 8;

export function serveActivity(app: FastifyInstance, { views, catalogs, more, linksToBilling }: ActivityDeps): void {
  const words = (account: AccountView) => wordsOf(catalogs.find(account.catalog), account.catalog);
  const page = (title: string, main: Html): string => layout({ title, here: '/activity', more, main });
  // Where the built-in catalogs' links in mails lead: the account's activity is the page there is for it.
  if (!linksToBilling)
    app.get('/accounts/:account', async (request, reply) => {
      const { account } = request.params as { readonly account: string };
      return reply.redirect(`/activity?account=${encodeURIComponent(account)}`);
    });
  app.get('/activity', async (request, reply) => {
    const { account: wanted } = request.query as { readonly account?: unknown };
    reply.type('text/html; charset=utf-8');
    const all = typeof wanted === 'string' && wanted !== '' ? [] : await views.accounts(ACCOUNTS_SHOWN);
    const one =
      typeof wanted === 'string' && wanted !== '' ? await views.account(wanted) : all.length === 1 ? all[0] : undefined;
    if (one === null) return problem(request, reply, 404, 'There is no account with this id.');
    if (one === undefined) return page('Accounts', overview(all, words));
    const [lines, charges, notices] = await Promise.all([
      views.lines(one.id, LINES_READ),
      views.charges(one.id, CHARGES_SHOWN),
      views.notices(one.id, NOTICES_SHOWN),
    ]);
    return page(nameOf(one), activityMain({ account: one, lines, charges, notices }, words(one)));
  });
}

function overview(accounts: readonly AccountView[], words: (account: AccountView) => ReturnType<typeof wordsOf>): Html {
  if (accounts.length === 0) {
    return html`<article><h1>No account yet</h1><p class="how">Open one with <code>creditd account create --help</code>; its balance and everything that happens to it appear here.</p></article>`;
  }
  const shown =
    accounts.length < ACCOUNTS_SHOWN ? '' : ` The ${ACCOUNTS_SHOWN} newest are shown; any other is found by its id.`;
  return html`<article><h1>Accounts</h1><p class="how">What is left to each, and whether anything stands in its way.${shown}</p>
<form class="find" action="/activity"><label for="account">Account id</label><input id="account" name="account" autocomplete="off" required maxlength="200"><button>Show</button></form>
<ul class="cards">${accounts.map((account) => card(account, words(account)))}</ul></article>`;
}

function card(account: AccountView, words: ReturnType<typeof wordsOf>): Html {
  const { incidents } = account;
  return html`<li><a href="/activity?account=${encodeURIComponent(account.id)}"><span class="who">${mark(words)}<strong>${nameOf(account)}</strong></span>
${remaining(account, words)}<small>${words.topOff}: ${topOffWords(account, words)}</small>
${incidents.length > 0 && html`<span class="state failed">${incidents.length === 1 ? 'needs its owner' : `${incidents.length} things need its owner`}</span>`}</a></li>`;
}
