/** Accounts: opened, read, changed and closed by the product that they belong to. */
import { z } from 'zod';
import type { Catalog } from '../../domain/catalog.js';
import { accountId } from '../../domain/ids.js';
import type { Instant } from '../../domain/instant.js';
import { isZone } from '../../domain/period.js';
import type { NewAccount, ProfileView } from '../../ports.js';
import type { Doors } from './deps.js';
import { askedBy, posted } from './posting.js';
import { unknownAccount } from './reading.js';
import { type Answer, NO_FIELDS, ok, type Route, route, trouble, type Who } from './route.js';
import {
  accountParams,
  creditsOut,
  instantIn,
  instantOrNothing,
  instantOut,
  present,
  shownCredits,
  shownInstant,
  text,
} from './shapes.js';
import { nameOf } from './who.js';

const GROUP = 'Accounts';

const email = z.email().max(254).meta({ description: 'An address.' });
const slug = text('How it stands in links to the product’s pages.');

const accountOut = z.object({
  id: z.string(),
  name: z.string(),
  slug: z.string().nullable(),
  catalog: z.string(),
  plan: z.string(),
  zone: z.string(),
  nextZone: z.string().nullable().meta({ description: 'Acts from the next period on; null: the zone stays.' }),
  billingEmail: z.string().nullable(),
  createdAt: instantOut,
  closedAt: instantOut.nullable(),
});

const shownAccount = (one: ProfileView): z.input<typeof accountOut> => ({
  ...one,
  createdAt: shownInstant(one.createdAt),
  closedAt: instantOrNothing(one.closedAt),
});

export const accountRoutes = (door: Doors): readonly Route[] => [
  createRoute(door),
  readRoute(door),
  updateRoute(door),
  closeRoute(door),
];

const zoneIn = (description: string) =>
  text(description, 64).refine(isZone, { error: 'must be the IANA name of a time zone, such as Europe/Berlin' });

const createBody = z.strictObject({
  id: text('The product’s own id: opaque, no personal data.'),
  name: text('How pages and mails call it; absent: its id.').optional(),
  slug: slug.optional(),
  catalog: text('Key of a loaded catalog; may be left out where one alone is loaded.').optional(),
  plan: text('Key of a plan; absent: the lowest.').optional(),
  zone: zoneIn('IANA name of a time zone, such as Europe/Berlin; absent: UTC.').optional(),
  anchor: instantIn.optional().meta({ description: 'Where its periods are counted from; absent: now.' }),
  billingEmail: email.optional(),
  owners: z
    .array(z.strictObject({ id: text('The product’s own id of the person.'), email: email.optional() }))
    .max(100)
    .optional(),
});

const createRoute = (door: Doors): Route =>
  route({
    method: 'POST',
    path: '/v1/accounts',
    name: 'createAccount',
    group: GROUP,
    summary: 'Open an account',
    description: 'Its first allotment comes with it. An account that exists is left as it is, and `created` says so.',
    action: 'manage_accounts',
    idempotency: 'stored',
    params: NO_FIELDS,
    query: NO_FIELDS,
    body: createBody,
    answer: accountOut.extend({ created: z.boolean() }),
    async run({ who, body }) {
      const chosen = catalogFor(door, who, body.catalog);
      if ('kind' in chosen) return chosen;
      const account = newAccount(body, chosen, await door.clock.now());
      if ('kind' in account) return account;
      const opened = await door.open(account, nameOf(who), who.request);
      const profile = await door.reads.profile(body.id);
      if (profile === null || opened.kind === 'unavailable')
        return trouble(503, 'unavailable', 'The database did not answer. Send it again with the same key.');
      if (profile.catalog !== chosen.key)
        return trouble(409, 'id_taken', 'An account of another catalog has this id. Choose another one.', {
          field: 'id',
        });
      const created = opened.kind === 'opened' || (await door.profiles.hasDone('create_account', who.request));
      return ok({ ...shownAccount(profile), created }, created ? 201 : 200);
    },
  });

function catalogFor({ catalogs }: Doors, who: Who, named: string | undefined): Catalog | Answer<never> {
  const own = who.kind === 'key' ? who.catalog : null;
  const keys = own === null ? catalogs.keys() : [own];
  const [only] = keys;
  const key = named ?? (keys.length === 1 ? only : undefined);
  const catalog = key === undefined || !keys.includes(key) ? undefined : catalogs.find(key);
  if (catalog !== undefined) return catalog;
  return trouble(422, 'unknown_catalog', `Name a loaded catalog: ${keys.join(', ')}.`, { field: 'catalog' });
}

function newAccount(body: z.output<typeof createBody>, catalog: Catalog, now: Instant): NewAccount | Answer<never> {
  const plan = body.plan === undefined ? catalog.plans[0] : catalog.plans.find((one) => one.key === body.plan);
  if (plan === undefined) {
    const names = catalog.plans.map((one) => one.key).join(', ');
    return trouble(422, 'unknown_plan', `The plans of ${catalog.key} are: ${names}.`, { field: 'plan' });
  }
  const ids = (body.owners ?? []).map((owner) => owner.id);
  if (new Set(ids).size !== ids.length) return trouble(400, 'invalid', 'Name every owner once.', { field: 'owners' });
  return {
    id: accountId(body.id),
    name: body.name ?? body.id,
    slug: body.slug ?? null,
    ...{ catalog: catalog.key, plan: plan.key, zone: body.zone ?? 'UTC' },
    anchor: body.anchor ?? now,
    billingEmail: body.billingEmail ?? null,
    owners: (body.owners ?? []).map((owner) => ({ id: owner.id, email: owner.email ?? null })),
  };
}

const readRoute = ({ reads }: Doors): Route =>
  route({
    method: 'GET',
    path: '/v1/accounts/:account',
    name: 'readAccount',
    group: GROUP,
    summary: 'Who an account is',
    action: 'read_billing',
    idempotency: 'none',
    confined: 'allowed',
    params: accountParams,
    query: NO_FIELDS,
    body: null,
    answer: accountOut,
    async run({ params }) {
      const profile = await reads.profile(params.account);
      return profile === null ? unknownAccount() : ok(shownAccount(profile));
    },
  });

const updateRoute = ({ reads, profiles, poster }: Doors): Route =>
  route({
    method: 'PATCH',
    path: '/v1/accounts/:account',
    name: 'updateAccount',
    group: GROUP,
    summary: 'Change its name, slug, billing address or time zone',
    description: 'Another zone acts from the next period on: the running one ends when it was said to.',
    action: 'manage_accounts',
    idempotency: 'stored',
    params: accountParams,
    query: NO_FIELDS,
    body: z
      .strictObject({
        name: text('How pages and mails call it.'),
        slug: slug.nullable(),
        billingEmail: email.nullable(),
        zone: zoneIn('IANA name of a time zone, such as Europe/Berlin.'),
      })
      .partial(),
    answer: accountOut,
    async run({ who, params, body: { zone, ...change } }) {
      // First what can be refused. Each part alone comes to the same when it is asked for again.
      if (zone !== undefined) {
        const command = { kind: 'change_zone', ...askedBy(who, params.account), zone } as const;
        const changed = await posted<'configured', null>(poster, command, ['configured'], () => ok(null));
        if (changed.kind !== 'ok') return changed;
      }
      const isMore = zone === undefined || Object.keys(change).length > 0;
      const done = isMore ? await profiles.update(params.account, present(change), nameOf(who), who.request) : 'done';
      const profile = done === 'done' ? await reads.profile(params.account) : null;
      return profile === null ? unknownAccount() : ok(shownAccount(profile));
    },
  });

const closedOut = z.object({
  lapsed: creditsOut.meta({ description: 'What was left, and is no longer.' }),
  writtenOff: creditsOut.meta({ description: 'What was used beyond the balance and is too little to be charged.' }),
  subscription: z
    .string()
    .nullable()
    .meta({ description: 'The processor’s subscription that is still to be canceled there.' }),
});

/** Where it cannot be ended now it stays in the answer: closing again, under a new key, tries again. */
async function stillBilled({ checkout }: Doors, account: string, subscription: string | null): Promise<string | null> {
  if (subscription === null || checkout === undefined) return subscription;
  return (await checkout.endSubscription(accountId(account), subscription)).kind === 'done' ? null : subscription;
}

const closeRoute = (door: Doors): Route =>
  route({
    method: 'POST',
    path: '/v1/accounts/:account/close',
    name: 'closeAccount',
    group: GROUP,
    summary: 'Close it for good',
    description:
      'Open charges that are not needed any more are canceled, what was used beyond the balance is billed, what is left lapses. Closing it again changes nothing.',
    action: 'manage_accounts',
    idempotency: 'stored',
    params: accountParams,
    query: NO_FIELDS,
    body: z.strictObject({ reason: text('Why, for the ledger.', 500) }),
    answer: closedOut,
    async run({ who, params, body }) {
      const command = { kind: 'close_account', ...askedBy(who, params.account), reason: body.reason } as const;
      const answer: Answer<z.input<typeof closedOut>> = await posted(door.poster, command, ['closed'], (one) =>
        ok({
          lapsed: shownCredits(one.lapsed),
          writtenOff: shownCredits(one.writtenOff),
          subscription: one.subscription,
        }),
      );
      if (answer.kind !== 'ok') return answer;
      return ok({ ...answer.body, subscription: await stillBilled(door, params.account, answer.body.subscription) });
    },
  });
