/** The payload of a usage job as zod schemas: the producer library, the worker and the published JSON Schema are these. */
import { z } from 'zod';
import { isStorable } from './storable.js';

/** Most events one job may carry. */
export const EVENTS_PER_JOB = 1_000;
/** Largest usage job, in bytes of JSON as UTF-8. */
export const JOB_BYTES = 1_000_000;
const TEXT_CHARACTERS = 200;
const PROPERTY_TEXT_CHARACTERS = 1_000;
const PROPERTIES_PER_EVENT = 50;
const LARGEST_QUANTITY = 1_000_000_000_000;
/** What `isStorable` says, for readers of the published schema; in Unicode mode whole pairs do not match the excluded range. */
const STORABLE_PATTERN = '^[^\\u0000\\uD800-\\uDFFF]*$';

/** Says "is missing" of what is absent and what the field must be of everything else. */
const must = (rule: string) => (issue: { readonly input?: unknown }) =>
  issue.input === undefined ? `is missing; it must be ${rule}` : `must be ${rule}`;

/** Counts characters, not UTF-16 units, as JSON Schema does: both must agree about every text. */
const isWithin = (text: string, most: number): boolean => text.length <= most || [...text].length <= most;

function text(most: number, description: string) {
  const rule = `text of 1 to ${most} characters without NUL or half a surrogate pair`;
  return z
    .string({ error: must(rule) })
    .refine((value) => value !== '' && isStorable(value) && isWithin(value, most), {
      error: `must be ${rule}`,
    })
    .meta({ description, minLength: 1, maxLength: most, pattern: STORABLE_PATTERN });
}

const number = (least: number, rule: string) =>
  z
    .number({ error: must(rule) })
    .min(least, { error: `must be ${rule}` })
    .max(LARGEST_QUANTITY, { error: `must be ${rule}` });

const propertyRule = `text of at most ${PROPERTY_TEXT_CHARACTERS} characters, a number of at most ${LARGEST_QUANTITY}, or true or false`;
const property = z.union(
  [
    z
      .string()
      .refine((value) => isStorable(value) && isWithin(value, PROPERTY_TEXT_CHARACTERS), {
        error: `must be ${propertyRule}`,
      })
      .meta({ maxLength: PROPERTY_TEXT_CHARACTERS, pattern: STORABLE_PATTERN }),
    number(-LARGEST_QUANTITY, propertyRule),
    z.boolean(),
  ],
  { error: `must be ${propertyRule}` },
);

const nameRule = 'a letter, then at most 63 letters, digits, dots, hyphens or underscores';
const properties = z
  .record(z.string().regex(/^[A-Za-z][\w.-]{0,63}$/, { error: `must be named by ${nameRule}` }), property, {
    error: must('an object of named values'),
  })
  .refine((all) => Object.keys(all).length <= PROPERTIES_PER_EVENT, {
    error: `must hold at most ${PROPERTIES_PER_EVENT} values`,
  })
  .meta({
    description: 'What the meter prices by, as its catalog declares it: a flat object. Units are the catalog’s.',
    maxProperties: PROPERTIES_PER_EVENT,
  });

const instantRule = 'an ISO 8601 date and time with an offset, such as 2026-03-01T12:00:00Z, with at most 9 decimals';
const occurredAt = z.iso
  .datetime({ offset: true, error: must(instantRule) })
  .regex(/^[^.]{16,19}(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/, { error: `must be ${instantRule}` })
  .meta({
    format: 'date-time',
    description:
      'When the work happened. Absent: when it is posted. Refused when older than 35 days or 5 minutes ahead.',
  });

export const usageEventSchema = z
  .strictObject(
    {
      account: text(
        TEXT_CHARACTERS,
        'The product’s own id of whatever owns the balance. An opaque id, no personal data.',
      ),
      meter: text(TEXT_CHARACTERS, 'Key of the billable action, as the catalog names it.'),
      key: text(
        TEXT_CHARACTERS,
        'Idempotency key, unique within the account: the same key is debited once, however often it is sent. It is kept; it must not carry personal data.',
      ),
      mode: z
        .enum(['happened', 'if_covered'], { error: must('"happened" or "if_covered"') })
        .optional()
        .meta({
          description:
            'happened: the work is done and is always recorded. if_covered: debited whole or refused whole. Absent: the meter’s default.',
        }),
      quantity: number(0, `a number from 0 to ${LARGEST_QUANTITY}`).optional().meta({
        description: 'How many of the meter’s unit. Absent: 1. Whole from 1 unless the meter says otherwise.',
      }),
      properties: properties.optional(),
      member: text(
        TEXT_CHARACTERS,
        'The product’s own id of who did it. An opaque id, no name and no address.',
      ).optional(),
      pool: text(TEXT_CHARACTERS, 'The earmark to take from.').optional(),
      lot: z
        .uuid({ error: must('the UUID of a lot') })
        .optional()
        .meta({ description: 'Takes from this lot alone; the event is then if_covered.' }),
      catalogVersion: text(TEXT_CHARACTERS, 'The catalog version a quote was given at, to be priced by it.').optional(),
      occurredAt: occurredAt.optional(),
    },
    { error: must('an object with account, meter and key') },
  )
  .meta({ id: 'UsageEvent', description: 'One use of a billable action.' });

export const usageJobSchema = z
  .union([
    z.strictObject({
      v: z.literal(1).meta({ description: 'Version of this payload.' }),
      event: usageEventSchema,
    }),
    z.strictObject({
      v: z.literal(1).meta({ description: 'Version of this payload.' }),
      events: z
        .array(usageEventSchema)
        .min(1)
        .max(EVENTS_PER_JOB)
        .meta({ description: 'Each is read, posted or refused on its own.' }),
    }),
  ])
  .meta({
    title: 'creditd usage job, version 1',
    description: `Data of a job in the usage queue: one event or 1 to ${EVENTS_PER_JOB}, at most ${JOB_BYTES} bytes of JSON. Job data is clear text: no secrets, no personal data.`,
  });

/** What an outbox row becomes in a queue: enough to start the step, nothing to be believed later. */
export const stepJobSchema = z.strictObject({
  v: z.literal(1),
  account: z.int().positive(),
  id: z.uuid(),
});

/** One use of a billable action, as a producer writes it. */
export type UsageEvent = z.infer<typeof usageEventSchema>;
export type UsageJob = z.infer<typeof usageJobSchema>;
export type StepJob = z.infer<typeof stepJobSchema>;

/** The usage job as JSON Schema 2020-12, for producers in any language. */
export const usageJobJsonSchema = (): Record<string, unknown> => ({
  $id: 'urn:creditd:schema:usage-job:v1',
  ...z.toJSONSchema(usageJobSchema, { target: 'draft-2020-12', io: 'input' }),
});
