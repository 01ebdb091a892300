/** Stored notices: read for sending, and what became of them written together with the end of their step. */
import type { Pool } from 'pg';
import { accountId, accountNo, noticeId } from '../../domain/ids.js';
import { instant, isoOf } from '../../domain/instant.js';
import type { NoticeFacts } from '../../domain/notice.js';
import type { Clock, Notices } from '../../ports.js';
import { endStep } from './ledger.js';
import { inTransaction } from './outbox.js';
import type { Prisma } from './prisma.js';

const SETTLE = `update notices set state = $3, ended_at = $4, result = $5 where account_no = $1 and id = $2`;
const RESULT_LENGTH_MAX = 500;

export function makeNotices(prisma: Prisma, pool: Pool, clock: Clock): Notices {
  return {
    async find(no, id) {
      const row = await prisma.notice.findUnique({
        where: { accountNo_id: { accountNo: BigInt(no), id } },
        include: { account: { include: { settings: true, members: { where: { role: 'owner' } } } } },
      });
      if (row === null) return null;
      const { account } = row;
      const addresses = [...account.members.map((member) => member.email), account.billingEmail];
      return {
        id: noticeId(row.id),
        accountNo: accountNo(row.accountNo),
        account: accountId(account.id),
        accountName: account.name,
        slug: account.slug ?? account.id,
        zone: account.settings?.zone ?? 'UTC',
        catalog: account.catalog,
        state: row.state as 'waiting' | 'sent' | 'failed',
        createdAt: instant(row.createdAt.getTime()),
        facts: row.facts as unknown as NoticeFacts,
        recipients: [...new Set(addresses.filter((one) => one !== null).map((one) => one.trim().toLowerCase()))],
      };
    },
    async settle(notice, result, ending) {
      await inTransaction(pool, clock, async (client, at) => {
        const said = result.kind === 'sent' ? result.response : result.reason;
        const values = [ending.accountNo, notice, result.kind, isoOf(at), said.slice(0, RESULT_LENGTH_MAX)];
        await client.query(SETTLE, values);
        await endStep(client, ending, at);
      });
    },
  };
}
