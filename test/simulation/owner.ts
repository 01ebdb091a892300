/** What an owner does with their own hands: approves a payment by its link, and buys at a Checkout. */
import type { Charge } from '../../src/domain/charge.js';
import { credits } from '../../src/domain/credits.js';
import type { PackWish } from '../../src/domain/packs.js';
import { makeAuthenticate } from '../../src/flow/authenticate.js';
import { makeBuyByCheckout } from '../../src/flow/begin-checkout.js';
import type { AccountReading, Accounts, Catalogs, Checkout, Clock, Log, Payments } from '../../src/ports.js';
import { interleaved, type Pause } from './scheduler.js';
import type { SimWorld } from './world.js';

const LOG: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

export interface Carts {
  /** Wishes that were sent, and may be sent again under the very same key. */
  readonly sent: { readonly key: string; readonly pack: PackWish }[];
}

/** One move of the owner's, or none where there is nothing to do. */
export function ownerMoves(world: SimWorld, carts: Carts, payments: Payments): void {
  const { chance, processor, rows } = world;
  const waiting = [...rows.charges.values()].filter(waitsForOwner);
  const isAtBank = processor.intents.some((one) => one.status === 'requires_action');
  if (waiting.length > 0 && chance.in100(50)) approve(world, waiting, payments);
  else if (isAtBank && chance.in100(60)) processor.pages.decide();
  else if (chance.in100(50)) buy(world, carts);
  else processor.pages.visit();
}

const waitsForOwner = (charge: Charge): boolean => charge.state === 'action_required';

/** The link is followed; some follow it twice, and some never come back from the bank. */
function approve(world: SimWorld, waiting: readonly Charge[], payments: Payments): void {
  const { chance, rows, scheduler } = world;
  const { id } = chance.pick(waiting);
  for (let times = chance.in100(25) ? 2 : 1; times > 0; times -= 1) {
    scheduler.spawn('approve', true, async (pause) => {
      const deps = { ledger: interleaved(world.ledger, pause), payments: interleaved(payments, pause) };
      await makeAuthenticate(deps)(rows.account, id, 'https://example.com/back');
    });
  }
}

function buy(world: SimWorld, { sent }: Carts): void {
  const { chance, rows, scheduler } = world;
  const again = sent.length > 0 && chance.in100(40) ? chance.pick(sent) : null;
  const size = credits(20 * (1 + chance.below(5)));
  const wish = again ?? { key: `checkout-${sent.length + 1}`, pack: { kind: 'credits', credits: size } as const };
  if (again === null) sent.push(wish);
  scheduler.spawn('checkout', true, async (pause) => {
    await makeBuyByCheckout(doorsOf(world, pause))({ account: rows.account, by: 'member:owner', ...wish });
  });
}

function doorsOf(world: SimWorld, pause: Pause): Parameters<typeof makeBuyByCheckout>[0] {
  const { rows, catalog, processor, deployment } = world;
  const place = { name: 'Sim', catalog: catalog.key, billingEmail: null, customer: rows.customer };
  const reading = { catalog: catalog.key, slug: 'sim' } as AccountReading;
  return {
    ledger: interleaved(world.ledger, pause),
    charges: interleaved(world.charges, pause),
    checkout: interleaved(processor.pages.checkout as unknown as Checkout, pause),
    accounts: { find: async () => place } as unknown as Accounts,
    payments: {} as Payments,
    states: { read: async () => reading },
    catalogs: { find: () => catalog } as unknown as Catalogs,
    clock: { now: async () => world.now() } as unknown as Clock,
    publicUrl: () => 'https://example.com',
    ...{ deployment, log: LOG },
  };
}
