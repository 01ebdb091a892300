/** What operators do from the command line, on a database that a worker has used. */
import { userInfo } from 'node:os';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { stampDatabase } from '../../src/adapters/postgres/stamp.js';
import { accountCommand } from '../../src/cli/account.js';
import { auditCommand } from '../../src/cli/audit.js';
import { endpointCommand } from '../../src/cli/endpoint.js';
import { eventsCommand } from '../../src/cli/events.js';
import { moveCommand } from '../../src/cli/moves.js';
import { Plain } from '../../src/cli/setting-up.js';
import { topOffsCommand } from '../../src/cli/top-offs.js';
import { traceCommand } from '../../src/cli/trace.js';
import { credits } from '../../src/domain/credits.js';
import type { AccountId } from '../../src/domain/ids.js';
import { query } from '../support/admin.js';
import { CARD, call, DEPLOYMENT, openTestStore, type TestStore, TOP_OFF } from '../support/store.js';
import { brokenSums } from '../support/sums.js';

let store: TestStore;
beforeAll(async () => {
  store = await openTestStore(['receptionist']);
  const processor = { kind: 'double', account: null, livemode: false };
  await stampDatabase(store.prisma, processor as never, true, () => DEPLOYMENT, new Date());
  vi.stubEnv('DATABASE_URL', store.url);
  vi.stubEnv('CATALOG', 'receptionist');
});
afterAll(() => {
  vi.unstubAllEnvs();
  return store?.close();
});

const VERBS: Readonly<Record<string, (args: string[], out: (line: string) => void) => Promise<number>>> = {
  account: accountCommand,
  audit: auditCommand,
  endpoint: endpointCommand,
  events: eventsCommand,
  trace: traceCommand,
  pause: (args, out) => topOffsCommand('pause', args, out),
  resume: (args, out) => topOffsCommand('resume', args, out),
  grant: (args, out) => moveCommand('grant', args, out),
  adjust: (args, out) => moveCommand('adjust', args, out),
  void: (args, out) => moveCommand('void', args, out),
  reverse: (args, out) => moveCommand('reverse', args, out),
};

/** As `creditd` runs a verb, in this process: a sentence that is thrown is printed, and the code is 1. */
async function creditd(verb: string, ...args: string[]): Promise<{ code: number | undefined; said: string }> {
  const lines: string[] = [];
  try {
    return { code: await VERBS[verb]?.(args, (line) => lines.push(line)), said: lines.join('\n') };
  } catch (error) {
    if (!(error instanceof Plain)) throw error;
    return { code: 1, said: [...lines, error.message].join('\n') };
  }
}

const balanceOf = async (id: string): Promise<number | undefined> => {
  const sql =
    'select ((lots - debt) / 1000000)::int as n from balances b join accounts a on a.no = b.account_no where a.id = $1';
  return (await query<{ n: number }>(store.url, sql, [id]))[0]?.n;
};
const auditOf = (id: string) =>
  query<{ who: string; action: string; reason: string | null }>(
    store.url,
    `select l.who, l.action, l.after -> 'asked' ->> 'reason' as reason from audit_log l join accounts a on a.no = l.account_no
     where a.id = $1 order by l.at, l.id`,
    [id],
  );
const me = `operator:${userInfo().username}`;

describe('an operator who moves credits', () => {
  test('is asked first: without --yes and without a terminal nothing is done', async () => {
    await store.account('o-asked');
    const { code, said } = await creditd('grant', 'o-asked', '50', '--reason', 'sorry');
    expect(code).toBe(1);
    expect(said).toContain('Give 50 credits to o-asked?');
    expect(said).toContain('say --yes');
    expect(await balanceOf('o-asked')).toBe(100);
  });

  test('must say why, and it is written down with who it was', async () => {
    await store.account('o-why');
    expect((await creditd('grant', 'o-why', '50', '--yes')).said).toContain('--reason');
    const { code, said } = await creditd('grant', 'o-why', '50', '--reason', 'the outage', '--yes');
    expect([code, said]).toEqual([0, expect.stringContaining('the balance is 150')]);
    expect(await auditOf('o-why')).toEqual([{ who: me, action: 'grant', reason: 'the outage' }]);
    const [line] = await query<{ reason: string }>(
      store.url,
      "select e.reason from ledger_entries e join accounts a on a.no = e.account_no where a.id = 'o-why' order by sequence desc limit 1",
    );
    expect(line?.reason).toBe('the outage');
  });

  test('who asks again under the same key does it once', async () => {
    await store.account('o-key');
    const again = () => creditd('grant', 'o-key', '10', '--reason', 'twice', '--key', 'k-1', '--yes');
    await again();
    expect((await again()).said).toContain('had been done before');
    expect(await balanceOf('o-key')).toBe(110);
  });

  test('adjusts up and down, never silently into debt', async () => {
    await store.account('o-adjust');
    const adjust = (...args: string[]) => creditd('adjust', '--yes', '--reason', 'counted twice', ...args);
    expect((await adjust('o-adjust', '+5')).code).toBe(0);
    expect((await adjust('--', 'o-adjust', '-15')).code).toBe(0);
    expect(await balanceOf('o-adjust')).toBe(90);
    const { code, said } = await adjust('--', 'o-adjust', '-91');
    expect([code, said]).toEqual([1, expect.stringContaining('insufficient_credits')]);
    expect((await adjust('--happened', '--', 'o-adjust', '-91')).code).toBe(0);
    expect(await balanceOf('o-adjust')).toBe(-1);
    expect((await adjust('o-adjust', '5')).said).toContain('Say + or -');
    const reasons = await query<{ reason: string }>(
      store.url,
      "select distinct e.reason from ledger_entries e join accounts a on a.no = e.account_no where a.id = 'o-adjust' and kind = 'use'",
    );
    expect(reasons.map(({ reason }) => reason)).toContain('counted twice');
  });

  test('voids one lot and gives back one use', async () => {
    const account = await store.account('o-void');
    await store.post(call(account, 'use-1', 30));
    expect(
      (await creditd('reverse', 'o-void', 'use-1', '--credits', '10', '--reason', 'bad call', '--yes')).said,
    ).toContain('Gave back 10');
    expect(await balanceOf('o-void')).toBe(80);
    const [lot] = await query<{ id: string }>(
      store.url,
      "select g.id from grants g join accounts a on a.no = g.account_no where a.id = 'o-void' and g.kind = 'allotment'",
    );
    expect((await creditd('void', 'o-void', lot?.id ?? '', '--reason', 'a test account', '--yes')).said).toContain(
      'Ended 80',
    );
    expect(await balanceOf('o-void')).toBe(0);
    expect((await auditOf('o-void')).map(({ action }) => action)).toEqual(['reverse', 'void']);
  });

  test('pauses one account’s top-offs and lets them go on', async () => {
    const account = await store.account('o-pause');
    await store.post(
      { kind: 'attach_card', account, card: CARD },
      { kind: 'configure_top_off', account, settings: TOP_OFF },
    );
    expect((await creditd('pause', 'top-offs', 'o-pause', '--yes')).code).toBe(0);
    await store.post(call(account, 'low', 60));
    const charges = () => store.prisma.charge.count({ where: { account: { id: 'o-pause' } } });
    expect(await charges()).toBe(0);
    expect((await creditd('resume', 'top-offs', 'o-pause', '--yes')).said).toContain('goes on');
    expect(await charges()).toBe(1);
    expect((await auditOf('o-pause')).map(({ action }) => action)).toEqual(['pause_top_off', 'resume_top_off']);
  });

  test('is told of an account that is not there, and of options that belong to another verb', async () => {
    expect((await creditd('grant', 'nobody', '1', '--reason', 'x', '--yes')).said).toContain(
      'There is no account "nobody"',
    );
    expect((await creditd('void', 'o-void', 'x', '--expires', '2030-01-01', '--reason', 'x')).said).toContain(
      '--expires is no option of void',
    );
  });

  test('leaves the sums as they always are', async () => {
    expect(await brokenSums(store.url)).toEqual([]);
  });
});

/** An account whose top-off has been paid, refunded in part, and mailed. */
async function storied(id: string): Promise<AccountId> {
  const account = await store.account(id, { slug: `${id}-slug` });
  await store.post(
    { kind: 'attach_card', account, card: CARD },
    { kind: 'configure_top_off', account, settings: TOP_OFF },
    { kind: 'hold', account, key: 'kept', credits: credits(3) },
    call(account, 'a', 60),
  );
  return account;
}

describe('creditd account show', () => {
  test('is one screen of everything that matters, in words and as one object', async () => {
    await storied('show');
    const { code, said } = await creditd('account', 'show', 'show');
    expect(code).toBe(0);
    for (const part of [
      '40 remaining (available 37, held 3',
      'gate open',
      'standard, zone UTC',
      'allotment 100',
      'on: below 50, add 200',
      'visa 4242',
      'Last entries',
      'use',
      'answered_call',
      'Charges',
      'top_off  pending',
      'To be done',
      'Events',
      'period.renewed',
    ]) {
      expect(said).toContain(part);
    }
    expect(said.split('\n').length).toBeLessThan(60);
    const shown = JSON.parse((await creditd('account', 'show', 'show', '--json', '--last', '2')).said);
    expect(shown.account.id).toBe('show');
    expect(shown.entries).toHaveLength(2);
    expect((await creditd('account', 'show', 'nobody')).said).toContain('There is no account "nobody"');
  });
});

describe('creditd trace', () => {
  test('leads from a charge, its payment intent, its receipt, a key and a time to the entries', async () => {
    await storied('trace');
    const [charge] = await query<{ id: string }>(
      store.url,
      `update charges c set intent_id = 'pi_trace1', receipt_number = '1234-5678', processor_charge_id = 'ch_trace1'
       from accounts a where a.no = c.account_no and a.id = 'trace' returning c.id`,
    );
    for (const name of [charge?.id ?? '', 'pi_trace1', '1234-5678', 'ch_trace1']) {
      const { code, said } = await creditd('trace', name);
      expect([code, said]).toEqual([0, expect.stringContaining(`trace: `)]);
      expect(said).toContain(`charge ${charge?.id}`);
    }
    await creditd('reverse', 'trace', 'a', '--credits', '1', '--reason', 'r', '--yes');
    const key = await creditd('trace', 'a', '--account', 'trace', '--json');
    const traced = JSON.parse(key.said);
    expect(traced).toMatchObject({ as: 'usage key', account: 'trace' });
    expect(traced.entries.map(({ kind }: { kind: string }) => kind)).toEqual(
      expect.arrayContaining(['use', 'give_back']),
    );
    expect((await creditd('trace', 'kept', '--account', 'trace')).said).toContain('key of a hold');
    const now = new Date(await store.clock.now()).toISOString();
    expect((await creditd('trace', 'trace-slug', '--at', now)).said).toContain('answered_call');
    expect(await creditd('trace', 'pi_unheard')).toEqual({
      code: 1,
      said: expect.stringContaining('Nothing here bears'),
    });
  });
});

describe('creditd audit, endpoint and events', () => {
  test('audit says that every sum holds, and with 1 which one does not', async () => {
    await store.account('cli-audit');
    expect(await creditd('audit', '--account', 'cli-audit')).toEqual({
      code: 0,
      said: expect.stringContaining('Every sum holds'),
    });
    expect((await creditd('audit', '--all')).said).toMatch(/Looked at \d+ accounts\. Every sum holds/);
    await query(
      store.url,
      "update balances set held = held + 1 where account_no = (select no from accounts where id = 'cli-audit')",
    );
    const { code, said } = await creditd('audit', '--account', 'cli-audit');
    expect([code, said]).toEqual([1, expect.stringContaining('cli-audit: it does not hold that what is held is')]);
    expect((await creditd('audit', '--json')).said).toContain('"account":"cli-audit"');
    await query(
      store.url,
      "update balances set held = held - 1 where account_no = (select no from accounts where id = 'cli-audit')",
    );
  });

  test('an endpoint is added with a secret that is shown once, listed, rotated and removed', async () => {
    const refused = await creditd('endpoint', 'add', 'http://10.0.0.1/x', '--type', 'nothing.known');
    expect(refused.code).toBe(1);
    expect(refused.said).toContain('The address must be a URL such as https');
    expect(refused.said).toContain('nothing.known: no type of event');
    const added = JSON.parse(
      (await creditd('endpoint', 'add', 'https://product.example/events', '--type', 'gate.closed', '--json')).said,
    );
    expect(added).toMatchObject({
      catalog: 'receptionist',
      types: ['gate.closed'],
      secret: expect.stringMatching(/^whsec_/),
    });
    const listed = await creditd('endpoint', 'list');
    expect(listed.said).toContain('https://product.example/events');
    expect(listed.said).not.toContain('whsec_');
    const rotated = JSON.parse((await creditd('endpoint', 'rotate', added.id, '--json')).said);
    expect(rotated.secret).not.toBe(added.secret);
    expect((await creditd('endpoint', 'remove', added.id)).code).toBe(0);
    expect((await creditd('endpoint', 'remove', added.id)).said).toContain('There is no endpoint');
  });

  test('events are replayed only where it is said which', async () => {
    expect((await creditd('events', 'replay')).said).toContain('Say which');
    expect((await creditd('events', 'replay', '--account', 'show', '--undelivered')).said).toMatch(
      /\d+ events? waits? to be sent again/,
    );
  });
});
