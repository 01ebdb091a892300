/** What a story leaves behind. */
import { query } from './admin.js';
import type { LocalRiver } from './local-river.js';

/** What became of one account: in the ledger, at the processor and in its owner's mailbox. */
export async function fateOf(river: LocalRiver, account: string) {
  const rows = <Row extends Record<string, unknown>>(sql: string) => query<Row>(river.url, sql, [account]);
  const of = 'join accounts a on a.no = x.account_no where a.id = $1';
  const [balance] = await rows<{ credits: number }>(
    `select ((lots - debt) / 1000000)::int as credits from balances x ${of}`,
  );
  const charges = await rows<{ state: string; failure: string | null }>(
    `select state, failure from charges x ${of} order by x.created_at, x.id`,
  );
  const grants = await rows<{ credits: number }>(
    `select (amount / 1000000)::int as credits from grants x ${of} and x.kind = 'top_off'`,
  );
  const incidents = await rows<{ kind: string; open: boolean }>(
    `select x.kind, x.resolved_at is null as open from incidents x ${of} order by x.opened_at, x.id`,
  );
  const mails = river.smtp.mails.filter((mail) => mail.recipients.includes(`${account}@example.com`));
  const notices = await rows<{ kind: string; state: string }>(
    `select x.kind, x.state from notices x ${of} order by x.created_at, x.id`,
  );
  const payments = river.processor.double.control
    .summary()
    .payments.filter((payment) => payment.metadata.creditd_account === account);
  return {
    balance: balance?.credits,
    charges: charges.map(({ state, failure }) => (failure === null ? state : `${state}: ${failure}`)),
    grants: grants.map(({ credits }) => credits),
    payments: payments.map((payment) => payment.amountMinor),
    incidents: incidents.map(({ kind, open }) => `${kind} ${open ? 'open' : 'resolved'}`),
    notices: notices.map(({ kind, state }) => `${kind} ${state}`),
    mails: mails.length,
  };
}

/** After 60 calls of 100, and one top-off of 200. */
export const TOPPED_OFF_ONCE = {
  balance: 240,
  charges: ['succeeded'],
  grants: [200],
  payments: [5_000],
  incidents: [],
  notices: ['top_off_succeeded sent'],
  mails: 1,
};
