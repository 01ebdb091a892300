import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accountNo, outboxId } from '../../src/domain/ids.js';
import { HOUR_MS } from '../../src/domain/instant.js';
import type { OutboxRef, StartedStep } from '../../src/ports.js';
import { query } from '../support/admin.js';
import { CARD, call, openTestStore, type TestStore, TOP_OFF } from '../support/store.js';

let store: TestStore;
beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

/** An account that has just asked for one charge, and its outbox row. */
async function asked(id: string): Promise<OutboxRef> {
  const account = await store.account(id);
  await store.post(
    { kind: 'attach_card', account, card: CARD },
    { kind: 'configure_top_off', account, settings: TOP_OFF },
    call(account, 'k', 60),
  );
  const [row] = await query<{ no: string; id: string }>(
    store.url,
    `select o.account_no::text as no, o.id from outbox o join accounts a on a.no = o.account_no where a.id = $1`,
    [id],
  );
  return { accountNo: accountNo(Number(row?.no)), id: outboxId(row?.id ?? '') };
}

async function started(ref: OutboxRef): Promise<StartedStep> {
  const step = await store.outbox.start(ref);
  if (step === null) throw new Error('the row was not free');
  return step;
}

const rowOf = async (ref: OutboxRef) =>
  (
    await query<Record<string, unknown>>(store.url, `select * from outbox where account_no = $1 and id = $2`, [
      ref.accountNo,
      ref.id,
    ])
  )[0];

describe('the outbox', () => {
  test('a due row is leased once, whoever asks at the same time', async () => {
    const ref = await asked('leased');
    const taken = await Promise.all([1, 2, 3, 4].map(() => store.outbox.takeDue('charge', 10)));
    expect(taken.flat()).toEqual([ref]);
  });

  test('what could not be published is due again at once', async () => {
    const ref = await asked('put-back');
    expect(await store.outbox.takeDue('charge', 10)).toEqual([ref]);
    await store.outbox.putBack([ref]);
    expect(await store.outbox.takeDue('charge', 10)).toEqual([ref]);
  });

  test('a step is in one pair of hands until its hold ends', async () => {
    const ref = await asked('held');
    const started = await Promise.all([store.outbox.start(ref), store.outbox.start(ref)]);
    expect(started.filter((step) => step !== null)).toHaveLength(1);
    store.travel(HOUR_MS);
    expect(await store.outbox.start(ref)).toMatchObject({ account: 'held', topic: 'charge' });
  });

  test('a row asked for again while its step ran is due at once when the step ends, and gone when it was not', async () => {
    const ref = await asked('asked-again');
    const step = await started(ref);
    await query(store.url, `update outbox set asks = asks + 1 where id = $1`, [ref.id]);
    await store.outbox.end({ ...step, next: null, note: null });
    expect(await rowOf(ref)).toMatchObject({ asks: 2, held_until: null, starts: 0 });
    await store.outbox.end({ ...(await started(ref)), next: null, note: null });
    expect(await rowOf(ref)).toBeUndefined();
    expect(await store.outbox.start(ref)).toBeNull();
  });

  test('a step that threw is written on its row, and comes back', async () => {
    const ref = await asked('threw');
    await store.outbox.failed(await started(ref), 'it broke');
    expect(await rowOf(ref)).toMatchObject({ note: 'it broke', held_until: null, starts: 1 });
    store.travel(HOUR_MS);
    expect((await store.outbox.takeDue('charge', 100)).map((one) => one.id)).toContain(ref.id);
  });

  test('a step that never ends is parked after twenty starts, alarmed once, and comes back when an operator sends it', async () => {
    const ref = await asked('parked');
    for (let start = 0; start < 22; start += 1) {
      store.travel(HOUR_MS);
      await store.outbox.start(ref);
    }
    expect(store.parked.filter((one) => one.id === ref.id)).toHaveLength(1);
    store.travel(HOUR_MS);
    expect((await store.outbox.takeDue('charge', 100)).map((one) => one.id)).not.toContain(ref.id);
    expect(await store.outbox.unpark('charge')).toBe(1);
    expect((await store.outbox.takeDue('charge', 100)).map((one) => one.id)).toContain(ref.id);
  });
});
