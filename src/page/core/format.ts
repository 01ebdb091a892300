/** Numbers, money and times as the reader writes them, in the account's own zone. */
import { parseCredits } from '../../domain/credits.js';
import { type Currency, formatMoney, minorUnits } from '../../domain/money.js';
import { STRINGS } from '../strings.js';
import { type Offer, saidOf } from './amounts.js';

export interface Noun {
  readonly one: string;
  readonly many: string;
}

export interface Formats {
  readonly locale: string;
  readonly zone: string;
  /** "1,204.5". */
  figure(decimal: string | number): string;
  /** "1,204.5 credits". */
  credits(decimal: string): string;
  /** "$12.50", in the account's currency unless another is named. */
  money(amountMinor: number, currency?: string): string;
  /** "Dec 1, 2026". */
  day(instant: string): string;
  /** "Nov 1 – Dec 1, 2026". */
  range(from: string, to: string): string;
  /** "Dec 1, 2026, 12:00 AM GMT+1": whoever reads it must not wonder where. */
  moment(instant: string): string;
  /** "Nov 20, 2:30 PM", for lists whose zone is said once. */
  short(instant: string): string;
  /** "2026-11" → "November 2026". */
  month(month: string): string;
  /** "2026-11-20" → "Nov 20". */
  dayOf(day: string): string;
  /** "$0.04 per credit", or "25 credits for $1.00". */
  ratio(ratio: Offer): string;
  /** A sentence of the API's, whose instants are UTC for programs, as a person reads it. */
  inZone(sentence: string): string;
  percent(percent: number): string;
  /** "2026-11-20" in the account's zone. */
  localDay(instant: Date): string;
}

export interface FormatWish {
  readonly locale: string;
  readonly zone: string;
  readonly currency: string;
  readonly credit: Noun;
}

/** A zone or a locale that this browser does not know falls back instead of breaking the page. */
function dates(locale: string, zone: string, parts: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat(locale, { ...parts, timeZone: zone });
  } catch {
    return new Intl.DateTimeFormat('en-US', { ...parts, timeZone: 'UTC' });
  }
}

function numbers(locale: string, parts: Intl.NumberFormatOptions): Intl.NumberFormat {
  try {
    return new Intl.NumberFormat(locale, parts);
  } catch {
    return new Intl.NumberFormat('en-US', parts);
  }
}

const DATE: Intl.DateTimeFormatOptions = { year: 'numeric', month: 'short', day: 'numeric' };
const TIME: Intl.DateTimeFormatOptions = { hour: 'numeric', minute: '2-digit' };

export function formatsOf({ locale, zone, currency, credit }: FormatWish): Formats {
  const plain = numbers(locale, { maximumFractionDigits: 6 });
  const parts = numbers(locale, { style: 'percent', maximumFractionDigits: 1 });
  const day = dates(locale, zone, DATE);
  const moment = dates(locale, zone, { ...DATE, ...TIME, timeZoneName: 'short' });
  const short = dates(locale, zone, { month: 'short', day: 'numeric', ...TIME });
  const month = dates(locale, 'UTC', { year: 'numeric', month: 'long' });
  const utcDay = dates(locale, 'UTC', DATE);
  const dayOf = dates(locale, 'UTC', { month: 'short', day: 'numeric' });
  const local = dates('en-CA', zone, { year: 'numeric', month: '2-digit', day: '2-digit' });
  const figure = (decimal: string | number): string => plain.format(decimal as number);
  const credits = (decimal: string): string => `${figure(decimal)} ${isOne(decimal) ? credit.one : credit.many}`;
  const money = (amountMinor: number, other = currency): string =>
    formatMoney({ amountMinor: minorUnits(amountMinor), currency: other as Currency }, locale);
  return {
    ...{ locale, zone, figure },
    ...{ credits, money },
    day: (instant) => day.format(new Date(instant)),
    range: (from, to) => day.formatRange(new Date(from), new Date(to)),
    moment: (instant) => moment.format(new Date(instant)),
    short: (instant) => short.format(new Date(instant)),
    month: (written) => month.format(new Date(`${written}-01T00:00:00Z`)),
    dayOf: (written) => dayOf.format(new Date(`${written}T00:00:00Z`)),
    ratio: (ratio) => {
      const said = saidOf(ratio, currency);
      return 'each' in said
        ? STRINGS.each(money(said.each), credit.one)
        : STRINGS.ratio(credits(said.many.credits), money(said.many.amountMinor));
    },
    inZone: (sentence) =>
      sentence
        .replace(INSTANT, (found) => moment.format(new Date(found)))
        .replace(DAY, (found) => utcDay.format(new Date(`${found}T00:00:00Z`))),
    percent: (percent) => parts.format(percent / 100),
    localDay: (instant) => local.format(instant),
  };
}

export const isOne = (decimal: string): boolean => {
  const micro = parseCredits(decimal);
  return micro === 1_000_000n || micro === -1_000_000n;
};

const INSTANT = /\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?Z/g;

/** A day alone, as a limit until a date names it. */
const DAY = /\b\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])\b/g;

const CARDS: Readonly<Record<string, string>> = {
  amex: 'American Express',
  cartes_bancaires: 'Cartes Bancaires',
  diners: 'Diners Club',
  discover: 'Discover',
  eftpos_au: 'Eftpos Australia',
  jcb: 'JCB',
  mastercard: 'Mastercard',
  unionpay: 'UnionPay',
  visa: 'Visa',
};

/** "Visa ending in 4242" without the words between: brands are names and are not translated. */
export const brandName = (brand: string): string => CARDS[brand] ?? brand.charAt(0).toUpperCase() + brand.slice(1);
