import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { credits } from '../../src/domain/credits.js';
import { accountNo, outboxId } from '../../src/domain/ids.js';
import { DAY_MS, HOUR_MS } from '../../src/domain/instant.js';
import { GIVE_UP_MS } from '../../src/flow/send-events.js';
import { openEventBench } from '../support/event-bench.js';
import { openHook, verify } from '../support/hook.js';
import { call } from '../support/store.js';

const bench = await openEventBench();
const { store, hook, endpoints, events, send, add, runDue, eventsOf, outboxOf, toggle, nearlyEmpty } = bench;
beforeEach(() => bench.clear());
afterAll(() => bench.close());

describe('sending', () => {
  it('brings every event once, in order, signed', async () => {
    const { secret } = await add();
    const account = await nearlyEmpty('s-order');
    await toggle(account, 3);
    await runDue();
    const turn = ['balance.empty', 'gate.closed', 'balance.recovered', 'gate.opened'];
    expect(hook.types()).toEqual([...turn, ...turn, ...turn]);
    const sequences = hook.received.map(({ body }) => body.sequence);
    expect(sequences).toEqual([...sequences].sort((a, b) => a - b));
    for (const one of hook.received) verify(one, secret);
    expect(new Set((await eventsOf('s-order')).map(({ state }) => state))).toEqual(new Set(['sent']));
    expect(await outboxOf('s-order')).toEqual([]);
  });

  it('stops at the first that is not taken, tries again later and goes on from there under the same ids', async () => {
    await add();
    const account = await nearlyEmpty('s-stops');
    await toggle(account, 2);
    const seen: string[] = [];
    hook.state.answer = ({ id }) => {
      seen.push(id);
      return { status: seen.length === 2 ? 500 : 200 };
    };
    await runDue();
    expect(seen).toHaveLength(2);
    const [row] = await outboxOf('s-stops');
    expect(row?.note).toBe('it answered 500');
    expect(row?.due_ms).toBeGreaterThan(await store.clock.now());
    hook.state.answer = { status: 200 };
    store.travel(HOUR_MS);
    await runDue();
    expect(hook.received.map(({ id }) => id)[1]).toBe(seen[1]);
    const sequences = hook.received.map(({ body }) => body.sequence);
    expect(sequences).toEqual(sequences.map((_, place) => (sequences[0] ?? 0) + place));
  });

  it('waits as long as the endpoint asks', async () => {
    await add();
    await toggle(await nearlyEmpty('s-asked'), 1);
    hook.state.answer = { status: 503, headers: { 'retry-after': '7200' } };
    const now = await store.clock.now();
    await runDue();
    const [row] = await outboxOf('s-asked');
    expect((row?.due_ms ?? 0) - now).toBeGreaterThanOrEqual(2 * HOUR_MS);
  });

  it('goes on for three days, then goes without and the next follows; what was given up can be sent again', async () => {
    await add();
    const account = await nearlyEmpty('s-days');
    await store.post(call(account, 'closes', 1));
    hook.state.answer = { status: 500 };
    const began = await store.clock.now();
    await runDue();
    while ((await outboxOf('s-days')).length > 0) {
      // A quarter of a day is longer than any back-off.
      store.travel(6 * HOUR_MS);
      await runDue();
    }
    const lasted = (await store.clock.now()) - began;
    expect(lasted).toBeGreaterThanOrEqual(GIVE_UP_MS);
    expect(lasted).toBeLessThan(GIVE_UP_MS + 7 * HOUR_MS);
    expect((await eventsOf('s-days')).at(-1)).toMatchObject({ state: 'undelivered', result: 'it answered 500' });
    hook.state.answer = { status: 200 };
    await store.post({ kind: 'grant', account, key: 'opens', origin: 'promotion', credits: credits(1) });
    await runDue();
    expect(hook.types().at(-1)).toBe('gate.opened');
    expect(await events.replay({ account: 's-days', undelivered: true })).toBeGreaterThan(0);
    await runDue();
    expect(hook.types()).toContain('gate.closed');
    expect((await eventsOf('s-days')).filter(({ state }) => state !== 'sent')).toEqual([]);
  });

  it('lets one endpoint that is down keep nothing from another, and comes back to it', async () => {
    const down = await openHook();
    down.state.answer = { status: 500 };
    await add();
    const { endpoint } = await add([], down.url);
    await toggle(await nearlyEmpty('s-two'), 2);
    await runDue();
    const brought = hook.types().length;
    expect(brought).toBeGreaterThanOrEqual(4);
    expect(down.received).toEqual([]);
    expect((await endpoints.list()).find(({ id }) => id === endpoint.id)).toMatchObject({
      lastFailure: 'it answered 500',
    });
    down.state.answer = { status: 200 };
    store.travel(HOUR_MS);
    await runDue();
    expect(down.types()).toEqual(hook.types());
    expect(hook.types()).toHaveLength(brought);
    expect((await endpoints.list()).find(({ id }) => id === endpoint.id)?.failingSince).toBeNull();
    await down.close();
  });

  it('lets one that is down for days hide nothing from another, however many wait for it, and brings it all of them in order', async () => {
    const down = await openHook();
    down.state.answer = { status: 500 };
    await add();
    await add([], down.url);
    const account = await nearlyEmpty('s-many');
    for (let turn = 0; turn < 5; turn += 1) {
      await toggle(account, 15, `many${turn}`);
      await runDue();
    }
    const first = hook.received[0]?.body.sequence ?? 0;
    const told = (await eventsOf('s-many')).flatMap(({ sequence }) => (sequence >= first ? [sequence] : []));
    expect(told.length).toBeGreaterThan(220);
    expect(hook.received.map(({ body }) => body.sequence)).toEqual(told);
    down.state.answer = { status: 200 };
    store.travel(HOUR_MS);
    await runDue();
    expect(down.received.map(({ body }) => body.sequence)).toEqual(told);
    expect(new Set((await eventsOf('s-many')).map(({ state }) => state))).toEqual(new Set(['sent']));
    await down.close();
  });

  it('sends an endpoint only the types it wants', async () => {
    await add(['gate.opened']);
    await toggle(await nearlyEmpty('s-types'), 2);
    await runDue();
    expect(hook.types()).toEqual(['gate.opened', 'gate.opened']);
  });

  it('of two that are at one account at once lets one send', async () => {
    await add();
    await toggle(await nearlyEmpty('s-both'), 2);
    const [row] = await outboxOf('s-both');
    if (row === undefined) return expect.fail('no step was asked for');
    const ref = { accountNo: accountNo(row.no), id: outboxId(row.id) };
    await Promise.all([send(ref), send(ref), send(ref)]);
    expect(new Set(hook.received.map(({ id }) => id)).size).toBe(hook.received.length);
  });

  it('that told of more meanwhile is due again at once', async () => {
    await add();
    const account = await nearlyEmpty('s-more');
    await store.post(call(account, 'closes', 1));
    hook.state.answer = { status: 200 };
    const [row] = await outboxOf('s-more');
    if (row === undefined) return expect.fail('no step was asked for');
    const step = await store.outbox.start({ accountNo: accountNo(row.no), id: outboxId(row.id) });
    if (step === null) return expect.fail('the step was not free');
    const { accountNo: no, id, heldUntil, asks } = step;
    await store.post({ kind: 'grant', account, key: 'opens', origin: 'promotion', credits: credits(1) });
    await events.settle([], [], { accountNo: no, id, heldUntil, asks, next: null, note: null });
    expect(await runDue()).toBe(1);
    expect(hook.types().at(-1)).toBe('gate.opened');
  });

  it('without an endpoint that is left gives up what waits, once', async () => {
    const { endpoint } = await add();
    await toggle(await nearlyEmpty('s-removed'), 1);
    expect(await endpoints.remove(endpoint.id)).toBe(true);
    expect(await runDue()).toBe(1);
    expect((await eventsOf('s-removed')).at(-1)).toMatchObject({
      state: 'undelivered',
      result: 'no endpoint wants it',
    });
    expect(await outboxOf('s-removed')).toEqual([]);
  });
});

describe('endpoints', () => {
  it('are rotated with both secrets signing until the old one ends', async () => {
    const { endpoint, secret } = await add();
    const rotated = await endpoints.rotate(endpoint.id, DAY_MS);
    const account = await nearlyEmpty('r-rotate');
    await toggle(account, 1, 'a');
    await runDue();
    const [both] = hook.received;
    if (both === undefined) return expect.fail('nothing came');
    verify(both, secret);
    verify(both, rotated?.secret ?? '');
    store.travel(2 * DAY_MS);
    await toggle(account, 1, 'b');
    await runDue();
    const late = hook.received.at(-1);
    if (late === undefined) return expect.fail('nothing came');
    verify(late, rotated?.secret ?? '');
    expect(() => verify(late, secret)).toThrow('no signature');
  });

  it('that are not there are neither rotated nor removed, and a secret is never listed', async () => {
    const nobody = '00000000-0000-7000-9000-ffffffffffff';
    expect(await endpoints.rotate(nobody, DAY_MS)).toBeNull();
    expect(await endpoints.remove(nobody)).toBe(false);
    const { secret } = await add();
    expect(JSON.stringify(await endpoints.list())).not.toContain(secret);
  });
});

it('replays what was sent too where that is asked for, each account in its order', async () => {
  await add();
  await toggle(await nearlyEmpty('p-sent'), 2);
  await runDue();
  const first = hook.received.map(({ id }) => id);
  hook.received.length = 0;
  expect(await events.replay({ account: 'p-sent', undelivered: true })).toBe(0);
  const since = await store.clock.now();
  expect(await events.replay({ account: 'p-sent', since, undelivered: false })).toBe(0);
  await events.replay({ account: 'p-sent', undelivered: false });
  await runDue();
  expect(hook.received.map(({ id }) => id)).toEqual(expect.arrayContaining(first));
});
