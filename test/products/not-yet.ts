/**
 * Promises that no test protects yet, each with what is missing. A promise leaves this list in the change that keeps it; an
 * id that is in neither place, or in both, fails the run.
 */
const PAGE = 'a person reads or clicks it on the billing page, which is not built';
const SUBSCRIPTION = 'subscriptions at the processor, with their trials, portal and past due, are not built';
const LIMITS = 'levels, windows and pools are in the catalog and are not counted or enforced';
const PURCHASE = 'a pack is quoted exactly, and buying one by hand is not built';
const DOOR = 'roles and the API that would enforce them are not built';
const OWNER = 'retry, dismissal and the banner wait for the owner’s page';

export const NOT_YET: Readonly<Record<string, string>> = {
  ...all([PAGE], 'A1 A3 A5 A10 A11 A13 A14 A22 A23 A24 A25 A26 A35 A45 R9 R10 R11 W13 C4 T7 T11 T12 T20 T21'),
  ...all([SUBSCRIPTION], 'A6 A8 A12 A15 A16'),
  ...all([LIMITS], 'A4 A43 A44'),
  ...all([PURCHASE], 'A28'),
  ...all([DOOR], 'A2 T1 T2 T10 T23'),
  ...all([OWNER], 'C15 C16 C17 C18'),
};

function all([reason]: readonly [string], ids: string): Record<string, string> {
  return Object.fromEntries(ids.split(' ').map((id) => [id, reason]));
}
