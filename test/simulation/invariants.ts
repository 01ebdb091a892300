/** What must hold after every step, said independently of the code that keeps it. Each answers sentences; none: all holds. */
import type { HotRow } from '../../src/domain/account.js';
import { ATTEMPT_RESEND_LIMIT_MS, type Charge, isOpen } from '../../src/domain/charge.js';
import type { Command } from '../../src/domain/commands.js';
import type { Decision } from '../../src/domain/decide.js';
import type { Instant } from '../../src/domain/instant.js';
import type { Outcome } from '../../src/domain/outcomes.js';
import type { Rows } from '../../src/simulate/rows.js';
import type { SimIntent } from './processor.js';

const balanceOf = (hot: HotRow): bigint => hot.lots - hot.debt;

const openTopOffs = (rows: Rows): Charge[] =>
  [...rows.charges.values()].filter((one) => one.kind === 'top_off' && isOpen(one));

/**
 * Money moves only under an attempt that was written down before, and is not closed. Past the processor's memory of keys
 * nobody can tell a request that a frozen process has still to send: it is looked up and given up, and what keeps it from
 * paying a second time is that the charge has one intent.
 */
export function brokenByExecution(rows: Rows, key: string, intent: SimIntent, at: Instant): string[] {
  const out = rows.attempts.find(({ charge, attempt }) => key === `${charge}-${attempt.ordinal}`);
  if (out === undefined) return [`${intent.id} was run under ${key}, and no attempt of that name is written down`];
  const isForgotten = at - out.attempt.firstSentAt >= ATTEMPT_RESEND_LIMIT_MS && out.result === 'unexecuted';
  if (out.result === null || isForgotten) return [];
  return [`${intent.id} was run under ${key}, which had been closed as ${out.result}`];
}

/** What one decision has left. */
export function brokenByDecision(rows: Rows, { effects }: Decision): string[] {
  const broken: string[] = [];
  const balance = balanceOf(rows.hot);
  if (openTopOffs(rows).length > 1) broken.push('two top-offs are open at once');
  for (const { charge: id, attempt } of effects.newAttempts) {
    const charge = rows.charges.get(id);
    if (charge?.kind !== 'top_off' || attempt.by === 'owner') continue;
    const isShort = charge.shortfall !== null && balance - rows.hot.held < charge.shortfall;
    if (balance >= rows.settings.topOff.threshold && !isShort)
      broken.push(`the card was asked again though ${balance} is enough`);
  }
  return broken;
}

interface Before {
  readonly hot: HotRow;
  readonly charges: ReadonlySet<string>;
}

/** What a batch as a whole has left, and what it answered. */
export function brokenByBatch(
  rows: Rows,
  before: Before,
  commands: readonly Command[],
  outcomes: readonly Outcome[],
  at: Instant,
): string[] {
  const balance = balanceOf(rows.hot);
  const opened = [...rows.charges.values()].filter((one) => one.kind === 'top_off' && !before.charges.has(one.id));
  const isEnough = balance >= rows.settings.topOff.threshold;
  const needless = opened.filter((one) => isEnough && one.shortfall === null);
  return [
    ...needless.map(() => `a top-off was opened by a batch that leaves ${balance}, which is enough`),
    ...brokenByCoverage(rows, before.hot, commands, outcomes, at),
  ];
}

/** A covered use is never refused for want of credits that are there, and never brings debt. */
function brokenByCoverage(
  { hot }: Rows,
  before: HotRow,
  commands: readonly Command[],
  [outcome]: readonly Outcome[],
  at: Instant,
): string[] {
  const [use] = commands;
  if (commands.length !== 1 || use?.kind !== 'use' || use.mode !== 'if_covered' || outcome === undefined) return [];
  if (outcome.kind === 'used' && !outcome.replayed && hot.debt > before.debt) return ['a covered use brought debt'];
  if (outcome.kind !== 'refused' || outcome.reason !== 'insufficient_credits') return [];
  const isSettled = hot.settledUntil === null || hot.settledUntil > at;
  const cost = BigInt(use.quantity ?? 1) * 1_000_000n;
  return isSettled && cost <= balanceOf(hot) - hot.held ? [`a covered use was refused beside ${balanceOf(hot)}`] : [];
}

/** Nobody can pay any more for what is over here: no page of a bank, no page of a Checkout, no intent that was replaced. */
function brokenByLeftIntent({ state, course }: Charge, own: readonly SimIntent[], name: string): string[] {
  if (state === 'succeeded') return [];
  return own.flatMap(({ id, status, request }) => {
    if (status === 'requires_action') return [`${name}: ${id} can still be approved`];
    const isReplaced = (request.canceledIntents ?? 0) < course.canceledIntents;
    const isLeft = status !== 'canceled' && (state === 'canceled' || isReplaced);
    return isLeft ? [`${name}: ${id} can still be paid`] : [];
  });
}

/** Looked at when everything has come to rest. */
export function brokenAtRest(rows: Rows, intents: readonly SimIntent[]): string[] {
  const broken: string[] = [];
  for (const charge of rows.charges.values()) {
    const own = intents.filter((one) => one.request.charge === charge.id);
    const payments = own.reduce((sum, one) => sum + one.payments, 0);
    const name = `charge ${charge.id} (${charge.kind}, ${charge.state})`;
    if (payments !== (charge.state === 'succeeded' ? 1 : 0)) broken.push(`${name} was paid ${payments} times`);
    if (isOpen(charge)) broken.push(`${name} is still open`);
    broken.push(...brokenByLeftIntent(charge, own, name));
    const paid = own.find((one) => one.payments > 0);
    if (paid === undefined) continue;
    if (charge.refundedMinor !== paid.refundedMinor || charge.disputedMinor !== paid.disputedMinor)
      broken.push(
        `${name}: ${charge.refundedMinor} and ${charge.disputedMinor} went back here, ${paid.refundedMinor} and ${paid.disputedMinor} there`,
      );
    const gone = paid.refundedMinor + paid.disputedMinor;
    const isWholeGone = gone >= charge.paidMinor;
    const part = isWholeGone ? charge.credits : (charge.credits * gone) / charge.paidMinor;
    const owed = charge.kind === 'overage' ? 0n : part;
    if (charge.clawed !== owed) broken.push(`${name}: ${charge.clawed} were taken back instead of ${owed}`);
    const moved = rows.lines.filter(({ ref, kind }) => ref === charge.id && /^(claw|give)_back$/.test(kind));
    const byLines = -moved.reduce((total, line) => total + line.amount, 0n);
    if (byLines !== owed) broken.push(`${name}: by its lines ${byLines} were taken back instead of ${owed}`);
    const granted = [...rows.lots.values()].filter((lot) => lot.chargeId === charge.id);
    if (charge.kind !== 'overage' && granted.length !== 1) broken.push(`${name} has ${granted.length} grants`);
  }
  const sum = [...rows.lots.values()].reduce((total, lot) => total + lot.remaining, 0n);
  const lines = rows.lines.reduce((total, line) => total + line.amount, 0n);
  if (sum !== lines) broken.push(`lots hold ${sum} and lines say ${lines}`);
  if (rows.hot.lots - rows.hot.debt - rows.hot.overage !== sum)
    broken.push('the hot row is not what the lots add up to');
  return broken;
}
