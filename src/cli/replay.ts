/** `creditd replay`. */
import { parseArgs } from 'node:util';
import { noteDeed } from '../adapters/postgres/deeds.js';
import { readStamp } from '../adapters/postgres/stamp.js';
import type { Topic } from '../ports.js';
import { TOPICS } from '../ports.js';
import { openReplay, type Store } from '../wire.js';
import { agrees, jsonOf, type Out, operatorName, withStore } from './operator.js';
import { Plain } from './setting-up.js';
import { REPLAY_USAGE } from './usage.js';

const OPTIONS = {
  help: { type: 'boolean', short: 'h' },
  account: { type: 'string' },
  reason: { type: 'string' },
  parked: { type: 'boolean' },
  'dry-run': { type: 'boolean' },
  yes: { type: 'boolean' },
  json: { type: 'boolean' },
} as const;

type Said = ReturnType<typeof parseArgs<{ options: typeof OPTIONS; allowPositionals: true }>>['values'];

export async function replayCommand(args: string[], out: Out): Promise<number> {
  const { values, positionals } = parseArgs({ args, options: OPTIONS, allowPositionals: true });
  if (values.help) {
    out(REPLAY_USAGE);
    return 0;
  }
  return withStore(({ store }) =>
    values.parked ? replayParked(store, topicOf(positionals[0]), values, out) : replayRefused(store, values, out),
  );
}

async function replayParked(store: Store, topic: Topic | null, said: Said, out: Out): Promise<number> {
  const ofTopic = topic === null ? {} : { topic };
  const parked = await store.prisma.outbox.count({ where: { parkedAt: { not: null }, ...ofTopic } });
  const steps = `${parked} parked ${parked === 1 ? 'step' : 'steps'}`;
  const told = (sent: number) => (said.json ? jsonOf({ parked, sent }) : null);
  if (said['dry-run']) {
    out(told(0) ?? `${steps} would be due again.`);
    return 0;
  }
  const question = `Make ${steps} due again? A charge's step goes on to charge the card.`;
  if (parked > 0 && !(await agrees(question, said.yes))) {
    out('Nothing was done.');
    return 1;
  }
  if (parked > 0) await note(store, 'replay_parked', { topic, parked });
  const sent = await store.outbox.unpark(topic);
  out(told(sent) ?? `${sent} parked ${sent === 1 ? 'step is' : 'steps are'} due again.`);
  return 0;
}

async function replayRefused(store: Store, said: Said, out: Out): Promise<number> {
  const stamp = await readStamp(store.prisma);
  if (stamp === null) throw new Plain('This database has not been used yet: there is nothing to replay.');
  const replay = openReplay(store, stamp);
  const wish = {
    ...(said.account === undefined ? {} : { account: said.account }),
    ...(said.reason === undefined ? {} : { reason: said.reason }),
  };
  const play = async (dryRun: boolean) => {
    const outcome = await replay({ ...wish, dryRun });
    if (outcome.kind === 'unavailable') throw new Plain(`The ledger does not answer: ${outcome.reason}`);
    return outcome.report;
  };
  const looked = await play(true);
  if (said['dry-run']) {
    out(said.json ? jsonOf(looked) : `${looked.sent} refused events would be sent again.`);
    return 0;
  }
  const question = `Send ${looked.sent} refused events again? They are debited, and a balance that falls low is topped off.`;
  if (looked.sent > 0 && !(await agrees(question, said.yes))) {
    out('Nothing was done.');
    return 1;
  }
  if (looked.sent > 0) await note(store, 'replay_refused', { ...wish, events: looked.sent });
  const report = await play(false);
  const { sent, posted, refused, reasons } = report;
  const why = refused > 0 ? ` (${written(reasons)})` : '';
  out(said.json ? jsonOf(report) : `${sent} sent again: ${posted} posted, ${refused} refused again${why}.`);
  return 0;
}

/** Before it begins: a process that dies on the way has left the name of whoever asked. */
const note = async (store: Store, action: string, asked: object): Promise<void> =>
  noteDeed(store.prisma, {
    ...{ id: store.newId(), at: new Date(await store.clock.now()), who: operatorName(), action },
    after: { asked },
  });

const written = (reasons: Record<string, number>): string =>
  Object.entries(reasons)
    .map(([reason, count]) => `${reason} ${count}`)
    .join(', ');

function topicOf(text: string | undefined): Topic | null {
  if (text === undefined) return null;
  const topic = TOPICS.find((one) => one === text);
  if (topic === undefined) throw new Plain(`"${text}" is not a topic. Say one of: ${TOPICS.join(', ')}.`);
  return topic;
}
