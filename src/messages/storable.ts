/**
 * What Postgres and UTF-8 can hold. Any BullMQ client may be a producer, so a job may carry text no database stores: a
 * NUL ends a string in Postgres, and half a surrogate pair has no UTF-8. Both are refused in events, and taken out of
 * what a refusal keeps for people to read.
 */

/** Half of a surrogate pair, alone. The `u` flag reads whole pairs as one character, so they do not match. */
const LONE_SURROGATE = /\p{Surrogate}/u;
const LONE_SURROGATES = /\p{Surrogate}/gu;
const REPLACEMENT = '\uFFFD';

const DEEPEST = 8;
const LONGEST_TEXT = 2_000;
const MOST_ENTRIES = 100;
/** The largest copy a refusal keeps, in characters of JSON. A larger one is cut down to its beginning. */
const LARGEST_COPY = 16_000;

export const isStorable = (text: string): boolean => !text.includes('\0') && !LONE_SURROGATE.test(text);

/** The same text with everything unstorable replaced by U+FFFD. */
export const storableText = (text: string): string =>
  text.replaceAll('\0', REPLACEMENT).replace(LONE_SURROGATES, REPLACEMENT);

/**
 * A bounded copy that `jsonb` takes whatever the original was: at most 8 levels, 100 entries a level, 2 000 characters a
 * text and 16 000 characters in all. It is for people to read beside a refusal, not to be priced.
 */
export function storableCopy(value: unknown): unknown {
  const copy = copied(value, 0);
  const text = JSON.stringify(copy) ?? 'null';
  return text.length <= LARGEST_COPY ? copy : { cut: storableText(text.slice(0, LARGEST_COPY / 2)) };
}

function copied(value: unknown, depth: number): unknown {
  switch (typeof value) {
    case 'string':
      return storableText(value.length > LONGEST_TEXT ? `${value.slice(0, LONGEST_TEXT)}…` : value);
    case 'number':
      return Number.isFinite(value) ? value : String(value);
    case 'boolean':
      return value;
    case 'object':
      if (value === null) return null;
      if (depth >= DEEPEST) return '…';
      if (Array.isArray(value)) return value.slice(0, MOST_ENTRIES).map((one) => copied(one, depth + 1));
      return Object.fromEntries(
        Object.entries(value)
          .slice(0, MOST_ENTRIES)
          .map(([name, field]) => [storableText(name.slice(0, LONGEST_TEXT)), copied(field, depth + 1)]),
      );
    default:
      return value === undefined ? null : storableText(String(value).slice(0, LONGEST_TEXT));
  }
}
