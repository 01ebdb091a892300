/** Tables for spreadsheets. Text that somebody chose must not become a formula there. */

/** What spreadsheets take for the beginning of one, in every width, behind spaces too. */
const FORMULA = /^[\s\u00a0]*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/;

/** A cell of text: an apostrophe in front keeps it text. */
export const textCell = (text: string): string => quoted(FORMULA.test(text) ? `'${text}` : text);

/** A cell that is ours: a number, an instant, a name of a kind. */
export const ownCell = (value: string | number | null): string => (value === null ? '' : quoted(String(value)));

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

export const csvLine = (cells: readonly string[]): string => `${cells.join(',')}\r\n`;
