/** Credits bought by hand: what a wish costs exactly, or the two nearest amounts that can be sold. */
import { type Catalog, type CustomPack, counted, type PackTerms } from './catalog.js';
import { type Credits, formatCredits, microCredits } from './credits.js';
import { formatMoney, type MinorUnits, minorUnits } from './money.js';
import { smallestSale } from './pricing.js';

export type PackWish =
  | { readonly kind: 'preset'; readonly preset: string }
  | { readonly kind: 'credits'; readonly credits: Credits }
  | { readonly kind: 'money'; readonly amountMinor: MinorUnits };

export interface PackOffer {
  readonly credits: Credits;
  readonly amountMinor: MinorUnits;
}

export type PackQuote =
  | ({ readonly kind: 'offer' } & PackOffer)
  | {
      readonly kind: 'refused';
      readonly reason: 'not_offered' | 'amount_not_allowed';
      readonly message: string;
      /** The nearest that can be bought below and above what was asked for; null where there is none. */
      readonly below: PackOffer | null;
      readonly above: PackOffer | null;
    };

const notOffered = (message: string): PackQuote => ({
  kind: 'refused',
  reason: 'not_offered',
  message,
  below: null,
  above: null,
});

/** The price shown as an owner types and the price charged are this function. */
export function quotePack(catalog: Catalog, wish: PackWish): PackQuote {
  const terms = catalog.packs;
  if (terms === null) return notOffered(`${catalog.brand.name} does not sell ${catalog.words.pack.many}.`);
  if (wish.kind === 'preset') {
    const preset = terms.presets.find((pack) => pack.key === wish.preset);
    if (preset !== undefined) return { kind: 'offer', credits: preset.credits, amountMinor: preset.amountMinor };
    return notOffered(
      `There is no pack "${wish.preset}". There are: ${terms.presets.map((pack) => pack.key).join(', ')}.`,
    );
  }
  if (terms.custom === null) return notOffered('Only the packs that are shown can be bought.');
  return quoteCustom(catalog, terms, terms.custom, wish);
}

/**
 * What can be sold lies on a grid: whole steps, counted from zero, of which each is a whole number of credits for whole
 * minor units. The grid is counted in sales, the smallest pair of the two that the ratio allows.
 */
function quoteCustom(
  catalog: Catalog,
  terms: PackTerms,
  custom: CustomPack,
  wish: Exclude<PackWish, { kind: 'preset' }>,
): PackQuote {
  const sale = smallestSale(terms.ratio);
  const size = (sold: { credits: bigint; amountMinor: bigint }): bigint =>
    custom.kind === 'by_money' ? sold.amountMinor : sold.credits;
  const step = commonMultiple(custom.step, size(sale)) / size(sale);
  const first = divideUp(custom.min, size(sale) * step) * step;
  const last = (custom.max / (size(sale) * step)) * step;
  const asked =
    wish.kind === 'credits'
      ? [wish.credits as bigint, sale.credits as bigint]
      : [wish.amountMinor as bigint, sale.amountMinor as bigint];
  const [numerator = 0n, denominator = 1n] = asked;
  const offerOf = (sales: bigint): PackOffer => ({
    credits: microCredits(sale.credits * sales),
    amountMinor: minorUnits(sale.amountMinor * sales),
  });
  const floor = (numerator / (denominator * step)) * step;
  if (floor * denominator === numerator && floor >= first && floor <= last) return { kind: 'offer', ...offerOf(floor) };
  const below = floor < first ? null : offerOf(least(floor, last));
  const next = floor < first ? first : floor + step;
  const above = next > last ? null : offerOf(next);
  const named = [below, above].flatMap((one) => (one === null ? [] : [written(catalog, one)]));
  const message = `That cannot be bought exactly. The nearest: ${named.join(' or ')}.`;
  return { kind: 'refused', reason: 'amount_not_allowed', message, below, above };
}

const written = (catalog: Catalog, { credits, amountMinor }: PackOffer): string =>
  `${counted(catalog.words.credit, formatCredits(credits))} for ${formatMoney({ amountMinor, currency: catalog.currency })}`;

function commonMultiple(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b];
  while (y !== 0n) [x, y] = [y, x % y];
  return (a / x) * b;
}

const least = (a: bigint, b: bigint): bigint => (b < a ? b : a);
const divideUp = (a: bigint, b: bigint): bigint => (a + b - 1n) / b;
