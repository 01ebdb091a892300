/**
 * Many tasks and one thread, which goes on with whichever of them chance says: at every await of every port a task may be
 * overtaken by others, stand still for long, or never go on. The same seed is the same order.
 */
import type { Chance } from '../support/walk-random.js';

export interface Task {
  readonly name: string;
  /** A crash ends it here, as if its process had been killed. */
  readonly mortal: boolean;
  dead: boolean;
  frozenUntil: number;
}

export type Pause = () => Promise<void>;

export type Scheduler = ReturnType<typeof makeScheduler>;

export function makeScheduler(chance: Chance, now: () => number) {
  const waiting: { readonly task: Task; readonly resume: () => void }[] = [];
  const broken: string[] = [];
  const risks = { crash: 0, freeze: 0 };
  let living = 0;

  const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  const spawn = (name: string, mortal: boolean, work: (pause: Pause, task: Task) => Promise<unknown>): Task => {
    const task: Task = { name, mortal, dead: false, frozenUntil: 0 };
    living += 1;
    const pause: Pause = () => new Promise<void>((resume) => waiting.push({ task, resume }));
    work(pause, task).then(
      () => {
        living -= 1;
      },
      (error: unknown) => {
        living -= 1;
        broken.push(`${name} threw: ${error instanceof Error ? error.message : String(error)}`);
      },
    );
    return task;
  };

  return {
    spawn,
    settled,
    risks,
    /** What tasks have thrown by themselves: each is a broken assumption. */
    broken,
    living: () => living,
    /** Lets one task go on to its next await. False: none waits that could. */
    async step(): Promise<boolean> {
      const able = waiting.filter(({ task }) => task.frozenUntil <= now());
      if (able.length === 0) return false;
      const chosen = chance.pick(able);
      waiting.splice(waiting.indexOf(chosen), 1);
      const { task } = chosen;
      if (task.mortal && chance.in100(risks.crash)) {
        // Its promise is never kept: whatever came after this await does not happen.
        task.dead = true;
        living -= 1;
        return true;
      }
      if (task.mortal && chance.in100(risks.freeze)) {
        task.frozenUntil = now() + 1 + Math.floor(chance.next() ** 4 * 20 * 3_600_000);
        waiting.push(chosen);
        return true;
      }
      chosen.resume();
      await settled();
      return true;
    },
    /** Everybody who stands still goes on. */
    thaw: () => {
      for (const { task } of waiting) task.frozenUntil = 0;
    },
  };
}

/** A port of which every call can be overtaken before it begins and after it has answered. */
export function interleaved<Port extends object>(port: Port, pause: Pause): Port {
  return new Proxy(port, {
    get(target, name, receiver) {
      const found: unknown = Reflect.get(target, name, receiver);
      if (typeof found !== 'function') return found;
      return async (...args: unknown[]) => {
        await pause();
        const value: unknown = await Reflect.apply(found, target, args);
        await pause();
        return value;
      };
    },
  });
}
