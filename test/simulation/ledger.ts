/** The ledger in memory: it loads, decides and writes in one breath, as under the account's lock. */
import type { Command } from '../../src/domain/commands.js';
import { type Decision, decide } from '../../src/domain/decide.js';
import { type Instant, instant, later } from '../../src/domain/instant.js';
import { type Outcome, refused } from '../../src/domain/outcomes.js';
import type { IntentView } from '../../src/domain/payment.js';
import type { Ledger } from '../../src/ports.js';
import { fold } from '../../src/simulate/fold.js';
import { loadCold, loadHot } from '../../src/simulate/rows.js';
import { brokenByBatch, brokenByDecision } from './invariants.js';
import { endRow, type Parts } from './parts.js';

export function makeSimLedger(parts: Parts): Ledger {
  const { chance, now, rows, broken } = parts;
  const claimed = new Map<string, Outcome>();
  return {
    // A process whose clock is behind reads it so; the account's own time never runs back.
    async post(commands, ends) {
      const at = chance.in100(10) ? later(now(), -chance.below(60_000)) : now();
      let outcomes: readonly Outcome[];
      const before = { hot: { ...rows.hot }, charges: new Set(rows.charges.keys()) };
      try {
        outcomes = answered(parts, claimed, commands, at);
        broken.push(...brokenByBatch(rows, before, commands, outcomes, at));
      } catch (thrown) {
        const why = thrown instanceof Error ? thrown.message : String(thrown);
        broken.push(`a decision could not be written: ${why}`);
        outcomes = commands.map(() => refused('internal', why));
      }
      if (ends !== undefined) endRow(parts, ends(outcomes), now());
      return { kind: 'posted', outcomes, at };
    },
  };
}

function answered(
  parts: Parts,
  claimed: Map<string, Outcome>,
  commands: readonly Command[],
  at: Instant,
): readonly Outcome[] {
  const { mutant, rows } = parts;
  const [first] = commands;
  if (mutant === 'refusal_claims_its_key' && first !== undefined && 'key' in first) {
    const known = claimed.get(first.key);
    if (known !== undefined) return [known];
    const outcomes = postOnce(parts, commands, at);
    if (outcomes[0]?.kind === 'refused') claimed.set(first.key, outcomes[0]);
    return outcomes;
  }
  if (mutant === 'obligations_per_command') {
    return commands.flatMap((command) => postOnce(parts, [command], at));
  }
  if (mutant === 'expired_link_left_payable' && first?.kind === 'claim_charge') return leftPayable(parts, first, at);
  if (mutant === 'view_without_version' && first?.kind === 'agree') {
    const version = rows.charges.get(first.charge)?.version ?? first.version;
    return postOnce(parts, [{ ...first, version }], at);
  }
  return postOnce(parts, commands, at);
}

function postOnce(parts: Parts, commands: readonly Command[], at: Instant): readonly Outcome[] {
  const { mutant, rows, context, broken } = parts;
  const hot = loadHot(rows, commands);
  const state = loadCold(rows, hot, commands, at);
  const seen = mutant === 'clock_behind' ? { ...state, hot: { ...state.hot, lastInstant: instant(0) } } : state;
  const blind = blinded(seen, mutant, commands);
  const decision = decide(blind, commands, at, context());
  if (decision.kind !== 'decided') throw new Error('a decision asked for rows that it had');
  foldBehind(parts, decision);
  broken.push(...brokenByDecision(rows, decision));
  return decision.outcomes;
}

function foldBehind({ mutant, rows }: Parts, decision: Decision): void {
  if (mutant !== 'no_unique_index_on_open_top_off') {
    fold(rows, decision);
    return;
  }
  // Without the index a second open top-off would be let in: the wall is shown none of those that stand.
  const open = [...rows.charges.values()].filter((one) => one.kind === 'top_off');
  for (const charge of open) rows.charges.set(charge.id, { ...charge, kind: 'pack' });
  try {
    fold(rows, decision);
  } finally {
    for (const { id } of open) {
      const charge = rows.charges.get(id);
      if (charge !== undefined) rows.charges.set(id, { ...charge, kind: 'top_off' });
    }
  }
}

type Seen = ReturnType<typeof loadCold>;

function blinded(seen: Seen, mutant: Parts['mutant'], commands: readonly Command[]): Seen {
  if (mutant === 'no_unique_index_on_open_top_off') return withoutOpenTopOff(seen, commands);
  return mutant === 'checkout_attempted_by_us' ? asIfOurs(seen) : seen;
}

/** Nobody remembers that a Checkout asks for the money: it is charged to the first card, as a purchase by hand is. */
function asIfOurs(state: Seen): Seen {
  if (state.cold === null) return state;
  const card = state.cold.cards[0]?.id ?? null;
  const charges = state.cold.charges.map((one) =>
    one.course.checkoutUntil === null
      ? one
      : { ...one, card, nextAttemptAt: one.createdAt, course: { ...one.course, checkoutUntil: null } },
  );
  return { ...state, cold: { ...state.cold, charges } };
}

/** What nobody came to approve is called over here without being canceled at the processor. */
function leftPayable(parts: Parts, claim: Extract<Command, { kind: 'claim_charge' }>, at: Instant): readonly Outcome[] {
  const outcomes = postOnce(parts, [claim], at);
  const [outcome] = outcomes;
  const charge = parts.rows.charges.get(claim.charge);
  if (outcome?.kind !== 'charge_task' || outcome.task.do !== 'cancel' || charge?.state !== 'action_required')
    return outcomes;
  const { account, charge: id } = claim;
  const { amountMinor, currency } = charge;
  const view: IntentView = {
    ...{ intentId: outcome.task.intentId, status: 'canceled', amountMinor, currency },
    ...{ deployment: null, account, charge: id, payment: null, lastDecline: null },
  };
  const { version } = outcome.task;
  postOnce(parts, [{ kind: 'agree', account, charge: id, version, view, decline: null, looked: false }], at);
  return [{ kind: 'charge_task', task: { do: 'nothing', next: null } }];
}

/** An open top-off is not seen by whoever does not name it. */
function withoutOpenTopOff(state: Seen, commands: readonly Command[]): Seen {
  const cold = state.cold;
  if (cold === null) return state;
  const named = new Set(commands.flatMap((one) => ('charge' in one ? [one.charge] : [])));
  const seen = cold.charges.filter((one) => one.kind !== 'top_off' || one.attempts > 0 || named.has(one.id));
  return { ...state, cold: { ...cold, charges: seen } };
}
