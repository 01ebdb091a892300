/**
 * The owner approves a payment: an attempt in the owner's presence is frozen and committed, sent, and agreed with; the answer
 * is where the bank wants to see the owner. Should this die half-way, the charge's own step looks what became of it.
 */
import type { Command } from '../domain/commands.js';
import type { AccountId, ChargeId } from '../domain/ids.js';
import type { ChargeTask, Outcome, RefusalReason } from '../domain/outcomes.js';
import type { Ledger, PaymentOutcome, Payments } from '../ports.js';

export type AuthenticateOutcome =
  /** The owner goes there now. */
  | { readonly kind: 'go'; readonly url: string }
  /** Paid at once, or being paid: there is nothing to approve. */
  | { readonly kind: 'done'; readonly state: string }
  /** The bank or the issuer said no. The link goes on working until its time is over. */
  | { readonly kind: 'declined'; readonly state: string }
  | { readonly kind: 'refused'; readonly reason: RefusalReason; readonly message: string }
  /** Nothing is known yet; asking again is safe. */
  | { readonly kind: 'unavailable'; readonly reason: string };

export interface AuthenticateDeps {
  readonly ledger: Ledger;
  readonly payments: Payments;
}

/** A look that leads nowhere is followed by one attempt, and a view that was overtaken by another look. */
const MOST_TURNS = 4;

export function makeAuthenticate(deps: AuthenticateDeps) {
  return async (account: AccountId, charge: ChargeId, returnUrl: string): Promise<AuthenticateOutcome> => {
    let anew = false;
    for (let turn = 0; turn < MOST_TURNS; turn += 1) {
      const asked = await post(deps.ledger, { kind: 'authenticate_charge', account, charge, returnUrl, anew });
      if (asked.kind === 'unavailable' || asked.kind === 'refused') return asked;
      if (asked.kind !== 'charge_task') throw new Error(`authenticating charge ${charge} was answered ${asked.kind}`);
      const { task } = asked;
      const answer = await send(deps.payments, task);
      if (answer.kind !== 'seen' && answer.kind !== 'declined') return { kind: 'unavailable', reason: answer.reason };
      const { view } = answer;
      const agreed = await post(deps.ledger, {
        ...{ kind: 'agree', account, charge, version: versionOf(task), view },
        decline: answer.kind === 'declined' ? answer.decline : null,
        looked: task.do === 'retrieve' || (answer.kind === 'seen' && answer.looked === true),
        isHeard: true,
      });
      if (agreed.kind === 'stale') continue;
      if (agreed.kind === 'unavailable' || agreed.kind === 'refused') return agreed;
      if (agreed.kind !== 'agreed') throw new Error(`agreeing with charge ${charge} was answered ${agreed.kind}`);
      if (view.status === 'requires_action' && view.nextActionUrl) return { kind: 'go', url: view.nextActionUrl };
      if (answer.kind === 'declined') return { kind: 'declined', state: agreed.state };
      if (agreed.state !== 'action_required') return { kind: 'done', state: agreed.state };
      // The bank's page that was open leads nowhere any more: the next turn begins another.
      anew = true;
    }
    return { kind: 'unavailable', reason: 'The payment changed while it was asked for. Try again.' };
  };
}

const versionOf = (task: ChargeTask): number => (task.do === 'nothing' ? 0 : task.version);

function send(payments: Payments, task: ChargeTask): Promise<PaymentOutcome> {
  if (task.do === 'confirm') return payments.confirmIntent(task.request);
  if (task.do === 'retrieve') return payments.retrieveIntent(task.intentId);
  throw new Error(`authenticating asks to ${task.do}`);
}

async function post(
  ledger: Ledger,
  command: Command,
): Promise<Outcome | { readonly kind: 'unavailable'; readonly reason: string }> {
  const posted = await ledger.post([command]);
  if (posted.kind === 'unavailable') return { kind: 'unavailable', reason: posted.reason };
  const [outcome] = posted.outcomes;
  if (outcome === undefined) throw new Error(`${command.kind} was not answered`);
  return outcome;
}
