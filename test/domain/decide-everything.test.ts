/** The same laws as for uses and grants, with everything that owners, operators and the processor may ask in between. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../src/domain/instant.js';
import type { Outcome } from '../../src/domain/outcomes.js';
import { capOf, usedThisPeriod } from '../../src/domain/overage.js';
import { bookAsIf } from '../../src/domain/overview-book.js';
import { loadCold, loadHot } from '../../src/simulate/rows.js';
import { type Asked, makeAccount, type TestAccount } from './support-account.js';
import { leftBehind, makeClaims } from './support-claims.js';
import { configure, SETTLE } from './support-commands.js';
import { CLOSE, EVERYTHING, FIRST_CARD, type OwnerStep, ownerCommandOf, ownerStep } from './support-owner-moves.js';
import { makeProcessor, type Processor, runDueCharges } from './support-processor.js';

const RUNS = { seed: 20_260_301, numRuns: 100 } as const;
const PATIENT = { timeout: 120_000 };

const beginning = fc.record({
  plan: fc.constantFrom('free', 'small', 'large', 'yearly'),
  anchor: fc.constantFrom('2026-01-31T10:00:00Z', '2026-03-01T12:00:00Z'),
  zone: fc.constantFrom('UTC', 'America/New_York'),
  topsOff: fc.boolean(),
});
type Beginning = typeof beginning extends fc.Arbitrary<infer One> ? One : never;
const steps = fc.array(ownerStep, { minLength: 8, maxLength: 35 });

function begin({ plan, anchor, zone, topsOff }: Beginning, id = 'acme'): TestAccount {
  const account = makeAccount({ id, catalog: EVERYTHING, plan, anchor, zone });
  account.post(FIRST_CARD, configure({ enabled: topsOff }), {
    kind: 'configure_overage',
    settings: { enabled: !topsOff, capMinor: null },
  });
  return account;
}

/** One batch, and then what the processor answers. Every post checks the sums, the walls, and hot against cold. */
async function run(
  account: TestAccount,
  processor: Processor,
  step: OwnerStep,
): Promise<[Asked[], readonly Outcome[]]> {
  account.travel(step.waitMs);
  const commands = step.moves.flatMap((one) => ownerCommandOf(one, account, processor) ?? []);
  const outcomes = commands.length === 0 ? [] : account.post(...commands);
  if (step.mood !== null) {
    processor.state.mood = step.mood;
    await runDueCharges(account, processor);
  }
  return [commands, outcomes];
}

test(
  'the sums hold after every batch, whatever is asked in whatever order; once closed, nothing is charged or granted',
  PATIENT,
  async () => {
    await fc.assert(
      fc.asyncProperty(beginning, steps, steps, async (wish, first, then) => {
        const account = begin(wish);
        const processor = makeProcessor();
        for (const one of first) await run(account, processor, one);
        account.post(CLOSE);
        expect(account.rows.hot.lots).toBe(0n);
        const [charges, periods] = [account.rows.charges.size, account.rows.periods.length];
        for (const one of then.slice(0, 6)) await run(account, processor, one);
        // What is given back, or paid late, is still recorded; nothing is sold, charged or granted any more.
        expect([account.rows.charges.size, account.rows.periods.length]).toEqual([charges, periods]);
      }),
      RUNS,
    );
  },
);

test(
  'a key gets its first answer for ever, other content conflicts, and a refusal claims nothing',
  PATIENT,
  async () => {
    await fc.assert(
      fc.asyncProperty(beginning, steps, async (wish, all) => {
        const account = begin(wish);
        const processor = makeProcessor();
        const broken = makeClaims();
        const claimed = new Set<string>();
        for (const one of all) {
          const [commands, outcomes] = await run(account, processor, one);
          commands.forEach((command, place) => {
            const outcome = outcomes[place];
            if (outcome === undefined) throw new Error('a command was not answered');
            // A purchase and a level have keys of their own and may tell a later state: their own tests hold them to it.
            if (command.kind === 'buy_pack' || command.kind === 'change_level' || !('key' in command)) return;
            expect(broken(command, outcome)).toBeNull();
            if (outcome.kind !== 'refused') claimed.add(`${command.kind === 'hold'}:${command.key}`);
          });
          for (const command of commands) {
            if (command.kind === 'buy_pack' || command.kind === 'change_level' || !('key' in command)) continue;
            if (!claimed.has(`${command.kind === 'hold'}:${command.key}`))
              expect(leftBehind(account, command)).toBe(false);
          }
        }
      }),
      RUNS,
    );
  },
);

const CHANGES_CAP: readonly Asked['kind'][] = [
  'configure_overage',
  'change_plan',
  'cancel_plan',
  'start_trial',
  'agree_invoice',
];

test('overage is never used beyond its cap as it stands at the use', PATIENT, async () => {
  await fc.assert(
    fc.asyncProperty(beginning, steps, async (wish, all) => {
      const account = begin(wish);
      const processor = makeProcessor();
      account.post({ kind: 'configure_overage', settings: { enabled: true, capMinor: null } });
      for (const one of all) {
        const before = account.rows.hot.overage;
        const [commands] = await run(account, processor, one);
        if (account.rows.hot.overage <= before || commands.some(({ kind }) => CHANGES_CAP.includes(kind))) continue;
        const state = loadCold(account.rows, loadHot(account.rows, []), [], account.at());
        const book = bookAsIf(state, account.at(), { catalog: EVERYTHING, deployment: 'test', newId: () => 'unused' });
        const cap = capOf(book);
        expect(cap === null ? 0n : usedThisPeriod(book)).toBeLessThanOrEqual(cap ?? 0n);
      }
    }),
    RUNS,
  );
});

test('no hold outlives its end, and nothing is left waiting once everybody has answered', PATIENT, async () => {
  await fc.assert(
    fc.asyncProperty(beginning, steps, async (wish, all) => {
      const account = begin(wish);
      const processor = makeProcessor();
      for (const one of all) await run(account, processor, one);
      account.travel(3 * DAY_MS);
      account.post(SETTLE);
      expect(account.rows.hot.held).toBe(0n);
      expect([...account.rows.holds.values()].filter((hold) => hold.state === 'open')).toEqual([]);
      processor.state.mood = 'pays';
      for (let round = 0; round < 90; round += 1) {
        account.travel(HOUR_MS);
        await runDueCharges(account, processor);
      }
      for (const charge of account.rows.charges.values()) {
        const isAnswered = ['succeeded', 'failed', 'canceled'].includes(charge.state);
        // A charge that is held back by a dispute or a pause keeps its place until that is over.
        const mayWait = account.rows.settings.topOff.pausedAt !== null || isDisputed(account);
        expect(isAnswered || mayWait, charge.state).toBe(true);
        expect(charge.state === 'succeeded' ? 1 : 0).toBe(processor.intents.get(charge.id)?.payments ?? 0);
      }
    }),
    { ...RUNS, numRuns: 80 },
  );
});

const isDisputed = ({ rows }: TestAccount): boolean => [...rows.charges.values()].some((one) => one.dispute !== null);

test('accounts in one process change nothing for each other, in whatever order they come', PATIENT, async () => {
  await fc.assert(
    fc.asyncProperty(beginning, steps, beginning, steps, async (mine, first, theirs, second) => {
      const alone = begin(mine);
      const processor = makeProcessor();
      for (const one of first) await run(alone, processor, { ...one, mood: null });
      const [beside, other] = [begin(mine), begin(theirs, 'other')];
      const [mines, others] = [makeProcessor(), makeProcessor()];
      for (const [place, one] of first.entries()) {
        const foreign = second[place];
        if (foreign !== undefined) await run(other, others, { ...foreign, mood: null });
        await run(beside, mines, { ...one, mood: null });
      }
      expect(beside.rows).toEqual(alone.rows);
    }),
    { ...RUNS, numRuns: 40 },
  );
});

test('the sequences reach what they are meant to try', PATIENT, async () => {
  const reached = new Set<string>();
  for (const [wish, all] of fc.sample(fc.tuple(beginning, steps), { seed: RUNS.seed, numRuns: 120 })) {
    const account = begin(wish);
    const processor = makeProcessor();
    for (const one of all) {
      const [, outcomes] = await run(account, processor, one);
      for (const outcome of outcomes) reached.add(outcome.kind === 'refused' ? outcome.reason : outcome.kind);
    }
    const { standing } = account.rows.settings;
    if (standing.pastDue !== null) reached.add('is past due');
    if (standing.pastDue?.stopped) reached.add('is stopped');
    for (const line of account.rows.lines) reached.add(`line ${line.kind}`);
    for (const charge of account.rows.charges.values()) {
      reached.add(`${charge.kind} ${charge.state}`);
      if (charge.dispute !== null) reached.add(`has a ${charge.dispute}`);
    }
  }
  const outcomes = ['used', 'granted', 'voided', 'held', 'given_back', 'kept', 'level', 'trial_started', 'mirrored'];
  const refusals = ['conflict', 'insufficient_credits', 'pool_empty', 'not_in_pool', 'level_reached', 'window_reached'];
  const lines = ['use', 'lapse', 'begin', 'pay_debt', 'give_back', 'claw_back', 'bill', 'void'].map(
    (one) => `line ${one}`,
  );
  const charges = [
    'top_off succeeded',
    'top_off failed',
    'pack succeeded',
    'overage pending',
    'has a dispute',
    'has a inquiry',
  ];
  const states = ['is past due', 'is stopped', 'charge_opened', 'agreed', 'past_due'];
  for (const one of [...outcomes, ...refusals, ...lines, ...charges, ...states])
    expect.soft(reached, one).toContain(one);
});
