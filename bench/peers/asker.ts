/**
 * Asks over HTTP at fixed times, whether or not earlier answers have come, and measures from the time at which each question
 * was due: a server that pauses is not spared the questions of its pause. A thread of its own, so that no producer delays it.
 */
import { Agent, request } from 'node:http';
import { parentPort, workerData } from 'node:worker_threads';

export interface Target {
  readonly name: string;
  readonly url: string;
  /** With `:account` where the account's id stands. */
  readonly path: string;
  /** One after the other, because a key may ask so often and no more. */
  readonly keys: readonly string[];
  readonly body: string;
}

export interface Asking {
  readonly targets: readonly Target[];
  /** Questions a second to each target. */
  readonly perSecond: number;
  readonly seconds: number;
  readonly accounts: number;
  readonly prefix: string;
}

export interface Answers {
  /** Milliseconds from when each was due, by the target's name. */
  readonly times: Readonly<Record<string, readonly number[]>>;
  readonly failed: number;
}

const asking = workerData as Asking;
const agent = new Agent({ keepAlive: true, maxSockets: 128 });
const times: Record<string, number[]> = Object.fromEntries(asking.targets.map(({ name }) => [name, []]));
let failed = 0;

const ask = (target: Target, turn: number, due: number): Promise<void> =>
  new Promise((resolve) => {
    const account = `${asking.prefix}${1 + ((turn * 7_919) % asking.accounts)}`;
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(target.body),
      ...(target.keys.length === 0 ? {} : { authorization: `Bearer ${target.keys[turn % target.keys.length]}` }),
    };
    const sent = request(
      target.url + target.path.replace(':account', account),
      { method: 'POST', agent, headers },
      (got) => {
        got.resume();
        got.on('end', () => {
          if (got.statusCode === 200) times[target.name]?.push(performance.now() - due);
          else failed += 1;
          resolve();
        });
      },
    );
    sent.on('error', () => {
      failed += 1;
      resolve();
    });
    sent.end(target.body);
  });

const began = performance.now();
const pending: Promise<void>[] = [];
let turn = 0;
const tick = (): void => {
  const now = performance.now();
  for (;;) {
    const due = began + (turn / asking.perSecond) * 1_000;
    if (due > now || turn >= asking.perSecond * asking.seconds) break;
    for (const target of asking.targets) pending.push(ask(target, turn, due));
    turn += 1;
  }
  if (turn < asking.perSecond * asking.seconds) setTimeout(tick, 1);
  else void Promise.all(pending).then(() => parentPort?.postMessage({ times, failed } satisfies Answers));
};
tick();
