/** What an event carries, held against what its meter declares: numbers exact, everything else refused in words. */
import type { Measure, Meter, Property, PropertyValue } from './catalog.js';
import { orDidYouMean } from './catalog-suggest.js';
import { MICRO } from './credits.js';

export type PriceRefusal =
  | 'bad_quantity'
  | 'unknown_property'
  | 'missing_property'
  | 'wrong_type'
  | 'out_of_bounds'
  | 'unknown_value'
  | 'not_priced'
  | 'too_expensive';

export interface Refused {
  readonly kind: 'refused';
  readonly reason: PriceRefusal;
  /** "quantity", the property's key, or null for the event as a whole. */
  readonly field: string | null;
  /** What is wrong and what to do. */
  readonly message: string;
}

export const refused = (reason: PriceRefusal, field: string | null, message: string): Refused => ({
  kind: 'refused',
  reason,
  field,
  message,
});

/** An event's numbers in whole millionths, and its values as the text a table's rows are named by. */
export interface Reading {
  readonly kind: 'read';
  readonly quantity: bigint;
  readonly numbers: ReadonlyMap<string, bigint>;
  readonly values: ReadonlyMap<string, string>;
}

/** Null for what is no finite number, has more than six decimals, or is too large for a float to hold exactly. */
export function exactMillionths(value: number): bigint | null {
  if (Number.isSafeInteger(value)) return BigInt(value) * MICRO;
  if (Math.abs(value) > Number.MAX_SAFE_INTEGER) return null;
  const match = /^(-?)(\d+)\.(\d{1,6})$/.exec(String(value));
  if (!match) return null;
  const [, sign, whole = '0', fraction = ''] = match;
  const size = BigInt(whole) * MICRO + BigInt(fraction.padEnd(6, '0'));
  return sign ? -size : size;
}

export function readEvent(
  meter: Meter,
  quantity: number,
  properties: Readonly<Record<string, PropertyValue>>,
): Reading | Refused {
  const counted = readQuantity(meter, quantity);
  if (typeof counted !== 'bigint') return counted;
  const numbers = new Map<string, bigint>();
  const values = new Map<string, string>();
  for (const key of Object.keys(properties)) {
    if (properties[key] === undefined || meter.properties.has(key)) continue;
    const known = [...meter.properties.keys()];
    const hint = `${orDidYouMean(key, known)} ${known.length > 0 ? `It knows: ${known.join(', ')}.` : 'It has none.'}`;
    return refused('unknown_property', key, `Meter "${meter.key}" has no property "${key.slice(0, 60)}"${hint}`);
  }
  for (const property of meter.properties.values()) {
    const given = Object.hasOwn(properties, property.key) ? properties[property.key] : undefined;
    const value = given === undefined ? property.fallback : given;
    if (given === undefined && value === null) {
      if (!property.required) continue;
      const wanted = `Meter "${meter.key}" needs the property "${property.key}", ${describe(property)}.`;
      return refused('missing_property', property.key, `${wanted} Send it with the event.`);
    }
    const wrong = readProperty(property, value, numbers, values);
    if (wrong) return wrong;
  }
  return { kind: 'read', quantity: counted, numbers, values };
}

export const measured = (reading: Reading, measure: Measure): bigint | undefined =>
  measure.kind === 'quantity' ? reading.quantity : reading.numbers.get(measure.key);

/** "a whole number from 1 (px)", "one of a, b, c": completes a sentence. */
export function describe(property: Property): string {
  switch (property.kind) {
    case 'number': {
      const end = property.most === null ? 'up' : `to ${property.most}`;
      const unit = property.unit ? ` (${property.unit})` : '';
      return `a ${property.whole ? 'whole number' : 'number'} from ${property.least} ${end}${unit}`;
    }
    case 'choice':
      return `one of ${property.oneOf.join(', ')}`;
    case 'text':
      return `text of 1 to ${property.longest} characters`;
    case 'flag':
      return 'true or false';
  }
}

function readQuantity(meter: Meter, quantity: number): bigint | Refused {
  const { least, most, whole, unit } = meter.quantity;
  const end = most === null ? 'up' : `to ${most}`;
  const wanted = `a ${whole ? 'whole number' : 'number with at most six decimals'} from ${least} ${end}`;
  const must = `The quantity of meter "${meter.key}" must be ${wanted}${unit ? ` (${unit})` : ''}`;
  const exact = typeof quantity === 'number' ? exactMillionths(quantity) : null;
  const fits = exact !== null && (!whole || exact % MICRO === 0n) && quantity >= least;
  if (fits && (most === null || quantity <= most)) return exact;
  return refused('bad_quantity', 'quantity', `${must}, not ${shown(quantity)}.`);
}

function readProperty(
  property: Property,
  value: PropertyValue | null,
  numbers: Map<string, bigint>,
  values: Map<string, string>,
): Refused | null {
  const must = `The property "${property.key}" must be ${describe(property)}, not ${shown(value)}`;
  const wrongType = () => refused('wrong_type', property.key, `${must}.`);
  values.set(property.key, String(value));
  switch (property.kind) {
    case 'number': {
      if (typeof value !== 'number') return wrongType();
      const exact = exactMillionths(value);
      if (exact === null || (property.whole && exact % MICRO !== 0n)) return wrongType();
      numbers.set(property.key, exact);
      const fits = value >= property.least && (property.most === null || value <= property.most);
      return fits ? null : refused('out_of_bounds', property.key, `${must}.`);
    }
    case 'choice':
      if (typeof value !== 'string') return wrongType();
      if (property.oneOf.includes(value)) return null;
      return refused('unknown_value', property.key, `${must}${orDidYouMean(value, property.oneOf)}`);
    case 'text':
      if (typeof value !== 'string') return wrongType();
      return value.length > 0 && value.length <= property.longest
        ? null
        : refused('out_of_bounds', property.key, `${must}.`);
    case 'flag':
      return typeof value === 'boolean' ? null : wrongType();
  }
}

/** Text stands in quotes, so that "3" is seen to be text; whatever it is, it is cut to a readable length. */
function shown(value: unknown): string {
  if (typeof value === 'string') return `the text "${value.slice(0, 60)}"`;
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return String(value);
  return `a value of type ${typeof value}`;
}
