/** What people do in a walk: use, hold, buy, change settings, plans and cards, press buttons, pay at Checkout and at the bank. */
import { setCharging } from '../../src/adapters/postgres/switch.js';
import type { Command } from '../../src/domain/commands.js';
import { credits } from '../../src/domain/credits.js';
import { type ChargeId, chargeId, type PaymentMethodId, paymentMethodId } from '../../src/domain/ids.js';
import { later, MINUTE_MS } from '../../src/domain/instant.js';
import type { Outcome } from '../../src/domain/outcomes.js';
import { makeAuthenticate } from '../../src/flow/authenticate.js';
import { makeBuyByCheckout } from '../../src/flow/begin-checkout.js';
import { attach, topOffSettings, type WalkAccount } from './walk-accounts.js';
import type { WalkWorld } from './walk-world.js';

export interface Move {
  readonly name: string;
  readonly weight: number;
  /** Answers what came of it, for the trail. */
  run(world: WalkWorld, account: WalkAccount): Promise<string>;
}

const CARDS = [
  'pm_card_visa',
  'pm_card_visa',
  'pm_card_mastercard',
  'pm_card_amex',
  'pm_card_chargeCustomerFail',
  'pm_card_authenticationRequired',
  'pm_card_radarBlock',
];

async function post(world: WalkWorld, ...commands: Command[]): Promise<readonly Outcome[]> {
  const posted = await world.ledger.post(commands);
  if (posted.kind === 'unavailable') throw new Error(`the ledger is unavailable: ${posted.reason}`);
  return posted.outcomes;
}

const said = (outcomes: readonly Outcome[]): string =>
  outcomes.map((one) => (one.kind === 'refused' ? `refused:${one.reason}` : one.kind)).join(',');

async function rows<Row extends object>(world: WalkWorld, sql: string, account: WalkAccount): Promise<Row[]> {
  const found = await world.pool.query<Row>(sql, [account.id]);
  return found.rows;
}

const OF = 'join accounts a on a.no = x.account_no where a.id = $1';

interface ChargeSeen {
  readonly id: string;
  readonly kind: string;
  readonly state: string;
  readonly intent: string | null;
}

export const chargesOf = (world: WalkWorld, account: WalkAccount): Promise<ChargeSeen[]> =>
  rows(
    world,
    `select x.id, x.kind, x.state, x.intent_id as intent from charges x ${OF} order by x.created_at, x.id`,
    account,
  );

async function cardsOf(world: WalkWorld, account: WalkAccount): Promise<PaymentMethodId[]> {
  const found = await rows<{ id: string }>(
    world,
    `select x.id from payment_methods x ${OF} and x.detached_at is null order by x.attached_at, x.id`,
    account,
  );
  return found.map(({ id }) => paymentMethodId(id));
}

const nextKey = (account: WalkAccount, what: string): string => {
  account.count += 1;
  return `${what}-${account.count}`;
};

/** Uses in one batch, some of them under a key that was used before. */
async function use(world: WalkWorld, account: WalkAccount): Promise<string> {
  const { chance } = world;
  const commands: Extract<Command, { kind: 'use' }>[] = Array.from({ length: 1 + chance.below(4) }, () => {
    const known = [...account.used.keys()].filter((key) => key.startsWith('use-'));
    if (known.length > 0 && chance.in100(15)) {
      const key = chance.pick(known);
      const quantity = Number(/-q(\d+)-/.exec(key)?.[1]);
      return { kind: 'use', account: account.id, key, meter: 'call', quantity };
    }
    const quantity = 1 + chance.below(30);
    const key = nextKey(account, `use-q${quantity}`);
    return { kind: 'use', account: account.id, key, meter: 'call', quantity };
  });
  const outcomes = await post(world, ...commands);
  outcomes.forEach((outcome, place) => {
    const key = commands[place]?.key;
    if (outcome.kind !== 'used' || key === undefined) return;
    const before = account.used.get(key);
    if (before !== undefined && before !== outcome.credits) throw new Error(`${key} was answered another amount`);
    if (before === undefined && outcome.replayed) throw new Error(`${key} was answered as a replay of nothing`);
    account.used.set(key, outcome.credits);
  });
  return said(outcomes);
}

async function hold(world: WalkWorld, account: WalkAccount): Promise<string> {
  const { chance } = world;
  const key = nextKey(account, 'hold');
  const placed = await post(world, {
    kind: 'hold',
    account: account.id,
    key,
    meter: 'call',
    quantity: 1 + chance.below(60),
  });
  if (placed[0]?.kind !== 'held' || chance.in100(30)) return said(placed);
  if (chance.in100(40)) return said(await post(world, { kind: 'release', account: account.id, hold: key }));
  const quantity = 1 + chance.below(70);
  const captureKey = nextKey(account, 'capture');
  const captured = await post(world, {
    kind: 'capture',
    account: account.id,
    key: captureKey,
    hold: key,
    meter: 'call',
    quantity,
  });
  if (captured[0]?.kind === 'used') account.used.set(captureKey, captured[0].credits);
  return said([...placed, ...captured]);
}

/** Some wishes come twice at once under one key. */
async function buy(world: WalkWorld, account: WalkAccount): Promise<string> {
  const { chance } = world;
  const cards = await cardsOf(world, account);
  const card = cards.length > 0 && chance.in100(50) ? { card: chance.pick(cards) } : {};
  const amount = credits(20 * (1 + chance.below(8)));
  const key = nextKey(account, 'pack');
  const command: Command = {
    kind: 'buy_pack',
    account: account.id,
    key,
    pack: { kind: 'credits', credits: amount },
    ...card,
  };
  if (!chance.in100(20)) return said(await post(world, command));
  const both = await Promise.all([post(world, command), post(world, command)]);
  return both.map(said).join(' and ');
}

async function configure(world: WalkWorld, account: WalkAccount): Promise<string> {
  const { chance } = world;
  const settings = topOffSettings(account, chance.below(5) * 30, 20 * (1 + chance.below(10)), chance.in100(85));
  return said(await post(world, { kind: 'configure_top_off', account: account.id, settings }));
}

const overage = async (world: WalkWorld, account: WalkAccount): Promise<string> =>
  said(
    await post(world, {
      kind: 'configure_overage',
      account: account.id,
      settings: { enabled: world.chance.in100(70), capMinor: null },
    }),
  );

const plan = async (world: WalkWorld, account: WalkAccount): Promise<string> =>
  said(
    await post(
      world,
      world.chance.in100(10)
        ? { kind: 'cancel_plan', account: account.id }
        : {
            kind: 'change_plan',
            account: account.id,
            plan: world.chance.pick(['basic', 'basic', 'plus', 'plus', 'free']),
          },
    ),
  );

async function changeCards(world: WalkWorld, account: WalkAccount): Promise<string> {
  const { chance } = world;
  const cards = await cardsOf(world, account);
  const how = chance.below(10);
  if (cards.length === 0 || how < 5) return `attach ${await attach(world, account, chance.pick(CARDS))}`;
  if (how < 7)
    return `order ${said(await post(world, { kind: 'order_cards', account: account.id, cards: chance.shuffled(cards) }))}`;
  if (how < 8) {
    return `choose ${said(await post(world, { kind: 'choose_top_off_card', account: account.id, card: chance.in100(50) ? chance.pick(cards) : null }))}`;
  }
  const card = chance.pick(cards);
  if (how < 9) return `detach ${said(await post(world, { kind: 'detach_card', account: account.id, card }))}`;
  const [row] = (
    await world.pool.query<{ id: string }>('select processor_id as id from payment_methods where id = $1', [card])
  ).rows;
  // Taken off at Stripe, behind our back.
  return `lost ${await world.sdk.paymentMethods.detach(row?.id ?? '').then(
    () => 'detached',
    () => 'refused',
  )}`;
}

async function pickCharge(
  world: WalkWorld,
  account: WalkAccount,
  isWanted: (charge: ChargeSeen) => boolean,
): Promise<ChargeId | null> {
  const wanted = (await chargesOf(world, account)).filter(isWanted);
  return wanted.length === 0 ? null : chargeId(world.chance.pick(wanted).id);
}

async function retry(world: WalkWorld, account: WalkAccount): Promise<string> {
  const charge = await pickCharge(world, account, ({ state }) => state !== 'succeeded');
  if (charge === null) return 'none';
  const outcomes = await post(world, { kind: 'retry_charge', account: account.id, charge });
  if (outcomes[0]?.kind === 'charge_opened') account.retried = true;
  return said(outcomes);
}

/** The link in the mail, and what the owner does at the bank: approves, refuses, or goes away. */
async function authenticate(world: WalkWorld, account: WalkAccount): Promise<string> {
  const charge = await pickCharge(world, account, ({ state }) => state === 'action_required');
  if (charge === null) return 'none';
  const flow = makeAuthenticate({ ledger: world.ledger, payments: world.payments });
  const asked = await flow(account.id, charge, 'https://walk.example/back');
  if (asked.kind !== 'go') return asked.kind;
  if (world.chance.in100(25)) return 'went away';
  const approves = world.chance.in100(60);
  const intent = asked.url.split('/').at(-1) ?? '';
  return `${approves ? 'approved' : 'refused'} ${await world.control.completeAuthentication(intent, approves).then(
    () => 'there',
    () => 'too late',
  )}`;
}

async function checkout(world: WalkWorld, account: WalkAccount): Promise<string> {
  const { chance } = world;
  const flow = makeBuyByCheckout({ ...world, checkout: world.side.checkout, publicUrl: () => 'https://walk.example' });
  const pack = { kind: 'credits', credits: credits(20 * (1 + chance.below(5))) } as const;
  const asked = await flow({ account: account.id, key: nextKey(account, 'checkout'), by: 'member:owner-1', pack });
  if (asked.kind !== 'go') return asked.kind === 'refused' ? `refused:${asked.reason}` : asked.kind;
  if (chance.in100(35)) return 'left open';
  const session = /cs_\w+/.exec(asked.url)?.[0] ?? '';
  const card = chance.pick(['pm_card_visa', 'pm_card_visa', 'pm_card_visa_chargeDeclined', 'pm_card_mastercard']);
  return world.control.completeCheckout(session, { card }).then(
    (done) => done.kind,
    () => 'too late',
  );
}

const closeHolds = async (world: WalkWorld, account: WalkAccount): Promise<string> =>
  said(await post(world, { kind: 'settle', account: account.id }));

const resume = async (world: WalkWorld, account: WalkAccount): Promise<string> =>
  said(await post(world, { kind: 'resume_top_off', account: account.id }));

async function killSwitch(world: WalkWorld): Promise<string> {
  const charging = world.chance.pick(['on', 'on', 'on', 'stopped', 'dry_run'] as const);
  await setCharging(world.prisma, charging);
  return charging;
}

async function longHold(world: WalkWorld, account: WalkAccount): Promise<string> {
  const key = nextKey(account, 'hold');
  const expiresAt = later(world.now(), (5 + world.chance.below(120)) * MINUTE_MS);
  return said(
    await post(world, {
      kind: 'hold',
      account: account.id,
      key,
      credits: credits(1 + world.chance.below(90)),
      expiresAt,
    }),
  );
}

export const PEOPLE: readonly Move[] = [
  { name: 'use', weight: 20, run: use },
  { name: 'hold', weight: 4, run: hold },
  { name: 'long hold', weight: 2, run: longHold },
  { name: 'settle', weight: 1, run: closeHolds },
  { name: 'buy', weight: 4, run: buy },
  { name: 'configure', weight: 3, run: configure },
  { name: 'overage', weight: 2, run: overage },
  { name: 'plan', weight: 2, run: plan },
  { name: 'cards', weight: 5, run: changeCards },
  { name: 'retry', weight: 4, run: retry },
  { name: 'authenticate', weight: 5, run: authenticate },
  { name: 'checkout', weight: 3, run: checkout },
  { name: 'resume', weight: 2, run: resume },
  { name: 'switch', weight: 1, run: killSwitch },
];
