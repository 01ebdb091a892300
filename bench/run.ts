/** `npm run bench`: everything in one run, on servers of its own. */
import { writeFileSync } from 'node:fs';
import { type Bench, openBench, PREFIX, type Scenario } from './bench.js';
import { fill, settleDown } from './fill.js';
import { auditEverything, beginning, checkIntegrity } from './integrity.js';
import { describeMachine, type Machine, machineLine } from './machine.js';
import type { Result } from './measure.js';
import { type Options, readOptions, type ScenarioId, USAGE } from './options.js';
import { summaryOf, tableOf } from './report.js';
import { keepResults, RESULTS_FILE, type Run } from './results.js';
import { batches } from './scenarios/batches.js';
import { dry } from './scenarios/dry.js';
import { due } from './scenarios/due.js';
import { gate } from './scenarios/gate.js';
import { growth, lacksRoom } from './scenarios/growth.js';
import { killed } from './scenarios/killed.js';
import { memory } from './scenarios/memory.js';
import { oneAccount } from './scenarios/one-account.js';
import { single } from './scenarios/single.js';
import { startServers, withClient } from './servers.js';
import { writeDocuments } from './write.js';

const RUN: { readonly [Id in Exclude<ScenarioId, 'S9'>]: Scenario } = {
  S1: single,
  S2: batches,
  S3: oneAccount,
  S4: killed,
  S5: gate,
  S6: due,
  S7: dry,
  S8: memory,
};

const say = (line: string): void => console.log(line);

async function measured(bench: Bench, id: ScenarioId, scenario: Scenario): Promise<Result> {
  const since = await beginning(bench.client);
  const { problems = [], ...found } = await scenario(bench);
  const integrity = await checkIntegrity(bench.client, since, bench.takeSent());
  const result = { id, ...found, integrity: { ...integrity, problems: [...integrity.problems, ...problems] } };
  say(tableOf(result));
  return result;
}

interface Found {
  readonly machine: Machine;
  readonly results: readonly Result[];
  /** What the audit of everything found at the end. */
  readonly problems: readonly string[];
}

async function runAll(options: Options): Promise<Found> {
  const servers = await startServers();
  try {
    const machine = await describeMachine(servers);
    say(machineLine(machine));
    return await withClient(servers.databaseUrl, async (client) => {
      const began = performance.now();
      await fill(client, { prefix: PREFIX, accounts: options.accounts, rows: options.rows });
      await settleDown(client);
      const seconds = ((performance.now() - began) / 1_000).toFixed(1);
      say(`${options.accounts} accounts with ${options.rows} ledger lines, filled in ${seconds} s\n`);
      const bench = openBench(servers, client, options);
      const results: Result[] = [];
      try {
        for (const id of options.only) if (id !== 'S9') results.push(await measured(bench, id, RUN[id]));
      } finally {
        await bench.close();
      }
      return { machine, results, problems: await auditEverything(client) };
    });
  } finally {
    await servers.stop();
  }
}

async function runGrowth(options: Options): Promise<Found> {
  const lack = await lacksRoom(options);
  if (lack !== null) throw new Error(lack);
  const result = await growth(options, say);
  say(tableOf(result));
  const servers = await startServers();
  try {
    return { machine: await describeMachine(servers), results: [result], problems: [] };
  } finally {
    await servers.stop();
  }
}

async function main(options: Options): Promise<number> {
  const began = performance.now();
  const { machine, results, problems } = await (options.only.includes('S9') ? runGrowth(options) : runAll(options));
  const run: Run = { at: new Date().toISOString(), machine, options, results };
  const minutes = ((performance.now() - began) / 60_000).toFixed(1);
  say(`\n${summaryOf(results, problems)}\n${minutes} minutes.`);
  if (options.json !== null) writeFileSync(options.json, `${JSON.stringify(run, null, 2)}\n`);
  if (options.write) {
    keepResults(run);
    writeDocuments();
    say(`Written: ${RESULTS_FILE}, bench/README.md and docs/bench.svg.`);
  }
  const isExact = problems.length === 0 && results.every(({ integrity }) => integrity?.problems.length === 0);
  return isExact ? 0 : 1;
}

const options = readOptions(process.argv.slice(2));
if (options === null || typeof options === 'string') {
  say(options === null ? USAGE : `${options}\n\n${USAGE}`);
  process.exitCode = options === null ? 0 : 2;
} else {
  process.exitCode = await main(options);
}
