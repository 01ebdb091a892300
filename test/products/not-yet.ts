/**
 * Promises that no test protects yet, each with what is missing. A promise leaves this list in the change that keeps it; an
 * id that is in neither place, or in both, fails the run.
 */
const PAGE = 'a person reads it on the product’s own pages or in the processor’s mails: the figures are tested';
const TRACE = 'support traces a payment by slug, invoice and time: what is searched for is the door’s to find';

export const NOT_YET: Readonly<Record<string, string>> = {
  ...all([PAGE], 'A13 A26'),
  ...all([TRACE], 'T23'),
};

function all([reason]: readonly [string], ids: string): Record<string, string> {
  return Object.fromEntries(ids.split(' ').map((id) => [id, reason]));
}
