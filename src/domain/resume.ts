/** The owner's one action where something has stopped automatic top-off. */

import { type Book, changeSettings, cold, settingsOf } from './book.js';
import { burnThisHour } from './brake.js';
import { most } from './credits.js';
import { liftSuspension, resolve } from './obligations.js';
import type { Outcome } from './outcomes.js';

/**
 * A pause by the runaway brake ends, its incident is resolved, a suspension is lifted, and what is due opens at once. For a
 * day from now only twice the burn that paused it pauses it again. Where nothing is stopped it changes nothing.
 */
export function resumeTopOff(book: Book): Outcome {
  cold(book);
  const { topOff, alerts } = settingsOf(book);
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
