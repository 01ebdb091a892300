/** The owner's one action where something has stopped automatic top-off. */

import { type Book, changeSettings, cold, settingsOf } from './book.js';
import { burnThisHour, isPausedByOperator } from './brake.js';
import type { ResumeTopOff } from './commands.js';
import { most } from './credits.js';
import { liftSuspension, resolve } from './obligations.js';
import { type Outcome, refused } from './outcomes.js';

const PAUSED =
  'Automatic purchases of this account were paused by its operator, who alone can let them go on. Ask support; buying by hand works.';

/**
 * An operator's pause is ended by an operator alone. A pause by the runaway brake ends, its incident is resolved, a suspension is lifted, and what is due opens at once. For a
 * day from now only twice the burn that paused it pauses it again. Where nothing is stopped it changes nothing.
 */
export function resumeTopOff(book: Book, { asOperator }: ResumeTopOff): Outcome {
  cold(book);
  const { topOff, alerts } = settingsOf(book);
  if (asOperator !== true && isPausedByOperator({ topOff, alerts })) return refused('paused_by_operator', PAUSED);
  if (topOff.pausedAt !== null) {
    // What has been used since the pause is part of what the owner has just called right.
    const paused = alerts.brake?.burn ?? burnThisHour(book);
    const burn = most(paused, burnThisHour(book));
    changeSettings(book, {
      topOff: { ...topOff, pausedAt: null },
      alerts: { ...alerts, brake: { burn, resumedAt: book.at } },
    });
  }
  liftSuspension(book);
  resolve(book, 'unusual_usage');
  return { kind: 'configured' };
}
