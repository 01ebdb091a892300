/** Funds that come back undo what their going took: the very lines of the claw-back, the last of them first. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatCredits } from '../../src/domain/credits.js';
import { DAY_MS, HOUR_MS, isoOf, later } from '../../src/domain/instant.js';
import type { Lot } from '../../src/domain/lots.js';
import type { TestAccount } from './support-account.js';
import { configure, grant, said, use } from './support-commands.js';
import { chargeOf, type Funds, pay, toppedOff } from './support-funds.js';

/** 40 left of a promotion beside 200 of a top-off, which cost 50.00; no further top-off comes. */
function bought(): TestAccount {
  const account = toppedOff();
  account.post(configure({ enabled: false }));
  return account;
}

function lotOf(account: TestAccount, kind: Lot['kind']): Lot {
  const found = [...account.rows.lots.values()].find((lot) => lot.kind === kind);
  if (found === undefined) throw new Error(`there is no ${kind}`);
  return found;
}

/** What every lot holds; a debt of nothing is as if there were none. */
const held = (account: TestAccount): Record<string, string> =>
  Object.fromEntries(
    [...account.rows.lots.values()]
      .filter((lot) => lot.kind !== 'debt' || lot.remaining !== 0n)
      .map((lot) => [`${lot.kind} ${lot.id}`, formatCredits(lot.remaining)]),
  );

const written = (account: TestAccount): string[] =>
  account.last.lines.map((line) => {
    const lot = line.lot === null ? undefined : account.rows.lots.get(line.lot);
    return `${line.kind} ${lot?.kind} ${formatCredits(line.amount)}`;
  });

const returned = (account: TestAccount) =>
  [...account.rows.lots.values()]
    .filter((lot) => lot.kind === 'returned')
    .map((lot) => ({ credits: formatCredits(lot.amount), paid: lot.paid, expires: lot.expiresAt }));

/** 50 left of the top-off and 40 of the promotion. */
function partlyUsed(): TestAccount {
  const account = bought();
  account.post(use('own', 150, { lot: lotOf(account, 'top_off').id }));
  return account;
}

describe('what a claw-back took is undone', () => {
  test('line by line, the last first, back into the very lots', () => {
    const account = partlyUsed();
    const before = held(account);
    pay(account, { refunded: 5000 });
    expect(written(account)).toEqual(['claw_back top_off -50', 'claw_back promotion -40', 'claw_back debt -110']);
    pay(account);
    expect(written(account)).toEqual(['give_back debt 110', 'give_back promotion 40', 'give_back top_off 50']);
    expect(held(account)).toEqual(before);
  });

  test('in parts: each goes on where the one before stopped', () => {
    const account = partlyUsed();
    const before = held(account);
    pay(account, { refunded: 5000 });
    pay(account, { refunded: 2500 });
    expect([written(account), account.balance()]).toEqual([['give_back debt 100'], '-10']);
    pay(account, { refunded: 1000 });
    expect(written(account)).toEqual(['give_back debt 10', 'give_back promotion 40', 'give_back top_off 10']);
    pay(account);
    expect(written(account)).toEqual(['give_back top_off 40']);
    expect(held(account)).toEqual(before);
  });

  test('after several claw-backs and undoings of one charge, each undoing the last that is left', () => {
    const account = partlyUsed();
    const before = held(account);
    pay(account, { refunded: 1000 });
    pay(account, { refunded: 2500 });
    expect(written(account)).toEqual(['claw_back top_off -10', 'claw_back promotion -40', 'claw_back debt -10']);
    pay(account, { refunded: 2000 });
    expect(written(account)).toEqual(['give_back debt 10', 'give_back promotion 10']);
    pay(account, { refunded: 2000, disputed: 3000, dispute: 'dispute' });
    expect(written(account)).toEqual(['claw_back promotion -10', 'claw_back debt -110']);
    pay(account, { refunded: 0, disputed: 3000 });
    expect(written(account)).toEqual(['give_back debt 80']);
    pay(account);
    expect(written(account)).toEqual([
      ...['give_back debt 30', 'give_back promotion 10'],
      ...['give_back promotion 30', 'give_back top_off 10', 'give_back top_off 40'],
    ]);
    expect(held(account)).toEqual(before);
  });

  test('in whichever order the webhooks come: a failed refund and a won dispute end in the same lots', () => {
    const [one, other] = [partlyUsed(), partlyUsed()];
    for (const account of [one, other]) pay(account, { refunded: 2500, disputed: 2500, dispute: 'dispute' });
    pay(one, { refunded: 2500 });
    pay(one);
    pay(other, { disputed: 2500, dispute: 'dispute' });
    pay(other);
    expect(held(one)).toEqual(held(other));
    expect(held(one)).toEqual(held(partlyUsed()));
  });

  test('once: said again it changes nothing, and an older view changes nothing', () => {
    const account = partlyUsed();
    pay(account, { refunded: 5000 });
    const older = chargeOf(account).version;
    pay(account);
    const lines = account.rows.lines.length;
    expect([said(pay(account)), said(pay(account, { refunded: 5000 }, older))]).toEqual(['agreed', 'stale']);
    expect(account.rows.lines.length).toBe(lines);
  });
});

describe('what has happened since a claw-back', () => {
  test('a lot that was used up is opened again', () => {
    const account = bought();
    pay(account, { refunded: 2500 });
    account.post(use('rest', 140));
    expect(lotOf(account, 'top_off')).toMatchObject({ remaining: 0n, closed: true });
    pay(account);
    expect([account.balance(), lotOf(account, 'top_off').closed]).toEqual(['100', false]);
    expect(returned(account)).toEqual([]);
  });

  test('new debt is paid by what comes back', () => {
    const account = bought();
    pay(account, { refunded: 2500 });
    account.post(use('more', 180));
    expect(account.balance()).toBe('-40');
    pay(account);
    expect(written(account)).toEqual(['give_back top_off 100', 'pay_debt top_off -40', 'pay_debt debt 40']);
  });

  test('debt that was paid meanwhile comes back as a lot without an end: it stood for credits that had been bought', () => {
    const account = toppedOff({}, { anchor: '2026-04-01T00:00:00Z' });
    account.post(configure({ enabled: false }));
    account.post(use('all', formatCredits(account.rows.hot.lots)));
    pay(account, { refunded: 5000 });
    account.post(grant('pays', 150));
    expect(account.balance()).toBe('-50');
    pay(account);
    expect(written(account)).toEqual(['give_back debt 50', 'give_back returned 150']);
    expect(returned(account)).toEqual([{ credits: '150', paid: true, expires: null }]);
  });

  test.for([
    [false, '2026-04-01T00:00:00.000Z'],
    [true, null],
  ] as const)('a lot that has lapsed (paid for: %s) comes back as a returned one that ends %s', ([paid, ends]) => {
    const account = toppedOff({}, { anchor: '2026-04-01T00:00:00Z' });
    account.post(configure({ enabled: false }), use('all', formatCredits(account.rows.hot.lots)));
    account.post(grant('soon', 60, { paid, expiresAt: later(account.at(), DAY_MS) }));
    pay(account, { refunded: 1000 });
    expect(written(account)).toEqual(['claw_back promotion -40']);
    account.travel(DAY_MS);
    pay(account);
    const [one, ...more] = returned(account);
    expect(more).toEqual([]);
    expect(one).toMatchObject({ credits: '40', paid });
    expect(one?.expires == null ? null : isoOf(one.expires)).toBe(ends);
    expect(account.balance()).toBe('40');
  });
});

interface Move {
  readonly do: 'refunded' | 'disputed' | 'use' | 'use_own' | 'grant' | 'brief' | 'wait';
  readonly size: number;
}

const moveOf = (...kinds: Move['do'][]): fc.Arbitrary<Move> =>
  fc.record({ do: fc.constantFrom(...kinds), size: fc.integer({ min: 0, max: 200 }) });

/** Posts one move; funds are told as the processor tells them, in whole. */
function make(account: TestAccount, { do: kind, size }: Move, place: number, funds: Funds): Funds {
  const key = `${kind}-${place}`;
  switch (kind) {
    case 'refunded':
    case 'disputed': {
      const next = { ...funds, [kind]: size * 25 };
      pay(account, next);
      return next;
    }
    case 'use':
      account.post(use(key, size));
      return funds;
    case 'use_own':
      account.post(use(key, size, { lot: lotOf(account, 'top_off').id }));
      return funds;
    case 'grant':
      account.post(grant(key, size + 1, { paid: size % 2 === 0 }));
      return funds;
    case 'brief':
      account.post(grant(key, size + 1, { expiresAt: later(account.at(), (1 + (size % 5)) * HOUR_MS) }));
      return funds;
    case 'wait':
      account.travel(size * 5 * 60_000);
      account.post({ kind: 'settle' });
      return funds;
  }
}

/** What the lines say was taken and not given back since is what the charge says. */
function clawedByLines(account: TestAccount): bigint {
  const { id } = chargeOf(account);
  const moved = account.rows.lines.filter((line) => line.ref === id && /^(claw|give)_back$/.test(line.kind));
  return -moved.reduce((sum, line) => sum + line.amount, 0n);
}

const owed = ({ refunded = 0, disputed = 0 }: Funds): bigint => BigInt(Math.min(5000, refunded + disputed)) * 40_000n;

const RUNS = { seed: 20_261_122, numRuns: 200 } as const;

test('whatever is used, granted and lapses between them, claw-backs and their undoings keep the sums', {
  timeout: 120_000,
}, () => {
  const any = fc.array(moveOf('refunded', 'disputed', 'use', 'use_own', 'grant', 'brief', 'wait'), {
    minLength: 5,
    maxLength: 40,
  });
  fc.assert(
    fc.property(any, (moves) => {
      const account = bought();
      let funds: Funds = {};
      moves.forEach((move, place) => {
        funds = make(account, move, place, funds);
        expect(clawedByLines(account)).toBe(owed(funds));
        expect(chargeOf(account).clawed).toBe(owed(funds));
        expect(account.rows.hot.debt >= 0n).toBe(true);
      });
      const balance = account.rows.hot.lots - account.rows.hot.debt;
      pay(account);
      expect(account.rows.hot.lots - account.rows.hot.debt).toBe(balance + owed(funds));
      expect(clawedByLines(account)).toBe(0n);
    }),
    RUNS,
  );
});

test('once all of it is undone and nothing else has happened, every lot is as it was', { timeout: 120_000 }, () => {
  const before = fc.array(moveOf('use', 'use_own', 'grant', 'brief', 'wait'), { maxLength: 12 });
  const between = fc.array(moveOf('refunded', 'disputed'), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(before, between, (first, funds) => {
      const account = bought();
      first.forEach((move, place) => {
        make(account, move, place, {});
      });
      const lots = held(account);
      let told: Funds = {};
      funds.forEach((move, place) => {
        told = make(account, move, place, told);
      });
      pay(account);
      expect(held(account)).toEqual(lots);
    }),
    RUNS,
  );
});
