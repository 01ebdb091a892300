import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { isPublic, resolveTarget } from '../../src/adapters/courier/addresses.js';
import { makeHttpCourier } from '../../src/adapters/courier/http-courier.js';
import { type Hook, openHook, verify } from '../support/hook.js';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const OLD = `whsec_${Buffer.alloc(32, 8).toString('base64')}`;
const ID = '01890000-0000-7000-8000-000000000001';
const BODY = JSON.stringify({ id: ID, type: 'balance.low', account: 'Süd', sequence: 1, data: {} });
const open = makeHttpCourier({ timeoutMs: 1_000, allowPrivate: true });
const guarded = makeHttpCourier({ timeoutMs: 1_000, allowPrivate: false });

let hook: Hook;
beforeAll(async () => {
  hook = await openHook();
});
beforeEach(() => {
  hook.state.answer = { status: 200 };
  hook.received.length = 0;
});
afterAll(() => hook.close());

const delivery = (url = hook.url, secrets: readonly string[] = [SECRET]) => ({
  ...{ url, secrets, id: ID, sentAt: Date.now(), body: BODY },
});

describe('a delivery', () => {
  it('carries the body as it is, signed so that the library of any receiver checks it', async () => {
    expect(await open.deliver(delivery())).toEqual({ kind: 'accepted' });
    const [one] = hook.received;
    if (one === undefined) return expect.fail('nothing came');
    expect(one.text).toBe(BODY);
    const headers = one.headers as Record<string, string>;
    expect(new Webhook(SECRET).verify(one.text, headers)).toEqual(JSON.parse(BODY));
    expect(() => new Webhook(OLD).verify(one.text, headers)).toThrow();
  });

  it('is signed with the old secret too while one is rotated', async () => {
    await open.deliver(delivery(hook.url, [SECRET, OLD]));
    const [one] = hook.received;
    if (one === undefined) return expect.fail('nothing came');
    verify(one, SECRET);
    verify(one, OLD);
  });

  it.each([201, 204, 299])('is taken at %i', async (status) => {
    hook.state.answer = { status };
    expect(await open.deliver(delivery())).toEqual({ kind: 'accepted' });
  });

  it.each([301, 307, 400, 404, 410, 500, 503])('is not taken at %i', async (status) => {
    hook.state.answer = { status, headers: { location: hook.url } };
    const asked = hook.state.asked;
    expect(await open.deliver(delivery())).toMatchObject({ kind: 'refused', reason: `it answered ${status}` });
    // A redirect is not followed: it could lead anywhere.
    expect(hook.state.asked).toBe(asked + 1);
  });

  it('waits as long as it is asked to, within reason', async () => {
    const retryAfter = async (value: string) => {
      hook.state.answer = { status: 429, headers: { 'retry-after': value } };
      const outcome = await open.deliver(delivery());
      return outcome.kind === 'refused' ? outcome.retryAfterMs : 'accepted';
    };
    expect(await retryAfter('120')).toBe(120_000);
    expect(await retryAfter('999999999')).toBe(6 * 3_600_000);
    expect(await retryAfter('Wed, 21 Oct 2026 07:28:00 GMT')).toBeNull();
  });

  it('ends at its limit where nothing is said', async () => {
    hook.state.answer = 'silent';
    expect(await open.deliver(delivery())).toMatchObject({ kind: 'refused', reason: 'no answer within 1000 ms' });
  });

  it('does not read what an endpoint goes on saying', async () => {
    let written = 0;
    const endless = http.createServer((_request, response) => {
      response.writeHead(200);
      const more = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536))) written += 65_536;
        if (!response.destroyed) response.once('drain', more);
      };
      more();
    });
    await new Promise<void>((resolve) => endless.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(endless.address() as AddressInfo).port}/`;
    expect(await open.deliver(delivery(url))).toEqual({ kind: 'accepted' });
    endless.closeAllConnections();
    await new Promise((resolve) => endless.close(resolve));
    expect(written).toBeLessThan(64 * 1024 * 1024);
  });

  it('says that nobody listens there', async () => {
    const gone = await openHook();
    await gone.close();
    expect(await open.deliver(delivery(gone.url))).toMatchObject({ kind: 'refused', reason: /ECONNREFUSED/ });
  });
});

describe('an endpoint that is not the public’s', () => {
  it.each([
    'https://127.0.0.1/',
    'https://127.1/',
    'https://2130706433/',
    'https://localhost/',
    'https://10.1.2.3/',
    'https://192.168.0.1/',
    'https://172.16.5.4/',
    'https://169.254.169.254/latest/meta-data',
    'https://100.64.0.1/',
    'https://0.0.0.0/',
    'https://[::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[fe80::1]/',
    'https://[fd00::1]/',
    'https://[64:ff9b::7f00:1]/',
    'https://224.0.0.1/',
    'https://255.255.255.255/',
  ])('is not sent to: %s', async (url) => {
    expect(await guarded.deliver(delivery(url))).toMatchObject({ kind: 'refused', reason: /not a public address/ });
  });

  it('is not sent to without TLS', async () => {
    const asked = hook.state.asked;
    expect(await guarded.deliver(delivery())).toMatchObject({ kind: 'refused', reason: /use https/ });
    expect(hook.state.asked).toBe(asked);
  });

  it('is told from a public one by its address alone', async () => {
    expect(isPublic('8.8.8.8')).toBe(true);
    expect(isPublic('2606:4700:4700::1111')).toBe(true);
    expect(isPublic('not an address')).toBe(false);
    expect(await resolveTarget('[2606:4700:4700::1111]', false)).toMatchObject({ kind: 'address', family: 6 });
  });
});

describe('a name that changes its address', () => {
  const courier = (answers: readonly (readonly string[])[], allowPrivate: boolean) => {
    const asked: string[] = [];
    const look = async (host: string): Promise<readonly string[]> => {
      asked.push(host);
      return answers[asked.length - 1] ?? [];
    };
    return { asked, carry: makeHttpCourier({ timeoutMs: 1_000, allowPrivate, look }) };
  };

  it('is looked up once, and the connection goes to the address that was checked', async () => {
    const { asked, carry } = courier([['127.0.0.1'], ['192.0.2.1']], true);
    expect(await carry.deliver(delivery(`http://rebinding.example:${hook.port}/events`))).toEqual({ kind: 'accepted' });
    expect(asked).toEqual(['rebinding.example']);
    expect(hook.received[0]?.headers.host).toBe(`rebinding.example:${hook.port}`);
  });

  it('is refused where any of its addresses is not public', async () => {
    const { carry } = courier([['8.8.8.8', '10.0.0.7']], false);
    const outcome = await carry.deliver(delivery('https://rebinding.example/'));
    expect(outcome).toMatchObject({ kind: 'refused', reason: /leads to 10\.0\.0\.7/ });
  });
});
