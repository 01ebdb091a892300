/** Whatever comes in whatever order: limits are never exceeded by what may be refused, and what has happened never is. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { credits, microCredits } from '../../src/domain/credits.js';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/domain/instant.js';
import { producerKey } from '../../src/domain/keys.js';
import type { Outcome } from '../../src/domain/outcomes.js';
import type { Asked, TestAccount } from './support-account.js';
import { capture, reverse } from './support-commands.js';
import { budget, by, limited, pool, viewOf } from './support-limits.js';

const SEED = 20_260_410;
const RUNS = { seed: SEED, numRuns: 200 } as const;

const whose = fc.constantFrom(
  {},
  by('ann'),
  by('ben'),
  { pool: 'design', ...by('ann') },
  { pool: 'open', ...by('ben') },
);
const what = fc.constantFrom(
  { credits: credits(7) },
  { credits: credits(30) },
  { meter: 'run' },
  { meter: 'scan', properties: { store: 's1' } },
  { meter: 'report', quantity: 2 },
  { meter: 'trial' },
  { meter: 'preview' },
);
const key = fc.nat({ max: 30 }).map((n) => `k${n}`);
const holdKey = fc.constantFrom('h1', 'h2', 'h3', 'h4');
const ask = fc.tuple(key, what, whose).map(([one, wish, who]) => ({ key: one, ...wish, ...who }));

const command: fc.Arbitrary<Asked> = fc.oneof(
  { weight: 6, arbitrary: ask.map((one): Asked => ({ kind: 'use', mode: 'if_covered', ...one })) },
  { weight: 2, arbitrary: ask.map((one): Asked => ({ kind: 'use', mode: 'happened', ...one })) },
  { weight: 4, arbitrary: fc.tuple(holdKey, ask).map(([k, one]): Asked => ({ kind: 'hold', ...one, key: k })) },
  { weight: 2, arbitrary: fc.tuple(key, holdKey).map(([k, of]) => capture(`c${k}`, of)) },
  { weight: 1, arbitrary: holdKey.map((of): Asked => ({ kind: 'release', hold: of })) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(key, key, fc.constantFrom(undefined, undefined, 2))
      .map(([k, of, part]) => reverse(`r${k}`, of, part)),
  },
  { weight: 1, arbitrary: fc.constantFrom(budget('ann', 40), budget('ben', 60), budget('ben', null)) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      pool('design', 50, ['ann']),
      pool('open', 20, ['ben'], { whenUsed: 'use_rest', unconfined: [by('ben').member] }),
    ),
  },
);
const batch = fc.record({
  waitMs: fc.constantFrom(0, 0, 1_000, MINUTE_MS, 20 * MINUTE_MS, HOUR_MS, DAY_MS, 12 * DAY_MS),
  commands: fc.array(command, { minLength: 1, maxLength: 5 }),
});

type Batch = { readonly waitMs: number; readonly commands: readonly Asked[] };

/** Where pools are offered they stand from the beginning, or hardly any hold would ever meet one. */
function begun(plan: string): TestAccount {
  const account = limited(plan);
  if (plan === 'team') account.post(pool('design', 50, ['ann']), budget('ben', 60));
  return account;
}

/** "window a_day store=s1" → how far over its limit; only what is over. */
function over(account: TestAccount): Map<string, number> {
  const view = viewOf(account);
  const all = [
    ...view.windows.map((one) => [`window ${one.limit} ${one.subject}`, one.ended ? 0 : one.count - one.most] as const),
    ...view.pools
      .filter((one) => one.whenUsed === 'stop')
      .map((one) => [`pool ${one.pool}`, Number(one.used + one.held - one.credits)] as const),
    ...view.budgets.map((one) => [`budget ${one.member}`, Number(one.used + one.held - one.credits)] as const),
  ];
  return new Map(all.filter(([, by_]) => by_ > 0));
}

const mayExceed = (one: Asked): boolean =>
  // What has happened, and what an owner sets below what was used; a capture may be later or larger than its hold.
  (one.kind === 'use' && one.mode === 'happened') || one.kind === 'set_budget' || one.kind === 'configure_pool';

function posted(account: TestAccount, { waitMs, commands }: Batch): readonly Outcome[] {
  account.travel(waitMs);
  return account.post(...commands);
}

test('no covered use and no hold ever takes a window, a pool or a budget over its limit', () => {
  fc.assert(
    fc.property(fc.constantFrom('free', 'team'), fc.array(batch, { minLength: 5, maxLength: 30 }), (plan, batches) => {
      const account = begun(plan);
      // One command at a time, so that whoever takes a limit further over is known.
      for (const { waitMs, commands } of batches) {
        account.travel(waitMs);
        account.post({ kind: 'settle' });
        for (const one of commands) {
          const before = over(account);
          const expired = one.kind === 'capture' && !isHeld(account, one.hold);
          account.one(one);
          if (mayExceed(one) || expired) continue;
          for (const [name, much] of over(account))
            expect([name, much <= (before.get(name) ?? 0)]).toEqual([name, true]);
        }
      }
    }),
    RUNS,
  );
});

/** A hold that has ended kept no place any more. */
const isHeld = (account: TestAccount, name: string): boolean =>
  [...account.rows.holds.values()].some((one) => one.keyHash === producerKey(name) && one.state === 'open');

test('what has happened is never refused for a limit, and what is refused changes nothing', () => {
  fc.assert(
    fc.property(fc.constantFrom('free', 'team'), fc.array(batch, { minLength: 5, maxLength: 30 }), (plan, batches) => {
      const account = begun(plan);
      for (const one of batches) {
        const outcomes = posted(account, one);
        one.commands.forEach((asked, place) => {
          const outcome = outcomes[place];
          if (asked.kind !== 'use' || asked.mode !== 'happened' || outcome?.kind !== 'refused') return;
          expect(outcome.reason).toBe('conflict');
        });
      }
      const before = JSON.stringify([...account.rows.limits.counters], written);
      const refused = account.post(...FULL).every((one) => one.kind === 'refused');
      if (refused) expect(JSON.stringify([...account.rows.limits.counters], written)).toBe(before);
    }),
    RUNS,
  );
});

const written = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? `${value}` : value);
const FULL: readonly Asked[] = [
  { kind: 'use', key: 'too-many', meter: 'report', quantity: 5_000 },
  { kind: 'hold', key: 'too-many-held', meter: 'report', quantity: 5_000 },
  { kind: 'use', key: 'too-dear', credits: credits(900_000), mode: 'if_covered', pool: 'design', ...by('ann') },
];

test('the counts are those of the uses that stand, whatever was given back and held meanwhile', () => {
  fc.assert(
    fc.property(fc.array(batch, { minLength: 5, maxLength: 30 }), (batches) => {
      const account = limited('free');
      // Within a day or two nothing is swept.
      for (const one of batches) posted(account, { ...one, waitMs: Math.min(one.waitMs, HOUR_MS) });
      const { rows } = account;
      const back = new Map<string, bigint>();
      for (const line of rows.lines)
        if (line.kind === 'give_back' && line.ref !== null)
          back.set(line.ref, (back.get(line.ref) ?? 0n) + line.amount);
      let reports = 0;
      let trials = 0;
      for (const [hash, lines] of rows.byKey) {
        const [first] = lines;
        if (first?.kind !== 'use' || first.quantity === null) continue;
        const taken = lines.reduce((sum, line) => sum - line.amount, 0n);
        if (taken > 0n && microCredits(back.get(hash) ?? 0n) === taken) continue;
        if (first.meter === 'trial') trials += first.quantity;
        if (first.meter === 'report') reports += first.quantity;
      }
      const counted = (limit: string): number =>
        [...rows.limits.counters.values()]
          .filter((one) => one.name === limit)
          .reduce((sum, one) => sum + Number(one.count) / 1_000_000, 0);
      expect([counted('ever'), counted('a_period')]).toEqual([trials, reports]);
    }),
    RUNS,
  );
});
