/** Profiles, members and dismissals: changed with their line in the audit log, in one transaction of Prisma's own. */
import { Prisma as Client } from '../../generated/prisma/client.js';
import type { Clock, ProfileOutcome, Profiles } from '../../ports.js';
import type { Prisma } from './prisma.js';

type Tx = Client.TransactionClient;

interface Change {
  readonly action: string;
  readonly before: unknown;
  readonly after: unknown;
}

export function makeProfiles(prisma: Prisma, clock: Clock, newId: () => string): Profiles {
  const note = async (tx: Tx, who: string, accountNo: bigint, { action, before, after }: Change, at: Date) => {
    await tx.auditEntry.create({
      data: { id: newId(), at, who, action, accountNo, before: jsonOf(before), after: jsonOf(after) },
    });
  };
  /** Runs `change` on the account's number; what it answers as a change is written down, and what changed nothing is not. */
  const changing = async (
    account: string,
    by: string,
    change: (tx: Tx, accountNo: bigint, at: Date) => Promise<Change | ProfileOutcome>,
  ): Promise<ProfileOutcome> => {
    const at = new Date(await clock.now());
    return prisma.$transaction(async (tx) => {
      const found = await tx.account.findUnique({ where: { id: account }, select: { no: true } });
      if (found === null) return 'unknown_account';
      const done = await change(tx, found.no, at);
      if (typeof done === 'string') return done;
      await note(tx, by, found.no, done, at);
      return 'done';
    });
  };
  return {
    update: (account, change, by) =>
      changing(account, by, async (tx, no) => {
        const select = { name: true, slug: true, billingEmail: true };
        const before = await tx.account.findUniqueOrThrow({ where: { no }, select });
        const after = await tx.account.update({ where: { no }, data: change, select });
        return { action: 'update_account', before, after };
      }),
    setMember: (account, { id, role, email }, by) =>
      changing(account, by, async (tx, accountNo, createdAt) => {
        const where = { accountNo_id: { accountNo, id } };
        const before = await tx.member.findUnique({ where, select: { role: true } });
        await tx.member.upsert({ where, create: { accountNo, id, role, email, createdAt }, update: { role, email } });
        // Addresses are personal data: the log says who may what, and stays when a person is erased.
        return { action: 'set_member', before, after: { member: id, role } };
      }),
    removeMember: (account, id, by) =>
      changing(account, by, async (tx, accountNo) => {
        const { count } = await tx.member.deleteMany({ where: { accountNo, id } });
        return count === 0 ? 'unknown' : { action: 'remove_member', before: { member: id }, after: null };
      }),
    dismiss: (account, id, member, by) =>
      changing(account, by, async (tx, accountNo, dismissedAt) => {
        const found = await tx.incident.findUnique({ where: { accountNo_id: { accountNo, id } } });
        if (found === null) return 'unknown';
        const { count } = await tx.dismissal.createMany({
          data: [{ accountNo, incidentId: id, member, dismissedAt }],
          skipDuplicates: true,
        });
        return count === 0 ? 'done' : { action: 'dismiss_incident', before: null, after: { incident: id, member } };
      }),
    async note({ who, action, account, after }) {
      await changing(account, who, async () => ({ action, before: null, after }));
    },
  };
}

const jsonOf = (value: unknown) =>
  value === null || value === undefined ? Client.DbNull : (value as Client.InputJsonValue);
