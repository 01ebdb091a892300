/** Everything that owners, operators and the processor may ask beside uses and grants, at random, on a catalog that offers it all. */
import fc from 'fast-check';
import { credits } from '../../src/domain/credits.js';
import { memberId } from '../../src/domain/ids.js';
import { minorUnits } from '../../src/domain/money.js';
import type { Asked, TestAccount } from './support-account.js';
import { attach } from './support-commands.js';
import { commandOf as commandOfUse, type Move, move as useMove } from './support-moves.js';
import { CANCEL, close, FREE, invoice, paid, planCatalog, to, trial } from './support-plans.js';
import { MOODS, type Mood, type Processor, viewOf } from './support-processor.js';

const LIMITS = 'limits: { seats: 3, calls: 4 }';
export const EVERYTHING = planCatalog(
  [
    FREE,
    paid(
      'small',
      100,
      `price: { amount: 10.00 }, trial: { length: 3 days, credits: 40 }, pay_as_you_go_cap: 20.00, pools: true, ${LIMITS}`,
    ),
    paid('large', 400, 'price: { amount: 40.00 }, trial: { length: 14 days }, pay_as_you_go_cap: 50.00, pools: true'),
    paid('yearly', 6000, 'price: { amount: 400.00, every: year }, every: year'),
  ].join('\n'),
  `  render: { label: Render, group: Calls, rate: 10, mode: if_covered, hold_minutes: 15 }
  ping: { label: Ping, group: Calls, rate: free }
  scan: { label: Scan, group: Calls, rate: 2, mode: if_covered, counts_toward: [{ limit: calls, by: member }] }
limits:
  seats: { kind: level, label: Seats }
  calls: { kind: window, label: Calls a day, per: day }`,
);

export type OwnerMove =
  | { readonly do: 'command'; readonly command: Asked }
  | { readonly do: 'base'; readonly move: Move }
  | { readonly do: 'undo' }
  | { readonly do: 'invoice'; readonly id: string; readonly status: 'failed' | 'paid' | 'void' }
  | { readonly do: 'retry'; readonly pick: number }
  | { readonly do: 'order_cards' }
  /** What refunds and disputes have made of a paid charge's money, in quarters of what was paid. */
  | {
      readonly do: 'funds';
      readonly pick: number;
      readonly refunded: number;
      readonly disputed: number;
      readonly open: 'inquiry' | 'dispute' | null;
    };

export interface OwnerStep {
  readonly waitMs: number;
  readonly moves: readonly OwnerMove[];
  readonly mood: Mood | null;
}

const plan = fc.constantFrom('free', 'small', 'large', 'yearly');
const member = fc.constantFrom('ann', 'ben').map(memberId);
const pool = fc.constantFrom('p1', 'p2');
const amount = fc.constantFrom(0, 5, 40, 300).map((whole) => credits(whole));
const number = (most: number) => fc.nat({ max: most });
const command = (asked: fc.Arbitrary<Asked>): fc.Arbitrary<OwnerMove> =>
  asked.map((one) => ({ do: 'command' as const, command: one }));

/** What a key asks for hangs on its number: most repeats are replays. */
const scans = number(15).map((n): Asked => {
  const whose = memberId(n % 2 === 0 ? 'ann' : 'ben');
  const from = n % 3 === 0 ? { pool: n % 4 === 0 ? 'p1' : 'p2' } : {};
  const mode = n % 5 === 0 ? ({ mode: 'happened' } as const) : {};
  return { kind: 'use', key: `scan${n}`, meter: 'scan', quantity: 1 + (n % 4), member: whose, ...from, ...mode };
});
/** Large enough to come to the end of an allotment, and far into pay-as-you-go. */
const large = number(9).map(
  (n): Asked => ({
    ...{ kind: 'use', key: `large${n}`, credits: credits(n % 2 === 0 ? 110 : 420) },
    mode: n % 3 === 0 ? 'if_covered' : 'happened',
  }),
);
const levels = number(9).map(
  (n): Asked => ({ kind: 'change_level', key: `level${n}`, limit: 'seats', add: n % 3 === 0 ? -1 : 1 }),
);
const packs = number(5).map(
  (n): Asked => ({
    ...{ kind: 'buy_pack', key: `pack${n}` },
    pack: { kind: 'money', amountMinor: minorUnits(n % 2 === 0 ? 1_000 : 2_500) },
  }),
);
const overage = fc
  .record({ enabled: fc.constantFrom(true, true, false), cap: fc.constantFrom(null, 0, 300, 2_000) })
  .map(({ enabled, cap }): Asked => {
    const capMinor = cap === null ? null : minorUnits(cap);
    return { kind: 'configure_overage', settings: { enabled, capMinor } };
  });
const pools = fc
  .record({
    pool,
    amount,
    members: fc.uniqueArray(member, { maxLength: 2 }),
    whenUsed: fc.constantFrom('stop', 'use_rest'),
  })
  .map(
    (one): Asked => ({
      ...{ kind: 'configure_pool', pool: one.pool, credits: one.amount, members: one.members },
      whenUsed: one.whenUsed as 'stop' | 'use_rest',
    }),
  );

export const ownerMove: fc.Arbitrary<OwnerMove> = fc.oneof(
  { weight: 24, arbitrary: useMove.map((one) => ({ do: 'base' as const, move: one })) },
  { weight: 5, arbitrary: command(scans) },
  { weight: 3, arbitrary: command(large) },
  { weight: 3, arbitrary: command(plan.map(to)) },
  { weight: 2, arbitrary: command(plan.map(trial)) },
  { weight: 2, arbitrary: command(fc.constant(CANCEL)) },
  { weight: 2, arbitrary: fc.constant({ do: 'undo' as const }) },
  { weight: 3, arbitrary: command(overage) },
  { weight: 2, arbitrary: command(pools) },
  { weight: 1, arbitrary: command(pool.map((one): Asked => ({ kind: 'remove_pool', pool: one }))) },
  {
    weight: 1,
    arbitrary: command(
      fc
        .tuple(member, fc.option(amount, { nil: null }))
        .map(([whose, most]): Asked => ({ kind: 'set_budget', member: whose, credits: most })),
    ),
  },
  { weight: 1, arbitrary: command(number(5).map((value): Asked => ({ kind: 'set_level', limit: 'seats', value }))) },
  { weight: 2, arbitrary: command(levels) },
  { weight: 2, arbitrary: command(packs) },
  { weight: 1, arbitrary: command(fc.constant<Asked>({ kind: 'resume_top_off' })) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('invoice' as const),
      id: fc.constantFrom('in_1', 'in_2', 'in_3'),
      status: fc.constantFrom('failed' as const, 'failed' as const, 'paid' as const, 'void' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('retry' as const), pick: number(10) }) },
  { weight: 1, arbitrary: fc.constant({ do: 'order_cards' as const }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('funds' as const),
      pick: number(10),
      refunded: number(4),
      disputed: number(4),
      open: fc.constantFrom(null, null, 'inquiry' as const, 'dispute' as const),
    }),
  },
);

const MINUTE = 60_000;
const DAY = 86_400_000;
const wait = fc.constantFrom(0, 0, 1_000, 6 * MINUTE, 60 * MINUTE, DAY, 4 * DAY, 17 * DAY, -MINUTE);

export const ownerStep: fc.Arbitrary<OwnerStep> = fc.record({
  waitMs: wait,
  moves: fc.array(ownerMove, { minLength: 1, maxLength: 3 }),
  mood: fc.option(fc.constantFrom<Mood>('pays', 'pays', 'pays', ...MOODS), { nil: null }),
});

/** What ends an account, for the tests whose sequences it may end. */
export const CLOSE = close;
export const FIRST_CARD = attach('one', 'fp_1');

/** Null where the move names something that the account does not have. */
export function ownerCommandOf(one: OwnerMove, account: TestAccount, processor: Processor): Asked | null {
  const charges = [...account.rows.charges.values()];
  switch (one.do) {
    case 'command':
      return one.command;
    case 'base':
      return commandOfUse(one.move, account);
    case 'undo':
      return to(account.rows.settings.plan);
    case 'invoice':
      return invoice(one.id, one.status, account.at());
    case 'retry': {
      const charge = charges[one.pick % Math.max(1, charges.length)];
      return charge === undefined ? null : { kind: 'retry_charge', charge: charge.id };
    }
    case 'order_cards': {
      const cards = account.rows.cards.filter((row) => row.detachedAt === null).map((row) => row.card.id);
      return cards.length === 0 ? null : { kind: 'order_cards', cards: cards.reverse() };
    }
    case 'funds': {
      const paidOnes = charges.filter((charge) => charge.state === 'succeeded');
      const charge = paidOnes[one.pick % Math.max(1, paidOnes.length)];
      const intent = charge === undefined ? undefined : processor.intents.get(charge.id);
      const view = intent === undefined ? undefined : viewOf(intent);
      if (charge === undefined || !view?.payment) return null;
      const part = (quarters: number) => minorUnits((view.amountMinor * BigInt(quarters)) / 4n);
      const refundedMinor = part(one.refunded);
      const disputedMinor = part(Math.min(one.disputed, 4 - one.refunded));
      const dispute = one.open === null ? null : { kind: one.open, amountMinor: part(1) };
      const payment = { ...view.payment, refundedMinor, disputedMinor, dispute };
      return {
        ...{ kind: 'agree', charge: charge.id, version: charge.version },
        ...{ view: { ...view, payment }, decline: null, looked: true },
      };
    }
  }
}
