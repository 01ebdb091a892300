/** Every fault that a storm can raise, by name. Each undoes itself after a while, and all of them at the end. */
import type { Fault } from '../../src/dev/stripe-double/faults.js';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../src/domain/instant.js';
import { query } from '../support/admin.js';
import type { RoughLink } from '../support/rough-link.js';
import type { Chance } from '../support/walk-random.js';
import { travel } from '../support/walk-river.js';
import type { WalkWorld } from '../support/walk-world.js';
import type { Book } from './book.js';
import type { Ground } from './ground.js';
import { PAST_LEASE_MS, type Parts } from './parts.js';

export interface Storm {
  readonly ground: Ground;
  readonly parts: Parts;
  readonly world: WalkWorld;
  readonly book: Book;
  readonly chance: Chance;
  /** Undoes a fault after so long, or when the storm ends. */
  after(ms: number, undo: () => unknown): void;
}

export interface Trouble {
  readonly name: string;
  readonly weight: number;
  run(storm: Storm): Promise<unknown> | unknown;
}

const partOf = ({ parts, chance }: Storm, role: string) =>
  chance.pick(parts.slots.filter((slot) => slot.name.startsWith(role)));

const some = ({ chance }: Storm, least: number, most: number): number => least + chance.below(most - least);

/** Comes first, so that it is over before the storm is. */
export const PAST_LEASE = 'worker frozen past its lease';

const PROCESSES: readonly Trouble[] = [
  { name: 'worker killed', weight: 10, run: (s) => s.parts.kill(partOf(s, 'worker'), 'SIGKILL') },
  { name: 'worker asked to end', weight: 3, run: (s) => s.parts.kill(partOf(s, 'worker'), 'SIGTERM') },
  { name: 'worker frozen', weight: 4, run: (s) => s.parts.freeze(partOf(s, 'worker'), some(s, 300, 2_500)) },
  { name: PAST_LEASE, weight: 2, run: (s) => s.parts.freeze(partOf(s, 'worker'), PAST_LEASE_MS) },
  { name: 'api killed', weight: 4, run: (s) => s.parts.kill(partOf(s, 'api'), 'SIGKILL') },
  { name: 'api frozen', weight: 2, run: (s) => s.parts.freeze(partOf(s, 'api'), some(s, 300, 2_500)) },
];

const emptied = async ({ book }: Storm, empty: () => Promise<unknown>): Promise<void> => {
  await empty();
  book.emptied();
};

const REDIS: readonly Trouble[] = [
  { name: 'Redis killed and started again', weight: 2, run: ({ ground }) => ground.redis.crash() },
  { name: 'Redis killed and started empty', weight: 1, run: (s) => emptied(s, () => s.ground.redis.crashEmpty()) },
  { name: 'Redis emptied', weight: 2, run: (s) => emptied(s, () => s.ground.redis.direct.flushall()) },
  {
    name: 'Redis paused',
    weight: 3,
    run: (s) => s.ground.redis.direct.call('CLIENT', 'PAUSE', String(some(s, 200, 2_000)), 'ALL'),
  },
];

/** Nobody's wish ends its own connection, only everybody else's. */
const CUT_ALL = `select pg_terminate_backend(pid) from pg_stat_activity
  where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'`;

/** A Postgres that has no room to replay its log does not come back before there is some, and neither does the storm. */
const onFreeDisk = (storm: Storm, restart: () => Promise<void>): Promise<void> => {
  storm.ground.disk?.free();
  return restart();
};

const POSTGRES: readonly Trouble[] = [
  { name: 'Postgres restarted', weight: 1, run: (s) => onFreeDisk(s, () => s.ground.postgres.restart()) },
  { name: 'Postgres crashed', weight: 1, run: (s) => onFreeDisk(s, () => s.ground.postgres.crash()) },
  { name: 'Postgres connections ended', weight: 4, run: ({ ground }) => query(ground.databaseUrl, CUT_ALL) },
];

/** Only where there is a small disk. */
const DISK: Trouble = {
  name: 'disk full',
  weight: 2,
  run: (s) => {
    s.ground.disk?.fill();
    s.after(some(s, 300, 1_500), () => s.ground.disk?.free());
  },
};

const linkOf = ({ ground, chance }: Storm): RoughLink => chance.pick(Object.values(ground.links));

const NETWORK: readonly Trouble[] = [
  { name: 'network cut', weight: 5, run: (s) => linkOf(s).cut() },
  {
    name: 'network slow',
    weight: 4,
    run: (s) => {
      const link = linkOf(s);
      link.slow(some(s, 5, 120));
      s.after(some(s, 500, 3_000), () => link.slow(0));
    },
  },
  {
    name: 'network silent',
    weight: 3,
    run: (s) => {
      const link = linkOf(s);
      link.freeze();
      s.after(some(s, 200, 2_500), () => link.thaw());
    },
  },
  {
    name: 'network refusing',
    weight: 2,
    run: (s) => {
      const link = linkOf(s);
      link.refuse(true);
      link.cut();
      s.after(some(s, 200, 1_500), () => link.refuse(false));
    },
  },
];

const SOFT = ['insufficient_funds', 'generic_decline', 'try_again_later', 'processing_error', 'issuer_not_available'];
const HARD = ['lost_card', 'stolen_card', 'expired_card', 'authentication_required', 'a_code_of_tomorrow'];
const ROUTES = [
  'POST /v1/payment_intents',
  'POST /v1/payment_intents/*/confirm',
  'POST /v1/payment_intents/*/cancel',
  'GET /v1/payment_intents/*',
  '*',
];

/** One for every kind of fault that the double knows. */
export const STRIPE_FAULTS: { readonly [kind in Fault['kind']]: (chance: Chance) => Fault } = {
  decline: (chance) => ({ kind: 'decline', declineCode: chance.pick(chance.in100(60) ? SOFT : HARD), times: 2 }),
  processing: () => ({ kind: 'processing' }),
  refund_pending: () => ({ kind: 'refund_pending' }),
  timeout: (chance) => ({ kind: 'timeout', ...where(chance), times: 1 }),
  cut: (chance) => ({ kind: 'cut', ...where(chance), times: 2 }),
  reset: (chance) => ({ kind: 'reset', ...where(chance), times: 2 }),
  html: (chance) => ({ kind: 'html', ...where(chance), times: 2 }),
  server_error: (chance) => ({
    ...{ kind: 'server_error', route: chance.pick(ROUTES), times: 2 },
    moment: chance.pick(['before', 'after', 'rolled_back'] as const),
  }),
  unavailable: (chance) => ({ kind: 'unavailable', route: chance.pick(ROUTES), times: 5 }),
  rate_limit: (chance) => ({ kind: 'rate_limit', retryAfterSeconds: 1, route: chance.pick(ROUTES), times: 5 }),
  conflict: (chance) => ({
    ...{ kind: 'conflict', route: chance.pick(ROUTES), times: 2 },
    code: chance.pick(['idempotency_key_in_use', 'lock_timeout'] as const),
  }),
  delay: (chance) => ({ kind: 'delay', ms: chance.below(900), route: chance.pick(ROUTES), times: 3 }),
};

const where = (chance: Chance) =>
  ({ moment: chance.pick(['before', 'after'] as const), route: chance.pick(ROUTES) }) as const;

const STRIPE: readonly Trouble[] = Object.entries(STRIPE_FAULTS).map(([kind, make]) => ({
  name: `Stripe: ${kind}`,
  weight: 3,
  run: ({ ground, chance }: Storm) => ground.double.control.fail(make(chance)),
}));

const WEBHOOKS: readonly Trouble[] = [
  {
    name: 'webhooks flooding',
    weight: 3,
    run: async ({ ground, chance }) => {
      const { control } = ground.double;
      control.webhooks.duplicate({ times: 20 });
      const past = chance.shuffled(control.events()).slice(0, 40);
      for (const event of past) control.webhooks.replay(String(event.id));
    },
  },
  {
    name: 'webhooks in reverse',
    weight: 3,
    run: (s) => {
      const { webhooks } = s.ground.double.control;
      webhooks.hold();
      s.after(some(s, 500, 2_500), () => webhooks.release('newest_first'));
    },
  },
  { name: 'webhooks lost', weight: 2, run: ({ ground }) => ground.double.control.webhooks.drop({ times: 3 }) },
];

const MAIL: readonly Trouble[] = [
  {
    name: 'SMTP away',
    weight: 2,
    run: async (s) => {
      const { smtp, mail } = s.ground;
      if (mail.away) return;
      mail.away = true;
      await smtp.down();
      s.after(some(s, 300, 2_000), async () => {
        await smtp.up();
        mail.away = false;
      });
    },
  },
  {
    name: 'SMTP refusing',
    weight: 2,
    run: ({ ground }) => ground.smtp.fault('greeting', { kind: 'reply', code: 421, text: 'not now' }, 2),
  },
  {
    name: 'SMTP greylisting',
    weight: 2,
    run: ({ ground }) => ground.smtp.fault('recipient', { kind: 'reply', code: 451, text: 'come again' }, 2),
  },
  { name: 'SMTP hanging', weight: 1, run: ({ ground }) => ground.smtp.fault('content', { kind: 'hang' }, 1) },
  { name: 'SMTP cutting', weight: 1, run: ({ ground }) => ground.smtp.fault('content', { kind: 'cut' }, 1) },
  {
    name: 'SMTP taking and cutting',
    weight: 1,
    run: ({ ground }) => ground.smtp.fault('content', { kind: 'keep_and_cut' }, 1),
  },
];

const JUMPS = [30 * SECOND_MS, 5 * MINUTE_MS, HOUR_MS, 7 * HOUR_MS, DAY_MS] as const;
/** Less than an event of the future is taken for: five minutes. */
const BACK_MS = 2 * MINUTE_MS;

const CLOCK: readonly Trouble[] = [
  { name: 'clock ahead', weight: 5, run: (s) => travel(s.world, s.chance.pick(JUMPS)) },
  {
    name: 'clock back',
    weight: 2,
    run: ({ ground, chance }) => {
      const back = Math.min(ground.time.offsetMs(), chance.below(BACK_MS));
      ground.time.nowMs -= back;
    },
  },
];

export const TROUBLES = (ground: Ground): readonly Trouble[] => [
  ...[...PROCESSES, ...REDIS, ...POSTGRES, ...(ground.disk === null ? [] : [DISK])],
  ...[...NETWORK, ...STRIPE, ...WEBHOOKS, ...MAIL, ...CLOCK],
];
