/** Numbers, dates, names and links as mails write them. What a stranger chose is made harmless here, once. */
import type { Instant } from './instant.js';
import { formatMoney, money } from './money.js';
import type { CardLabel } from './notice.js';
import { fill } from './notice-say.js';
import { ENGLISH } from './notice-words/english.js';

const LOCALE = ENGLISH.locale;

/**
 * One line of visible text, bounded. Line ends would add headers to a mail or lines to a letter; other control and
 * format characters (bidirectional overrides among them) would show something else than what is there. The two joiners
 * stay: Persian and Indic names and many emoji are spelled with them.
 */
export function oneLine(text: string, largest: number): string {
  const line = [...text.replace(/(?:(?![\u200c\u200d])[\p{C}\p{Zl}\p{Zp}\s])+/gu, ' ').trim()];
  return line.length > largest
    ? `${line
        .slice(0, largest - 1)
        .join('')
        .trimEnd()}…`
    : line.join('');
}

export function escapeHtml(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replace(/[&<>"']/g, (sign) => entities[sign] ?? sign);
}

/** Null for anything a mail must not link to: other schemes than http and https, or a login inside the URL. */
export function safeUrl(text: string): string | null {
  try {
    const url = new URL(text);
    const web = url.protocol === 'https:' || url.protocol === 'http:';
    return web && url.username === '' && url.password === '' ? url.href : null;
  } catch {
    return null;
  }
}

/** A whole URL stays as it is; a path is put under the public URL, whose own path it keeps. */
export function pageUrl(publicUrl: string | null, page: string | null): string | null {
  if (page === null || page === '') return null;
  if (/^[a-z][a-z\d+.-]*:/i.test(page)) return safeUrl(page);
  return publicUrl === null ? null : safeUrl(`${publicUrl.replace(/\/+$/, '')}/${page.replace(/^\/+/, '')}`);
}

/** Thousands grouped, no digit lost: the decimal goes through as text, not as a float. */
export function formatCount(decimal: string, one: string, many: string): string {
  const number = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 6 }).format(decimal as `${number}`);
  return `${number} ${/^-?1(\.0*)?$/.test(decimal) ? one : many}`;
}

export const formatAmount = (amountMinor: string, currencyCode: string): string =>
  formatMoney(money(BigInt(amountMinor), currencyCode), LOCALE);

/** "Mar 29, 2026, 3:30 AM GMT+2". */
export const formatWhen = (at: Instant, zone: string): string =>
  written(at, zone, {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
    timeZoneName: 'short',
  });

/** "Mar 29, 2026": the zone's day. */
export const formatDay = (at: Instant, zone: string): string =>
  written(at, zone, { year: 'numeric', month: 'short', day: 'numeric' });

/** A zone this runtime does not know is written as UTC: the mail still goes out. */
function written(at: Instant, zone: string, parts: Intl.DateTimeFormatOptions): string {
  const write = (timeZone: string): string =>
    // Narrow no-break spaces, which newer locale data put before AM and PM, show as boxes in older mail clients.
    new Intl.DateTimeFormat(LOCALE, { ...parts, timeZone }).format(at).replace(/\p{Zs}/gu, ' ');
  try {
    return write(zone);
  } catch {
    return write('UTC');
  }
}

/** "August 2027". `month` is 1 to 12. */
export const formatMonth = (year: number, month: number): string =>
  new Intl.DateTimeFormat(LOCALE, { year: 'numeric', month: 'long', timeZone: 'UTC' }).format(
    Date.UTC(year, month - 1),
  );

/** 75 → "75%". */
export const formatPercent = (percent: number): string =>
  new Intl.NumberFormat(LOCALE, { style: 'percent', maximumFractionDigits: 1 }).format(percent / 100);

/** True for "0", "0.00" and "-0". */
export const isNothing = (decimal: string): boolean => /^-?0+(\.0*)?$/.test(decimal);

const BRANDS: Readonly<Record<string, string>> = {
  amex: 'American Express',
  cartes_bancaires: 'Cartes Bancaires',
  diners: 'Diners Club',
  discover: 'Discover',
  eftpos_au: 'Eftpos Australia',
  interac: 'Interac',
  jcb: 'JCB',
  mastercard: 'Mastercard',
  unionpay: 'UnionPay',
  visa: 'Visa',
};

/** "Visa ending in 4242". */
export function formatCard({ brand, last4 }: CardLabel): string {
  return fill(ENGLISH.card, { brand: BRANDS[brand.toLowerCase()] ?? ENGLISH.anyCard, last4: oneLine(last4, 4) });
}

export const sentenceCase = (words: string): string => words.replace(/^\p{Ll}/u, (letter) => letter.toUpperCase());
