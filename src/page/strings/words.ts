/** How English counts and capitalises; another language brings its own. */
/** "1 day", "3 days": the figure is written by locale beforehand. */
export const withDays = (count: number, text: string): string => `${text} ${count === 1 ? 'day' : 'days'}`;

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** A name of several words is quoted in the middle of a sentence, so that it reads as the name it is. */
export const named = (name: string): string => (/\s/.test(name) ? `“${name}”` : name);

/** "member 7": an id alone says to nobody that it is a person. Of a long random one the beginning is enough. */
export const memberWords = (id: string): string =>
  `member ${id.replace(/^member[-_ ]?(?=.)/i, '').replace(/^([\da-f]{8})-[\da-f-]{27}$/i, '$1')}`;

export interface Cadence {
  readonly unit: 'hour' | 'day' | 'week' | 'month' | 'year';
  readonly count: number;
}

/** "a month", "every 3 months". */
export const every = ({ unit, count }: Cadence): string =>
  count === 1 ? `${unit === 'hour' ? 'an' : 'a'} ${unit}` : `every ${count} ${unit}s`;
