/**
 * A child process that cannot outlive us, however we die. A small shell holds the far end of a pipe: when the pipe closes
 * (because we closed it, or because a SIGKILL closed it for us) it signals the child. The child stands in a session of
 * its own, so a terminal's Ctrl-C reaches us alone and we choose when it stops.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { commandLine, parentOf } from './process-table.js';

/** $1 is the signal's name, the rest is the command. File 3 tells the child's pid, file 4 is the leash. */
const SCRIPT = `
signal=$1; shift
exec 4<&0
"$@" </dev/null 3>&- 4<&- &
pid=$!
echo "$pid" >&3; exec 3>&-
( read -r _ <&4; kill -s "$signal" "$pid" ) 2>/dev/null &
watch=$!
exec 4<&-
wait "$pid"; code=$?
kill "$watch" 2>/dev/null
exit "$code"
`;
/** How the keeping shell is named in a process list, with whom it keeps the child for. */
const KEEPER = 'creditd-keeper-for-';

export interface LeashedOptions {
  /** The environment, whole: nothing of ours is inherited. */
  readonly env: Readonly<Record<string, string>>;
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
  readonly cwd?: string;
  /** The signal that asks for a clean end. */
  readonly signal: 'INT' | 'TERM';
  /** How long a clean end may take before the child is killed. */
  readonly graceMs: number;
  readonly onLine: (line: string) => void;
}

export interface Leashed {
  readonly pid: number;
  /** Resolves with the exit code when the child has gone, for whatever reason. */
  readonly ended: Promise<number>;
  /** Asks for a clean end, waits for it, kills after the grace. Safe to call twice. */
  stop(): Promise<void>;
}

/** Rejects when the command cannot be started at all. */
export async function spawnLeashed(command: readonly string[], options: LeashedOptions): Promise<Leashed> {
  const shell = spawn('/bin/sh', ['-c', SCRIPT, `${KEEPER}${process.pid}`, options.signal, ...command], {
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    env: { ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.user ?? {}),
  });
  const ended = endOf(shell);
  for (const stream of [shell.stdout, shell.stderr]) {
    if (stream) createInterface({ input: stream }).on('line', options.onLine);
  }
  const pid = await pidFrom(shell, ended);
  // The leash breaks when the child has gone first; that is not an error of ours.
  shell.stdin?.on('error', () => undefined);
  return {
    pid,
    ended,
    async stop() {
      shell.stdin?.end();
      const timer = setTimeout(() => kill(pid), options.graceMs);
      await ended;
      clearTimeout(timer);
    },
  };
}

export type Keeping =
  /** Its owner lives. */
  | 'owned'
  /** Its owner has just died, and its keeper is ending it. */
  | 'ending'
  /** Its keeper was killed too: nobody will end it. */
  | 'stray';

/** What holds a process that some owner once put on a leash. */
export function keepingOf(pid: number): Keeping {
  const keeper = parentOf(pid);
  const named = keeper === null ? null : new RegExp(`${KEEPER}(\\d+)`).exec(commandLine(keeper) ?? '');
  if (keeper === null || !named) return 'stray';
  return parentOf(keeper) === Number(named[1]) ? 'owned' : 'ending';
}

const endOf = (shell: ChildProcess): Promise<number> =>
  new Promise((resolve, reject) => {
    shell.on('error', reject);
    shell.on('close', (code) => resolve(code ?? 1));
  });

async function pidFrom(shell: ChildProcess, ended: Promise<number>): Promise<number> {
  const lines = createInterface({ input: shell.stdio[3] as Readable });
  const first = new Promise<number>((resolve) => lines.once('line', (line) => resolve(Number(line))));
  const pid = await Promise.race([first, ended.then(() => 0)]);
  lines.close();
  if (pid === 0) throw new Error('the process ended before it had started');
  return pid;
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone in the meantime, which is what was wanted.
  }
}
