/** `creditd events replay`. */
import { parseArgs } from 'node:util';
import { noteDeed } from '../adapters/postgres/deeds.js';
import { openEvents } from '../wire-upkeep.js';
import { jsonOf, type Out, operatorName, whenOf, withStore } from './operator.js';
import { Plain } from './setting-up.js';

export const EVENTS_USAGE = `Usage: creditd events replay [--account ID] [--since WHEN] [--undelivered] [--json]

Sends events again that are kept: of one account or of all, created since WHEN (a day or an instant), and with
--undelivered only those that were given up or that no endpoint wanted. Each keeps its id, so that a receiver that has
seen it knows it. Say at least one of the three.`;

export async function eventsCommand(args: string[], out: Out): Promise<number> {
  const options = {
    help: { type: 'boolean', short: 'h' },
    account: { type: 'string' },
    since: { type: 'string' },
    undelivered: { type: 'boolean' },
    json: { type: 'boolean' },
  } as const;
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  if (values.help || positionals[0] !== 'replay') {
    out(EVENTS_USAGE);
    return values.help ? 0 : 2;
  }
  const { account, since, undelivered = false } = values;
  if (account === undefined && since === undefined && !undelivered) throw new Plain(`Say which.\n\n${EVENTS_USAGE}`);
  return withStore(async ({ store }) => {
    const wish = {
      ...(account === undefined ? {} : { account }),
      ...(since === undefined ? {} : { since: whenOf(since, '--since') }),
      undelivered,
    };
    const deed = { id: store.newId(), at: new Date(await store.clock.now()), who: operatorName() };
    await noteDeed(store.prisma, { ...deed, action: 'replay_events', after: { asked: wish } });
    const sent = await openEvents(store).replay(wish);
    out(values.json ? jsonOf({ sent }) : `${sent} ${sent === 1 ? 'event waits' : 'events wait'} to be sent again.`);
    return 0;
  });
}
