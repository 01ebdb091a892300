/** What has to be true after a storm, by name. Each answers sentences; none: it holds. */
import { declineClass } from '../../src/domain/decline-classes.js';
import { producerKey } from '../../src/domain/keys.js';
import { query } from '../support/admin.js';
import { brokenSums } from '../support/sums.js';
import type { WalkAccount } from '../support/walk-accounts.js';
import { brokenCaps, brokenIntents, brokenMoney, brokenPayments } from '../support/walk-checks.js';
import type { Entry } from './book.js';
import { secretsIn } from './secrets.js';
import type { Storm } from './trouble.js';

export interface Ended {
  readonly storm: Storm;
  readonly payers: readonly WalkAccount[];
  readonly unexplained: readonly Entry[];
  /** Credits of things that were made during the storm, which nobody else may see. */
  readonly made: readonly string[];
}

interface Invariant {
  readonly id: string;
  readonly says: string;
  broken(ended: Ended): Promise<string[]>;
}

const told = (rows: readonly object[], what: string): string[] =>
  rows.length === 0
    ? []
    : [`${what}: ${JSON.stringify(rows.slice(0, 4), (_, one) => (typeof one === 'bigint' ? `${one}` : one))}`];

const ask = ({ storm }: Ended, sql: string) => query<Record<string, unknown>>(storm.ground.databaseUrl, sql);

/** The ledger against the producers' books, key by key. */
async function brokenUse(ended: Ended): Promise<string[]> {
  const { book } = ended.storm;
  const rows = await query<{ id: string; micro: string; times: number }>(
    ended.storm.ground.databaseUrl,
    `select a.id || ' ' || e.key_hash as id, (-sum(e.amount))::text as micro,
       (count(*) filter (where e.line = 0))::int as times
     from ledger_entries e join accounts a on a.no = e.account_no where e.kind = 'use' group by 1`,
  );
  const debits = new Map(rows.map((row) => [row.id, row]));
  const broken: string[] = [...book.broken];
  const known = new Set(captures(ended.payers));
  for (const { account, key, credits } of book.entries.values()) {
    const id = `${account} ${producerKey(key)}`;
    const debit = debits.get(id);
    known.add(id);
    if (credits === null) {
      if (debit !== undefined) broken.push(`${key} is no event that can be used, and was debited`);
    } else if (debit === undefined) broken.push(`${key} of ${account} was never debited`);
    else if (debit.times !== 1 || debit.micro !== String(credits * 1_000_000))
      broken.push(`${key} of ${account} is worth ${credits} and was debited ${debit.micro} in ${debit.times} uses`);
  }
  const unknown = rows.filter(({ id }) => !known.has(id));
  return [...broken.slice(0, 8), ...told(unknown, 'debits that no producer knows')];
}

/** Holds are captured by people of the storm, whose answers may have been lost. */
const captures = (payers: readonly WalkAccount[]): string[] =>
  payers.flatMap(({ id, count }) =>
    Array.from({ length: count }, (_, place) => `${id} ${producerKey(`capture-${place + 1}`)}`),
  );

async function brokenRefusals(ended: Ended): Promise<string[]> {
  const { book } = ended.storm;
  const rows = await query<{ key: string; reason: string }>(
    ended.storm.ground.databaseUrl,
    `select key, reason from refusals where key ~ '^p[0-9]+-'`,
  );
  const seen = new Map(rows.filter(({ reason }) => reason !== 'conflict').map(({ key, reason }) => [key, reason]));
  const broken = [...book.entries.values()].filter(({ key, reason }) => (seen.get(key) ?? null) !== reason);
  const astray = rows.filter(({ key, reason }) => reason === 'conflict' && !book.conflicts.has(key));
  return [
    ...told(
      broken.map(({ key, reason }) => ({ key, wanted: reason, found: seen.get(key) ?? null })),
      'refusals that differ from the book',
    ),
    ...told(astray, 'conflicts that nobody caused'),
  ];
}

const brokenLosses = ({ unexplained }: Ended): string[] =>
  unexplained.length === 0
    ? []
    : [
        `taken and lost, and no queue was emptied since: ${unexplained.length}, such as ${unexplained
          .slice(0, 4)
          .map(({ key }) => key)
          .join(', ')}`,
      ];

interface Try {
  readonly charge: string;
  readonly fingerprint: string;
  readonly by: string | null;
  readonly code: string | null;
  readonly decline: string | null;
  readonly advice: string | null;
}

/** No rung of the ladder tries a card again that was declined for good in the same charge. */
async function brokenLadders(ended: Ended): Promise<string[]> {
  const tries = await query<Try & Record<string, unknown>>(
    ended.storm.ground.databaseUrl,
    `select charge_id as charge, fingerprint, by, code, decline_code as decline, advice_code as advice
     from attempts order by account_no, charge_id, ordinal`,
  );
  const gone = new Set<string>();
  const broken: string[] = [];
  for (const { charge, fingerprint, by, code, decline, advice } of tries) {
    const card = `${charge} ${fingerprint}`;
    if (by === 'rung' && gone.has(card)) broken.push(`a rung of charge ${charge} tried a card that was gone`);
    if (code === null && decline === null) continue;
    if (declineClass({ code, declineCode: decline, adviceCode: advice } as never) === 'hard') gone.add(card);
  }
  return broken;
}

/** One notice is one Message-ID: what a mailbox holds twice it can fold. */
async function brokenMail(ended: Ended): Promise<string[]> {
  const notices = await query<{ id: string; state: string }>(
    ended.storm.ground.databaseUrl,
    'select id, state from notices',
  );
  const mails = ended.storm.ground.smtp.mails.map(({ raw }) => /^message-id:\s*<([^@>]+)@/im.exec(raw)?.[1] ?? '');
  const held = new Set(mails);
  const known = new Set(notices.map(({ id }) => id));
  return [
    ...told(
      notices.filter(({ state }) => state !== 'sent'),
      'notices that were not sent',
    ),
    ...told(
      notices.filter(({ id, state }) => state === 'sent' && ![...held].some((mail) => mail.includes(id))),
      'notices that are sent and in no mailbox',
    ),
    ...told(
      [...held].filter((mail) => ![...known].some((id) => mail.includes(id))).map((mail) => ({ mail })),
      'mails that no notice knows',
    ),
  ];
}

const leftBehind = async (ended: Ended): Promise<string[]> => [
  ...told(await ask(ended, 'select topic, subject, note from outbox'), 'a step is left'),
  ...told(await ask(ended, `select type, result from stripe_events where state = 'waiting'`), 'an event waits'),
  ...told(await ask(ended, 'select charge_id, ordinal from attempts where answered_at is null'), 'an open attempt'),
  ...told(
    await ask(ended, `select id, kind, state from charges where state in ('pending', 'processing', 'action_required')`),
    'a charge has not ended',
  ),
  ...told(await ask(ended, `select id from incidents where kind = 'internal_error' and resolved_at is null`), 'doubt'),
];

/** Everything that left a process: logs, jobs, mails, metrics and errors over HTTP. */
async function brokenSecrecy({ storm, made: keys }: Ended): Promise<string[]> {
  const { ground, parts } = storm;
  const { direct } = ground.redis;
  // What stands for a card at the processor is told to nobody but the processor.
  const cards = await query<{ id: string }>(ground.databaseUrl, 'select processor_id as id from payment_methods');
  const made = [...keys, ...cards.map(({ id }) => id)];
  const found = secretsIn('the log', parts.said(), made);
  for (const mail of ground.smtp.mails) found.push(...secretsIn('a mail', mail.raw, made));
  for (const key of await direct.keys('*')) {
    if ((await direct.type(key)) === 'hash')
      found.push(...secretsIn(`job ${key}`, JSON.stringify(await direct.hgetall(key)), made));
  }
  const stored = await query<{ text: string }>(
    ground.databaseUrl,
    `select coalesce(note, '') || coalesce(subject::text, '') as text from outbox union all
     select coalesce(result, '') from notices union all select message || event::text from refusals union all
     select coalesce(result, '') from stripe_events`,
  );
  found.push(...secretsIn('a row', stored.map(({ text }) => text).join('\n'), made));
  for (const port of ground.apiPorts) {
    for (const way of ['/metrics', '/readyz', '/v1/openapi.json', '/v1/accounts/nobody', '/%00'])
      found.push(...secretsIn(way, await (await fetch(`http://127.0.0.1:${port}${way}`)).text(), made));
  }
  return found;
}

export const INVARIANTS: readonly Invariant[] = [
  {
    id: 'I1',
    says: 'per account and per lot the lines add up to what remains',
    broken: ({ storm }) => brokenSums(storm.ground.databaseUrl),
  },
  {
    id: 'I2',
    says: 'each usage event of the producers’ books is debited once, for what it is worth, or refused for its reason',
    broken: async (ended) => [...brokenLosses(ended), ...(await brokenUse(ended)), ...(await brokenRefusals(ended))],
  },
  {
    id: 'I3',
    says: 'each payment of the processor is one grant, one charge and one amount here, and the other way round',
    broken: async ({ storm }) => [...(await brokenMoney(storm.world)), ...(await brokenIntents(storm.world))],
  },
  {
    id: 'I4',
    says: 'nobody pays twice for one charge, and no cap of an owner is passed',
    broken: async ({ storm, payers }) => [...brokenPayments(storm.world), ...(await brokenCaps(storm.world, payers))],
  },
  { id: 'I5', says: 'no card is tried by the ladder after it was declined for good', broken: brokenLadders },
  { id: 'I6', says: 'each notice is one mail, whatever was sent twice', broken: brokenMail },
  {
    id: 'I7',
    says: 'one allotment an account and period',
    broken: async (ended) =>
      told(
        await ask(
          ended,
          `select account_no, run, ordinal, count(*) from grants where kind = 'allotment' and reason is null
           group by 1, 2, 3 having count(*) > 1`,
        ),
        'allotments that came twice',
      ),
  },
  { id: 'I8', says: 'whatever was begun has ended', broken: leftBehind },
  { id: 'I9', says: 'no secret stands in a log, a job, a mail, a row or an answer', broken: brokenSecrecy },
];

/** Sentences that begin with the invariant's name. Defects that a process has told of itself come first. */
export async function brokenInvariants(ended: Ended): Promise<string[]> {
  const broken = ended.storm.world.errors.filter((one) => /could not be decided|refused what was decided/.test(one));
  for (const line of ended.storm.parts.said().split('\n')) {
    if (/could not be decided|refused what was decided|a step was parked|permission denied/.test(line))
      broken.push(line.slice(0, 1_500));
  }
  for (const { id, says, broken: check } of INVARIANTS) {
    for (const one of await check(ended)) broken.push(`${id} (${says}): ${one}`);
  }
  return broken;
}
