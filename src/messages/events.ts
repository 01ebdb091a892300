/**
 * What a product's endpoint receives: one JSON body an event, signed as Standard Webhooks say (headers webhook-id,
 * webhook-timestamp, webhook-signature). Published as JSON Schema; readers must let types and fields pass that they do not
 * know, because later releases add some.
 */
import { z } from 'zod';
import type { AccountEvent } from '../domain/events-body.js';

const credits = z.string().meta({ description: 'Credits as a decimal, such as "12.5".' });
const minor = z.int().meta({ description: 'Money in whole minor units of the currency.' });
const instant = z.iso.datetime().meta({ description: 'An instant in UTC.' });
const id = z.string();

const charge = {
  charge: id.meta({ description: 'Ours, as the API shows it.' }),
  kind: z.enum(['top_off', 'pack', 'overage']),
  credits,
  amountMinor: minor,
  currency: z.string(),
};
const paid = z.strictObject({ ...charge, receiptUrl: z.string().nullable() });
const failed = z.strictObject({
  ...charge,
  reason: z.enum(['no_payment_method', 'card_declined', 'authentication_required', 'internal_error']),
  final: z.boolean().meta({ description: 'It is not tried again by itself.' }),
  nextAttemptAt: instant.nullable(),
});
const incident = z.strictObject({
  incident: id,
  kind: z.enum([
    'no_payment_method',
    'card_declined',
    'authentication_required',
    'internal_error',
    'spending_cap_reached',
    'unusual_usage',
  ]),
  charge: id.nullable(),
});
const card = { card: id, brand: z.string(), last4: z.string() };
const nothing = z.strictObject({});
const refund = z.strictObject({
  ...charge,
  refundedMinor: minor.meta({ description: 'Of this charge, all refunds together.' }),
});

/** One entry a type, in the order in which the documentation lists them. */
const BODIES = {
  'balance.low': z.strictObject({ balance: credits, threshold: credits }),
  'balance.empty': z.strictObject({ balance: credits }),
  'balance.recovered': z.strictObject({
    balance: credits,
    above: credits.meta({ description: 'The line it stands above again; "0": it is no longer empty.' }),
  }),
  'gate.closed': z.strictObject({
    balance: credits,
    available: credits,
    sentence: z.string().meta({ description: 'For the end user whose action is stopped.' }),
  }),
  'gate.opened': z.strictObject({ balance: credits, available: credits }),
  'top_off.succeeded': paid,
  'top_off.failed': failed,
  'top_off.suspended': nothing,
  'top_off.paused': nothing,
  'top_off.resumed': nothing,
  'purchase.succeeded': paid,
  'overage.charged': paid,
  'charge.failed': failed,
  'charge.refunded': refund,
  'charge.refund_failed': refund,
  'dispute.opened': z.strictObject({ ...charge, dispute: z.enum(['inquiry', 'dispute']) }),
  'dispute.closed': z.strictObject({
    ...charge,
    withdrawnMinor: minor.meta({ description: 'What the dispute has taken for good.' }),
  }),
  'incident.opened': incident,
  'incident.resolved': incident,
  'cap.reached': z.strictObject({ cap: z.enum(['top_off', 'overage']) }),
  'period.renewed': z.strictObject({ plan: z.string(), startsAt: instant, endsAt: instant, allotment: credits }),
  'plan.changed': z.strictObject({ from: z.string(), to: z.string() }),
  'plan.past_due': z.strictObject({ plan: z.string() }),
  'trial.started': z.strictObject({ plan: z.string(), endsAt: instant }),
  'trial.ended': z.strictObject({ plan: z.string() }),
  'hold.expired': z.strictObject({
    hold: id,
    meter: z.string().nullable(),
    amount: credits,
    captured: credits,
    member: z.string().nullable(),
  }),
  'card.attached': z.strictObject(card),
  'card.updated': z.strictObject(card),
  'card.refused': z.strictObject(card),
  'card.expiring': z.strictObject({ ...card, expires: z.string().meta({ description: 'Month, such as "2030-12".' }) }),
  'card.detached': z.strictObject(card),
  'account.closed': nothing,
} satisfies { readonly [Type in AccountEvent['type']]: z.ZodType };

export const EVENT_TYPES = Object.keys(BODIES) as AccountEvent['type'][];

const envelope = {
  id: z.uuid().meta({ description: 'The same in every try: whoever has seen it answers 200 and does nothing.' }),
  timestamp: instant.meta({ description: 'When it happened.' }),
  account: z.string().meta({ description: 'The product’s own id of the account.' }),
  sequence: z.int().positive().meta({ description: 'Counts this account’s events without a gap.' }),
};

const one = <Type extends keyof typeof BODIES>(type: Type) =>
  z.strictObject({ ...envelope, type: z.literal(type), data: BODIES[type] });

export const eventSchema = z
  .union(EVENT_TYPES.map((type) => one(type)))
  .meta({ title: 'creditd event, version 1', description: 'Body of a request to a product’s endpoint.' });

/** For products in any language. */
export const eventJsonSchema = (): Record<string, unknown> => ({
  $id: 'urn:creditd:schema:event:v1',
  ...z.toJSONSchema(eventSchema, { target: 'draft-2020-12', io: 'output' }),
});
