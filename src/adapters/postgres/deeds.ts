/** What an operator did to the whole deployment, in the audit log: no account's line, and no command of the ledger's. */
import { Prisma as Client } from '../../generated/prisma/client.js';
import type { Prisma } from './prisma.js';

export interface Deed {
  readonly id: string;
  readonly at: Date;
  readonly who: string;
  readonly action: string;
  readonly before?: object;
  readonly after?: object;
}

/** A transaction's client as well: what changes rows is written down with the change, or neither stands. */
export async function noteDeed(prisma: Pick<Prisma, 'auditEntry'>, { before, after, ...deed }: Deed): Promise<void> {
  await prisma.auditEntry.create({ data: { ...deed, before: jsonOf(before), after: jsonOf(after) } });
}

const jsonOf = (value: object | undefined) => (value === undefined ? Client.DbNull : (value as Client.InputJsonValue));
