/**
 * A worker that dies or freezes at one call of its step, before it or after it. A dead one does nothing any more, not even
 * write down that it failed; a frozen one goes on where it stood when it is thawed, however much has happened since.
 */

export type Strike =
  | { readonly kind: 'none' }
  | { readonly kind: 'crash' | 'freeze'; readonly call: number; readonly moment: 'before' | 'after' };

/** Thrown by every call of a worker that is dead. */
export class Died extends Error {}

export interface Frozen {
  readonly since: number;
  /** Lets it go on, and resolves when it has come to its end. */
  thaw(): Promise<void>;
}

type Call = () => unknown;

/** Wraps every function of a port. */
function guarded<Port extends object>(port: Port, guard: (call: Call) => Promise<unknown>): Port {
  return new Proxy(port, {
    get(target, name, receiver) {
      const found: unknown = Reflect.get(target, name, receiver);
      if (typeof found !== 'function') return found;
      return (...args: unknown[]) => guard(() => Reflect.apply(found, target, args));
    },
  });
}

export type Ports = Readonly<Record<string, object>>;

/**
 * Runs one step with guarded ports. Resolves when the step has ended, died or frozen; a frozen one is handed to `keep`.
 * Rejects with what the step threw by itself, because a step that throws is a broken assumption.
 */
export async function runStruck<Parts extends Ports>(
  ports: Parts,
  strike: Strike,
  step: (ports: Parts) => Promise<unknown>,
  now: () => number,
  keep: (frozen: Frozen) => void,
): Promise<'ended' | 'died' | 'frozen'> {
  let calls = 0;
  let dead = false;
  let freeze: (thaw: () => void) => void = () => undefined;
  const frozen = new Promise<() => void>((resolve) => {
    freeze = resolve;
  });
  const hit = async (moment: 'before' | 'after', call: number): Promise<void> => {
    if (strike.kind === 'none' || strike.moment !== moment || strike.call !== call) return;
    if (strike.kind === 'crash') {
      dead = true;
      throw new Died('the worker is dead');
    }
    await new Promise<void>((resolve) => freeze(resolve));
  };
  const guard = async (call: Call): Promise<unknown> => {
    if (dead) throw new Died('the worker is dead');
    calls += 1;
    const mine = calls;
    await hit('before', mine);
    const value = await call();
    await hit('after', mine);
    return value;
  };
  const wrapped = Object.fromEntries(
    Object.entries(ports).map(([name, port]) => [name, guarded(port, guard)]),
  ) as unknown as Parts;
  const ended = step(wrapped).then(
    () => 'ended' as const,
    (error: unknown) => {
      if (error instanceof Died) return 'died' as const;
      throw error;
    },
  );
  const how = await Promise.race([ended, frozen]);
  if (typeof how !== 'function') return how;
  keep({
    since: now(),
    async thaw() {
      how();
      await ended;
    },
  });
  return 'frozen';
}
