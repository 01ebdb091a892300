/** The link in a mail that asks an owner to approve a payment: in whose hands it does what, how often, and until when. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HOUR_MS, later } from '../../src/domain/instant.js';
import { makeSessions } from '../../src/http/api/session-token.js';
import { fateOf } from '../support/fate.js';
import { type FaultyRiver, openFaultyRiver } from '../support/faulty-river.js';
import { allHeard, type LocalRiver, SESSION_SECRET } from '../support/local-river.js';
import { until } from '../support/wait.js';

let faulty: FaultyRiver;
let river: LocalRiver;

beforeAll(async () => {
  faulty = await openFaultyRiver();
  river = faulty.river;
});
afterAll(() => faulty.close());

const control = () => river.processor.double.control;
const settled = (): Promise<void> => allHeard(river);

describe('the link in a mail', () => {
  const DAY_AND_THREE = 73 * HOUR_MS;
  const owner = async (account: string): Promise<string> => {
    const until = later(await river.store.clock.now(), 100 * HOUR_MS);
    return makeSessions([SESSION_SECRET]).mint({ account, member: 'owner-1', role: 'owner', until });
  };
  const approve = async (account: string, charge: string, session: string) => {
    const to = `${river.apiUrl}/v1/accounts/${account}/charges/${charge}/authenticate`;
    const answer = await fetch(to, { method: 'POST', headers: { authorization: `Bearer ${session}` } });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };
  const waiting = async (): Promise<{ readonly account: string; readonly charge: string }> => {
    const account = await faulty.nextAccount('pm_card_authenticationRequired');
    await river.calls(account, 60);
    await settled();
    return { account, charge: (await faulty.chargeOf(account)).id };
  };

  test('F55 opened however often, by anybody, changes nothing and tells no secret', async () => {
    const { account, charge } = await waiting();
    const before = control().journal().length;
    for (let turn = 0; turn < 3; turn += 1) {
      const page = await fetch(`${river.apiUrl}/pay/${charge}`);
      expect([page.status, page.headers.get('referrer-policy')]).toEqual([200, 'no-referrer']);
      expect(await page.text()).not.toMatch(/_secret_|sk_test|pi_\w+|pm_\w+/);
    }
    expect(control().journal().length).toBe(before);
    expect((await fateOf(river, account)).charges).toEqual(['action_required: authentication_required']);
  });

  test('F55 approves nothing in the hands of another account’s owner, or of nobody', async () => {
    const { account, charge } = await waiting();
    const { account: other } = await waiting();
    const before = faulty.confirmsOf((await faulty.chargeOf(account)).intent).length;
    const stranger = await owner(other);
    expect((await approve(account, charge, stranger)).status).toBeGreaterThanOrEqual(401);
    expect((await approve(other, charge, stranger)).status).toBeGreaterThanOrEqual(404);
    expect((await approve(account, charge, 'nothing')).status).toBe(401);
    expect(faulty.confirmsOf((await faulty.chargeOf(account)).intent).length).toBe(before);
  });

  test('F55 used twice leads to the same page of the bank, and pays once', async () => {
    const { account, charge } = await waiting();
    const session = await owner(account);
    const first = await approve(account, charge, session);
    expect(first).toMatchObject({ status: 200, body: { state: 'action_required' } });
    expect(await approve(account, charge, session)).toEqual(first);
    await control().completeAuthentication((await faulty.chargeOf(account)).intent, true);
    await settled();
    expect(await approve(account, charge, session)).toMatchObject({ status: 409 });
    expect(await fateOf(river, account)).toMatchObject({ payments: [5_000], grants: [200], charges: ['succeeded'] });
  });

  test('F55 is dead after its time: the intent is canceled, so that no old page can charge any more', async () => {
    const { account, charge } = await waiting();
    const { intent } = await faulty.chargeOf(account);
    const session = await owner(account);
    river.travel(DAY_AND_THREE);
    await until(async () => (await fateOf(river, account)).charges[0]?.startsWith('failed'), {
      what: 'the end of its time',
    });
    expect((await approve(account, charge, session)).status).toBe(409);
    await control().completeAuthentication(intent, true);
    await settled();
    expect(await fateOf(river, account)).toMatchObject({
      ...{ payments: [], charges: ['failed: authentication_required'], incidents: ['authentication_required open'] },
      notices: ['action_required sent', 'top_off_suspended sent'],
    });
  });
});
