/** Credits bought by hand with a stored card: what is for sale, what an amount costs exactly, and buying it. */
import { z } from 'zod';
import type { BuyPack } from '../../domain/commands.js';
import { paymentMethodId } from '../../domain/ids.js';
import { type PackWish, quotePack } from '../../domain/packs.js';
import type { Doors } from './deps.js';
import { packsOf, shownOffer } from './overview-packs.js';
import { packsOut } from './overview-shape.js';
import { askedBy, posted } from './posting.js';
import { isProblem } from './reading.js';
import { type Answer, NO_FIELDS, ok, type Route, route, trouble } from './route.js';
import {
  accountParams,
  creditsIn,
  creditsOut,
  minorIn,
  minorOut,
  present,
  shownCredits,
  shownMinor,
  text,
  uuid,
} from './shapes.js';

const GROUP = 'Purchases';

/** Exactly one of the three ways to say how much. */
export const wish = {
  preset: text('Key of a preset.').optional(),
  credits: creditsIn.optional(),
  amountMinor: minorIn.optional(),
};
export const isOne = (said: { preset?: unknown; credits?: unknown; amountMinor?: unknown }): boolean =>
  [said.preset, said.credits, said.amountMinor].filter((one) => one !== undefined).length === 1;
export const ONE_OF = { error: 'must hold exactly one of preset, credits and amountMinor' };

export const wishOf = (said: {
  readonly preset?: string | undefined;
  readonly credits?: z.output<typeof creditsIn> | undefined;
  readonly amountMinor?: z.output<typeof minorIn> | undefined;
}): PackWish => {
  if (said.preset !== undefined) return { kind: 'preset', preset: said.preset };
  if (said.credits !== undefined) return { kind: 'credits', credits: said.credits };
  return { kind: 'money', amountMinor: said.amountMinor ?? (0n as z.output<typeof minorIn>) };
};

const offerOut = z.object({ credits: creditsOut, amountMinor: minorOut });

export const purchaseRoutes = (door: Doors): readonly Route[] => [packsRoute(door), quoteRoute(door), buyRoute(door)];

const packsRoute = ({ read }: Doors): Route =>
  route({
    method: 'GET',
    path: '/v1/accounts/:account/packs',
    name: 'readPacks',
    group: GROUP,
    summary: 'What can be bought: presets, bounds and increments',
    action: 'read_billing',
    idempotency: 'none',
    confined: 'allowed',
    params: accountParams,
    query: NO_FIELDS,
    body: null,
    answer: z.object({ packs: packsOut.nullable().meta({ description: 'Null where the product sells none.' }) }),
    async run({ params }) {
      const found = await read(params.account);
      return isProblem(found) ? found : ok({ packs: packsOf(found.book) });
    },
  });

const quoteRoute = ({ read }: Doors): Route =>
  route({
    method: 'POST',
    path: '/v1/accounts/:account/purchases/quote',
    name: 'quotePurchase',
    group: GROUP,
    summary: 'What an amount costs exactly, or the two nearest that can be bought',
    description: 'Refused with `below` and `above` where it cannot be bought exactly.',
    action: 'read_billing',
    idempotency: 'none',
    confined: 'allowed',
    params: accountParams,
    query: NO_FIELDS,
    body: z.strictObject(wish).refine(isOne, ONE_OF),
    answer: offerOut,
    async run({ params, body }) {
      const found = await read(params.account);
      if (isProblem(found)) return found;
      const quote = quotePack(found.context.catalog, wishOf(body));
      return quote.kind === 'offer' ? ok(shownOffer(quote)) : notSold(quote);
    },
  });

const notSold = ({ reason, message, below, above }: Extract<ReturnType<typeof quotePack>, { kind: 'refused' }>) =>
  trouble(422, reason, message, {
    more: {
      below: below === null ? null : shownOffer(below),
      above: above === null ? null : shownOffer(above),
    },
  });

const boughtOut = offerOut.extend({
  charge: z.string(),
  state: z.string().meta({ description: 'pending: it is being charged; GET the charge to learn what became of it.' }),
  replayed: z.boolean(),
});

const buyRoute = ({ poster, read }: Doors): Route =>
  route({
    method: 'POST',
    path: '/v1/accounts/:account/purchases',
    name: 'buyCredits',
    group: GROUP,
    summary: 'Buy credits with a stored card',
    description:
      'The key is the purchase: however often it comes, it is charged once. In a trial too it is charged at once.',
    action: 'buy',
    idempotency: 'ledger',
    confined: 'allowed',
    params: accountParams,
    query: NO_FIELDS,
    body: z
      .strictObject({
        ...wish,
        card: uuid('The card to charge; absent: the account’s first.').optional(),
        returnUrl: text('Where the bank sends the owner back to.', 2_000).optional(),
      })
      .refine(isOne, ONE_OF),
    answer: boughtOut,
    async run({ who, params, body, key }) {
      const pack = wishOf(body);
      const command: BuyPack = {
        kind: 'buy_pack',
        ...askedBy(who, params.account),
        ...{ key, pack },
        ...present({
          card: body.card === undefined ? undefined : paymentMethodId(body.card),
          returnUrl: body.returnUrl,
        }),
      };
      const answer: Answer<z.input<typeof boughtOut>> = await posted(poster, command, ['charge_opened'], (one) =>
        ok(
          {
            ...{ charge: one.charge, state: one.state, replayed: one.replayed },
            credits: shownCredits(one.credits),
            amountMinor: shownMinor(one.amountMinor),
          },
          one.replayed ? 200 : 201,
        ),
      );
      if (answer.kind !== 'problem' || answer.code !== 'amount_not_allowed') return answer;
      const found = await read(params.account);
      if (isProblem(found)) return answer;
      const quote = quotePack(found.context.catalog, pack);
      return quote.kind === 'refused' ? notSold(quote) : answer;
    },
  });
