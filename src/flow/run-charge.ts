/**
 * A charge's step. The ledger says, under the account's lock, what the one due thing is; it is done at the processor
 * without any lock; and what the processor said is agreed with under the lock again. Silence decides nothing.
 */
import type { Command } from '../domain/commands.js';
import { isKnownDecline } from '../domain/decline-classes.js';
import { type ChargeId, chargeId } from '../domain/ids.js';
import { type Instant, later } from '../domain/instant.js';
import type { ChargeTask, Outcome } from '../domain/outcomes.js';
import type { Decline, IntentView } from '../domain/payment.js';
import {
  type Ending,
  type Ledger,
  type Log,
  NO_TRACER,
  type Outbox,
  type OutboxRef,
  type PaymentOutcome,
  type Payments,
  type SpanFacts,
  type StartedStep,
  type Tracer,
} from '../ports.js';
import { againAt } from './back-off.js';
import { underHold } from './step.js';

export interface RunChargeDeps {
  readonly ledger: Ledger;
  readonly outbox: Outbox;
  readonly payments: Payments;
  readonly log: Log;
  readonly random: () => number;
  readonly onCharge?: (state: string) => void;
  readonly tracer?: Tracer;
}

type Task = Exclude<ChargeTask, { do: 'nothing' }>;

/** How long after a refusal of our request it is tried again: a person has to mend something first. */
const REFUSED_AGAIN_MS = 5 * 60_000;

export function makeRunCharge(deps: RunChargeDeps) {
  return (ref: OutboxRef): Promise<void> => underHold(deps.outbox, ref, (step) => runCharge(deps, step));
}

async function runCharge(deps: RunChargeDeps, step: StartedStep): Promise<void> {
  const charge = chargeId(step.subject);
  const first = await claim(deps, step, charge);
  if (first === null) return;
  // An intent that has just been created leads straight on to its first attempt, under the same hold.
  const goOn = await act(deps, step, charge, first, first.do === 'create_intent');
  if (!goOn) return;
  const second = await claim(deps, step, charge);
  if (second !== null) await act(deps, step, charge, second, false);
}

/** The task that is due, or null when there is none and the step has been ended. */
async function claim(deps: RunChargeDeps, step: StartedStep, charge: ChargeId): Promise<Task | null> {
  const outcome = await one(deps.ledger, { kind: 'claim_charge', account: step.account, charge });
  if (outcome.kind !== 'charge_task') throw new Error(`claiming charge ${charge} was answered ${outcome.kind}`);
  if (outcome.task.do !== 'nothing') return outcome.task;
  await deps.outbox.end(ending(step, outcome.task.next, null));
  return null;
}

/** Does one task and agrees with its answer. True: the step has not been ended and the next task may be taken. */
function act(deps: RunChargeDeps, step: StartedStep, charge: ChargeId, task: Task, goesOn: boolean): Promise<boolean> {
  // The outbox lies between a charge and the usage that asked for it: account and charge are what joins their traces.
  return (deps.tracer ?? NO_TRACER).span('charge', { account: step.account, charge, task: task.do }, async (add) => {
    const answer = await call(deps.payments, task);
    add(factsOf(answer));
    return take(deps, step, charge, task, answer, goesOn);
  });
}

const factsOf = (answer: PaymentOutcome): SpanFacts => ({
  outcome: answer.kind,
  ...('view' in answer ? { intent: answer.view.status } : {}),
});

/** What becomes of the step by the processor's answer. */
async function take(
  deps: RunChargeDeps,
  step: StartedStep,
  charge: ChargeId,
  task: Task,
  answer: PaymentOutcome,
  goesOn: boolean,
): Promise<boolean> {
  switch (answer.kind) {
    case 'seen':
      return agree(deps, step, charge, answer.looked === true ? lookingAt(task) : task, answer.view, null, goesOn);
    case 'declined':
      return agree(deps, step, charge, task, answer.view, answer.decline, false);
    case 'look':
      return look(deps, step, charge, task, answer.reason);
    case 'silent':
      await deps.outbox.end(ending(step, againAt(step.at, sentAt(task), null, deps.random), answer.reason));
      return false;
    case 'unavailable':
      await deps.outbox.end(
        ending(step, againAt(step.at, sentAt(task), answer.retryAfterMs, deps.random), answer.reason),
      );
      return false;
    case 'refused':
      return refused(deps, step, charge, task, answer);
  }
}

function call(payments: Payments, task: Task): Promise<PaymentOutcome> {
  switch (task.do) {
    case 'create_intent':
      return payments.createIntent(task.request);
    case 'confirm':
      return payments.confirmIntent(task.request);
    case 'retrieve':
      return payments.retrieveIntent(task.intentId);
    case 'cancel':
      return payments.cancelIntent(task.intentId);
  }
}

/** When trouble with this task began, for the back-off. */
function sentAt(task: Task): Instant {
  if (task.do === 'create_intent') return task.askedAt;
  return task.do === 'confirm' ? task.request.firstSentAt : task.since;
}

async function agree(
  deps: RunChargeDeps,
  step: StartedStep,
  charge: ChargeId,
  task: Task,
  view: IntentView,
  decline: Decline | null,
  goesOn: boolean,
  isCardGone = false,
): Promise<boolean> {
  const { account } = step;
  const looked = task.do === 'retrieve';
  const command: Command = { kind: 'agree', account, charge, version: task.version, view, decline, looked, isCardGone };
  const end = (outcome: Outcome): Ending => ending(step, outcome.kind === 'agreed' ? outcome.next : step.at, null);
  const outcome = await one(deps.ledger, command, goesOn ? undefined : end);
  if (outcome.kind === 'agreed' && !goesOn) {
    deps.onCharge?.(outcome.state);
    warnOfUnknown(deps, step, charge, decline);
    const declineCode = decline?.declineCode ?? null;
    deps.log.info({ account, chargeId: charge, state: outcome.state, declineCode }, `charge ${outcome.state}`);
  }
  return goesOn;
}

/** A code that no table names is tried once more at most; a person should give it its class. */
function warnOfUnknown(deps: RunChargeDeps, step: StartedStep, charge: ChargeId, decline: Decline | null): void {
  if (decline === null || isKnownDecline(decline)) return;
  const { code, declineCode } = decline;
  deps.log.warn({ account: step.account, chargeId: charge, code, declineCode }, 'a decline code that no table names');
}

/** Sending again cannot tell what became of the attempt: the intent itself is asked, and agreed with as looked at. */
async function look(
  deps: RunChargeDeps,
  step: StartedStep,
  charge: ChargeId,
  task: Task,
  reason: string,
  isCardGone = false,
): Promise<boolean> {
  const intentId = task.do === 'confirm' ? task.request.intentId : task.do === 'create_intent' ? null : task.intentId;
  if (intentId === null) {
    await deps.outbox.end(ending(step, later(step.at, REFUSED_AGAIN_MS), reason));
    return false;
  }
  const answer = await deps.payments.retrieveIntent(intentId);
  if (answer.kind !== 'seen') {
    await deps.outbox.end(ending(step, againAt(step.at, sentAt(task), null, deps.random), reason));
    return false;
  }
  return agree(deps, step, charge, lookingAt(task), answer.view, null, false, isCardGone);
}

/** The task as the look that it has come to. */
function lookingAt(task: Task): Task {
  if (task.do === 'create_intent') return task;
  const intentId = task.do === 'confirm' ? task.request.intentId : task.intentId;
  return { do: 'retrieve', version: task.version, intentId, since: sentAt(task) };
}

async function refused(
  deps: RunChargeDeps,
  step: StartedStep,
  charge: ChargeId,
  task: Task,
  answer: Extract<PaymentOutcome, { kind: 'refused' }>,
): Promise<boolean> {
  // Nothing was run for a card that is gone, whatever was sent before: the intent says so, and another card takes over.
  if (answer.about === 'card' && task.do === 'confirm') return look(deps, step, charge, task, answer.reason, true);
  deps.log.error(
    { account: step.account, chargeId: charge, code: answer.code, reason: answer.reason },
    'the processor refused our request; the card is innocent',
  );
  const command: Command = {
    kind: 'charge_refused',
    account: step.account,
    charge,
    version: task.version,
    code: answer.code,
    isCustomerGone: answer.about === 'customer',
  };
  await one(deps.ledger, command, (outcome) => {
    if (outcome.kind === 'stale') return ending(step, step.at, null);
    const isOver = outcome.kind === 'agreed' && outcome.state === 'failed';
    return ending(step, isOver ? null : later(step.at, REFUSED_AGAIN_MS), `${answer.code}: ${answer.reason}`);
  });
  return false;
}

const ending = (step: StartedStep, next: Instant | null, note: string | null): Ending => ({
  accountNo: step.accountNo,
  id: step.id,
  heldUntil: step.heldUntil,
  asks: step.asks,
  next,
  note,
});

/** Posts one command. A ledger that cannot be reached throws: the row's lease brings the step back. */
async function one(ledger: Ledger, command: Command, end?: (outcome: Outcome) => Ending): Promise<Outcome> {
  const result = await ledger.post([command], end && (([outcome]) => end(outcome ?? unanswered(command))));
  if (result.kind === 'unavailable') throw new Error(`the ledger is unavailable: ${result.reason}`);
  const outcome = result.outcomes[0] ?? unanswered(command);
  if (outcome.kind === 'refused') throw new Error(`${command.kind} was refused: ${outcome.message}`);
  return outcome;
}

function unanswered(command: Command): never {
  throw new Error(`${command.kind} was not answered`);
}
