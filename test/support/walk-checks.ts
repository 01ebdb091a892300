/** What has to be true in a walk after each step, and what has to be true at its end. Each answers sentences; none: all holds. */
import { brokenSums } from './sums.js';
import type { WalkAccount } from './walk-accounts.js';
import type { WalkWorld } from './walk-world.js';

/** Asked of the double alone, and therefore after every step: nobody pays twice for one charge. */
export function brokenPayments(world: WalkWorld): string[] {
  const seen = new Map<string, string>();
  const broken: string[] = [];
  for (const { intent, metadata } of world.control.summary().payments) {
    const charge = metadata.creditd_charge ?? '';
    const other = seen.get(charge);
    if (other !== undefined) broken.push(`charge ${charge} was paid by ${other} and by ${intent}`);
    seen.set(charge, intent);
  }
  return broken;
}

/** Asked of the database, and therefore now and then. */
export async function brokenBooks(world: WalkWorld): Promise<string[]> {
  const ours = world.errors.filter((one) => /could not be decided|refused what was decided/.test(one));
  return [...(await brokenSums(world.database.url)), ...ours, ...world.parked.map((step) => `parked: ${step}`)];
}

interface ChargeBook {
  readonly account: string;
  readonly id: string;
  readonly kind: string;
  readonly state: string;
  readonly intent: string | null;
  readonly credits: string;
  readonly amount: string;
  readonly paid: string;
  readonly refunded: string;
  readonly disputed: string;
  readonly clawed: string;
  readonly grants: string;
  readonly granted: string;
  readonly moved: string;
}

const CHARGES = `select a.id as account, c.id, c.kind, c.state, c.intent_id as intent, c.credits, c.amount_minor as amount,
    c.paid_minor as paid, c.refunded_minor as refunded, coalesce(c.disputed_minor, 0) as disputed, c.clawed,
    (select count(*) from grants g where g.account_no = c.account_no and g.charge_id = c.id) as grants,
    (select coalesce(sum(g.amount), 0) from grants g where g.account_no = c.account_no and g.charge_id = c.id) as granted,
    (select coalesce(sum(e.amount), 0) from ledger_entries e where e.account_no = c.account_no and e.ref = c.id) as moved
  from charges c join accounts a on a.no = c.account_no order by c.created_at, c.id`;

/** The double's money, our charges and the ledger, to the cent and the micro-credit. */
export async function brokenMoney(world: WalkWorld): Promise<string[]> {
  const { rows } = await world.pool.query<ChargeBook>(CHARGES);
  const { payments } = world.control.summary();
  const broken: string[] = [];
  const byCharge = new Map(payments.map((one) => [one.metadata.creditd_charge ?? '', one]));
  for (const payment of payments) {
    const charge = rows.find((row) => row.id === payment.metadata.creditd_charge);
    const name = `payment ${payment.intent} of ${payment.amountMinor}`;
    if (charge === undefined) broken.push(`${name} has no charge`);
    else if (charge.state !== 'succeeded')
      broken.push(`${name} stands beside charge ${charge.id}, which is ${charge.state}`);
    else if (charge.intent !== payment.intent)
      broken.push(`${name} is not the payment ${charge.intent} of charge ${charge.id}`);
    else broken.push(...differences(charge, payment));
  }
  for (const charge of rows) {
    const isPaid = charge.state === 'succeeded';
    if (isPaid && !byCharge.has(charge.id)) broken.push(`charge ${charge.id} succeeded without a payment`);
    if (['pending', 'processing', 'action_required'].includes(charge.state))
      broken.push(`charge ${charge.id} is still ${charge.state}`);
    const isSold = charge.kind !== 'overage';
    const wanted = isPaid && isSold ? 1 : 0;
    if (BigInt(charge.grants) !== BigInt(wanted))
      broken.push(`charge ${charge.id} (${charge.kind}, ${charge.state}) has ${charge.grants} grants`);
    if (wanted === 1 && BigInt(charge.granted) !== BigInt(charge.credits))
      broken.push(`charge ${charge.id} of ${charge.credits} granted ${charge.granted}`);
    const moved = isSold ? (isPaid ? BigInt(charge.credits) - BigInt(charge.clawed) : 0n) : BigInt(charge.credits);
    if (BigInt(charge.moved) !== moved)
      broken.push(
        `charge ${charge.id} (${charge.kind}, ${charge.state}) moved ${charge.moved} micro-credits instead of ${moved}`,
      );
  }
  return broken;
}

function differences(
  charge: ChargeBook,
  payment: ReturnType<WalkWorld['control']['summary']>['payments'][number],
): string[] {
  const paid = BigInt(payment.amountMinor);
  const gone = BigInt(payment.refundedMinor + payment.disputedMinor);
  const owed = charge.kind === 'overage' ? 0n : (BigInt(charge.credits) * (gone < paid ? gone : paid)) / paid;
  const compared: readonly (readonly [string, string, bigint])[] = [
    ['amount', charge.amount, paid],
    ['paid', charge.paid, paid],
    ['refunded', charge.refunded, BigInt(payment.refundedMinor)],
    ['disputed', charge.disputed, BigInt(payment.disputedMinor)],
    ['clawed', charge.clawed, owed],
  ];
  return compared.flatMap(([what, ours, theirs]) =>
    BigInt(ours) === theirs
      ? []
      : [`${what} of charge ${charge.id} (${payment.intent}): ${ours} here, ${theirs} by Stripe's money`],
  );
}

/** No intent of an ended charge can still be paid by an old link, and none of them stands somewhere half done. */
export async function brokenIntents(world: WalkWorld): Promise<string[]> {
  const { rows } = await world.pool.query<ChargeBook>(CHARGES);
  const intents = await world.sdk.paymentIntents.list({ limit: 100 }).autoPagingToArray({ limit: 10_000 });
  return intents.flatMap(({ id, status, metadata }) => {
    const charge = rows.find((row) => row.id === metadata.creditd_charge);
    const name = `intent ${id} of charge ${charge?.id} (${charge?.kind}, ${charge?.state}) is ${status}`;
    if (charge === undefined) return [`intent ${id} has no charge`];
    if (status === 'requires_action' || status === 'processing') return [name];
    if (status === 'canceled' || charge.state === 'failed') return [];
    return (charge.state === 'succeeded') === (status === 'succeeded') ? [] : [name];
  });
}

const LEFT: readonly (readonly [name: string, sql: string])[] = [
  ['a step is left', `select topic, subject, note from outbox where topic <> 'event'`],
  ['an event of Stripe waits', `select type, result from stripe_events where state = 'waiting'`],
  ['an attempt is unanswered', 'select charge_id, ordinal from attempts where answered_at is null'],
  ['a notice was not sent', `select kind, state from notices where state <> 'sent'`],
  [
    'an incident of a charge that is over stands open',
    `select i.kind, c.state from incidents i join charges c on c.account_no = i.account_no and c.id = i.charge_id
     where i.resolved_at is null and c.state in ('succeeded', 'canceled')`,
  ],
  [
    'an internal error is still in doubt',
    `select i.id from incidents i where i.kind = 'internal_error' and i.resolved_at is null`,
  ],
  [
    'a suspended top-off has no incident',
    `select a.id from account_settings s join accounts a on a.no = s.account_no
     where s.top_off_suspended_at is not null and s.top_off_enabled
       and not exists (select 1 from incidents i where i.account_no = s.account_no and i.resolved_at is null)`,
  ],
];

async function leftBehind(world: WalkWorld): Promise<string[]> {
  const broken: string[] = [];
  for (const [name, sql] of LEFT) {
    const { rows } = await world.pool.query(sql);
    if (rows.length > 0) broken.push(`${name}: ${JSON.stringify(rows.slice(0, 4))} (${rows.length})`);
  }
  return broken;
}

/** What was answered as used is what was used, each key once. */
async function brokenUsage(world: WalkWorld, accounts: readonly WalkAccount[]): Promise<string[]> {
  const broken: string[] = [];
  for (const { id, used } of accounts) {
    const { rows } = await world.pool.query<{ sum: string }>(
      `select coalesce(-sum(e.amount), 0) as sum from ledger_entries e join accounts a on a.no = e.account_no
       where a.id = $1 and e.kind = 'use'`,
      [id],
    );
    let answered = 0n;
    for (const one of used.values()) answered += one;
    if (BigInt(rows[0]?.sum ?? 0) !== answered)
      broken.push(`${id} was told of ${answered} used and the ledger says ${rows[0]?.sum}`);
  }
  return broken;
}

/** Of accounts whose owners never pressed "retry": their own word is beside the cap. */
export async function brokenCaps(world: WalkWorld, accounts: readonly WalkAccount[]): Promise<string[]> {
  const broken: string[] = [];
  for (const { id, capDayMinor, retried } of accounts) {
    if (capDayMinor === null || retried) continue;
    const { rows } = await world.pool.query<{ day: string; sum: string }>(
      `select to_char(c.settled_at at time zone 'UTC', 'YYYY-MM-DD') as day, sum(c.amount_minor) as sum
       from charges c join accounts a on a.no = c.account_no
       where a.id = $1 and c.kind = 'top_off' and c.state = 'succeeded' group by 1 having sum(c.amount_minor) > $2`,
      [id, capDayMinor],
    );
    broken.push(...rows.map(({ day, sum }) => `${id} was charged ${sum} on ${day}, and its cap is ${capDayMinor}`));
  }
  return broken;
}

export async function brokenAtTheEnd(world: WalkWorld, accounts: readonly WalkAccount[]): Promise<string[]> {
  return [
    ...brokenPayments(world),
    ...(await brokenBooks(world)),
    ...(await brokenMoney(world)),
    ...(await brokenIntents(world)),
    ...(await leftBehind(world)),
    ...(await brokenUsage(world, accounts)),
    ...(await brokenCaps(world, accounts)),
  ];
}
