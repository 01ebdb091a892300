/** How English counts and capitalises; another language brings its own. */
/** "1 day", "3 days": the figure is written by locale beforehand. */
export const withDays = (count: number, text: string): string => `${text} ${count === 1 ? 'day' : 'days'}`;

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

export interface Cadence {
  readonly unit: 'hour' | 'day' | 'week' | 'month' | 'year';
  readonly count: number;
}

/** "a month", "every 3 months". */
export const every = ({ unit, count }: Cadence): string =>
  count === 1 ? `${unit === 'hour' ? 'an' : 'a'} ${unit}` : `every ${count} ${unit}s`;
