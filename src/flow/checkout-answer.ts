/** What an owner's wish at the processor can come to, in one closed union for all of them. */
import type { Instant } from '../domain/instant.js';
import { type Refused, refused } from '../domain/outcomes.js';
import type { ChangeOutcome, CustomerOutcome, Log, SessionOutcome } from '../ports.js';

export type OwnerAnswer =
  /** The owner goes there now. */
  | { readonly kind: 'go'; readonly url: string; readonly expiresAt: Instant | null }
  | Refused
  /** The card was declined, and nothing was changed. */
  | { readonly kind: 'declined' }
  /** Nothing is known to have happened; asking again under the same key is safe. */
  | { readonly kind: 'unavailable'; readonly reason: string };

export const unknownAccount = (): Refused => refused('unknown_account', 'There is no such account.');

/** Of what the processor answered to an owner's wish everything that is no success. */
export function troubled(
  outcome:
    | Exclude<SessionOutcome, { kind: 'open' }>
    | Exclude<ChangeOutcome, { kind: 'done' }>
    | Exclude<CustomerOutcome, { kind: 'made' }>,
  log: Log,
): Exclude<OwnerAnswer, { kind: 'go' }> {
  switch (outcome.kind) {
    case 'over':
      return refused('charge_ended', 'This Checkout has ended. Ask again under a new key.');
    case 'key_reused':
      return refused('conflict', 'The key was used for another wish. Use a new key for a new wish.');
    case 'declined':
      return { kind: 'declined' };
    case 'gone':
      return refused('conflict', 'The subscription has ended meanwhile. Look at the billing page again.');
    case 'silent':
    case 'unavailable':
      return { kind: 'unavailable', reason: outcome.reason };
    case 'refused':
      // The customer was deleted there; once that is heard of, the next wish makes another.
      if (outcome.about === 'customer') return { kind: 'unavailable', reason: outcome.reason };
      log.error({ code: outcome.code, reason: outcome.reason }, 'the processor refused what an owner wished');
      return refused(
        'internal',
        'The payment processor did not accept this. It is recorded, and looked at by a person.',
      );
  }
}
