/**
 * `/demo`, under `npm start` alone: the billing page of each product in each state, as each person sees it. Its links open
 * sessions without asking who is there, so that it answers to this machine only and is served nowhere else.
 */
import type { FastifyInstance } from 'fastify';
import { later, MINUTE_MS } from '../domain/instant.js';
import type { Role } from '../domain/permissions.js';
import type { Clock } from '../ports.js';
import { SESSION_MINUTES, type Sessions } from './api/session-token.js';
import { BILLING_PATH } from './billing.js';
import { type Html, html } from './html.js';
import { layout, type PageLink } from './layout.js';
import { guardOf } from './operator.js';
import { problem } from './problems.js';

export const DEMO_PATH = '/demo';

export interface DemoPerson {
  readonly id: string;
  readonly role: Role;
  readonly label: string;
}

export interface DemoState {
  /** Id and slug of the account. */
  readonly account: string;
  readonly label: string;
  /** The owner first. */
  readonly people: readonly DemoPerson[];
  /** False while it is being set up. */
  readonly ready: boolean;
}

export interface DemoProduct {
  readonly name: string;
  readonly color: string;
  readonly states: readonly DemoState[];
}

export interface DemoOptions {
  readonly products: () => Promise<readonly DemoProduct[]>;
  /** The owner that opens the billing page of any account by its slug or id, as a product's own link would; null: no such account. */
  readonly ownerOf: (slug: string) => Promise<{ readonly account: string; readonly member: string } | null>;
  readonly sessions: Pick<Sessions, 'mint'>;
}

export interface DemoParts extends DemoOptions {
  readonly clock: Clock;
  readonly more: readonly PageLink[];
}

export function serveDemo(scope: FastifyInstance, parts: DemoParts): void {
  const { products, ownerOf, sessions, clock, more } = parts;
  const onRequest = guardOf(null);
  const billing = async (claims: { account: string; member: string; role: Role }, query: string): Promise<string> => {
    const until = later(await clock.now(), SESSION_MINUTES * MINUTE_MS);
    return `${BILLING_PATH}${query}#${sessions.mint({ ...claims, until })}`;
  };
  scope.get(DEMO_PATH, { onRequest }, async (_request, reply) => {
    const main = demoMain(await products());
    return reply
      .type('text/html; charset=utf-8')
      .send(layout({ title: 'Billing pages of the demo', here: DEMO_PATH, more, main }));
  });
  scope.get<{ Params: { account: string; member: string } }>(
    `${DEMO_PATH}/:account/:member`,
    { onRequest },
    async (request, reply) => {
      const { account, member } = request.params;
      const states = (await products()).flatMap((product) => product.states);
      const person = states.find((one) => one.account === account)?.people.find(({ id }) => id === member);
      if (person === undefined) return problem(request, reply, 404, 'The demo has no such account or person.');
      return reply.redirect(await billing({ account, member, role: person.role }, ''));
    },
  );
  // Where the buttons of mails and the processor's pages lead back to.
  scope.get<{ Params: { slug: string } }>('/accounts/:slug', { onRequest }, async (request, reply) => {
    const owner = await ownerOf(request.params.slug);
    if (owner === null) return problem(request, reply, 404, 'There is no account with this name.');
    const query = /\?.*$/.exec(request.url)?.[0] ?? '';
    return reply.redirect(await billing({ ...owner, role: 'owner' }, query));
  });
}

function demoMain(products: readonly DemoProduct[]): Html {
  const all = products.flatMap(({ states }) => states);
  const waiting = all.filter(({ ready }) => !ready).length;
  return html`<article><h1>Billing pages</h1>
<p class="how">Each link opens the billing page as that person sees it. Whatever is clicked there is done, with the Stripe double’s money.${waiting > 0 && html` ${waiting} of ${all.length} accounts are still being set up.`}</p>
${products.map(productOf)}</article>`;
}

const productOf = ({ name, color, states }: DemoProduct): Html => html`<section>
<h2 class="who"><svg class="mark" viewBox="0 0 10 10" aria-hidden="true"><rect width="10" height="10" rx="3" fill="${color}"/></svg>${name}</h2>
<div class="scroll"><table><thead><tr><th scope="col">State</th><th scope="col">As</th></tr></thead>
<tbody>${states.map(rowOf)}</tbody></table></div></section>`;

const rowOf = ({ account, label, people, ready }: DemoState): Html =>
  html`<tr data-row="${account}"${ready && html` data-ready`}><td>${label}</td><td>${ready ? people.map((person) => linkOf(account, label, person)) : html`<span class="quiet">being set up …</span>`}</td></tr>`;

const linkOf = (account: string, state: string, { id, label }: DemoPerson): Html =>
  html`<a class="as" href="${DEMO_PATH}/${encodeURIComponent(account)}/${encodeURIComponent(id)}" aria-label="${state}, as ${label}">${label}</a> `;
