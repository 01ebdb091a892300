/** A hand in the books after a storm: an invariant that does not see what was done to it proves nothing when it holds. */
import { query } from '../support/admin.js';
import { type Ended, INVARIANTS } from './invariants.js';

interface Damage {
  readonly id: string;
  readonly does: string;
  hurt(ended: Ended): Promise<unknown> | unknown;
}

const run = ({ storm }: Ended, sql: string) => query(storm.ground.databaseUrl, sql);

const DAMAGES: readonly Damage[] = [
  {
    id: 'I9',
    does: 'a key in a refusal',
    hurt: (ended) =>
      run(
        ended,
        `update refusals set message = 'sk_test_canary7f3aStripeKey' where id = (select id from refusals limit 1)`,
      ),
  },
  {
    id: 'I8',
    does: 'a step that nobody ends',
    hurt: (ended) =>
      run(
        ended,
        `insert into outbox (account_no, id, topic, subject, due_at, asks, starts, created_at)
         select account_no, gen_random_uuid(), 'notice', gen_random_uuid(), '2999-01-01', 1, 0, '2026-01-01' from balances limit 1`,
      ),
  },
  {
    id: 'I6',
    does: 'a mail that no notice knows',
    hurt: ({ storm }) => {
      const { mails } = storm.ground.smtp;
      const raw = 'Message-ID: <0190a0a0-0000-7000-8000-00000000000f@example.com>\r\n\r\nx';
      (mails as { from: string; recipients: string[]; raw: string; secure: boolean }[]).push({
        ...{ from: '', recipients: [], raw, secure: false },
      });
    },
  },
  {
    id: 'I3',
    does: 'a payment that is less here than at the processor',
    hurt: (ended) => run(ended, `update charges set paid_minor = paid_minor - 1 where state = 'succeeded'`),
  },
  {
    id: 'I2',
    does: 'an event in a producer’s book that was never debited',
    hurt: ({ storm }) => {
      const [account = ''] = [...storm.book.entries.values()].map((entry) => entry.account);
      storm.book.add({ account, key: 'p0-lost', event: {}, credits: 1, reason: null });
    },
  },
  {
    id: 'I1',
    does: 'a line that is missing',
    hurt: (ended) => run(ended, 'update balances set sequence = sequence + 1'),
  },
];

/** Sentences about what was not seen; none: each was. Afterwards the database is of no use. */
export async function unseenDamage(ended: Ended): Promise<string[]> {
  const unseen: string[] = [];
  for (const { id, does, hurt } of DAMAGES) {
    await hurt(ended);
    const invariant = INVARIANTS.find((one) => one.id === id);
    if (((await invariant?.broken(ended)) ?? []).length === 0) unseen.push(`${id} does not see ${does}`);
  }
  return unseen;
}
