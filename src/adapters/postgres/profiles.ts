/** Profiles, members and dismissals: changed with their line in the audit log, in one transaction of Prisma's own. */
import { Prisma as Client } from '../../generated/prisma/client.js';
import type { Clock, ProfileOutcome, Profiles } from '../../ports.js';
import { requestId } from './first-outcomes.js';
import type { Prisma } from './prisma.js';

type Tx = Client.TransactionClient;

interface Change {
  readonly action: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** One wish that comes at most once: where its trace stands, it has been done. */
interface Once {
  readonly request: string | undefined;
  readonly action: string;
}

/** What every change has in common: its line in the log, in its own transaction, and that one wish is done once. */
function makeChanging(prisma: Prisma, clock: Clock, newId: () => string) {
  const note = async (tx: Tx, who: string, accountNo: bigint, change: Change, at: Date, id: string) => {
    const { action, before, after } = change;
    await tx.auditEntry.create({
      data: { id, at, who, action, accountNo, before: jsonOf(before), after: jsonOf(after) },
    });
  };
  const isDone = async (tx: Pick<Tx, 'auditEntry'>, { request, action }: Once): Promise<boolean> =>
    request !== undefined && (await tx.auditEntry.findUnique({ where: { id: requestId(request, action) } })) !== null;
  /** Runs `change` on the account's number; what it answers as a change is written down, and what changed nothing is not. */
  const changing = async (
    account: string,
    by: string,
    change: (tx: Tx, accountNo: bigint, at: Date) => Promise<Change | ProfileOutcome>,
    once: Once = { request: undefined, action: '' },
  ): Promise<ProfileOutcome> => {
    const at = new Date(await clock.now());
    return prisma.$transaction(async (tx) => {
      const found = await tx.account.findUnique({ where: { id: account }, select: { no: true } });
      if (found === null) return 'unknown_account';
      if (await isDone(tx, once)) return 'done';
      const done = await change(tx, found.no, at);
      if (typeof done === 'string') return done;
      await note(
        tx,
        by,
        found.no,
        done,
        at,
        once.request === undefined ? newId() : requestId(once.request, done.action),
      );
      return 'done';
    });
  };
  return { changing, isDone };
}

export function makeProfiles(prisma: Prisma, clock: Clock, newId: () => string): Profiles {
  const { changing, isDone } = makeChanging(prisma, clock, newId);
  return {
    update: (account, change, by, request) =>
      changing(
        account,
        by,
        async (tx, no) => {
          const select = { name: true, slug: true, billingEmail: true };
          const before = await tx.account.findUniqueOrThrow({ where: { no }, select });
          const after = await tx.account.update({ where: { no }, data: change, select });
          return { action: 'update_account', before, after };
        },
        { request, action: 'update_account' },
      ),
    setMember: (account, { id, role, email }, by, request) =>
      changing(
        account,
        by,
        async (tx, accountNo, createdAt) => {
          const where = { accountNo_id: { accountNo, id } };
          const before = await tx.member.findUnique({ where, select: { role: true } });
          await tx.member.upsert({ where, create: { accountNo, id, role, email, createdAt }, update: { role, email } });
          // Addresses are personal data: the log says who may what, and stays when a person is erased.
          return { action: 'set_member', before, after: { member: id, role } };
        },
        { request, action: 'set_member' },
      ),
    removeMember: (account, id, by, request) =>
      changing(
        account,
        by,
        async (tx, accountNo) => {
          const { count } = await tx.member.deleteMany({ where: { accountNo, id } });
          return count === 0 ? 'unknown' : { action: 'remove_member', before: { member: id }, after: null };
        },
        { request, action: 'remove_member' },
      ),
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
    hasDone: (action, request) => isDone(prisma, { request, action }),
    async note({ who, action, account, after }) {
      await changing(account, who, async () => ({ action, before: null, after }));
    },
  };
}

const jsonOf = (value: unknown) =>
  value === null || value === undefined ? Client.DbNull : (value as Client.InputJsonValue);
