/** Who gets mails about money: every owner and the billing address, in one mail, and nobody else. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { credits } from '../../src/domain/credits.js';
import { accountId } from '../../src/domain/ids.js';
import { DAY_MS, later } from '../../src/domain/instant.js';
import { query } from '../support/admin.js';
import { fateOf } from '../support/fate.js';
import { type LocalRiver, openLocalRiver } from '../support/local-river.js';
import { lowAccounts } from '../support/low-account.js';

let river: LocalRiver;
beforeAll(async () => {
  river = await openLocalRiver();
  await river.startWorker();
});
afterAll(() => river.close());

const { dry } = lowAccounts(() => river);

const TOP_OFF = {
  ...{ enabled: true, threshold: credits(50), amount: credits(200), card: null },
  ...{ capDayMinor: null, capMonthMinor: null },
};

interface People {
  readonly owners: readonly (string | null)[];
  readonly billing: string | null;
  readonly others?: readonly (readonly [role: string, email: string])[];
}

async function lowAccount(id: string, { owners, billing, others = [] }: People): Promise<void> {
  const account = accountId(id);
  const profile = { name: id, slug: null, catalog: 'receptionist', plan: 'standard', zone: 'UTC' };
  const anchor = later(await river.store.clock.now(), -DAY_MS);
  await river.desk.openAccount({
    ...{ ...profile, id: account, anchor, billingEmail: billing },
    owners: owners.map((email, place) => ({ id: `owner-${place}`, email })),
  });
  for (const [role, email] of others) {
    await query(
      river.url,
      `insert into members (account_no, id, role, email, created_at)
       select no, $2, $3, $2, created_at from accounts where id = $1`,
      [id, email, role],
    );
  }
  await river.attach(id, 'pm_card_visa');
  await river.desk.ledger.post([{ kind: 'configure_top_off', account, settings: TOP_OFF }]);
}

const recipientsOf = (id: string): (readonly string[])[] =>
  river.smtp.mails
    .filter(({ recipients }) => recipients.some((one) => one.includes(id)))
    .map((mail) => mail.recipients);

test('every owner and the billing address get one mail together, and no other member does', async () => {
  await lowAccount('crowd', {
    owners: ['ann@crowd.example', 'bob@crowd.example', null],
    billing: 'Ann@crowd.example',
    others: [
      ['admin', 'admin@crowd.example'],
      ['editor', 'editor@crowd.example'],
      ['viewer', 'viewer@crowd.example'],
    ],
  });
  await lowAccount('desk', { owners: ['ann@desk.example'], billing: 'money@desk.example' });
  await Promise.all([river.calls('crowd', 60), river.calls('desk', 60)]);
  await dry();
  expect(recipientsOf('crowd').map((each) => [...each].sort())).toEqual([['ann@crowd.example', 'bob@crowd.example']]);
  expect(recipientsOf('desk').map((each) => [...each].sort())).toEqual([['ann@desk.example', 'money@desk.example']]);
});

test('without a usable address the mail is failed, visibly, and the banner still shows', async () => {
  await lowAccount('silent', { owners: [null], billing: null });
  const card = await query<{ processor_id: string }>(
    river.url,
    'select m.processor_id from payment_methods m join accounts a on a.no = m.account_no where a.id = $1',
    ['silent'],
  );
  river.processor.double.control.fail({
    ...{ kind: 'decline', declineCode: 'insufficient_funds', times: 1 },
    paymentMethod: card[0]?.processor_id ?? '',
  });
  await river.calls('silent', 60);
  await dry();
  expect(await fateOf(river, 'silent')).toMatchObject({
    ...{ incidents: ['card_declined open'], notices: ['top_off_failed failed'] },
  });
  const [notice] = await query<{ result: string }>(
    river.url,
    'select x.result from notices x join accounts a on a.no = x.account_no where a.id = $1',
    ['silent'],
  );
  expect(notice?.result).toMatch(/no owner and no billing address/);
});
