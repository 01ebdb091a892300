import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isOpen } from '../../src/domain/charge.js';
import { HOUR_MS } from '../../src/domain/instant.js';
import { type Asked, makeAccount, type TestAccount } from './support-account.js';
import { leftBehind, makeClaims } from './support-claims.js';
import { attach, configure, FORGIVING, grant, said, use } from './support-commands.js';
import { commandOf, move, type Step, step } from './support-moves.js';
import { makeProcessor, type Processor, runDueCharges } from './support-processor.js';

/** The same sequences on every run; a failure prints its path. */
const SEED = 20_260_301;
const RUNS = { seed: SEED, numRuns: 250 } as const;

const beginning = fc.record({
  anchor: fc.constantFrom(null, '2026-01-31T10:00:00Z', '2026-03-02T00:00:00Z'),
  plan: fc.constantFrom('standard', 'daily', 'bare'),
  zone: fc.constantFrom('UTC', 'Europe/Berlin'),
  forgives: fc.boolean(),
});

function begin(
  wish: { anchor: string | null; plan: string; zone: string; forgives: boolean },
  id = 'acme',
): TestAccount {
  const { anchor, plan, zone, forgives } = wish;
  return makeAccount({ id, anchor, plan, zone, ...(forgives ? { catalog: FORGIVING } : {}) });
}

/** Posts a step's moves as one batch. Every post checks the sums, the walls, and that the hot row alone decides the same. */
function postStep(account: TestAccount, { waitMs, moves }: Step): [Asked[], readonly ReturnType<TestAccount['one']>[]] {
  account.travel(waitMs);
  const commands = moves.flatMap((one) => commandOf(one, account) ?? []);
  return [commands, commands.length === 0 ? [] : account.post(...commands)];
}

async function runStep(account: TestAccount, processor: Processor, one: Step): Promise<void> {
  postStep(account, one);
  if (one.mood === null) return;
  processor.state.mood = one.mood;
  await runDueCharges(account, processor);
}

test('whatever comes in whatever order and however late: the sums hold after every batch', async () => {
  await fc.assert(
    fc.asyncProperty(beginning, fc.array(step, { minLength: 8, maxLength: 40 }), async (wish, steps) => {
      const account = begin(wish);
      const processor = makeProcessor();
      account.post(attach('one', 'fp_1'), ...(wish.plan === 'bare' ? [] : [configure()]));
      for (const one of steps) await runStep(account, processor, one);
    }),
    RUNS,
  );
});

test('a key gets its first answer for ever, other content conflicts, and a refusal claims nothing', () => {
  fc.assert(
    fc.property(beginning, fc.array(step, { minLength: 8, maxLength: 40 }), (wish, steps) => {
      const account = begin(wish);
      const broken = makeClaims();
      const claimed = new Set<string>();
      account.post(grant('funds', 150));
      for (const one of steps) {
        const [commands, outcomes] = postStep(account, one);
        commands.forEach((command, place) => {
          const outcome = outcomes[place];
          if (outcome === undefined) throw new Error('a command was not answered');
          expect(broken(command, outcome)).toBeNull();
          const name = 'key' in command ? `${command.kind === 'hold'}:${command.key}` : '';
          if (outcome.kind !== 'refused') claimed.add(name);
        });
        for (const command of commands) {
          const name = 'key' in command ? `${command.kind === 'hold'}:${command.key}` : '';
          if (!claimed.has(name)) expect(leftBehind(account, command)).toBe(false);
        }
      }
    }),
    RUNS,
  );
});

test('whatever the processor does, money and credits agree, and no charge is ever left without an end', async () => {
  const moods = fc.array(step, { minLength: 3, maxLength: 25 });
  await fc.assert(
    fc.asyncProperty(moods, async (steps) => {
      const account = makeAccount();
      const processor = makeProcessor();
      account.post(grant('start', 60), attach('one', 'fp_1'), configure(), use('low', 20));
      for (const one of steps) await runStep(account, processor, one);
      processor.state.mood = 'pays';
      for (let round = 0; round < 80 && [...account.rows.charges.values()].some(isOpen); round += 1) {
        account.travel(HOUR_MS);
        await runDueCharges(account, processor);
      }
      for (const charge of account.rows.charges.values()) {
        const intent = processor.intents.get(charge.id);
        expect(['succeeded', 'failed', 'canceled']).toContain(charge.state);
        expect(charge.state === 'succeeded' ? 1 : 0).toBe(intent?.payments ?? 0);
        if (charge.state === 'canceled') expect(intent?.status ?? 'canceled').toBe('canceled');
      }
      const mailed = account.rows.notices.filter(({ facts }) => facts.kind === 'top_off_succeeded');
      const grants = [...account.rows.lots.values()].filter((lot) => lot.kind === 'top_off');
      expect(mailed).toHaveLength(grants.length);
    }),
    RUNS,
  );
});

const useMoves = fc.array(
  move.filter((one) => one.do === 'use_lot' || (one.do === 'ask' && one.command.kind === 'use')),
  { minLength: 1, maxLength: 8 },
);
const funding = fc.array(
  move.filter((one) => one.do === 'grant' || one.do === 'hold' || (one.do === 'ask' && one.command.kind === 'reverse')),
  { maxLength: 6 },
);

/** Lines with their lots named by the order in which they were made: ids are counted and other rows take some. */
function written(account: TestAccount): object[] {
  const places = new Map([...account.rows.lots.keys()].map((id, place) => [id, place]));
  return account.rows.lines.map((line) => ({ ...line, lot: line.lot === null ? null : places.get(line.lot) }));
}

test('uses posted in one batch write the lines and get the answers that they do one by one at the same instant', () => {
  fc.assert(
    fc.property(funding, useMoves, fc.array(fc.boolean(), { maxLength: 8 }), (funds, moves, cuts) => {
      const [together, single, split] = [0, 1, 2].map(() => {
        const account = makeAccount({ anchor: '2026-02-10T00:00:00Z' });
        account.post(attach('one'), configure());
        const setup = funds.flatMap((one) => commandOf(one, account) ?? []);
        if (setup.length > 0) account.post(...setup);
        return account;
      });
      if (together === undefined || single === undefined || split === undefined) throw new Error('no accounts');
      const commands = moves.flatMap((one) => commandOf(one, together) ?? []);
      const atOnce = commands.length === 0 ? [] : together.post(...commands);
      const oneByOne = commands.map((command) => single.one(command));
      const batches: Asked[][] = [[]];
      commands.forEach((command, place) => {
        batches.at(-1)?.push(command);
        if (cuts[place] === true) batches.push([]);
      });
      const inParts = batches.flatMap((batch) => (batch.length === 0 ? [] : split.post(...batch)));
      expect(oneByOne.map(said)).toEqual(atOnce.map(said));
      expect(oneByOne).toEqual(atOnce);
      expect(inParts).toEqual(atOnce);
      expect(written(single)).toEqual(written(together));
      expect(written(split)).toEqual(written(together));
    }),
    RUNS,
  );
});

test('what one account is asked changes nothing for another', () => {
  const steps = fc.array(step, { minLength: 3, maxLength: 10 });
  fc.assert(
    fc.property(beginning, steps, beginning, steps, (first, mine, second, theirs) => {
      const alone = begin(first);
      for (const one of mine) postStep(alone, one);
      const [beside, other] = [begin(first), begin(second, 'other')];
      mine.forEach((one, place) => {
        const foreign = theirs[place];
        if (foreign !== undefined) postStep(other, foreign);
        postStep(beside, one);
      });
      expect(beside.rows).toEqual(alone.rows);
    }),
    { ...RUNS, numRuns: 60 },
  );
});
