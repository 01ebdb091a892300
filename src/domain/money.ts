/** Money is whole minor units (cents) beside an ISO 4217 code. In JSON an integer named `amountMinor`. */
declare const unit: unique symbol;
export type MinorUnits = bigint & { readonly [unit]: 'minor-unit' };
/** Three lower-case letters, as Stripe writes them. */
export type Currency = string & { readonly [unit]: 'currency' };

export interface Money {
  readonly amountMinor: MinorUnits;
  readonly currency: Currency;
}

/** Stripe takes at most eight digits for most currencies. Source: its API description, PaymentIntent.amount. */
export const LARGEST_CHARGE_MINOR = 99_999_999n as MinorUnits;

export const minorUnits = (amount: number | bigint): MinorUnits => BigInt(amount) as MinorUnits;
export const currency = (code: string): Currency => code.toLowerCase() as Currency;
export const money = (amountMinor: number | bigint, code: string): Money => ({
  amountMinor: minorUnits(amountMinor),
  currency: currency(code),
});

const listed = (codes: string): ReadonlySet<string> => new Set(codes.split(' '));

const WITHOUT_DECIMALS = listed('bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf');
const WITH_THREE = listed('bhd jod kwd omr tnd');

/**
 * How many decimals the processor counts a currency's minor units by: JPY 0, USD 2, KWD 3. Its own list and no table of
 * locales: those write crowns of Iceland, ariary, dinars of Serbia and others with fewer or more decimals than are charged,
 * and a price would be asked for a hundredfold or a hundredth. Source: Stripe, supported currencies.
 */
export function decimalsOf(code: Currency): number {
  if (WITHOUT_DECIMALS.has(code)) return 0;
  return WITH_THREE.has(code) ? 3 : 2;
}

/** Not to be charged in: the processor's documents count it in two ways, a hundredfold apart. */
export const isContradicted = (code: Currency): boolean => code === 'ugx';

/** Every charge is a multiple of this: three decimals end in a zero, and crowns of Iceland are whole. */
export function chargeStepOf(code: Currency): MinorUnits {
  if (WITH_THREE.has(code)) return 10n as MinorUnits;
  return (code === 'isk' ? 100n : 1n) as MinorUnits;
}

/** Source: Stripe, minimum charge amounts. What is not listed there has no figure of its own, and is taken for 0.50. */
const SMALLEST: ReadonlyMap<string, bigint> = new Map(
  Object.entries({
    ...{ aed: 200n, bgn: 100n, czk: 1_500n, dkk: 250n, gbp: 30n, hkd: 400n, huf: 17_500n, jpy: 50n, mxn: 1_000n },
    ...{ myr: 200n, nok: 300n, pln: 200n, ron: 200n, sek: 300n, thb: 1_000n },
  }),
);

/** The processor takes nothing smaller. */
export function smallestChargeOf(code: Currency): MinorUnits {
  const halfUnit = WITH_THREE.has(code) ? 500n : 50n;
  const least = SMALLEST.get(code) ?? halfUnit;
  const step = chargeStepOf(code);
  return (least < step ? step : least) as MinorUnits;
}

/** Digits by locale, exact for any size: no float is involved. */
export function formatMoney({ amountMinor, currency: code }: Money, locale = 'en-US'): string {
  const decimals = decimalsOf(code);
  const sign = amountMinor < 0n ? '-' : '';
  const digits = (amountMinor < 0n ? -amountMinor : amountMinor).toString().padStart(decimals + 1, '0');
  const cut = digits.length - decimals;
  const decimal = `${sign}${digits.slice(0, cut)}${decimals > 0 ? `.${digits.slice(cut)}` : ''}`;
  const format = new Intl.NumberFormat(locale, { style: 'currency', currency: code.toUpperCase() });
  return format.format(decimal as `${number}`);
}
