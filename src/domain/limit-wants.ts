/** Which rows of limits a batch's commands can depend on, so that an account with many windows loads only these. */
import type { Catalog } from './catalog.js';
import type { Command } from './commands.js';
import type { KeyHash } from './ids.js';
import type { Instant } from './instant.js';
import { producerKey } from './keys.js';
import { countsOf } from './windows.js';

/** A count of a limit, and an instant that its window holds. */
export interface WindowWant {
  readonly limit: string;
  readonly subject: string;
  readonly at: Instant;
}

export interface LimitWants {
  /** Each once. */
  readonly windows: readonly WindowWant[];
  /** Keys under which a level may have been changed before. */
  readonly levelKeys: readonly KeyHash[];
  readonly levels: boolean;
}

/** Only what may be refused is read: what has happened, and what is given back, is added to counts unread. */
export function limitWants(catalog: Catalog, commands: readonly Command[], now: Instant): LimitWants {
  const windows = new Map<string, WindowWant>();
  const levelKeys: KeyHash[] = [];
  let levels = false;
  for (const command of commands) {
    if (command.kind === 'set_level' || command.kind === 'change_level') levels = true;
    if (command.kind === 'change_level') levelKeys.push(producerKey(command.key));
    if (command.kind !== 'use' && command.kind !== 'hold') continue;
    const at = command.kind === 'use' ? (command.occurredAt ?? now) : now;
    for (const { limit, subject } of countsOf(catalog, command))
      windows.set(`${limit}\0${subject}\0${at}`, { limit, subject, at });
  }
  return { windows: [...windows.values()], levelKeys, levels };
}
