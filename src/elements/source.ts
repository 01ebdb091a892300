/**
 * What the elements of one page show, read once for all of them: while somebody looks at the page it follows the account's
 * events, and where that does not work it reads again at a gentle pace. A page that nobody sees asks nothing.
 */
import type { Operations } from '../generated/page-api.js';
import { type Ask, makeAsk, Trouble } from './call.js';
import { isNews } from './events.js';
import type { CreditdConnection } from './public.js';

export type Overview = Operations['readOverview']['answer'];
export type Gate = Operations['check']['answer'];
export type Wish = NonNullable<Operations['check']['body']['run']>[number];

export interface Source {
  readonly overview: Overview | null;
  /** Why nothing newer is there; null: it is as new as can be. */
  readonly trouble: Trouble | null;
  listen(heard: () => void): () => void;
  /** What one use costs and whether it may run, as things stood when the overview was read. */
  check(wish: Wish): Promise<Gate>;
  dismiss(incident: string): Promise<void>;
  update(): Promise<void>;
}

const GENTLY_MS = 30_000;
/** While events come, for what they do not tell, such as a trial's days. */
const SELDOM_MS = 300_000;
const AT_MOST_EVERY_MS = 1_000;
/** An element that is moved leaves and comes back within one turn. */
const LINGER_MS = 1_000;

const sources: { readonly connection: CreditdConnection; readonly source: Source }[] = [];

/** Elements with the same connection share what was read. */
export function sourceOf(connection: CreditdConnection): Source {
  const { base, session, refresh } = connection;
  const same = ({ connection: one }: (typeof sources)[number]): boolean =>
    one.base === base && one.session === session && one.refresh === refresh;
  const found = sources.find(same);
  if (found !== undefined) return found.source;
  const source = makeSource(makeAsk(connection), () => {
    sources.splice(sources.findIndex(same), 1);
  });
  sources.push({ connection, source });
  return source;
}

function makeSource(ask: Ask, over: () => void): Source {
  const listeners = new Set<() => void>();
  const checks = makeChecks(ask);
  const shown = makeShown(ask);
  let reading: Promise<void> | null = null;
  let readAt = 0;

  const { next, never } = makeTimer(() => void update());
  const events = makeFollowing(ask, () => shown.overview, {
    began: () => next(SELDOM_MS),
    news: () => next(Math.max(0, AT_MOST_EVERY_MS - (performance.now() - readAt))),
    ended: () => next(GENTLY_MS),
  });
  const read = async (): Promise<void> => {
    await shown.read();
    if (shown.trouble === null) checks.forget();
    readAt = performance.now();
    for (const heard of [...listeners]) heard();
  };
  /** Whoever asks while it is being read may have changed something since: it is read once more for them. */
  const update = async (): Promise<void> => {
    if (reading !== null) await reading;
    reading ??= read().finally(() => {
      reading = null;
    });
    await reading;
    // Without a session there is nothing to wait for; the next look at the page asks again.
    if (listeners.size === 0 || document.hidden || shown.trouble?.status === 401) return;
    next(events.isOn() ? SELDOM_MS : GENTLY_MS);
    if (shown.trouble === null) events.start();
  };
  const rest = (): void => {
    never();
    events.stop();
  };
  const seen = (): void => {
    if (document.hidden) rest();
    else void update();
  };
  const leave = (heard: () => void): void => {
    listeners.delete(heard);
    setTimeout(() => {
      if (listeners.size > 0) return;
      document.removeEventListener('visibilitychange', seen);
      rest();
      over();
    }, LINGER_MS);
  };
  return {
    get overview() {
      return shown.overview;
    },
    get trouble() {
      return shown.trouble;
    },
    listen(heard) {
      document.addEventListener('visibilitychange', seen);
      listeners.add(heard);
      if (shown.overview === null && reading === null) void update();
      return () => leave(heard);
    },
    check: checks.check,
    async dismiss(incident) {
      await ask(`/incidents/${encodeURIComponent(incident)}/dismiss`, { body: {}, key: `element-dismiss-${incident}` });
      await update();
    },
    update,
  };
}

/** One thing that is done once, later; the last word on when counts. */
function makeTimer(run: () => void) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    never: (): void => clearTimeout(timer),
    next(ms: number): void {
      clearTimeout(timer);
      timer = setTimeout(run, ms);
    },
  };
}

/** What was read last, and why nothing newer came. */
function makeShown(ask: Ask) {
  const shown = {
    overview: null as Overview | null,
    trouble: null as Trouble | null,
    async read(): Promise<void> {
      try {
        shown.overview = (await (await ask('/overview')).json()) as Overview;
        shown.trouble = null;
      } catch (error) {
        shown.trouble = error instanceof Trouble ? error : new Trouble(0, 'offline', 'creditd does not answer.');
      }
    },
  };
  return shown;
}

/** Many elements that ask the same ask once, until the next overview. */
function makeChecks(ask: Ask) {
  const kept = new Map<string, Promise<Gate>>();
  // One after the other: a page with many prices must not use up what the person may ask in a second.
  let line: Promise<unknown> = Promise.resolve();
  return {
    forget: (): void => kept.clear(),
    check(wish: Wish): Promise<Gate> {
      const key = JSON.stringify(wish);
      const found = kept.get(key);
      if (found !== undefined) return found;
      const asked = line.then(async () => (await ask('/check', { body: { run: [wish] } })).json() as Promise<Gate>);
      line = asked.catch(() => undefined);
      kept.set(key, asked);
      return asked;
    },
  };
}

interface Told {
  readonly began: () => void;
  readonly news: () => void;
  /** Not called where it was stopped. */
  readonly ended: () => void;
}

/** The account's events, one connection at a time. */
function makeFollowing(ask: Ask, shown: () => Overview | null, { began, news, ended }: Told) {
  let current: AbortController | null = null;
  const follow = async (own: AbortController): Promise<void> => {
    try {
      const answer = await ask('/live', { signal: own.signal });
      began();
      const isNew = isNews(shown);
      for await (const text of textOf(answer)) if (isNew(text)) news();
    } catch {
      // It is read at the gentle pace instead, and listened for again after the next look.
    }
    if (current !== own) return;
    current = null;
    ended();
  };
  return {
    isOn: (): boolean => current !== null,
    start(): void {
      if (current !== null) return;
      current = new AbortController();
      void follow(current);
    },
    stop(): void {
      current?.abort();
      current = null;
    },
  };
}

async function* textOf(answer: Response): AsyncGenerator<string> {
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const part = await reader?.read();
    if (part === undefined || part.done) return;
    yield part.value;
  }
}
