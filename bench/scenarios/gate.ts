/** S5: may this run now? Asked over HTTP while usage comes in at half of what it could. */
import { Worker } from 'node:worker_threads';
import { v7 } from 'uuid';
import { makeApiKeys } from '../../src/adapters/postgres/api-keys.js';
import { makeDatabaseClock } from '../../src/adapters/postgres/clock.js';
import { makePool } from '../../src/adapters/postgres/pool.js';
import { makePrisma } from '../../src/adapters/postgres/prisma.js';
import { freePort } from '../../src/dev/free-port.js';
import { type Bench, type Measured, most, PREFIX } from '../bench.js';
import { type EventSource, uniform } from '../events.js';
import { drained, loadFor, openUsageLine } from '../load.js';
import { median, percentile, type Series } from '../measure.js';
import { keepPace } from '../pace.js';
import type { Answers, Asking } from '../peers/asker.js';
import { startApi, startPeer } from '../processes.js';
import { SINGLE_BACKLOG, SINGLE_BULK } from './single.js';

const PER_SECOND = 100;
/** What a key may ask a second, and the two that share the questions stay well below it. */
const KEYS = 2;
const QUIET = { info: () => undefined, warn: () => undefined, error: () => undefined };
const WISH = JSON.stringify({ run: [{ meter: 'answered_call', properties: { outcome: 'full_conversation' } }] });

export async function gate(bench: Bench): Promise<Measured> {
  const { servers, options } = bench;
  await bench.worker();
  const port = await freePort();
  const [api, read, keys] = [
    await startApi(servers),
    await startPeer('read', servers, { port }),
    await makeKeys(servers.databaseUrl),
  ];
  const line = openUsageLine(servers.redisUrl, () => source, 1);
  let source: EventSource = bench.source('s5', uniform(options.accounts));
  try {
    const full = await loadFor(line, bench.window(SINGLE_BACKLOG, SINGLE_BULK));
    source = bench.source('s5-half', uniform(options.accounts));
    const pace = keepPace(line, full / 2);
    const targets = [
      { name: 'check', url: api.url, path: '/v1/accounts/:account/check', keys, body: WISH },
      { name: 'read', url: `http://127.0.0.1:${port}`, path: '/read/:account', keys: [], body: '{}' },
    ];
    const shared = { targets, perSecond: PER_SECOND, accounts: options.accounts, prefix: PREFIX };
    // Connections, plans and compilers warm up.
    await asked({ ...shared, seconds: Math.max(1, options.seconds / 3) });
    const rounds: Answers[] = [];
    for (let round = 0; round < options.rounds; round += 1) {
      const checkpoint = bench.client.query('checkpoint');
      rounds.push(await asked({ ...shared, seconds: options.seconds }));
      await checkpoint;
    }
    await pace.stop();
    await drained(line);
    return verdict(rounds, full / 2);
  } finally {
    await line.close();
    await api.stop();
    await read.stop();
  }
}

function verdict(rounds: readonly Answers[], pace: number): Measured {
  const series = (name: string, of: string, part: number): Series => ({
    name,
    unit: 'ms',
    rounds: rounds.map(({ times }) => percentile(times[of] ?? [], part)),
  });
  const check = [series('check, median', 'check', 0.5), series('check, 99th percentile', 'check', 0.99)];
  const read = [series('bare read, median', 'read', 0.5), series('bare read, 99th percentile', 'read', 0.99)];
  const at = (one: Series | undefined): number => median(one?.rounds ?? []);
  const failed = rounds.reduce((sum, round) => sum + round.failed, 0);
  return {
    title: 'The gate over HTTP while usage comes in',
    series: [...check, ...read, { name: 'usage meanwhile', unit: 'events/s', rounds: [pace] }],
    goals: [
      most('at the 99th percentile', at(check[1]), 5, 'ms'),
      most('of a bare read by primary key', at(check[0]) / at(read[0]), 2, '×'),
    ],
    problems: failed === 0 ? [] : [`${failed} questions were not answered.`],
  };
}

const asked = (asking: Asking): Promise<Answers> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL('../peers/asker.js', import.meta.url), { workerData: asking });
    worker.once('message', (answers: Answers) => {
      void worker.terminate();
      resolve(answers);
    });
    worker.once('error', reject);
  });

async function makeKeys(databaseUrl: string): Promise<string[]> {
  const pool = makePool({ url: databaseUrl, max: 1, name: 'keys', log: QUIET });
  const prisma = makePrisma(databaseUrl, 1);
  try {
    const keys = makeApiKeys(prisma, makeDatabaseClock(pool), () => v7());
    const made: string[] = [];
    for (let n = 1; n <= KEYS; n += 1) {
      made.push((await keys.create({ name: `bench ${n}`, scopes: ['read', 'usage'], catalog: null })).secret);
    }
    return made;
  } finally {
    await prisma.$disconnect();
    await pool.end();
  }
}
