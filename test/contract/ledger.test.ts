import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { credits } from '../../src/domain/credits.js';
import { accountId, type ChargeId, chargeId } from '../../src/domain/ids.js';
import { DAY_MS } from '../../src/domain/instant.js';
import { currency, minorUnits } from '../../src/domain/money.js';
import type { IntentView } from '../../src/domain/payment.js';
import { query } from '../support/admin.js';
import { CARD, call, openTestStore, type TestStore, TOP_OFF } from '../support/store.js';
import { brokenSums } from '../support/sums.js';

let store: TestStore;
beforeAll(async () => {
  store = await openTestStore();
});
afterEach(async () => {
  expect(await brokenSums(store.url)).toEqual([]);
});
afterAll(() => store.close());

const balanceOf = async (account: string): Promise<string> => {
  const [row] = await query<{ balance: string }>(
    store.url,
    `select ((b.lots - b.debt) / 1000000)::text as balance from balances b join accounts a on a.no = b.account_no where a.id = $1`,
    [account],
  );
  return row?.balance ?? 'none';
};
const linesOf = async (account: string) =>
  query<{ kind: string; amount: string; line: number }>(
    store.url,
    `select e.kind, (e.amount / 1000000)::text as amount, e.line from ledger_entries e join accounts a on a.no = e.account_no
     where a.id = $1 order by sequence`,
    [account],
  );

describe('posting on Postgres', () => {
  test('an account begins with its allotment, once, however often it is opened', async () => {
    await store.account('a-opened');
    await store.account('a-opened');
    expect(await linesOf('a-opened')).toEqual([{ kind: 'grant', amount: '100', line: 0 }]);
  });

  test('a use is debited once, its replay gets the first answer, other content conflicts and the first stands', async () => {
    const account = await store.account('a-replay');
    const [first] = await store.post(call(account, 'k1', 3));
    expect(first).toMatchObject({ kind: 'used', credits: credits(3), balance: credits(97), replayed: false });
    await store.post(call(account, 'k2', 10));
    const [again, other] = await store.post(call(account, 'k1', 3), call(account, 'k1', 4));
    expect(again).toMatchObject({ kind: 'used', credits: credits(3), balance: credits(97), replayed: true });
    expect(other).toMatchObject({ kind: 'refused', reason: 'conflict' });
    expect(await balanceOf('a-replay')).toBe('87');
  });

  test('the same key twice in one batch is debited once', async () => {
    const account = await store.account('a-twice');
    const outcomes = await store.post(call(account, 'k'), call(account, 'k'));
    expect(outcomes.map((outcome) => outcome.kind === 'used' && outcome.replayed)).toEqual([false, true]);
    expect(await balanceOf('a-twice')).toBe('99');
  });

  test('a hundred concurrent posts of one key debit once', async () => {
    const account = await store.account('a-storm');
    await Promise.all(Array.from({ length: 100 }, () => store.post(call(account, 'same'), call(account, 'same'))));
    expect(await balanceOf('a-storm')).toBe('99');
  });

  test('work that has happened and is not covered becomes debt, and what comes in pays it first by two lines', async () => {
    const account = await store.account('a-debt');
    await store.post(call(account, 'k1', 130));
    expect(await balanceOf('a-debt')).toBe('-30');
    await store.post({ kind: 'grant', account, key: 'g1', origin: 'promotion', credits: credits(50) });
    expect(await balanceOf('a-debt')).toBe('20');
    expect(await linesOf('a-debt')).toEqual([
      { kind: 'grant', amount: '100', line: 0 },
      { kind: 'use', amount: '-100', line: 0 },
      { kind: 'use', amount: '-30', line: 1 },
      { kind: 'grant', amount: '50', line: 0 },
      { kind: 'pay_debt', amount: '-30', line: 1 },
      { kind: 'pay_debt', amount: '30', line: 2 },
    ]);
  });

  test('a refused event is a row with its reason, seen twice it is one row, and its key stays free', async () => {
    const account = await store.account('a-refused');
    const bad = { ...call(account, 'k1'), properties: { outcome: 'nonsense' } };
    await store.post(bad);
    await store.post(bad);
    const rows = await query(store.url, `select key, reason, times from refusals where account_id = 'a-refused'`);
    expect(rows).toEqual([{ key: 'k1', reason: 'unknown_value', times: 2 }]);
    const [posted] = await store.post(call(account, 'k1'));
    expect(posted).toMatchObject({ kind: 'used', replayed: false });
  });

  test('an event that a fault of ours refused leaves a row, and can be sent again', async () => {
    const account = await store.account('a-foreign', { catalog: 'toolbench' });
    const [outcome] = await store.post(call(account, 'k1'));
    expect(outcome).toMatchObject({ kind: 'refused', reason: 'internal' });
    const rows = await query(store.url, `select key, reason from refusals where account_id = 'a-foreign'`);
    expect(rows).toEqual([{ key: 'k1', reason: 'internal' }]);
  });

  test('an unknown account is refused and the rest of its batch is posted', async () => {
    const account = await store.account('a-known');
    const outcomes = await store.post(call(accountId('nobody'), 'k'), call(account, 'k'));
    expect(outcomes).toMatchObject([{ kind: 'refused', reason: 'unknown_account' }, { kind: 'used' }]);
  });

  test('a use is given back by its key, whole and in part, and never more than it took', async () => {
    const account = await store.account('a-back');
    await store.post(call(account, 'k1', 10));
    const [part] = await store.post({ kind: 'reverse', account, key: 'r1', of: 'k1', credits: credits(4) });
    expect(part).toMatchObject({ kind: 'given_back', credits: credits(4), balance: credits(94) });
    const [tooMuch] = await store.post({ kind: 'reverse', account, key: 'r2', of: 'k1', credits: credits(7) });
    expect(tooMuch).toMatchObject({ kind: 'refused', reason: 'exceeds_use' });
    const [rest, again] = await store.post(
      { kind: 'reverse', account, key: 'r3', of: 'k1' },
      { kind: 'reverse', account, key: 'r3', of: 'k1' },
    );
    expect(rest).toMatchObject({ kind: 'given_back', credits: credits(6), replayed: false });
    expect(again).toMatchObject({ kind: 'given_back', credits: credits(6), replayed: true });
    expect(await balanceOf('a-back')).toBe('100');
  });

  test('a reversal that comes before its usage is applied when it comes', async () => {
    const account = await store.account('a-early');
    expect(await store.post({ kind: 'reverse', account, key: 'r', of: 'k' })).toEqual([{ kind: 'kept' }]);
    expect(await store.post({ kind: 'reverse', account, key: 'r', of: 'k' })).toEqual([{ kind: 'kept' }]);
    await store.post(call(account, 'k', 5));
    expect(await balanceOf('a-early')).toBe('100');
    expect((await linesOf('a-early')).map((line) => line.kind)).toEqual(['grant', 'use', 'give_back']);
  });

  test('a hold lowers what is available and burns nothing until it is captured', async () => {
    const account = await store.account('a-hold');
    await store.post({ kind: 'hold', account, key: 'h', credits: credits(90) });
    const [short] = await store.post({ ...call(account, 'k', 20), mode: 'if_covered' } as never);
    expect(short).toMatchObject({ kind: 'refused', reason: 'insufficient_credits' });
    const [captured] = await store.post({ kind: 'capture', account, key: 'c', hold: 'h', credits: credits(30) });
    expect(captured).toMatchObject({ kind: 'used', credits: credits(30), balance: credits(70) });
    const [again] = await store.post({ kind: 'capture', account, key: 'c', hold: 'h', credits: credits(30) });
    expect(again).toMatchObject({ kind: 'used', replayed: true });
  });

  test('an unused allotment lapses and the next is granted once, after any time slept through', async () => {
    const account = await store.account('a-renewed');
    await store.post(call(account, 'k', 10));
    const moved = 70 * DAY_MS;
    store.travel(moved);
    const due = await store.accounts.due(100);
    expect(due).toContain(account);
    await Promise.all([store.post({ kind: 'settle', account }), store.post({ kind: 'settle', account })]);
    expect((await linesOf('a-renewed')).map(({ kind, amount }) => [kind, amount])).toEqual([
      ['grant', '100'],
      ['use', '-10'],
      ['lapse', '-90'],
      ['grant', '100'],
    ]);
  });
});

describe('obligations', () => {
  test('twenty workers that find one account low open one top-off', async () => {
    const account = await store.account('a-low');
    await store.post(
      { kind: 'attach_card', account, card: CARD },
      { kind: 'configure_top_off', account, settings: TOP_OFF },
    );
    await Promise.all(Array.from({ length: 20 }, (_, index) => store.post(call(account, `k${index}`, 4))));
    const charges = await query(
      store.url,
      `select c.kind, c.state, (c.credits/1000000)::text as credits, c.amount_minor::text as amount
      from charges c join accounts a on a.no = c.account_no where a.id = 'a-low'`,
    );
    expect(charges).toEqual([{ kind: 'top_off', state: 'pending', credits: '200', amount: '5000' }]);
  });

  test('a charge and its outbox row are written in the transaction that made it due', async () => {
    const rows = await query(
      store.url,
      `select count(*)::int as n from charges c join outbox o on o.subject = c.id and o.topic = 'charge'`,
    );
    expect(rows).toEqual([{ n: 1 }]);
  });
});

describe('settlement', () => {
  test('a top-off that succeeds while the balance has fallen again opens the next in the same transaction', async () => {
    const account = await store.account('a-again');
    await store.post(
      { kind: 'attach_card', account, card: CARD },
      { kind: 'configure_top_off', account, settings: TOP_OFF },
      call(account, 'k1', 60),
    );
    await store.post(call(account, 'k2', 400));
    const [first] = await query<{ id: string; version: number }>(
      store.url,
      `select c.id, c.version from charges c join accounts a on a.no = c.account_no where a.id = 'a-again'`,
    );
    const charge = chargeId(first?.id ?? '');
    const [outcome] = await store.post({
      kind: 'agree',
      account,
      charge,
      version: first?.version ?? 0,
      view: paidView(charge),
      decline: null,
      looked: false,
    });
    expect(outcome).toMatchObject({ kind: 'agreed', state: 'succeeded' });
    const charges = await query(
      store.url,
      `select c.state, (c.credits / 1000000)::int as credits from charges c join accounts a on a.no = c.account_no where a.id = 'a-again' order by c.created_at`,
    );
    expect(charges).toEqual([
      { state: 'succeeded', credits: 200 },
      { state: 'pending', credits: 400 },
    ]);
  });
});

const paidView = (charge: ChargeId): IntentView => ({
  intentId: `pi_${charge}`,
  status: 'succeeded',
  amountMinor: minorUnits(5000),
  currency: currency('usd'),
  deployment: null,
  account: null,
  charge,
  payment: {
    processorChargeId: 'ch_1',
    paidMinor: minorUnits(5000),
    refundedMinor: minorUnits(0),
    disputedMinor: minorUnits(0),
    dispute: null,
    brand: 'visa',
    last4: '4242',
    fingerprint: 'fp_1',
    receiptUrl: null,
    receiptNumber: null,
  },
  lastDecline: null,
});

describe('the walls', () => {
  test('ledger lines cannot be changed or removed, not even by an administrator', async () => {
    await expect(query(store.url, `update ledger_entries set amount = 0`)).rejects.toThrow(/never changed or removed/);
    await expect(query(store.url, `delete from ledger_entries`)).rejects.toThrow(/never changed or removed/);
    await expect(query(store.url, `truncate ledger_entries`)).rejects.toThrow(/never changed or removed/);
  });

  test('the database refuses a second open top-off, whatever wrote it', async () => {
    await expect(
      query(
        store.url,
        `insert into charges select (jsonb_populate_record(c, '{"id":"00000000-0000-7000-8000-0000000000aa"}')).* from charges c where state = 'pending' limit 1`,
      ),
    ).rejects.toThrow(/charges_one_open_top_off/);
  });
});

describe('charges', () => {
  test('an unknown charge is refused in words', async () => {
    const account = await store.account('a-none');
    const charge = chargeId('00000000-0000-7000-8000-00000000dead');
    expect(await store.post({ kind: 'claim_charge', account, charge })).toMatchObject([
      { kind: 'refused', reason: 'charge_unknown' },
    ]);
  });
});
