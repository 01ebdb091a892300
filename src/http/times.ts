/** Times as pages write them: in the account's zone where there is one, else in UTC. */
import { type Instant, isoOf } from '../domain/instant.js';
import { type Html, html } from './html.js';

const LOCALE = 'en-US';
const CLOCK = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' } as const;

/** A zone that this runtime does not know is written as UTC: the page still comes. */
function write(at: Instant, zone: string, options: Intl.DateTimeFormatOptions): string {
  try {
    return new Intl.DateTimeFormat(LOCALE, { ...options, timeZone: zone }).format(at);
  } catch {
    return new Intl.DateTimeFormat(LOCALE, { ...options, timeZone: 'UTC' }).format(at);
  }
}

const tag = (at: Instant, text: string): Html => html`<time datetime="${isoOf(at)}">${text}</time>`;

/** "14:03:22". */
export const clockTime = (at: Instant, zone: string): Html => tag(at, write(at, zone, CLOCK));

/** "Friday, November 20". */
export const dayOf = (at: Instant, zone: string): string =>
  write(at, zone, { weekday: 'long', month: 'long', day: 'numeric' });

/** "Nov 20, 14:03:22". */
export const dayAndTime = (at: Instant, zone: string): Html =>
  tag(at, write(at, zone, { month: 'short', day: 'numeric', ...CLOCK }));

/** "Dec 1, 2026, 00:00 GMT+1". */
export const fullTime = (at: Instant, zone: string): Html =>
  tag(
    at,
    write(at, zone, {
      year: 'numeric',
      month: 'short',
      day: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
      timeZoneName: 'short',
    }),
  );

/** "4 s", "12 min", "3 h", "2 days": how far apart two instants are. */
export function span(ms: number): string {
  const seconds = Math.round(Math.abs(ms) / 1_000);
  if (seconds < 100) return `${seconds} s`;
  if (seconds < 100 * 60) return `${Math.round(seconds / 60)} min`;
  if (seconds < 48 * 3_600) return `${Math.round(seconds / 3_600)} h`;
  return `${Math.round(seconds / 86_400)} days`;
}

/** "in 4 s" or "4 s ago", with the instant itself in UTC. */
export const relative = (at: Instant, now: Instant): Html => {
  const away = at - now;
  const text = Math.abs(away) < 500 ? 'now' : away > 0 ? `in ${span(away)}` : `${span(away)} ago`;
  return html`<time datetime="${isoOf(at)}" title="${isoOf(at)}">${text}</time>`;
};
