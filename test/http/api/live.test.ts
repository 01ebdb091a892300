import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { instant } from '../../../src/domain/instant.js';
import { makeLive } from '../../../src/http/api/live.js';
import type { Pulse } from '../../../src/ports.js';
import { listeningLog } from '../../contract/queue-servers.js';
import { until } from '../../support/wait.js';
import { type Api, openApi, used } from './support.js';

let api: Api;
let token: string;
beforeAll(async () => {
  api = await openApi();
  token = await api.key();
});
afterAll(() => api?.close());

/** What was told so far; it ends with the test or the server. */
async function follow(account: string, as: string) {
  const stop = new AbortController();
  const answer = await fetch(`${api.server.url}/v1/accounts/${account}/live`, {
    headers: { authorization: `Bearer ${as}` },
    signal: stop.signal,
  });
  const told: { sequence: number; balance: { remaining: string }; incidents: { kind: string }[] }[] = [];
  const state = { ended: false };
  const reading = (async () => {
    let text = '';
    for await (const part of answer.body ?? []) {
      text += new TextDecoder().decode(part as Uint8Array);
      const whole = text.split('\n\n');
      text = whole.pop() ?? '';
      for (const one of whole) if (one.includes('data: ')) told.push(JSON.parse(one.slice(one.indexOf('data: ') + 6)));
    }
  })()
    .catch(() => undefined)
    .finally(() => {
      state.ended = true;
    });
  return { answer, told, state, stop: () => stop.abort(), reading };
}

describe('the live flow', () => {
  it('tells the present balance at once, each change after it, and a failure that was raised', async () => {
    await api.account('flow');
    const flow = await follow('flow', await api.session('flow', 'viewer'));
    expect(flow.answer.headers.get('content-type')).toContain('text/event-stream');
    await until(() => flow.told.length > 0);
    expect(flow.told[0]).toMatchObject({ balance: { remaining: '100' }, incidents: [] });
    await api.post(used('flow', 'u1', 4));
    await until(() => flow.told.at(-1)?.balance.remaining === '96');
    const wish = { enabled: true, threshold: '500', amount: '200' };
    await api.call('PUT', '/v1/accounts/flow/top-off', { token, key: 't', body: wish });
    await until(() => flow.told.at(-1)?.incidents[0]?.kind === 'no_payment_method');
    flow.stop();
    await flow.reading;
  });

  it('ends with the session', async () => {
    await api.account('ending');
    const flow = await follow('ending', await api.session('ending', 'owner', 'ann', 1_500));
    await until(() => flow.told.length > 0);
    await until(() => flow.state.ended);
    const again = await api.call('GET', '/v1/session', { token: await api.session('ending', 'owner', 'ann', -1) });
    expect(again.status).toBe(401);
  });

  it('ends for everybody when the server closes', async () => {
    const own = await openApi();
    await own.account('closing');
    const session = await own.session('closing', 'owner');
    const answer = await fetch(`${own.server.url}/v1/accounts/closing/live`, {
      headers: { authorization: `Bearer ${session}` },
    });
    const reader = answer.body?.getReader();
    await reader?.read();
    await own.close();
    const rest = await (async () => {
      for (;;) if ((await reader?.read())?.done !== false) return 'ended';
    })().catch(() => 'ended');
    expect(rest).toBe('ended');
  });
});

describe('listeners', () => {
  const pulse = (account: string): Pulse => ({
    account: account as Pulse['account'],
    sequence: 1,
    remaining: 0n as Pulse['remaining'],
    held: 0n as Pulse['held'],
    incidents: [],
  });
  const clock = { now: async () => instant(0), roughly: async () => instant(0), reading: () => instant(0) };
  const make = (pulses: (accounts: readonly string[]) => Promise<readonly Pulse[]>) =>
    makeLive({ pulses, clock, log: listeningLog(), everyMs: 5, listenersMax: 3, ofAccountMax: 2 });
  const wish = (account: string) => ({ account, until: null, tell: (one: Pulse) => ({ sequence: one.sequence }) });

  it('are bounded in all and for each account, and make room when they go', async () => {
    const live = make(async (all) => all.map(pulse));
    const first = live.listen(wish('a'));
    expect(live.listen(wish('a'))).not.toBeNull();
    expect(live.listen(wish('a'))).toBeNull();
    expect(live.listen(wish('b'))).not.toBeNull();
    expect(live.listen(wish('c'))).toBeNull();
    first?.destroy();
    await until(() => live.listen(wish('c')) !== null);
    live.close();
  });

  it('of one account cost one look, and after the last has gone nobody looks', async () => {
    const looks: (readonly string[])[] = [];
    const live = make(async (all) => {
      looks.push(all);
      return all.map(pulse);
    });
    const streams = [live.listen(wish('a')), live.listen(wish('a'))];
    await until(() => looks.length > 2);
    expect(looks.every((all) => all.length === 1)).toBe(true);
    for (const one of streams) one?.destroy();
    // Another looks on as often: while it has looked five times, the first has not looked once.
    const others: unknown[] = [];
    const other = make(async (all) => {
      others.push(all);
      return all.map(pulse);
    });
    await until(() => streams.every((one) => one?.closed));
    const before = looks.length;
    other.listen(wish('b'));
    await until(() => others.length >= 5);
    expect(looks.length).toBeLessThanOrEqual(before + 1);
    live.close();
    other.close();
  });

  it('hear nothing false while the database is away, and the truth once it is back', async () => {
    const state = { away: true };
    const live = make(async (all) => {
      if (state.away) throw new Error('away');
      return all.map(pulse);
    });
    const heard: string[] = [];
    live.listen(wish('a'))?.on('data', (part: Buffer) => heard.push(part.toString()));
    await until(() => heard.length === 1);
    state.away = false;
    await until(() => heard.some((part) => part.includes('"sequence":1')));
    expect(heard.filter((part) => part.includes('data:'))).toHaveLength(1);
    live.close();
  });
});
