/** Payments: each with its receipt, the owner's retry, and the months they add up to. */
import { z } from 'zod';
import { chargeId } from '../../domain/ids.js';
import type { ChargeRecord } from '../../ports.js';
import type { Doors } from './deps.js';
import { askedBy, posted } from './posting.js';
import { unknownAccount } from './reading.js';
import { NO_FIELDS, ok, type Route, route, trouble } from './route.js';
import {
  accountParams,
  CHARGE_STATES,
  creditsOut,
  instantOrNothing,
  instantOut,
  minorOut,
  pageSize,
  shownCredits,
  shownInstant,
  shownMinor,
  uuid,
} from './shapes.js';

const GROUP = 'Payments';
const PAGE = 25;
const PAGE_MOST = 100;

const chargeOut = z.object({
  id: z.string(),
  kind: z.enum(['top_off', 'pack', 'overage']),
  state: z.enum(CHARGE_STATES),
  credits: creditsOut,
  amountMinor: minorOut,
  currency: z.string(),
  paidMinor: minorOut,
  refundedMinor: minorOut,
  disputedMinor: minorOut,
  card: z.object({ brand: z.string(), last4: z.string() }).nullable(),
  receiptUrl: z.string().nullable(),
  receiptNumber: z.string().nullable(),
  failure: z.string().nullable().meta({ description: 'Why it failed, in our own words; the bank’s are not told.' }),
  nextAttemptAt: instantOut.nullable(),
  approveUntil: instantOut.nullable().meta({ description: 'Until when its owner may approve it at the bank.' }),
  createdAt: instantOut,
  settledAt: instantOut.nullable(),
});

const shownCharge = (one: ChargeRecord): z.input<typeof chargeOut> => ({
  ...{ id: one.id, kind: one.kind, state: one.state, card: one.card, failure: one.failure },
  ...{ receiptUrl: one.receiptUrl, receiptNumber: one.receiptNumber },
  credits: shownCredits(one.credits),
  amountMinor: shownMinor(one.amount.amountMinor),
  currency: one.amount.currency,
  paidMinor: shownMinor(one.paidMinor),
  refundedMinor: shownMinor(one.refundedMinor),
  disputedMinor: shownMinor(one.disputedMinor),
  nextAttemptAt: instantOrNothing(one.nextAttemptAt),
  approveUntil: instantOrNothing(one.actionUntil),
  createdAt: shownInstant(one.createdAt),
  settledAt: instantOrNothing(one.settledAt),
});

export const chargeRoutes = (door: Doors): readonly Route[] => [
  listCharges(door),
  readCharge(door),
  retryCharge(door),
  statement(door),
];

const listCharges = ({ reads }: Doors): Route =>
  route({
    method: 'GET',
    path: '/v1/accounts/:account/charges',
    name: 'listCharges',
    group: GROUP,
    summary: 'Payments, the newest first',
    action: 'read_charges',
    idempotency: 'none',
    params: accountParams,
    query: z.strictObject({
      before: uuid('The `next` of the page before.').optional(),
      limit: pageSize(PAGE_MOST).optional(),
    }),
    body: null,
    answer: z.object({ charges: z.array(chargeOut), next: z.string().nullable() }),
    async run({ params, query }) {
      const limit = query.limit ?? PAGE;
      const found = await reads.charges(params.account, { before: query.before ?? null, limit: limit + 1 });
      if (found.length === 0 && (await reads.catalogOf(params.account)) === null) return unknownAccount();
      const page = found.slice(0, limit);
      return ok({ charges: page.map(shownCharge), next: found.length > limit ? (page.at(-1)?.id ?? null) : null });
    },
  });

const chargeParams = accountParams.extend({ charge: uuid('Id of the payment.') });

const readCharge = ({ reads }: Doors): Route =>
  route({
    method: 'GET',
    path: '/v1/accounts/:account/charges/:charge',
    name: 'readCharge',
    group: GROUP,
    summary: 'One payment',
    action: 'read_charges',
    idempotency: 'none',
    params: chargeParams,
    query: NO_FIELDS,
    body: null,
    answer: chargeOut,
    async run({ params }) {
      const [found] = await reads.chargesNamed(params.account, [params.charge]);
      return found === undefined ? trouble(404, 'charge_unknown', 'There is no such payment.') : ok(shownCharge(found));
    },
  });

const retriedOut = z.object({ charge: z.string(), state: z.string(), credits: creditsOut, amountMinor: minorOut });

const retryCharge = ({ poster }: Doors): Route =>
  route({
    method: 'POST',
    path: '/v1/accounts/:account/charges/:charge/retry',
    name: 'retryCharge',
    group: GROUP,
    summary: 'Try a payment that failed once more',
    description: 'Where another automatic purchase is open, that one is tried: one is open at a time.',
    action: 'retry_charge',
    idempotency: 'stored',
    confined: 'allowed',
    params: chargeParams,
    query: NO_FIELDS,
    body: null,
    answer: retriedOut,
    run: ({ who, params }) =>
      posted(
        poster,
        { kind: 'retry_charge', ...askedBy(who, params.account), charge: chargeId(params.charge) },
        ['charge_opened'],
        (one) =>
          ok({
            ...{ charge: one.charge, state: one.state, credits: shownCredits(one.credits) },
            amountMinor: shownMinor(one.amountMinor),
          }),
      ),
  });

const monthOut = z.object({
  month: z.string().meta({ description: 'Of the account’s zone, such as 2026-03.' }),
  currency: z.string(),
  receipts: z.int(),
  paidMinor: minorOut,
  refundedMinor: minorOut.meta({ description: 'Of these receipts, whenever it was given back.' }),
  disputedMinor: minorOut,
  netMinor: minorOut,
  kinds: z.array(
    z.object({
      kind: z.enum(['top_off', 'pack', 'overage', 'subscription']),
      receipts: z.int(),
      paidMinor: minorOut,
      refundedMinor: minorOut,
      disputedMinor: minorOut,
    }),
  ),
});

const statement = ({ reads }: Doors): Route =>
  route({
    method: 'GET',
    path: '/v1/accounts/:account/statement',
    name: 'readStatement',
    group: GROUP,
    summary: 'What was paid, by month: each total is the sum of that month’s receipts',
    action: 'read_charges',
    idempotency: 'none',
    params: accountParams,
    query: NO_FIELDS,
    body: null,
    answer: z.object({ months: z.array(monthOut) }),
    async run({ params }) {
      const found = await reads.money(params.account);
      if (found.length === 0 && (await reads.catalogOf(params.account)) === null) return unknownAccount();
      const months = new Map<string, z.input<typeof monthOut>>();
      for (const { month, currency, ...one } of found) {
        const sum = months.get(`${month} ${currency}`) ?? { month, currency, ...NOTHING, kinds: [] };
        const part = {
          ...{ kind: one.kind, receipts: one.receipts, paidMinor: shownMinor(one.paidMinor) },
          ...{ refundedMinor: shownMinor(one.refundedMinor), disputedMinor: shownMinor(one.disputedMinor) },
        };
        months.set(`${month} ${currency}`, {
          ...{ month, currency, kinds: [...sum.kinds, part] },
          receipts: sum.receipts + part.receipts,
          paidMinor: sum.paidMinor + part.paidMinor,
          refundedMinor: sum.refundedMinor + part.refundedMinor,
          disputedMinor: sum.disputedMinor + part.disputedMinor,
          netMinor: sum.netMinor + part.paidMinor - part.refundedMinor - part.disputedMinor,
        });
      }
      return ok({ months: [...months.values()] });
    },
  });

const NOTHING = { receipts: 0, paidMinor: 0, refundedMinor: 0, disputedMinor: 0, netMinor: 0 };
