/**
 * What stands in the place of a person wherever they are named. An address and a name are looked for in every text. The
 * product's own id is, too, where it can be nothing else ("usr_81f2"); one that is also a word or a number ("7", "worker")
 * only where a member is meant, or credits and kinds of entries would be rewritten with it.
 */
export interface Eraser {
  readonly text: (value: string) => string;
  readonly json: (value: unknown) => unknown;
  /** What a row must hold to be worth looking at, in lower case, as text and as JSON writes it. */
  readonly needles: readonly string[];
}

export interface ErasedNames {
  readonly member: string;
  /** Addresses and names. */
  readonly texts: readonly string[];
  readonly as: string;
}

/** Fields whose text, or whose list of texts, is a member. */
const OF_PERSON = new Set(['member', 'members', 'owners', 'unconfined', 'who', 'by']);
const SHORTEST_TEXT = 3;
const SURELY_AN_ID = 16;

const isDistinctive = (id: string): boolean =>
  id.length >= SURELY_AN_ID || id.includes('@') || (id.length >= SHORTEST_TEXT && /\p{L}/u.test(id) && /\d/.test(id));

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');

/** Neither a longer address or name that ends or begins with it. */
const wordOf = (text: string, flags: string): RegExp =>
  new RegExp(`(?<![\\p{L}\\p{N}_.%+\\-])${escaped(text)}(?![\\p{L}\\p{N}_\\-]|\\.[\\p{L}\\p{N}])`, flags);

export function makeEraser({ member, texts, as }: ErasedNames): Eraser {
  const known = [...new Set(texts.map((one) => one.trim()))].filter((one) => one.length >= SHORTEST_TEXT);
  const words = [...known.map((one) => wordOf(one, 'giu')), ...(isDistinctive(member) ? [wordOf(member, 'gu')] : [])];
  const text = (value: string): string => words.reduce((said, word) => said.replace(word, as), value);
  const json = (value: unknown, field = '', isPerson = false): unknown => {
    if (typeof value === 'string') return isPerson && value === member ? as : text(value);
    if (Array.isArray(value)) return value.map((one) => json(one, field, isPerson));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, one]) => [
        text(name),
        json(one, name, OF_PERSON.has(name) || (isPerson && name === 'id')),
      ]),
    );
  };
  const needles = [member, ...known].flatMap((one) => [one, JSON.stringify(one).slice(1, -1)]);
  return { text, json: (value) => json(value), needles: [...new Set(needles.map((one) => one.toLowerCase()))] };
}
