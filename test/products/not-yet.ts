/**
 * Promises that no test protects yet, each with what is missing. A promise leaves this list in the change that keeps it; an
 * id that is in neither place, or in both, fails the run.
 */
export const NOT_YET: Readonly<Record<string, string>> = {};
