/** Credits for sale by hand: presets, and the bounds and increments of an amount of one's own, exactly as they are sold. */
import type { z } from 'zod';
import type { Book } from '../../domain/book.js';
import { type Catalog, type CustomPack, counted } from '../../domain/catalog.js';
import { formatCredits, microCredits } from '../../domain/credits.js';
import { planNow } from '../../domain/cycle.js';
import { formatMoney, minorUnits } from '../../domain/money.js';
import { formatCount } from '../../domain/notice-format.js';
import { type PackOffer, type PackWish, quotePack } from '../../domain/packs.js';
import type { packsOut } from './overview-shape.js';
import { shownCredits, shownMinor, shownRatio } from './shapes.js';

type View = z.input<typeof packsOut>;

export const shownOffer = ({ credits, amountMinor }: PackOffer) => ({
  credits: shownCredits(credits),
  amountMinor: shownMinor(amountMinor),
});

export function packsOf(book: Book): View | null {
  const { catalog } = book.context;
  const { packs } = catalog;
  if (packs === null) return null;
  return {
    offered: planNow(book)?.packs === true,
    currency: catalog.currency,
    ratio: shownRatio(packs.ratio),
    presets: packs.presets.map((one) => ({ key: one.key, label: one.label, ...shownOffer(one) })),
    custom: packs.custom === null ? null : customOf(catalog, packs.custom),
  };
}

/** Asked of the very quote that prices a purchase, so that what is spelled out is what can be bought. */
function customOf(catalog: Catalog, custom: CustomPack): View['custom'] {
  const wish = (size: bigint): PackWish =>
    custom.kind === 'by_money'
      ? { kind: 'money', amountMinor: minorUnits(size) }
      : { kind: 'credits', credits: microCredits(size) };
  const min = nearest(catalog, wish(custom.min), 'above');
  const max = nearest(catalog, wish(custom.max), 'below');
  if (min === null || max === null) return null;
  const size = custom.kind === 'by_money' ? min.amountMinor : min.credits;
  const second = nearest(catalog, wish(size + 1n), 'above') ?? min;
  const step: PackOffer = {
    credits: microCredits(second.credits - min.credits),
    amountMinor: minorUnits(second.amountMinor - min.amountMinor),
  };
  const shown = { min: shownOffer(min), max: shownOffer(max), step: shownOffer(step) };
  return {
    by: custom.kind === 'by_money' ? 'money' : 'credits',
    ...shown,
    sentence: spelled(catalog, custom, min, max, step),
  };
}

function nearest(catalog: Catalog, wish: PackWish, side: 'below' | 'above'): PackOffer | null {
  const quote = quotePack(catalog, wish);
  return quote.kind === 'offer' ? quote : quote[side];
}

function spelled(catalog: Catalog, custom: CustomPack, min: PackOffer, max: PackOffer, step: PackOffer): string {
  const money = ({ amountMinor }: PackOffer): string => formatMoney({ amountMinor, currency: catalog.currency });
  const figure = ({ credits }: PackOffer): string => formatCount(formatCredits(credits), '', '').trim();
  const credits = (offer: PackOffer): string => counted(catalog.words.credit, figure(offer));
  return custom.kind === 'by_money'
    ? `${money(min)} to ${money(max)}, in steps of ${money(step)} for ${credits(step)}.`
    : `${figure(min)} to ${credits(max)}, in steps of ${figure(step)} for ${money(step)}.`;
}
