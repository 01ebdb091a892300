/** A person is erased from everything that is kept. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeAudit } from '../../src/adapters/postgres/audit.js';
import { eraseMember } from '../../src/adapters/postgres/erase.js';
import { exportAccount } from '../../src/adapters/postgres/export.js';
import { makeProfiles } from '../../src/adapters/postgres/profiles.js';
import { makeTotals } from '../../src/adapters/postgres/totals.js';
import { credits } from '../../src/domain/credits.js';
import { accountId, memberId } from '../../src/domain/ids.js';
import { auditAll } from '../../src/flow/audit.js';
import { makeTotalUsage } from '../../src/flow/total-usage.js';
import { query } from '../support/admin.js';
import { call, openTestStore, type TestStore } from '../support/store.js';
import { brokenSums } from '../support/sums.js';

let store: TestStore;
let ids = 0;
const newId = (): string => {
  ids += 1;
  return `00000000-0000-7000-a000-${ids.toString(16).padStart(12, '0')}`;
};
beforeAll(async () => {
  store = await openTestStore(['receptionist', 'toolbench']);
});
afterAll(() => store?.close());

async function exported(id: string) {
  const lines: string[] = [];
  const count = await exportAccount(store.pool, id, (line) => lines.push(line));
  return {
    count,
    text: lines.join('\n'),
    rows: lines.map((line): { table: string; row: Record<string, unknown> } => JSON.parse(line)),
  };
}

const POOLED = 'business';

/** Every text and every JSON of the whole database that holds one of these, as "table.column". */
async function heldBy(...needles: readonly string[]): Promise<string[]> {
  const columns = await query<{ table_name: string; column_name: string }>(
    store.url,
    `select table_name, column_name from information_schema.columns where table_schema = 'public'
       and table_name not like '\\_prisma%' and data_type in ('text', 'character varying', 'json', 'jsonb', 'ARRAY') order by 1, 2`,
  );
  const held: string[] = [];
  for (const { table_name: table, column_name: column } of columns) {
    const sql = `select count(*)::int as n from "${table}" where lower("${column}"::text) like any ($1::text[])`;
    const [row] = await query<{ n: number }>(store.url, sql, [needles.map((one) => `%${one.toLowerCase()}%`)]);
    if ((row?.n ?? 0) > 0) held.push(`${table}.${column}`);
  }
  return held;
}

/** What lines came to, without who it was. */
const sums = (account: string) =>
  query(
    store.url,
    `select sequence, line, kind, lot, amount, balance_after, occurred_at, meter, quantity, content_hash, key_hash from ledger_entries
     where account_no = (select no from accounts where id = $1) order by sequence`,
    [account],
  );

async function lived(id: string, member: string, address: string, name: string) {
  const account = await store.account(id, {
    ...{ catalog: 'toolbench', plan: POOLED },
    name: `${name} (${member})`,
    billingEmail: address.toLowerCase(),
    owners: [
      { id: member, email: address },
      { id: 'u_2', email: 'grace@example.com' },
    ],
  });
  await store.accounts.setCustomer(account, `cus_${id}`);
  const by = `member:${id}/${member}`;
  const own = { account, member: member as never };
  const team = { pool: 'team', label: `Of ${name}`, credits: credits(20), whenUsed: 'stop' } as const;
  await store.post({
    ...{ kind: 'configure_pool', account, by, ...team },
    ...{ members: [member as never] },
  });
  await store.post(
    { kind: 'set_budget', ...own, credits: credits(30), by },
    { kind: 'use', key: 'a', credits: credits(5), ...own, pool: 'team' },
    { kind: 'hold', key: 'h', ...own, pool: 'team', credits: credits(2) },
    { kind: 'grant', account, key: 'g', origin: 'promotion', credits: credits(3), reason: `for ${name}`, by },
    {
      kind: 'use',
      key: 'too much',
      ...own,
      pool: 'team',
      credits: credits(900),
      mode: 'if_covered',
      onRefusal: 'record',
    },
  );
  const profiles = makeProfiles(store.prisma, store.clock, newId);
  await profiles.update(id, { billingEmail: address.toLowerCase() }, by);
  await profiles.setMember(id, { id: member, role: 'owner', email: address }, by);
  await store.post({
    ...{ kind: 'use', key: 'bad', meter: 'unheard_of', ...own },
    ...{ properties: { outcome: address }, onRefusal: 'record' },
  });
  await query(
    store.url,
    `insert into notices (account_no, id, kind, facts, state, created_at, ended_at, result)
     select no, $2::uuid, 'balance_empty', jsonb_build_object('to', $4::text), 'sent', created_at, created_at, '250 ok for <' || $3 || '>'
     from accounts where id = $1`,
    [id, newId(), address, name],
  );
  await query(
    store.url,
    `update events set body = body || jsonb_build_object('member', $2::text) where account_no = (select no from accounts where id = $1)`,
    [id, member],
  );
  await query(
    store.url,
    `insert into idempotent_answers (scope, key, request_hash, status, body, begun_at, answered_at)
     select 'member:' || $1 || '/' || $2, 'k', 'h', 200, '{}', created_at, created_at from accounts where id = $1
     union all select 'key:1', $1, 'h', 200, jsonb_build_object('members', jsonb_build_array(jsonb_build_object('id', $2::text))), created_at, created_at
     from accounts where id = $1`,
    [id, member],
  );
  await makeTotalUsage(makeTotals(store.prisma, store.pool, store.clock))();
  return account;
}

describe('erasing a person', () => {
  test('leaves id, address and name in no table and no export, the sums as they were, and says what it did', async () => {
    const [address, name, member] = ['Ada.Lovelace+x@example.com', 'Ada Lovelace', 'usr_7ada'];
    await lived('e-person', member, address, name);
    const before = await sums('e-person');
    const held = await heldBy('ada.lovelace', name, member);
    expect(held).toEqual(
      expect.arrayContaining(['ledger_entries.member', 'usage_totals.member', 'audit_log.who', 'counters.name']),
    );
    expect(held).toEqual(expect.arrayContaining(['events.body', 'refusals.event', 'grants.reason', 'accounts.name']));
    const wish = {
      account: 'e-person',
      member,
      by: 'operator:x',
      reason: `${name} asked to be forgotten`,
      names: [name],
    };
    const erased = await eraseMember(store.pool, store.clock, newId, wish);
    expect(erased).toMatchObject({
      as: 'erased-1',
      hadAddress: true,
      cleared: { members: 1, accounts: 1, notices: 1 },
    });
    expect(await heldBy('ada.lovelace', name, member)).toEqual([]);
    const { rows, text } = await exported('e-person');
    expect(text).toContain('grace@example.com');
    expect(await sums('e-person')).toEqual(before);
    const lines = rows.filter(({ table }) => table === 'ledger_entries').map(({ row }) => row.member);
    expect(lines).toContain('erased-1');
    expect(rows.find(({ table }) => table === 'usage_totals')?.row.member).toBe('erased-1');
    expect(rows.filter(({ table }) => ['pool_members', 'budgets'].includes(table))).toEqual([]);
    expect(rows.find(({ table }) => table === 'accounts')?.row).toMatchObject({ billing_email: null });
    expect(rows.find(({ table }) => table === 'accounts')?.row.customer_due_at).not.toBeNull();
    const log = rows.filter(({ table }) => table === 'audit_log').map(({ row }) => row.action);
    expect(log).toEqual(expect.arrayContaining(['update_account', 'erase_member']));
    expect(await brokenSums(store.url)).toEqual([]);
    expect((await auditAll(makeAudit(store.prisma, store.pool, store.clock))).drifts).toEqual([]);
    expect(await eraseMember(store.pool, store.clock, newId, wish)).toBeNull();
    const [again] = await store.post({
      ...{ kind: 'use', account: accountId('e-person'), key: 'a', credits: credits(5) },
      ...{ member: memberId(member), pool: 'team' },
    });
    expect(again, 'a key that comes once more gets its first answer').toMatchObject({ kind: 'used', replayed: true });
  });

  test('whose id is a number or a word rewrites no credits and no kinds, and still leaves them nowhere as a member', async () => {
    for (const [place, member] of ['7', 'use', 'owner'].entries()) {
      const id = `e-word-${place}`;
      await lived(id, member, `w${place}@example.com`, `Word Person ${place}`);
      const before = await sums(id);
      const names = [`Word Person ${place}`];
      expect(
        await eraseMember(store.pool, store.clock, newId, {
          account: id,
          member,
          by: 'operator:x',
          reason: 'r',
          names,
        }),
      ).not.toBeNull();
      expect(await sums(id)).toEqual(before);
      const { rows } = await exported(id);
      const named = rows.filter(
        ({ row }) => row.member === member || JSON.stringify(row).includes(`"member":"${member}"`),
      );
      expect(named).toEqual([]);
      expect(rows.filter(({ row }) => String(row.kind).includes('erased'))).toEqual([]);
    }
    expect(await brokenSums(store.url)).toEqual([]);
  });

  test('that died half-way goes on under the same number, and what came meanwhile is found', async () => {
    const member = 'usr_half1';
    const account = await lived('e-half', member, 'half@example.com', 'Half Way');
    const wish = { account: 'e-half', member, by: 'operator:x', reason: 'r', names: ['Half Way'] };
    let transactions = 0;
    const dying: typeof store.clock = {
      ...store.clock,
      now: async () => {
        transactions += 1;
        if (transactions === 3) throw new Error('killed');
        return store.clock.now();
      },
    };
    await expect(eraseMember(store.pool, dying, newId, wish)).rejects.toThrow('killed');
    await store.post({ kind: 'use', account, key: 'late', credits: credits(1), member: memberId(member) });
    expect(await eraseMember(store.pool, store.clock, newId, wish)).toMatchObject({ as: 'erased-1' });
    expect(await heldBy(member, 'half@example.com')).toEqual([]);
  });

  test('who was never made a member, and only used something, is erased all the same', async () => {
    const account = await store.account('e-only');
    await store.post({ ...call(account, 'a', 5), member: 'usr_only9' as never } as never);
    const wish = { account: 'e-only', member: 'usr_only9', by: 'operator:x', reason: 'r' };
    expect(await eraseMember(store.pool, store.clock, newId, wish)).toMatchObject({ hadAddress: false });
    expect(await heldBy('usr_only9')).toEqual([]);
  });

  test('is the one way in which a line changes: without saying so, and in anything else, it never does', async () => {
    const changing = (sql: string) => query(store.url, sql);
    await expect(changing("update ledger_entries set member = 'x'")).rejects.toThrow('never changed');
    const erasing = "begin; select set_config('creditd.erasing', 'on', true);";
    await expect(changing(`${erasing} update ledger_entries set amount = 1; commit`)).rejects.toThrow('nothing else');
    await expect(changing(`${erasing} delete from ledger_entries; commit`)).rejects.toThrow('never changed');
  });

  test('touches nobody whose address is only like it', async () => {
    await store.account('e-like', {
      billingEmail: 'ja.b@example.com',
      owners: [
        { id: 'u_1', email: 'a.b@example.com' },
        { id: 'u_2', email: 'axb@example.com' },
        { id: 'u_3', email: 'ja.b@example.com' },
      ],
    });
    await eraseMember(store.pool, store.clock, newId, {
      account: 'e-like',
      member: 'u_1',
      by: 'operator:x',
      reason: 'r',
    });
    const { text, rows } = await exported('e-like');
    expect(text).toContain('axb@example.com');
    expect(rows.find(({ table }) => table === 'accounts')?.row.billing_email).toBe('ja.b@example.com');
  });
});
