/** The processor's own page for cards and invoices. */
import { z } from 'zod';
import { accountId } from '../../domain/ids.js';
import { NO_FIELDS, ok, type Route, route } from './route.js';
import { type CheckoutRouteDeps, goOut, notGone, returnBody } from './routes-checkout.js';
import { accountParams, instantOrNothing, present } from './shapes.js';
import { nameOf } from './who.js';

export const portalRoutes = (deps: CheckoutRouteDeps): readonly Route[] => [openPortal(deps)];

const openPortal = ({ checkout, profiles }: CheckoutRouteDeps): Route =>
  route({
    method: 'POST',
    path: '/v1/accounts/:account/portal',
    name: 'openPortal',
    group: 'Checkout',
    summary: 'A link to the billing portal: cards, invoices, an invoice that is not paid',
    description: 'Nothing changes by asking, so that asking twice gives two links.',
    action: 'manage_cards',
    idempotency: 'none',
    confined: 'allowed',
    params: accountParams,
    query: NO_FIELDS,
    body: z.strictObject(returnBody),
    answer: goOut,
    async run({ who, params: { account }, body }) {
      const answer = await checkout.portal({ account: accountId(account), ...present({ returnUrl: body.returnUrl }) });
      if (answer.kind !== 'go') return notGone(answer);
      await profiles.note({ who: nameOf(who), action: 'open_portal', account, after: null });
      return ok({ url: answer.url, expiresAt: instantOrNothing(answer.expiresAt) }, 201);
    },
  });
