/** The account's flow of events, read with fetch so that the session travels in a header and never in an address. */
import type { Caller } from './call.js';

export interface Pulse {
  readonly sequence: number;
  readonly balance: { readonly remaining: string; readonly available: string; readonly held: string } | null;
  readonly incidents: readonly { readonly id: string; readonly kind: string }[];
}

const AGAIN_MS = 3_000;
const AGAIN_MOST_MS = 60_000;
/** A heartbeat comes every 15 s; what is silent for longer is dead, whatever the connection says. */
const SILENT_MS = 40_000;

/** Listens until `signal`; `heard` with each change, `up` whenever the connection comes or goes. */
export async function follow(
  caller: Caller,
  signal: AbortSignal,
  { heard, up }: { readonly heard: (pulse: Pulse) => void; readonly up: (isUp: boolean) => void },
): Promise<void> {
  let wait = AGAIN_MS;
  while (!signal.aborted) {
    try {
      await listenOnce(caller, signal, (pulse) => {
        wait = AGAIN_MS;
        up(true);
        heard(pulse);
      });
    } catch {
      // Asked again below; the page polls meanwhile.
    }
    if (signal.aborted) return;
    up(false);
    await pause(wait, signal);
    wait = Math.min(wait * 2, AGAIN_MOST_MS);
  }
}

async function listenOnce(caller: Caller, signal: AbortSignal, heard: (pulse: Pulse) => void): Promise<void> {
  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(), SILENT_MS);
  try {
    const answer = await caller.open('followBalance', { signal: AbortSignal.any([signal, silence.signal]) });
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    for (;;) {
      const part = await reader?.read();
      if (part === undefined || part.done) return;
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(), SILENT_MS);
      const blocks = (text + part.value).split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) {
        const pulse = pulseOf(block);
        if (pulse !== null) heard(pulse);
      }
    }
  } finally {
    clearTimeout(timer);
  }
}

/** One event of the flow; null for comments and for what is not for us. */
export function pulseOf(block: string): Pulse | null {
  const data = block
    .split('\n')
    .filter((line) => line.startsWith('data:'))
    .map((line) => line.slice(5).trim());
  return data.length === 0 ? null : (JSON.parse(data.join('\n')) as Pulse);
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
