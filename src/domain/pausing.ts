/** An operator's pause of one account's automatic top-off: nothing opens until somebody resumes it. */
import { type Book, changeSettings, cold, settingsOf } from './book.js';
import type { Outcome } from './outcomes.js';

/** A charge that is open goes its way: only what is not yet opened stays closed. Said twice, it changes nothing. */
export function pauseByHand(book: Book): Outcome {
  cold(book);
  const { topOff } = settingsOf(book);
  if (topOff.pausedAt === null) changeSettings(book, { topOff: { ...topOff, pausedAt: book.at } });
  return { kind: 'configured' };
}
