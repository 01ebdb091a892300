/**
 * A processor that says nothing, half of it, or that it is broken, before and after the money moved. However it ends, the
 * owner pays once, gets the credits once and is told once; what is not known is found out and never guessed.
 */
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Fault } from '../../src/dev/stripe-double/faults.js';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../src/domain/instant.js';
import { fateOf, TOPPED_OFF_ONCE } from '../support/fate.js';
import { type LocalRiver, openLocalRiver, runDry, troubled } from '../support/local-river.js';
import { removeScratch, scratchFolder } from '../support/scratch.js';
import { brokenSums } from '../support/sums.js';
import { until } from '../support/wait.js';

const CREATE = 'POST /v1/payment_intents';
const CONFIRM = 'POST /v1/payment_intents/*/confirm';
const CALLS = [
  ['creating the intent', CREATE],
  ['confirming it', CONFIRM],
] as const;
const MOMENTS = ['before', 'after'] as const;

const folder = scratchFolder();
let river: LocalRiver;
let accounts = 0;

beforeAll(async () => {
  river = await openLocalRiver({ stateFile: path.join(folder, 'double.json') });
  await river.startWorker();
});

afterAll(async () => {
  await river.close();
  removeScratch(folder);
});

const nextAccount = (): string => {
  accounts += 1;
  return `silent-${accounts}`;
};

/** An account that has just gone below its threshold, with the processor struck beforehand. */
async function lowAccount(...faults: Fault[]): Promise<string> {
  const account = nextAccount();
  await river.account(account);
  for (const fault of faults) river.processor.double.control.fail(fault);
  await river.calls(account, 60);
  return account;
}

const control = () => river.processor.double.control;

/** Every fault has struck and the river has run dry. */
async function settled(): Promise<void> {
  await runDry(river);
  expect(control().faults()).toEqual([]);
}

const FAULTS: readonly (readonly [name: string, (route: string) => Fault])[] = [
  ...MOMENTS.flatMap((moment) => [
    [
      `${moment === 'after' ? 'F16' : 'F17'} no answer, ${moment} it was done`,
      (route: string): Fault => ({ kind: 'timeout', moment, route }),
    ] as const,
    [
      `${moment === 'after' ? 'F16' : 'F17'} an answer cut off, ${moment} it was done`,
      (route: string): Fault => ({ kind: 'cut', moment, route }),
    ] as const,
    [
      `a connection reset at each try, ${moment} it was done`,
      (route: string): Fault => ({ kind: 'reset', moment, route, times: 2 }),
    ] as const,
    [`a 500, ${moment} it was done`, (route: string): Fault => ({ kind: 'server_error', moment, route })] as const,
  ]),
  ['F18 a 500 that is repeated for a day', (route) => ({ kind: 'server_error', moment: 'rolled_back', route })],
  ['a proxy’s page instead of an answer', (route) => ({ kind: 'html', moment: 'after', route })],
  ['F21 a 503', (route) => ({ kind: 'unavailable', route })],
  ['F20 a 429', (route) => ({ kind: 'rate_limit', route })],
  ['F19 a 409 of its key', (route) => ({ kind: 'conflict', code: 'idempotency_key_in_use', route })],
  ['F19 a 409 of a lock', (route) => ({ kind: 'conflict', code: 'lock_timeout', route })],
];

describe.each(CALLS)('%s meets', (_, route) => {
  test.each(FAULTS)('%s: one payment, one grant, one mail', async (_name, fault) => {
    const account = await lowAccount(fault(route));
    await settled();
    expect(await fateOf(river, account)).toEqual(TOPPED_OFF_ONCE);
  });

  test('a 429 that names its time: it is asked again no sooner', async () => {
    const account = await lowAccount({ kind: 'rate_limit', retryAfterSeconds: 90, route });
    const { wait_ms } = await troubled(river, account);
    expect(wait_ms).toBeGreaterThan(60 * SECOND_MS);
    await settled();
    expect(await fateOf(river, account)).toEqual(TOPPED_OFF_ONCE);
  });

  test('silence for minutes: the waits grow, the owner is told once of an internal error, and it is paid after all', async () => {
    const account = await lowAccount({ kind: 'timeout', moment: 'before', route, times: null });
    await troubled(river, account);
    river.travel(3 * MINUTE_MS);
    await until(async () => (await troubled(river, account)).wait_ms > MINUTE_MS, { what: 'a longer wait' });
    expect((await fateOf(river, account)).incidents).toEqual([]);
    river.travel(5 * MINUTE_MS);
    await until(async () => (await fateOf(river, account)).notices.includes('top_off_failed sent'), {
      what: 'the owner to be told',
      timeoutMs: 30_000,
    });
    expect(await fateOf(river, account)).toMatchObject({
      incidents: ['internal_error open'],
      payments: [],
      grants: [],
    });
    river.travel(20 * MINUTE_MS);
    await troubled(river, account);
    control().clearFaults();
    await settled();
    expect(await fateOf(river, account)).toEqual({
      ...TOPPED_OFF_ONCE,
      incidents: ['internal_error resolved'],
      notices: ['top_off_failed sent', 'top_off_succeeded sent'],
      mails: 2,
    });
  });
});

describe('an attempt older than the processor’s memory of its key', () => {
  const oldAttempt = async (moment: 'before' | 'after'): Promise<string> => {
    const account = await lowAccount({ kind: 'timeout', moment, route: CONFIRM });
    await troubled(river, account);
    await control().advance(25 * HOUR_MS);
    river.travel(25 * HOUR_MS);
    await settled();
    return account;
  };
  const confirmsOf = (account: string): number => {
    const intents = control()
      .summary()
      .payments.filter((one) => one.metadata.creditd_account === account);
    return control()
      .journal()
      .filter(({ path: asked }) => asked === `/v1/payment_intents/${intents[0]?.intent}/confirm`).length;
  };
  const told = { ...TOPPED_OFF_ONCE, incidents: ['internal_error resolved'], mails: 2 };
  const notices = ['top_off_failed sent', 'top_off_succeeded sent'];

  test('F23 whose money moved is found by looking, and never sent again', async () => {
    const account = await oldAttempt('after');
    expect(await fateOf(river, account)).toEqual({ ...told, notices: expect.arrayContaining(notices) });
    expect(confirmsOf(account)).toBe(1);
  });

  test('whose money did not move is looked at, and a new attempt under a new key pays once', async () => {
    const account = await oldAttempt('before');
    expect(await fateOf(river, account)).toEqual({ ...told, notices: expect.arrayContaining(notices) });
    expect(confirmsOf(account)).toBe(2);
  });

  test('of creating an intent is made up by looking for the intent that was made: there is one, and it pays once', async () => {
    const { intents } = control().summary();
    const account = await lowAccount({ kind: 'timeout', moment: 'after', route: CREATE });
    await troubled(river, account);
    await control().advance(25 * HOUR_MS);
    river.travel(25 * HOUR_MS);
    await settled();
    expect(await fateOf(river, account)).toEqual({ ...told, notices: expect.arrayContaining(notices) });
    expect(control().summary().intents).toBe(intents + 1);
  });
});

describe('a processor that cannot be reached', () => {
  test('F21 for a while: the charge waits for it and pays once', async () => {
    const account = nextAccount();
    await river.account(account);
    await river.processor.down();
    await river.calls(account, 60);
    await troubled(river, account);
    await river.processor.up();
    await settled();
    expect(await fateOf(river, account)).toEqual(TOPPED_OFF_ONCE);
  });

  test('after it took the attempt: the same attempt is sent to it when it is back', async () => {
    const account = await lowAccount({ kind: 'timeout', moment: 'after', route: CONFIRM });
    await troubled(river, account);
    await river.processor.down();
    river.travel(10 * SECOND_MS);
    await troubled(river, account);
    await river.processor.up();
    await settled();
    expect(await fateOf(river, account)).toEqual(TOPPED_OFF_ONCE);
  });
});

test('after all of it, every sum holds and no usage event is in the failed set', async () => {
  expect(await brokenSums(river.url)).toEqual([]);
  expect((await river.usageCounts()).failed).toBe(0);
});
