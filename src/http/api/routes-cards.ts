/** Stored ways to pay. Cards are entered at the processor: no number of one ever comes here. */
import { z } from 'zod';
import { paymentMethodId } from '../../domain/ids.js';
import type { Doors } from './deps.js';
import { cardsOf } from './overview-cards.js';
import { cardsOut } from './overview-shape.js';
import { askedBy, posted } from './posting.js';
import { isProblem } from './reading.js';
import { NO_FIELDS, ok, type Route, route } from './route.js';
import { configured } from './routes-settings.js';
import { accountParams, uuid } from './shapes.js';

const GROUP = 'Payment methods';

export const cardRoutes = (door: Doors): readonly Route[] => [listCards(door), orderCards(door), detachCard(door)];

const listCards = ({ read }: Doors): Route =>
  route({
    method: 'GET',
    path: '/v1/accounts/:account/payment-methods',
    name: 'listPaymentMethods',
    group: GROUP,
    summary: 'Cards, the first to be charged first',
    action: 'read_charges',
    idempotency: 'none',
    params: accountParams,
    query: NO_FIELDS,
    body: null,
    answer: z.object({ cards: cardsOut }),
    async run({ params }) {
      const found = await read(params.account);
      return isProblem(found) ? found : ok({ cards: cardsOf(found.book) });
    },
  });

const orderCards = ({ poster }: Doors): Route =>
  route({
    method: 'PUT',
    path: '/v1/accounts/:account/payment-methods/order',
    name: 'orderPaymentMethods',
    group: GROUP,
    summary: 'In which order cards are charged',
    action: 'manage_cards',
    idempotency: 'stored',
    confined: 'allowed',
    params: accountParams,
    query: NO_FIELDS,
    body: z.strictObject({
      cards: z.array(uuid('Id of a card.')).min(1).max(100).meta({ description: 'Every card once.' }),
    }),
    answer: configured,
    run: ({ who, params, body }) =>
      posted(
        poster,
        { kind: 'order_cards', ...askedBy(who, params.account), cards: body.cards.map(paymentMethodId) },
        ['configured'],
        (one) => ok({ note: one.note ?? null }),
      ),
  });

const detachCard = ({ poster }: Doors): Route =>
  route({
    method: 'DELETE',
    path: '/v1/accounts/:account/payment-methods/:card',
    name: 'removePaymentMethod',
    group: GROUP,
    summary: 'Charge a card no more',
    action: 'manage_cards',
    idempotency: 'stored',
    confined: 'allowed',
    params: accountParams.extend({ card: uuid('Id of the card.') }),
    query: NO_FIELDS,
    body: null,
    answer: configured,
    run: ({ who, params }) =>
      posted(
        poster,
        { kind: 'detach_card', ...askedBy(who, params.account), card: paymentMethodId(params.card) },
        ['configured'],
        (one) => ok({ note: one.note ?? null }),
      ),
  });
