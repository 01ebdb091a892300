/** S9: does a debit cost more when there are more accounts and a longer past? A command of its own, because it takes its time. */
import { statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { openBench, PREFIX } from '../bench.js';
import { uniform } from '../events.js';
import { fill, settleDown } from '../fill.js';
import { beginning, checkIntegrity } from '../integrity.js';
import { loadFor, openUsageLine } from '../load.js';
import { type Integrity, median, type Result, type Series } from '../measure.js';
import type { Options } from '../options.js';
import { startServers, withClient } from '../servers.js';
import { BATCH_BACKLOG, BATCH_BULK, EVENTS_A_JOB } from './batches.js';

/** With its two indexes, the log of writing it, and room to build them anew. */
const BYTES_A_ROW = 900;
const BYTES_AN_ACCOUNT = 2_000;
const SPARE_BYTES = 5 * 2 ** 30;

/** A sentence where the disk has too little room for the largest of the sizes. */
export async function lacksRoom({ sizes }: Options): Promise<string | null> {
  const { bavail, bsize } = await statfs(tmpdir());
  const free = bavail * bsize;
  const needed =
    Math.max(...sizes.map(({ accounts, rows }) => rows * BYTES_A_ROW + accounts * BYTES_AN_ACCOUNT)) + SPARE_BYTES;
  if (free >= needed) return null;
  const gb = (bytes: number): string => `${Math.ceil(bytes / 2 ** 30)} GB`;
  return `This needs ${gb(needed)} in ${tmpdir()} and ${gb(free)} are free. Choose smaller ones with --sizes accounts:rows.`;
}

export async function growth(options: Options, say: (line: string) => void): Promise<Result> {
  const series: Series[] = [];
  const integrities: Integrity[] = [];
  for (const size of options.sizes) {
    const name = `${size.accounts.toLocaleString('en-US')} accounts, ${size.rows.toLocaleString('en-US')} lines`;
    const { rounds, integrity } = await atSize(options, size);
    say(`   ${name}: ${median(rounds).toFixed(1)} µs an event`);
    series.push({ name, unit: 'µs an event', rounds });
    integrities.push(integrity);
  }
  const costs = series.map((one) => median(one.rounds));
  const sum = (of: 'sent' | 'distinct' | 'accepted' | 'refused'): number =>
    integrities.reduce((all, one) => all + one[of], 0);
  return {
    id: 'S9',
    title: 'Growth: jobs of 100 events',
    series,
    goals: [
      {
        what: 'of the cheapest size, at the dearest',
        measured: Math.max(...costs) / Math.min(...costs),
        unit: '×',
        kind: 'most',
        target: 1.5,
      },
    ],
    integrity: {
      ...{ sent: sum('sent'), distinct: sum('distinct'), accepted: sum('accepted'), refused: sum('refused') },
      problems: integrities.flatMap((one) => one.problems),
    },
  };
}

async function atSize(options: Options, size: Options['sizes'][number]) {
  const servers = await startServers();
  try {
    return await withClient(servers.databaseUrl, async (client) => {
      await fill(client, { prefix: PREFIX, ...size });
      await settleDown(client);
      const bench = openBench(servers, client, options);
      const source = bench.source('s9', uniform(size.accounts));
      const line = openUsageLine(servers.redisUrl, () => source, EVENTS_A_JOB);
      try {
        await bench.worker();
        const since = await beginning(client);
        const rounds: number[] = [];
        for (let round = 0; round < options.rounds; round += 1) {
          const jobs = await loadFor(line, bench.window(BATCH_BACKLOG, BATCH_BULK));
          rounds.push(1_000_000 / (jobs * EVENTS_A_JOB));
        }
        return { rounds, integrity: await checkIntegrity(client, since, bench.takeSent()) };
      } finally {
        await line.close();
        await bench.close();
      }
    });
  } finally {
    await servers.stop();
  }
}
