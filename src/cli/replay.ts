/** `creditd replay`. */
import { parseArgs } from 'node:util';
import { readStamp } from '../adapters/postgres/stamp.js';
import type { Topic } from '../ports.js';
import { TOPICS } from '../ports.js';
import { openReplay, openStore } from '../wire.js';
import { Plain, required, setUp } from './setting-up.js';
import { REPLAY_USAGE } from './usage.js';

export async function replayCommand(args: string[], out: (line: string) => void): Promise<number> {
  const options = {
    help: { type: 'boolean', short: 'h' },
    account: { type: 'string' },
    reason: { type: 'string' },
    parked: { type: 'boolean' },
    'dry-run': { type: 'boolean' },
  } as const;
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  if (values.help) {
    out(REPLAY_USAGE);
    return 0;
  }
  const { config, log, lifecycle, catalogs } = setUp('command', 'warn');
  try {
    const store = await openStore({ databaseUrl: required(config.databaseUrl), catalogs, log }, lifecycle);
    const stamp = await readStamp(store.prisma);
    if (stamp === null) throw new Plain('This database has not been used yet: there is nothing to replay.');
    if (values.parked) {
      const sent = await store.outbox.unpark(topicOf(positionals[0]));
      out(`${sent} parked ${sent === 1 ? 'step is' : 'steps are'} due again.`);
      return 0;
    }
    const outcome = await openReplay(
      store,
      stamp,
    )({
      ...(values.account === undefined ? {} : { account: values.account }),
      ...(values.reason === undefined ? {} : { reason: values.reason }),
      dryRun: values['dry-run'] === true,
    });
    if (outcome.kind === 'unavailable') throw new Plain(`The ledger does not answer: ${outcome.reason}`);
    const { sent, posted, refused, reasons } = outcome.report;
    if (values['dry-run']) out(`${sent} refused events would be sent again.`);
    else
      out(
        `${sent} sent again: ${posted} posted, ${refused} refused again${refused > 0 ? ` (${written(reasons)})` : ''}.`,
      );
    return 0;
  } finally {
    await lifecycle.close();
  }
}

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
