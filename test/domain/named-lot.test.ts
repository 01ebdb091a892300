/** Taking from one lot that somebody names, and voiding its rest: what of it is left, and what has become of it. */
import { describe, expect, test } from 'vitest';
import { lotId } from '../../src/domain/ids.js';
import { HOUR_MS, later } from '../../src/domain/instant.js';
import { instantOf, makeAccount } from './support-account.js';
import { grant, hold, said, use } from './support-commands.js';

const START = instantOf('2026-03-01T12:00:00Z');
const inHours = (hours: number) => later(START, hours * HOUR_MS);

describe('one named lot', () => {
  const withLot = (size = 10, more: Parameters<typeof grant>[2] = {}) => {
    const account = makeAccount();
    const outcome = account.one(grant('named', size, more));
    if (outcome.kind !== 'granted' || outcome.lot === null) throw new Error('there is no lot');
    return { account, lot: outcome.lot };
  };

  test('is taken from although others burn first, whole or not at all', () => {
    const { account, lot } = withLot(10, { priority: 90 });
    account.post(grant('other', 100));
    expect(said(account.one(use('u1', 11, { lot })))).toBe('insufficient_credits');
    account.post(use('u2', 10, { lot }));
    expect(account.lines(2)).toEqual(['use -10']);
    expect(account.rows.lots.get(lot)?.remaining).toBe(0n);
  });

  test('is if_covered: what open holds keep back is not taken from it', () => {
    const { account, lot } = withLot(10);
    account.post(hold('h', 8));
    expect(said(account.one(use('u1', 3, { lot })))).toBe('insufficient_credits');
    expect(said(account.one(use('u2', 2, { lot })))).toBe('used');
  });

  test('is not taken from before it begins, and not after it has lapsed', () => {
    const early = withLot(10, { effectiveAt: inHours(1) });
    expect(said(early.account.one(use('u', 1, { lot: early.lot })))).toBe('lot_lapsed');
    const late = withLot(10, { expiresAt: inHours(1) });
    late.account.travel(HOUR_MS);
    expect(said(late.account.one(use('u', 1, { lot: late.lot })))).toBe('lot_lapsed');
  });

  test('is not taken from once it is empty, and what is no lot of the account is unknown', () => {
    const { account, lot } = withLot(10);
    account.post(use('all', 10), grant('more', 5));
    expect(account.one(use('u', 1, { lot }))).toMatchObject({
      ...{ kind: 'refused', reason: 'lot_empty' },
      message: `The lot "${lot}" is empty: what was on it has been used, voided or taken back.`,
    });
    expect(said(account.one(use('u', 1, { lot: lotId('nobody-knows-it') })))).toBe('lot_unknown');
  });

  test('is voided once: the rest goes, a replay changes nothing, and an empty one is refused', () => {
    const { account, lot } = withLot(10);
    account.post(use('u', 4, { lot }));
    const wish = { kind: 'void', key: 'v', lot, reason: 'granted by mistake' } as const;
    expect(account.one(wish)).toMatchObject({ kind: 'voided', credits: 6_000_000n, balance: 0n, replayed: false });
    expect(account.one(wish)).toMatchObject({ kind: 'voided', credits: 6_000_000n, balance: 0n, replayed: true });
    expect(said(account.one({ ...wish, reason: 'another' }))).toBe('conflict');
    const again = account.one({ ...wish, key: 'w' });
    expect(again).toMatchObject({ kind: 'refused', reason: 'lot_empty' });
    expect(again.kind === 'refused' && again.message).toMatch(/is empty: what was on it has been used, voided/);
    expect(account.lines(2)).toEqual(['void -6']);
  });

  test('is not voided a second time in the batch that voids it', () => {
    const { account, lot } = withLot(10);
    const wish = { kind: 'void', lot, reason: 'granted by mistake' } as const;
    expect(account.post({ ...wish, key: 'v' }, { ...wish, key: 'w' }).map(said)).toEqual(['voided', 'lot_empty']);
  });

  test('that nobody knows, or that stands for debt, is not voided', () => {
    const { account } = withLot(10);
    account.post(use('u', 12));
    const debt = [...account.rows.lots.values()].find((one) => one.kind === 'debt');
    for (const lot of [lotId('nobody-knows-it'), debt?.id ?? lotId('')])
      expect(said(account.one({ kind: 'void', key: 'v', lot, reason: 'odd' }))).toBe('lot_unknown');
  });

  test('that ended with its plan or its account is over, and the sentence says so', () => {
    const account = makeAccount({ anchor: '2026-03-01T00:00:00Z' });
    account.post({ kind: 'settle' });
    const [lot] = account.rows.lots.keys();
    if (lot === undefined) throw new Error('there is no allotment');
    account.post({ kind: 'close_account', reason: 'asked for' });
    const wish = { kind: 'void', key: 'v', lot, reason: 'late' } as const;
    expect(account.one(wish)).toMatchObject({
      ...{ kind: 'refused', reason: 'lot_lapsed' },
      message: `The lot "${lot}" ended when the account was closed, and nothing is left of it.`,
    });
  });

  test('that is voided before it begins never begins, and takes nothing off the balance', () => {
    const { account, lot } = withLot(10, { effectiveAt: inHours(1) });
    const wish = { kind: 'void', key: 'v', lot, reason: 'early' } as const;
    expect(account.one(wish)).toMatchObject({ kind: 'voided', credits: 0n, balance: 0n, replayed: false });
    expect(account.one(wish)).toMatchObject({ kind: 'voided', credits: 0n, replayed: true });
    account.travel(HOUR_MS);
    account.post({ kind: 'settle' });
    expect([account.balance(), account.lines(1), account.rows.openLots.size]).toEqual(['0', ['void 0'], 0]);
    expect(said(account.one({ ...wish, key: 'w' }))).toBe('lot_empty');
  });

  test('is not voided once it has lapsed', () => {
    const { account, lot } = withLot(10, { expiresAt: inHours(1) });
    account.travel(HOUR_MS);
    const outcome = account.one({ kind: 'void', key: 'v', lot, reason: 'late' });
    expect(outcome).toMatchObject({
      ...{ kind: 'refused', reason: 'lot_lapsed' },
      message: `The lot "${lot}" ended at 2026-03-01T13:00:00.000Z, and nothing is left of it.`,
    });
    expect(account.lines(1)).toEqual(['lapse -10']);
  });
});
