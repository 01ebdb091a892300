import { afterAll, beforeAll, expect, test } from 'vitest';
import { readCharging, setCharging } from '../../src/adapters/postgres/switch.js';
import { openTestStore, type TestStore } from '../support/store.js';

let store: TestStore;
beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

test('the operator’s switch is told apart from a database that has not been used', async () => {
  expect([await readCharging(store.prisma), await setCharging(store.prisma, 'stopped')]).toEqual([null, false]);
  const data = {
    one: 1,
    id: '00000000-0000-7000-8000-000000000001',
    processor: 'x',
    demo: true,
    createdAt: new Date(),
  };
  await store.prisma.deployment.create({ data });
  expect(await readCharging(store.prisma)).toBe('on');
  expect([await setCharging(store.prisma, 'dry_run'), await readCharging(store.prisma)]).toEqual([true, 'dry_run']);
});
