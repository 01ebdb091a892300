/** `creditd …` as a process of its own, as a person at a shell or an orchestrator runs it. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { bareEnvironment } from './environment.js';

const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));
/** What `npx creditd` runs once it has seen that the build is current, which the run's own start has seen to. */
const program = path.join(root, 'dist', 'src', 'main.js');
/** What `npx creditd` itself runs. */
export const BIN = path.join(root, 'bin', 'creditd.mjs');

export interface Creditd {
  readonly pid: number;
  /** All it has printed so far, on both streams, in the order it came. */
  said(): string;
  signal(name: NodeJS.Signals): void;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
}

/** Nothing of this run's environment reaches it but the path and the home. It is killed with this process. */
export function startCreditd(
  args: readonly string[],
  settings: Readonly<Record<string, string>> = {},
  script: string = program,
): Creditd {
  const child = spawn(process.execPath, [script, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: bareEnvironment(settings),
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => {
      said += text;
    });
  }
  const kill = () => void child.kill('SIGKILL');
  process.once('exit', kill);
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) =>
    child.on('close', (code, signal) => {
      process.removeListener('exit', kill);
      resolve({ code, signal });
    }),
  );
  return { pid: child.pid ?? 0, said: () => said, signal: (name) => void child.kill(name), ended };
}

/** To its end: what it printed and the code it ended with. */
export async function runCreditd(
  args: readonly string[],
  settings: Readonly<Record<string, string>> = {},
  script: string = program,
): Promise<{ readonly code: number | null; readonly said: string }> {
  const child = startCreditd(args, settings, script);
  const { code } = await child.ended;
  return { code, said: child.said() };
}
