/** Figures and times as the reader writes them. Credits are decimals and stay exact. */
import type { Overview } from './source.js';

const MILLION = 1_000_000n;

/** In millionths. */
export function micro(decimal: string): bigint {
  const [whole = '0', fraction = ''] = decimal.replace('-', '').split('.');
  const size = BigInt(whole) * MILLION + BigInt(fraction.padEnd(6, '0'));
  return decimal.startsWith('-') ? -size : size;
}

export function decimal(size: bigint): string {
  const positive = size < 0n ? -size : size;
  const fraction = (positive % MILLION).toString().padStart(6, '0').replace(/0+$/, '');
  return `${size < 0n ? '-' : ''}${positive / MILLION}${fraction === '' ? '' : `.${fraction}`}`;
}

export interface Words {
  figure(credits: string): string;
  /** "credit" or "credits", as the product calls them. */
  unit(credits: string): string;
  /** A sentence of creditd's, whose instants are UTC for programs, in the account's own zone. */
  sentence(text: string): string;
}

const INSTANT = /\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?Z/g;
const MOMENT = { dateStyle: 'medium', timeStyle: 'short' } as const;

export function wordsOf(overview: Overview, locale: string): Words {
  const { credit } = overview.words;
  const known = tried(
    () => new Intl.NumberFormat(locale).resolvedOptions().locale,
    () => 'en-US',
  );
  const figures = new Intl.NumberFormat(known, { maximumFractionDigits: 6 });
  const timeZone = overview.account.zone;
  const moments = tried(
    () => new Intl.DateTimeFormat(known, { ...MOMENT, timeZone }),
    () => new Intl.DateTimeFormat(known, { ...MOMENT, timeZone: 'UTC' }),
  );
  return {
    // Text, so that no digit is lost on the way through a float.
    figure: (credits) => figures.format(credits as unknown as number),
    unit: (credits) => (micro(credits) === MILLION || micro(credits) === -MILLION ? credit.one : credit.many),
    sentence: (text) => text.replace(INSTANT, (found) => moments.format(new Date(found))),
  };
}

/** A language or a zone that this browser does not know breaks nothing. */
function tried<Value>(first: () => Value, otherwise: () => Value): Value {
  try {
    return first();
  } catch {
    return otherwise();
  }
}
