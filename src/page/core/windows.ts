/** When a limit begins anew, as it is said beside it. */
import type { Operations } from '../../generated/page-api.js';
import { STRINGS } from '../strings.js';
import type { Formats } from './format.js';

/** What is counted until a date ends then, and does not begin anew; of a minute nobody wants to know the second. */
export function whenOf(
  {
    per,
    resetsAt,
    ended,
  }: Pick<Operations['readOverview']['answer']['limits']['windows'][number], 'per' | 'resetsAt' | 'ended'>,
  formats: Pick<Formats, 'day' | 'moment'>,
): string | null {
  if (ended) return STRINGS.limits.ended;
  if (per === 'minute') return STRINGS.limits.everyMinute;
  if (resetsAt === null) return null;
  return per === 'until' ? STRINGS.limits.ends(formats.day(resetsAt)) : STRINGS.limits.resets(formats.moment(resetsAt));
}
