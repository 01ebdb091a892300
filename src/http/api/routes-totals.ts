/** Usage by meter: day by day for charts, and of the present period. Counted from the ledger, seconds behind it. */
import { z } from 'zod';
import { accountId, memberId } from '../../domain/ids.js';
import { DAY_MS } from '../../domain/instant.js';
import type { UsageSum } from '../../ports.js';
import type { Doors } from './deps.js';
import { unknownAccount } from './reading.js';
import { type Answer, ok, type Route, route, trouble, type Who } from './route.js';
import { accountParams, creditsOut, shownCredits, text } from './shapes.js';

const GROUP = 'Activity';
const DAYS_MOST = 400;

const day = z.iso
  .date({ error: 'must be a day, such as 2026-03-01' })
  .refine((written) => written >= '1970', { error: 'must be a day from 1970 on' });
const byMember = z.enum(['true', 'false']).optional().meta({ description: 'true: sums by member too.' });
const member = text('One member’s use alone.').optional();

const sumOut = z.object({
  meter: z.string().nullable().meta({ description: 'Null: plain credits.' }),
  member: z.string().nullable(),
  quantity: z.string(),
  credits: creditsOut.meta({ description: 'Net of what was given back.' }),
  events: z.int(),
});

const shownSum = (sum: UsageSum) => ({ ...sum, credits: shownCredits(sum.credits) });

export const totalRoutes = (door: Doors): readonly Route[] => [byDay(door), ofPeriod(door)];

/** A member who is confined to pools sees their own use alone: that of all would tell what the account has. */
function wishOf(
  who: Who,
  confined: boolean,
  query: { readonly member?: string | undefined; readonly byMember?: string | undefined },
) {
  const own = confined && who.kind === 'person' ? who.member : undefined;
  if (own !== undefined && query.member !== undefined && query.member !== own)
    return trouble(403, 'confined_to_pools', 'You see your own use alone.', { field: 'member' });
  const whose = own ?? query.member;
  return {
    ...(whose === undefined ? {} : { member: memberId(whose) }),
    byMember: query.byMember === 'true',
  };
}

const isRefused = <Wish extends object>(wish: Wish | Answer<never>): wish is Answer<never> => 'kind' in wish;

const byDay = ({ totals, reads }: Doors): Route =>
  route({
    method: 'GET',
    path: '/v1/accounts/:account/usage/daily',
    name: 'readDailyUsage',
    group: GROUP,
    summary: 'Usage by meter and day of the account’s zone',
    action: 'read_activity',
    idempotency: 'none',
    confined: 'allowed',
    params: accountParams,
    query: z.strictObject({
      from: day.meta({ description: 'The first day.' }),
      to: day.meta({ description: 'The last day.' }),
      member,
      byMember,
    }),
    body: null,
    answer: z.object({ days: z.array(sumOut.extend({ day: z.string() })) }),
    async run({ who, params, query, confinedTo }) {
      const days = (Date.parse(query.to) - Date.parse(query.from)) / DAY_MS + 1;
      if (!(days >= 1 && days <= DAYS_MOST))
        return trouble(400, 'invalid', `Ask for 1 to ${DAYS_MOST} days, the first before the last.`, { field: 'from' });
      const wish = wishOf(who, confinedTo !== null, query);
      if (isRefused(wish)) return wish;
      const { from, to } = query;
      const found = await totals.byDay({ account: accountId(params.account), ...wish, from, to });
      if (found.length === 0 && (await reads.catalogOf(params.account)) === null) return unknownAccount();
      return ok({ days: found.map((sum) => ({ ...shownSum(sum), day: sum.day })) });
    },
  });

const ofPeriod = ({ totals, reads }: Doors): Route =>
  route({
    method: 'GET',
    path: '/v1/accounts/:account/usage/period',
    name: 'readPeriodUsage',
    group: GROUP,
    summary: 'Usage by meter in the present period, the largest first',
    action: 'read_activity',
    idempotency: 'none',
    confined: 'allowed',
    params: accountParams,
    query: z.strictObject({ member, byMember }),
    body: null,
    answer: z.object({ meters: z.array(sumOut) }),
    async run({ who, params, query, confinedTo }) {
      const wish = wishOf(who, confinedTo !== null, query);
      if (isRefused(wish)) return wish;
      const found = await totals.thisPeriod({ account: accountId(params.account), ...wish });
      if (found.length === 0 && (await reads.catalogOf(params.account)) === null) return unknownAccount();
      return ok({ meters: found.map(shownSum) });
    },
  });
