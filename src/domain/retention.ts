/** How long what stands beside the ledger is kept, in days, with the least that the rest of the system relies on. */

export const KEPT_DAYS = {
  /** Beyond the oldest event still accepted: what is older could not be posted any more. */
  refusals: { usual: 90, least: 40 },
  events: { usual: 90, least: 4 },
  notices: { usual: 400, least: 30 },
  /** The processor's list of events goes thirty days back: one that was forgotten sooner would be heard twice. */
  stripe_events: { usual: 90, least: 35 },
  idempotent_answers: { usual: 7, least: 1 },
} as const;

export type KeptDays = { readonly [Table in keyof typeof KEPT_DAYS]: number };

const NAMES = Object.keys(KEPT_DAYS) as (keyof typeof KEPT_DAYS)[];

export const USUAL_DAYS: KeptDays = {
  refusals: KEPT_DAYS.refusals.usual,
  events: KEPT_DAYS.events.usual,
  notices: KEPT_DAYS.notices.usual,
  stripe_events: KEPT_DAYS.stripe_events.usual,
  idempotent_answers: KEPT_DAYS.idempotent_answers.usual,
};

/** Reads "notices=800,events=30": days by name, the others as usual. Problems are sentences. */
export function readKeptDays(text: string): { readonly days: KeptDays; readonly problems: readonly string[] } {
  const days: Record<string, number> = { ...USUAL_DAYS };
  const problems: string[] = [];
  for (const part of text.split(',').map((one) => one.trim())) {
    if (part === '') continue;
    const [name = '', said = ''] = part.split('=').map((one) => one.trim());
    const known = NAMES.find((one) => one === name);
    if (known === undefined) problems.push(`knows no "${name}": say ${NAMES.join(', ')}`);
    else if (!/^\d{1,5}$/.test(said)) problems.push(`must say whole days, such as ${known}=${KEPT_DAYS[known].usual}`);
    else if (Number(said) < KEPT_DAYS[known].least)
      problems.push(`must keep ${known} for at least ${KEPT_DAYS[known].least} days`);
    else days[known] = Number(said);
  }
  return { days: days as KeptDays, problems };
}
