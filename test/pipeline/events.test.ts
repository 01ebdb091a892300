/** Events through the whole river: usage in a queue, a charge at the double, and the product hears of it. */
import { v7 } from 'uuid';
import { afterEach, expect, it } from 'vitest';
import { makeEndpoints } from '../../src/adapters/postgres/endpoints.js';
import { openEvents } from '../../src/wire-upkeep.js';
import { type Hook, openHook, verify } from '../support/hook.js';
import { type LocalRiver, openLocalRiver, runDry } from '../support/local-river.js';
import { brokenSums } from '../support/sums.js';
import { until } from '../support/wait.js';

let river: LocalRiver | null = null;
let hook: Hook | null = null;
afterEach(async () => {
  await river?.close();
  await hook?.close();
});

it('tells the product of a low balance and of the top-off that mended it, and what it missed is sent again', async () => {
  river = await openLocalRiver({ upkeep: { allowPrivateEndpoints: true } });
  hook = await openHook();
  const { store } = river;
  const endpoints = makeEndpoints(store.prisma, store.clock, () => v7());
  const { secret } = await endpoints.add({ catalog: 'receptionist', url: hook.url, types: [] });
  await river.account('told');
  await river.startWorker();
  await river.calls('told', 60);
  const heard = hook;
  await until(() => heard.types().includes('top_off.succeeded'), {
    timeoutMs: 30_000,
    what: 'the product to hear of it',
  });
  await runDry(river);
  const sequences = hook.received.map(({ body }) => body.sequence);
  expect(sequences).toEqual(sequences.map((_, place) => place + 1));
  for (const one of hook.received) verify(one, secret);
  const before = hook.received.length;
  await openEvents(store).replay({ account: 'told', undelivered: false });
  await until(() => heard.received.length === before * 2, { timeoutMs: 30_000, what: 'everything to be sent again' });
  expect(new Set(hook.received.map(({ id }) => id)).size).toBe(before);
  await runDry(river);
  expect(await brokenSums(river.url)).toEqual([]);
});
