/** Requests out of a route's own schemas: what they describe, and what they nearly describe. */
import fc from 'fast-check';
import { z } from 'zod';

type Json = Readonly<Record<string, unknown>>;

/** By the name of a field: values under which something is there, so that more is met than "unknown". */
export type Known = Readonly<Record<string, readonly unknown[]>>;

export const jsonSchemaOf = (schema: z.ZodType): Json =>
  z.toJSONSchema(schema, { target: 'draft-2020-12', io: 'input', unrepresentable: 'any' });

export function valid(schema: Json, known: Known, name = ''): fc.Arbitrary<unknown> {
  const plain = shaped(schema, known);
  const values = known[name];
  return values === undefined ? plain : fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...values) }, plain);
}

function shaped(schema: Json, known: Known): fc.Arbitrary<unknown> {
  const {
    enum: choices,
    const: only,
    anyOf,
    type,
  } = schema as { enum?: unknown[]; const?: unknown; anyOf?: Json[]; type?: string };
  if (choices !== undefined) return fc.constantFrom(...choices);
  if (only !== undefined) return fc.constant(only);
  if (anyOf !== undefined) return fc.oneof(...anyOf.map((one) => valid(one, known)));
  switch (type) {
    case 'string':
      return text(schema);
    case 'integer':
      return fc.integer({ min: Number(schema.minimum ?? -1e9), max: Math.min(Number(schema.maximum ?? 1e9), 2e9) });
    case 'number':
      return fc.double({ min: Number(schema.minimum ?? -1e12), max: Number(schema.maximum ?? 1e12), noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(valid((schema.items ?? {}) as Json, known), {
        minLength: Number(schema.minItems ?? 0),
        maxLength: Math.min(Number(schema.maxItems ?? 4), 4),
      });
    case 'object':
      return object(schema, known);
    default:
      return fc.jsonValue();
  }
}

function text(schema: Json): fc.Arbitrary<string> {
  const { format, pattern, minLength, maxLength } = schema as {
    format?: string;
    pattern?: string;
    minLength?: number;
    maxLength?: number;
  };
  if (format === 'uuid') return fc.uuid();
  if (format === 'email') return fc.constantFrom('a@example.com', 'owner+billing@example.org');
  if (format === 'date-time')
    return fc
      .date({ noInvalidDate: true, min: new Date(0), max: new Date('2099-01-01') })
      .map((at) => at.toISOString());
  if (format === 'date') return fc.constantFrom('2026-01-01', '2026-11-20', '1969-12-31', '0001-01-01', '9999-12-31');
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern));
  return fc.oneof(
    fc.string({ minLength: minLength ?? 0, maxLength: Math.min(maxLength ?? 40, 40) }),
    fc.string({ unit: 'binary', minLength: minLength ?? 0, maxLength: Math.min(maxLength ?? 40, 40) }),
  );
}

function object(schema: Json, known: Known): fc.Arbitrary<unknown> {
  const {
    properties = {},
    required = [],
    additionalProperties,
    propertyNames,
  } = schema as {
    properties?: Record<string, Json>;
    required?: string[];
    additionalProperties?: Json | boolean;
    propertyNames?: Json;
  };
  if (Object.keys(properties).length === 0 && typeof additionalProperties === 'object') {
    return fc.dictionary(
      valid(propertyNames ?? { type: 'string' }, known) as fc.Arbitrary<string>,
      valid(additionalProperties, known),
      { maxKeys: 4 },
    );
  }
  const fields = Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, valid(one, known, name)]));
  const optional = Object.keys(properties).filter((name) => !required.includes(name));
  // Few at once: of all together hardly any would mean something.
  return fc
    .subarray(optional, { maxLength: Math.min(optional.length, 3) })
    .chain((some) =>
      fc.record(Object.fromEntries([...required, ...some].map((name) => [name, fields[name] ?? fc.constant(null)]))),
    );
}

const ODD: readonly unknown[] = [
  ...[
    null,
    true,
    0,
    -1,
    1.5,
    1e300,
    Number.MAX_SAFE_INTEGER,
    '',
    ' ',
    '\0',
    '\ud800',
    '=1+1',
    '../..',
    "'; drop table accounts; --",
  ],
  ...['x'.repeat(500), [], {}, [[]], { toString: 1 }, '__proto__', '1e9', '12.5000001', '-5', '2026-02-30T00:00:00Z'],
];

/** One field taken away, replaced or added, at the top or one level down. */
export const broken = (whole: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof(
    fc.constantFrom(...ODD),
    fc.tuple(whole, fc.constantFrom(...ODD), fc.nat(20), fc.boolean()).map(([body, odd, place, added]) => {
      if (typeof body !== 'object' || body === null || Array.isArray(body)) return odd;
      const names = Object.keys(body);
      const name = names[place % Math.max(names.length, 1)];
      if (added || name === undefined) return { ...body, unknown_field: odd };
      const { [name]: _, ...rest } = body as Record<string, unknown>;
      return place % 2 === 0 ? rest : { ...rest, [name]: odd };
    }),
  );
