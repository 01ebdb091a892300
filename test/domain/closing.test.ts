import { describe, expect, test } from 'vitest';
import { formatCredits } from '../../src/domain/credits.js';
import {
  attach,
  call,
  capture,
  configure,
  grant,
  hold,
  ifCovered,
  reverse,
  SETTLE,
  said,
  use,
} from './support-commands.js';
import {
  CANCEL,
  close,
  invoice,
  mirror,
  notices,
  on,
  pack,
  payAsYouGo,
  seen,
  settle,
  to,
  trial,
  whole,
} from './support-plans.js';

const charges = (account: ReturnType<typeof on>) =>
  [...account.rows.charges.values()].map(
    (one) => `${one.kind} ${one.amountMinor}${one.cancelOwed ? ' not needed' : ''}`,
  );

describe('closing an account', () => {
  test('lets what is left lapse, with the reason, whatever it was', () => {
    const account = on('small');
    account.post(grant('g', 50, { origin: 'purchase' }));
    const outcome = account.one(close);
    expect(outcome).toMatchObject({ kind: 'closed', lapsed: 150_000_000n, writtenOff: 0n, subscription: null });
    expect(account.balance()).toBe('0');
    expect(account.rows.lines.slice(-2).map((line) => `${line.kind} ${line.reason}`)).toEqual([
      'lapse the owner asked',
      'lapse the owner asked',
    ]);
  });

  test('ends what has not begun, so that nothing comes later', () => {
    const account = on('small');
    const effectiveAt = account.rows.hot.settledUntil ?? account.at();
    account.post(grant('g', 50, { effectiveAt }));
    account.post(close);
    const lines = account.rows.lines.length;
    settle(account, '2026-08-01T00:00:00Z');
    expect([account.balance(), account.rows.lines.length, account.rows.openLots.size]).toEqual(['0', lines, 0]);
  });

  test('bills what was used beyond the balance, of this period and before, at once', () => {
    const account = on('small');
    account.post(payAsYouGo());
    account.post(use('a', 120));
    account.post(close);
    expect([whole(account.rows.hot.overage), charges(account)]).toEqual(['0', ['overage 500']]);
  });

  test('writes off, visibly, what is too little to be charged', () => {
    const account = on('small');
    account.post(payAsYouGo());
    account.post(use('a', 101));
    expect(account.one(close)).toMatchObject({ writtenOff: 1_000_000n });
    expect(charges(account)).toEqual([]);
    const line = account.rows.lines.find((one) => one.kind === 'forgive');
    expect([line?.reason, formatCredits(line?.amount ?? (0n as never))]).toEqual(['too little to be charged', '1']);
  });

  test('has what is not needed any more canceled, and leaves owed what was used', () => {
    const account = on('small');
    account.post(configure());
    account.post(use('a', 60));
    account.post(close);
    expect(charges(account)).toEqual(['top_off 5000 not needed']);
    account.post(use('b', 500));
    expect(account.rows.charges.size).toBe(1);
  });

  test('refuses what is not yet done and records what is', () => {
    const account = on('small');
    account.post(close);
    const asked = [
      ifCovered('a', 1),
      ifCovered('b', 0),
      hold('c', 1),
      grant('d', 5),
      payAsYouGo(),
      configure(),
      to('large'),
      pack('e'),
      trial('large'),
      CANCEL,
    ];
    expect(asked.map((one) => said(account.one(one)))).toEqual(asked.map(() => 'account_closed'));
    expect(said(account.one(call('e', 3)))).toBe('used');
    expect([account.balance(), account.rows.settings.topOff.enabled]).toEqual(['-3', false]);
  });

  test('lets work that was held and is done be captured, and what was used be given back', () => {
    const account = on('small');
    account.post(use('a', 10));
    account.post(hold('h', 5));
    account.post(close);
    expect(said(account.one(capture('c', 'h')))).toBe('used');
    expect(account.balance()).toBe('-5');
    account.post(reverse('r', 'a'));
    expect(account.balance()).toBe('5');
  });

  test('is done once', () => {
    const account = on('small');
    account.post(close);
    const lines = account.rows.lines.length;
    expect(account.one(close)).toMatchObject({ kind: 'closed', lapsed: 0n });
    expect(account.rows.lines.length).toBe(lines);
  });

  test('names the subscription that is still to be canceled, and nothing that is seen of it begins anything again', () => {
    const account = on('free');
    mirror(account, seen(account, 'small'));
    expect(account.one(close)).toMatchObject({ subscription: 'sub_1' });
    mirror(account, seen(account, 'large'));
    account.post(invoice('in_1', 'failed', account.at(), 'sub_1'));
    mirror(account, seen(account, 'small', { status: 'canceled' }));
    account.post(SETTLE, attach('two'));
    settle(account, '2026-09-01T00:00:00Z');
    expect([account.balance(), account.rows.settings.anchor, account.rows.settings.standing.subscription]).toEqual([
      '0',
      null,
      null,
    ]);
  });

  test('in a trial or past due leaves neither behind', () => {
    const account = on('free');
    account.post(trial('small'));
    account.post(close);
    settle(account, '2026-09-01T00:00:00Z');
    expect([account.balance(), notices(account), account.rows.settings.standing.trialEndsAt]).toEqual(['0', [], null]);
  });
});
