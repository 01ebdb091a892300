/** An operator's pause of one account's automatic top-off: nothing opens until an operator resumes it. */
import { type Book, changeSettings, cold, settingsOf } from './book.js';
import { isPausedByOperator } from './brake.js';
import { resolve } from './obligations.js';
import type { Outcome } from './outcomes.js';

/**
 * A charge that is open goes its way: only what is not yet opened stays closed. A pause by the brake becomes the operator's:
 * it is no more the owner's to end, and the banner that asks the owner to is gone. Said twice, it changes nothing.
 */
export function pauseByHand(book: Book): Outcome {
  cold(book);
  const { topOff, alerts } = settingsOf(book);
  if (isPausedByOperator({ topOff, alerts })) return { kind: 'configured' };
  const brake = alerts.brake === null ? null : { ...alerts.brake, resumedAt: alerts.brake.resumedAt ?? book.at };
  changeSettings(book, { topOff: { ...topOff, pausedAt: topOff.pausedAt ?? book.at }, alerts: { ...alerts, brake } });
  resolve(book, 'unusual_usage');
  return { kind: 'configured' };
}
