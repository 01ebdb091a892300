/** An account whose auto top-off is on, and one whose charge has just been opened: where the tables of charges begin. */

import type { Charge } from '../../src/domain/charge.js';
import { credits, formatCredits } from '../../src/domain/credits.js';
import { check, type GateAnswer } from '../../src/domain/gate.js';
import type { ChargeId } from '../../src/domain/ids.js';
import type { Outcome } from '../../src/domain/outcomes.js';
import type { Decline, IntentView } from '../../src/domain/payment.js';
import { loadCold, loadHot } from '../../src/simulate/rows.js';
import { makeAccount, type TestAccount, type TestAccountWish } from './support-account.js';
import { attach, CATALOG, configure, grant, use } from './support-commands.js';
import { DECLINE, type Mood, makeProcessor, type Processor, runDueCharges, viewOf } from './support-processor.js';

/** "Below 50, add 200" on a card, with 100 credits. */
export function lowAt50(settings: Parameters<typeof configure>[0] = {}, wish: TestAccountWish = {}): TestAccount {
  const account = makeAccount(wish);
  account.post(grant('start', 100), attach('one'), configure(settings));
  return account;
}
export const chargesOf = (account: TestAccount) =>
  [...account.rows.charges.values()].map(
    (one) => `${one.state} ${formatCredits(one.credits)} for ${one.amountMinor}${one.cancelOwed ? ', not needed' : ''}`,
  );
export const openIncidents = (account: TestAccount) =>
  [...account.rows.incidents.values()].filter((one) => one.resolvedAt === null).map((one) => one.kind);
export const pays = (account: TestAccount) => runDueCharges(account, makeProcessor());

export interface Scene {
  readonly account: TestAccount;
  readonly processor: Processor;
  readonly charge: ChargeId;
  /** Runs what is due in this mood, after `ms`. */
  run(mood: Mood, ms?: number): Promise<void>;
  state(): string;
  open(): string[];
  mails(): string[];
  /** What the gate says of one credit. */
  gate(): GateAnswer;
}

/** One top-off of 200 credits for 50.00, just opened. */
export function opened(): Scene {
  const account = makeAccount();
  account.post(grant('start', 100), attach('one'), configure());
  account.post(use('u', 60));
  const processor = makeProcessor();
  const [charge] = account.rows.charges.keys();
  if (charge === undefined) throw new Error('no charge was opened');
  return {
    account,
    processor,
    charge,
    async run(mood, ms = 0) {
      account.travel(ms);
      processor.state.mood = mood;
      await runDueCharges(account, processor);
    },
    gate() {
      const state = loadCold(account.rows, loadHot(account.rows, []), [], account.at());
      const { charging } = account.context;
      const context = { catalog: CATALOG, deployment: 'test', newId: () => 'unused', charging };
      const wish = { kind: 'run', list: [{ credits: credits(1) }] } as const;
      const answer = check(state, wish, account.at(), context, 'acme');
      if (answer.kind === 'refused') throw new Error(answer.message);
      return answer;
    },
    state: () => account.rows.charges.get(charge)?.state ?? 'none',
    open: () => openIncidents(account),
    mails: () =>
      account.rows.notices.map(({ facts }) => ('reason' in facts ? `${facts.kind} ${facts.reason}` : facts.kind)),
  };
}
export const shortCalls = ({ processor, charge }: Scene) =>
  processor.calls.map((one) => one.replaceAll(charge, 'C').replaceAll('pi_', ''));
export const paidTimes = ({ processor, charge }: Scene) => processor.intents.get(charge)?.payments ?? 0;
export const claim = ({ account, charge }: Scene): Extract<Outcome, { kind: 'charge_task' }>['task'] => {
  const outcome = account.one({ kind: 'claim_charge', charge });
  if (outcome.kind !== 'charge_task') throw new Error(`claiming was answered ${outcome.kind}`);
  return outcome.task;
};

/** The charge as it stands. */
export const chargeOf = ({ account, charge }: Scene): Charge => {
  const found = account.rows.charges.get(charge);
  if (found === undefined) throw new Error('the charge is gone');
  return found;
};

/** Makes the attempt that is due, and has it declined with these very words. */
export function declineWith(scene: Scene, decline: Partial<Decline>): Outcome {
  const first = claim(scene);
  if (first.do === 'create_intent') agreeWith(scene, {});
  const task = first.do === 'create_intent' ? claim(scene) : first;
  if (task.do !== 'confirm') throw new Error(`an attempt was to be sent, and the task is to ${task.do}`);
  return agreeWith(scene, {}, { decline: { ...DECLINE, processorChargeId: null, ...decline } });
}

/** Agrees with a view of the charge's intent under the version that stands, or under one that is said. */
export function agreeWith(
  scene: Scene,
  view: Partial<IntentView>,
  more: { version?: number; looked?: boolean; decline?: Decline; isCardGone?: boolean } = {},
): Outcome {
  const { account, charge } = scene;
  const version = more.version ?? account.rows.charges.get(charge)?.version ?? 0;
  const intent = {
    id: `pi_${charge}`,
    charge,
    amountMinor: 5_000n,
    status: view.status ?? 'requires_payment_method',
    payments: 0,
    lastDecline: null,
  };
  const whole = { ...viewOf(intent), ...view };
  const { looked = false, decline = null, isCardGone = false } = more;
  return account.one({ kind: 'agree', charge, version, view: whole, decline, looked, isCardGone });
}
