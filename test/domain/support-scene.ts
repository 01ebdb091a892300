/** An account whose auto top-off is on, and one whose charge has just been opened: where the tables of charges begin. */
import { formatCredits } from '../../src/domain/credits.js';
import type { ChargeId } from '../../src/domain/ids.js';
import type { Outcome } from '../../src/domain/outcomes.js';
import type { IntentView } from '../../src/domain/payment.js';
import { makeAccount, type TestAccount, type TestAccountWish } from './support-account.js';
import { attach, configure, grant, use } from './support-commands.js';
import { type Mood, makeProcessor, type Processor, runDueCharges, viewOf } from './support-processor.js';

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

/** Agrees with a view of the charge's intent under the version that stands, or under one that is said. */
export function agreeWith(
  scene: Scene,
  view: Partial<IntentView>,
  more: { version?: number; looked?: boolean } = {},
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
  return account.one({ kind: 'agree', charge, version, view: whole, decline: null, looked: more.looked ?? false });
}
