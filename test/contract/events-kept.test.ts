import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { credits } from '../../src/domain/credits.js';
import { query } from '../support/admin.js';
import { openEventBench } from '../support/event-bench.js';
import { call } from '../support/store.js';

const bench = await openEventBench();
const { store, add, eventsOf, outboxOf, toggle, nearlyEmpty } = bench;
beforeEach(() => bench.clear());
afterAll(() => bench.close());

describe('what an account was told', () => {
  it('is numbered without a gap, whatever is swept meanwhile and however many post at once', async () => {
    await add();
    const account = await store.account('e-numbers');
    await Promise.all(Array.from({ length: 12 }, (_, n) => toggle(account, 1, `p${n}`)));
    await store.post(call(account, 'rest', 100));
    const before = (await eventsOf('e-numbers')).map(({ sequence }) => sequence);
    expect(before.length).toBeGreaterThan(1);
    expect(before).toEqual(before.map((_, place) => place + 1));
    await query(store.url, 'delete from events where account_no = (select no from accounts where id = $1)', [
      'e-numbers',
    ]);
    await store.post({ kind: 'grant', account, key: 'back', origin: 'promotion', credits: credits(5) });
    expect((await eventsOf('e-numbers'))[0]?.sequence).toBe(before.length + 1);
  });

  it('is not kept where the transaction that did it was rolled back', async () => {
    await add();
    const account = await nearlyEmpty('e-rolled');
    const count = (await eventsOf('e-rolled')).length;
    const ending = () => {
      throw new Error('the process dies here');
    };
    await expect(store.ledger.post([call(account, 'never', 1)], ending)).rejects.toThrow('the process dies here');
    expect(await eventsOf('e-rolled')).toHaveLength(count);
    expect(await outboxOf('e-rolled')).toEqual([]);
  });

  it('asks for one step an account, however much there is to tell', async () => {
    await add();
    const account = await nearlyEmpty('e-one-row');
    await toggle(account, 5);
    expect(await outboxOf('e-one-row')).toHaveLength(1);
  });

  it('is kept as undelivered with the reason where nobody listens, and asks for no step at all', async () => {
    await add(['period.renewed']);
    const account = await nearlyEmpty('e-nobody');
    await toggle(account, 1);
    expect((await eventsOf('e-nobody')).at(-1)).toMatchObject({
      ...{ type: 'gate.opened', state: 'undelivered', result: 'no endpoint wanted it when it happened' },
    });
    expect(await outboxOf('e-nobody')).toEqual([]);
  });
});
