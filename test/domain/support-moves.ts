/** Random commands, as data that prints: what depends on the account as it stands is resolved when the move is made. */
import fc from 'fast-check';
import { credits, microCredits } from '../../src/domain/credits.js';
import { DAY_MS, HOUR_MS, later, MINUTE_MS, SECOND_MS } from '../../src/domain/instant.js';
import { minorUnits } from '../../src/domain/money.js';
import type { Asked, TestAccount } from './support-account.js';
import { attach, call, capture, configure, reverse, SETTLE, TOP_OFF, use } from './support-commands.js';
import { MOODS, type Mood } from './support-processor.js';
import { attachedCards } from './support-rows.js';

export type Move =
  | { readonly do: 'ask'; readonly command: Asked }
  | {
      readonly do: 'grant';
      readonly key: string;
      readonly size: number;
      readonly priority: number;
      readonly paid: boolean;
      readonly begins: number;
      readonly lasts: number | null;
    }
  | { readonly do: 'hold'; readonly key: string; readonly size: number; readonly lasts: number | null }
  | { readonly do: 'extend'; readonly key: string; readonly lasts: number }
  | { readonly do: 'use_lot'; readonly key: string; readonly pick: number; readonly cost: number }
  | { readonly do: 'void'; readonly key: string; readonly pick: number }
  | { readonly do: 'detach' | 'choose' | 'retry' | 'authenticate' | 'order'; readonly pick: number };

/** A batch: how long after the last it comes, what it asks, and how the processor then answers what is due. */
export interface Step {
  readonly waitMs: number;
  readonly moves: readonly Move[];
  readonly mood: Mood | null;
}

/**
 * Few keys, so that replays, conflicts and reversals of what has come and what has not are common; mostly each kind's own,
 * or nearly everything would conflict.
 */
const shared = fc.constantFrom('a', 'b', 'c');
const own = (kind: string) =>
  fc.oneof({ weight: 8, arbitrary: fc.nat({ max: 11 }).map((n) => `${kind}${n}`) }, { weight: 1, arbitrary: shared });
const useKey = fc.oneof(
  { weight: 8, arbitrary: fc.nat({ max: 22 }).map((n) => `use${n}`) },
  { weight: 1, arbitrary: shared },
);
const reversible = fc.oneof({ weight: 6, arbitrary: useKey }, { weight: 1, arbitrary: own('capture') });
const holdKey = fc.constantFrom('h1', 'h2', 'h3');
const SIZES = [1, 3, 10, 25, 60, 130];
const size = fc.constantFrom(...SIZES);
const grantSize = fc.constantFrom(3, 25, 130, 500);
const pick = fc.nat({ max: 20 });
const lasts = fc.constantFrom(MINUTE_MS, 10 * MINUTE_MS, 3 * HOUR_MS, 2 * DAY_MS);
const maybe = <One>(one: fc.Arbitrary<One>) => fc.option(one, { nil: null });
const asking = (command: fc.Arbitrary<Asked>): fc.Arbitrary<Move> =>
  command.map((one) => ({ do: 'ask' as const, command: one }));

/** What a key asks for hangs on its number, and only now and then on something else: most repeats are replays. */
function formOf(key: string, number: number, mode: 'happened' | 'if_covered'): Asked {
  switch (number % 4) {
    case 0:
    case 1:
      return use(key, SIZES[number % SIZES.length] ?? 1, { mode });
    case 2:
      return call(key, number % 5);
    default:
      return { kind: 'use', key, meter: number % 8 === 3 ? 'ping' : 'render' };
  }
}
const uses = fc
  .tuple(
    fc.nat({ max: 23 }),
    fc.constantFrom(0, 0, 0, 0, 0, 1),
    fc.constantFrom('happened' as const, 'if_covered' as const),
  )
  .map(([number, twist, mode]) => formOf(number === 23 ? 'a' : `use${number}`, number + twist, mode));

const settings = fc
  .record({
    enabled: fc.constantFrom(true, true, false),
    threshold: fc.constantFrom(0, 50, 120).map((whole) => credits(whole)),
    amount: fc.constantFrom(10, 200, 1_000).map((whole) => credits(whole)),
    capDayMinor: fc.constantFrom(null, 100, 5_000).map((cap) => (cap === null ? null : minorUnits(cap))),
  })
  .map((wish) => configure({ ...TOP_OFF, ...wish }));

export const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 8, arbitrary: asking(uses) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('grant' as const),
      key: own('grant'),
      size: grantSize,
      priority: fc.constantFrom(0, 50, 50, 80),
      paid: fc.boolean(),
      begins: fc.constantFrom(0, 0, -HOUR_MS, 5 * MINUTE_MS, DAY_MS),
      lasts: maybe(lasts),
    }),
  },
  {
    weight: 4,
    arbitrary: asking(
      fc.tuple(own('reverse'), reversible, maybe(size)).map(([k, of, s]) => reverse(k, of, s ?? undefined)),
    ),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('hold' as const), key: holdKey, size, lasts: maybe(lasts) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('extend' as const), key: holdKey, lasts }) },
  {
    weight: 2,
    arbitrary: asking(
      fc
        .tuple(own('capture'), holdKey, maybe(size), fc.boolean())
        .map(([k, of, s, last]) => capture(k, of, s ?? undefined, last)),
    ),
  },
  { weight: 1, arbitrary: asking(holdKey.map((hold): Asked => ({ kind: 'release', hold }))) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('use_lot' as const), key: useKey, pick, cost: size }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('void' as const), key: own('void'), pick }) },
  { weight: 1, arbitrary: asking(fc.constant(SETTLE)) },
  { weight: 1, arbitrary: asking(settings) },
  {
    weight: 3,
    arbitrary: asking(
      fc
        .tuple(fc.constantFrom('one', 'two', 'three'), fc.constantFrom('fp_1', 'fp_2'))
        .map(([name, print]) => attach(name, print)),
    ),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('detach' as const), pick }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('choose' as const, 'order' as const), pick }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('retry' as const, 'authenticate' as const), pick }) },
);

const wait = fc.constantFrom(0, 0, 1, SECOND_MS, MINUTE_MS, 6 * MINUTE_MS, HOUR_MS, DAY_MS, 17 * DAY_MS, -MINUTE_MS);

export const step: fc.Arbitrary<Step> = fc.record({
  waitMs: wait,
  // Batches of uses alone are what the hot row can be enough for.
  moves: fc.oneof(
    fc.array(asking(uses), { minLength: 1, maxLength: 4 }),
    fc.array(move, { minLength: 1, maxLength: 4 }),
  ),
  mood: fc.option(fc.constantFrom(...MOODS), { nil: null }),
});

/** Null where the move names something that the account does not have. */
export function commandOf(one: Move, account: TestAccount): Asked | null {
  const now = account.at();
  const lot = (place: number) => [...account.rows.lots.values()][place % Math.max(1, account.rows.lots.size)]?.id;
  switch (one.do) {
    case 'ask':
      return one.command;
    case 'grant': {
      const effectiveAt = later(now, one.begins);
      const ends = one.lasts === null ? {} : { expiresAt: later(effectiveAt, one.lasts) };
      const { priority, paid } = one;
      return {
        kind: 'grant',
        key: one.key,
        origin: 'promotion',
        credits: credits(one.size),
        priority,
        paid,
        effectiveAt,
        ...ends,
      };
    }
    case 'hold':
      return {
        ...{ kind: 'hold', key: one.key, credits: credits(one.size) },
        ...(one.lasts === null ? {} : { expiresAt: later(now, one.lasts) }),
      };
    case 'extend':
      return { kind: 'extend', hold: one.key, expiresAt: later(now, one.lasts) };
    case 'use_lot': {
      const id = lot(one.pick);
      return id === undefined ? null : { kind: 'use', key: one.key, credits: microCredits(BigInt(one.cost)), lot: id };
    }
    case 'void': {
      const id = lot(one.pick);
      return id === undefined ? null : { kind: 'void', key: one.key, lot: id, reason: 'a mistake' };
    }
    case 'retry':
    case 'authenticate': {
      const charges = [...account.rows.charges.keys()];
      const charge = charges[charges.length - 1 - (one.pick % Math.max(1, charges.length))];
      if (charge === undefined) return null;
      return one.do === 'retry'
        ? { kind: 'retry_charge', charge }
        : { kind: 'authenticate_charge', charge, returnUrl: 'https://example.com/', anew: one.pick % 2 === 1 };
    }
    case 'order': {
      const cards = attachedCards(account.rows).map((card) => card.id);
      return { kind: 'order_cards', cards: one.pick % 2 === 0 ? cards.reverse() : cards };
    }
    case 'choose':
    case 'detach': {
      const cards = account.rows.cards.filter((card) => card.detachedAt === null);
      const card = cards[one.pick % Math.max(1, cards.length)]?.card.id;
      if (one.do === 'choose') return { kind: 'choose_top_off_card', card: card ?? null };
      return card === undefined ? null : { kind: 'detach_card', card };
    }
  }
}
