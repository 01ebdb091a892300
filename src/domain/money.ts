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

/** How many decimals a currency is written with: JPY 0, USD 2, KWD 3 (from the runtime's ISO table). */
export function decimalsOf(code: Currency): number {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency: code.toUpperCase() });
  return format.resolvedOptions().maximumFractionDigits ?? 2;
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
