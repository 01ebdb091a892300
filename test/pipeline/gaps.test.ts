/**
 * A worker is killed with SIGKILL at each gap of the river. The table names the gap, what is true then, and who repairs it;
 * the end is always the same: one payment, one grant, the balance exact, the owner told.
 */
import { describe, expect, test } from 'vitest';
import { query } from '../support/admin.js';
import { callEvent, drained, type KillAt, openRiver, type River } from '../support/river.js';
import { brokenSums } from '../support/sums.js';

interface Gap {
  readonly gap: string;
  readonly trueThen: string;
  readonly repairedBy: string;
  readonly killAt: KillAt;
  /** The one gap at which a second mail, of the same Message-ID, is allowed. */
  readonly mails?: 2;
}

const GAPS: readonly Gap[] = [
  {
    gap: 'job taken, transaction not begun',
    trueThen: 'nothing is posted',
    repairedBy: 'the queue gives the stalled job again',
    killAt: { part: 'sql', call: 'begin', moment: 'after' },
  },
  {
    gap: 'lines written, not committed',
    trueThen: 'nothing is posted',
    repairedBy: 'the queue gives the stalled job again',
    killAt: { part: 'sql', call: 'commit', moment: 'before' },
  },
  {
    gap: 'debit committed, job not completed',
    trueThen: 'the debit stands, the charge is asked for',
    repairedBy: 'the job comes again and is answered from its keys',
    killAt: { part: 'sql', call: 'commit', moment: 'after' },
  },
  {
    gap: 'row leased, not published',
    trueThen: 'the row is due again by its lease',
    repairedBy: 'the relay',
    killAt: { part: 'outbox', call: 'takeDue', moment: 'after' },
  },
  {
    gap: 'published, step not started',
    trueThen: 'the job is in the queue, the row is free',
    repairedBy: 'the lease publishes the row again',
    killAt: { part: 'outbox', call: 'start', moment: 'before' },
  },
  {
    gap: 'step started, nothing done',
    trueThen: 'the row is held',
    repairedBy: 'the hold ends and the lease publishes again',
    killAt: { part: 'outbox', call: 'start', moment: 'after' },
  },
  {
    gap: 'intent asked for, not sent',
    trueThen: 'the charge says that an intent may exist',
    repairedBy: 'the step creates it under the same key',
    killAt: { part: 'payments', call: 'createIntent', moment: 'before' },
  },
  {
    gap: 'intent created, not stored',
    trueThen: 'an unconfirmed intent exists at the processor',
    repairedBy: 'creating under the same key answers the same intent',
    killAt: { part: 'payments', call: 'createIntent', moment: 'after' },
  },
  {
    gap: 'attempt frozen, not sent',
    trueThen: 'no money has moved',
    repairedBy: 'the same attempt is sent under its key',
    killAt: { part: 'payments', call: 'confirmIntent', moment: 'before' },
  },
  {
    gap: 'money moved, not settled',
    trueThen: 'the owner has paid and has no credits yet',
    repairedBy: 'the same attempt is answered with the same payment',
    killAt: { part: 'payments', call: 'confirmIntent', moment: 'after' },
  },
  {
    gap: 'settled, step not left',
    trueThen: 'credits are granted and the notice waits',
    repairedBy: 'nothing is left to do but the notice',
    killAt: { part: 'sql', call: 'outbox_end_delete', moment: 'after' },
  },
  {
    gap: 'notice taken, mail not sent',
    trueThen: 'no mail has left',
    repairedBy: 'the notice’s row comes due again',
    killAt: { part: 'mailer', call: 'send', moment: 'before' },
  },
  {
    gap: 'mail accepted, not recorded',
    trueThen: 'the mail is out and we do not know',
    repairedBy: 'it is sent again under the same Message-ID',
    killAt: { part: 'mailer', call: 'send', moment: 'after' },
    mails: 2,
  },
  {
    gap: 'mail recorded',
    trueThen: 'all is done',
    repairedBy: 'nobody has to',
    killAt: { part: 'notices', call: 'settle', moment: 'after' },
  },
];

/** Several at a time: most of each test is waiting for a hold to end. */
describe.concurrent.each([...GAPS])(
  'killed with $gap: $trueThen, and repaired: $repairedBy',
  ({ killAt, mails = 1 }) => {
    test('C9 C10 one payment, one grant, the balance exact, the owner told', { timeout: 120_000 }, async () => {
      const river = await openRiver();
      try {
        await killAndRepair(river, killAt);
        await assertWhole(river, mails);
      } finally {
        await river.close();
      }
    });
  },
);

async function killAndRepair(river: River, killAt: KillAt): Promise<void> {
  await river.account('store');
  const doomed = river.startWorker(killAt);
  await doomed.ready;
  await river.enqueue({ v: 1, events: Array.from({ length: 60 }, (_, index) => callEvent('store', `call-${index}`)) });
  expect(await doomed.ended).toBe('SIGKILL');
  await river.startWorker().ready;
  await drained(river);
}

async function assertWhole(river: River, mails: number): Promise<void> {
  const [account] = await query(river.store.url, `select ((lots - debt) / 1000000)::int as balance from balances`);
  expect(account).toEqual({ balance: 240 });
  const charges = await query(
    river.store.url,
    `select state, (credits / 1000000)::int as credits, paid_minor::int as paid from charges`,
  );
  expect(charges).toEqual([{ state: 'succeeded', credits: 200, paid: 5000 }]);
  expect(river.double.control.summary().payments).toHaveLength(1);
  const ids = river.smtp.mails.map((mail) => /^message-id: (.*)$/im.exec(mail.raw)?.[1]);
  expect(new Set(ids).size).toBe(1);
  expect(ids.length).toBeLessThanOrEqual(mails);
  expect(await river.failedJobs()).toBe(0);
  expect(await brokenSums(river.store.url)).toEqual([]);
}
