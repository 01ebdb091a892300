/** One calm line for each thing that matters, read from the same tables that everything else is read from. */
import { formatCredits, microCredits } from '../../domain/credits.js';
import { formatMoney, money } from '../../domain/money.js';
import type { Store } from '../../wire.js';
import { DEMO_ACCOUNT } from './product.js';

const LOOK_MS = 500;
/** How often the balance is told while nothing else happens. */
const BALANCE_EVERY_MS = 10_000;

export interface Narrator {
  /** Whether a top-off has finished since the start, mail included. */
  sawTopOff(): boolean;
  close(): Promise<void>;
}

interface Seen {
  readonly charges: Map<string, string>;
  readonly told: Set<string>;
}

export function startNarrator(store: Store, out: (line: string) => void): Narrator {
  const seen: Seen = { charges: new Map(), told: new Set() };
  const say = (line: string): void => out(`${new Date().toTimeString().slice(0, 8)}  ${line}`);
  let saw = false;
  let closed = false;
  let last = { at: 0, line: '' };
  const look = async (first: boolean): Promise<void> => {
    const charges = await recentCharges(store);
    for (const charge of charges) {
      const state = stateOf(charge);
      const before = seen.charges.get(charge.id);
      if (before === state) continue;
      seen.charges.set(charge.id, state);
      if (first) continue;
      // A charge may be over before it is seen for the first time; its beginning is told all the same.
      const lines = before === undefined && state !== 'pending' ? ['pending', state] : [state];
      for (const line of lines.map((one) => lineOf(charge, one))) if (line !== null) say(line);
      if (state === 'succeeded, mail sent') saw = true;
    }
    const balance = await balanceLine(store);
    if (balance !== null && balance !== last.line && Date.now() - last.at >= BALANCE_EVERY_MS) {
      say(balance);
      last = { at: Date.now(), line: balance };
    }
  };
  const loop = async (): Promise<void> => {
    for (let first = true; !closed; first = false) {
      await look(first).catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS).unref());
    }
  };
  const running = loop();
  return {
    sawTopOff: () => saw,
    async close() {
      closed = true;
      await running;
    },
  };
}

const recentCharges = (store: Store) =>
  store.prisma.charge.findMany({
    where: { account: { id: DEMO_ACCOUNT } },
    orderBy: { createdAt: 'desc' },
    take: 20,
    include: { account: { include: { notices: { orderBy: { createdAt: 'desc' }, take: 20 } } } },
  });

type ChargeRow = Awaited<ReturnType<typeof recentCharges>>[number];

/** A finished top-off is told once its mail has been sent, in the same line. */
function stateOf(charge: ChargeRow): string {
  const notice = noticeOf(charge);
  if (charge.state !== 'succeeded' && charge.state !== 'failed') return charge.state;
  if (notice === undefined || notice.state === 'waiting') return `${charge.state}, mail waiting`;
  return `${charge.state}, mail ${notice.state}`;
}

const noticeOf = (charge: ChargeRow) =>
  charge.account.notices.find((notice) => (notice.facts as { charge?: unknown } | null)?.charge === charge.id);

function lineOf(charge: ChargeRow, state: string): string | null {
  const amount = formatMoney(money(charge.amountMinor, charge.currency));
  const added = formatCredits(microCredits(charge.credits));
  const facts = noticeOf(charge)?.facts as { balance?: string } | undefined;
  switch (state) {
    case 'pending':
      return `below the threshold: charging ${amount} for ${added} credits`;
    case 'succeeded, mail sent':
      return `topped off: ${amount} charged to ${cardName(charge.cardBrand)} ending in ${charge.cardLast4}, ${added} credits added, balance ${facts?.balance}; mail sent`;
    case 'succeeded, mail failed':
      return `topped off: ${amount} charged, ${added} credits added; the mail could not be sent`;
    case 'failed, mail sent':
      return `the top-off of ${amount} failed (${charge.failure?.replaceAll('_', ' ')}); mail sent, and auto top-off waits for another card`;
    case 'canceled':
      return `the top-off of ${amount} was no longer needed and is canceled`;
    default:
      return null;
  }
}

const cardName = (brand: string | null): string =>
  brand === null ? 'the card' : brand.charAt(0).toUpperCase() + brand.slice(1);

async function balanceLine(store: Store): Promise<string | null> {
  const row = await store.prisma.account.findUnique({ where: { id: DEMO_ACCOUNT }, include: { balance: true } });
  if (row?.balance == null) return null;
  const { lots, debt } = row.balance;
  return `${row.name}: ${formatCredits(microCredits(lots - debt))} credits remaining`;
}
