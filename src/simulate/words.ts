/** What happened, in the words of a table: one clause for each outcome, one line for each further thing. */
import { formatCredits } from '../domain/credits.js';
import { isoOf } from '../domain/instant.js';
import { type Currency, formatMoney, minorUnits } from '../domain/money.js';
import type { Event } from './play.js';
import type { FundsMoved } from './processor.js';
import type { ChargeReport, EventReport } from './report.js';
import type { StepOutcome } from './step.js';

type Words = { readonly [Kind in StepOutcome['kind']]: (outcome: Extract<StepOutcome, { kind: Kind }>) => string };

const again = ({ replayed }: { readonly replayed: boolean }): string => (replayed ? ', again' : '');

/** A new kind of outcome does not compile until somebody says here how it reads. */
const WORDS: Words = {
  used: (outcome) => `used ${formatCredits(outcome.credits)}${again(outcome)}`,
  granted: (outcome) => `granted${outcome.lot === null ? '' : ` ${outcome.lot}`}${again(outcome)}`,
  voided: (outcome) => `voided ${formatCredits(outcome.credits)}${again(outcome)}`,
  held: (outcome) =>
    `held ${formatCredits(outcome.credits)} until ${timeWords(isoOf(outcome.expiresAt))}${again(outcome)}`,
  hold_changed: (outcome) =>
    outcome.state === 'open' ? `open until ${timeWords(isoOf(outcome.expiresAt))}` : `hold ${outcome.state}`,
  given_back: (outcome) => `gave back ${formatCredits(outcome.credits)}${again(outcome)}`,
  kept: () => 'kept until its use comes',
  settled: () => 'settled',
  configured: (outcome) => (outcome.note === undefined ? 'configured' : 'configured, from the trial’s end on'),
  level: (outcome) => `${outcome.value}${outcome.most === null ? '' : ` of ${outcome.most}`}${again(outcome)}`,
  trial_started: (outcome) => `trial until ${timeWords(isoOf(outcome.endsAt))}`,
  mirrored: (outcome) => (outcome.pastDue ? 'past due' : 'paid'),
  closed: (outcome) => `closed${outcome.writtenOff === 0n ? '' : `, ${formatCredits(outcome.writtenOff)} written off`}`,
  charge_opened: (outcome) => `charge ${outcome.state.replace('_', ' ')}${again(outcome)}`,
  agreed: (outcome) => `charge ${outcome.state}`,
  stale: () => 'stale',
  quoted: (outcome) => `costs ${formatCredits(outcome.credits)}`,
  checked: (outcome) =>
    `${outcome.allowed ? 'allowed' : 'stopped'}${outcome.grace ? ' by grace' : ''}${outcome.cost === 0n ? '' : `, costs ${formatCredits(outcome.cost)}`}${outcome.times === null ? '' : `, enough for ${outcome.times}`}`,
  charge_answered: (outcome) =>
    'after' in outcome.answer
      ? FUNDS_WORDS[outcome.answer.kind]
      : `charge ${outcome.state.replace('_', ' ')}${outcome.next === null ? '' : `, next at ${timeWords(isoOf(outcome.next))}`}`,
  refused: (outcome) => `refused: ${outcome.reason}`,
};

const FUNDS_WORDS: Readonly<Record<FundsMoved['kind'], string>> = {
  refund: 'refunded',
  refund_failed: 'refund failed',
  inquiry: 'the bank asks',
  disputed: 'disputed, the money is withdrawn',
  won: 'won',
  lost: 'lost',
};

export function outcomeWords(outcome: StepOutcome): string {
  const words = WORDS[outcome.kind] as (outcome: StepOutcome) => string;
  return words(outcome);
}

/** "use promotion a -10": which lot a line moved. Debt and overage are one lot each and need no id. */
function lineWords({ kind, lot, lotKind, amount }: EventReport['lines'][number]): string {
  const what = kind.replaceAll('_', ' ');
  const name = lotKind === 'debt' || lotKind === 'overage' ? lotKind : `${lotKind?.replace('_', '-') ?? ''} ${lot}`;
  return `${what} ${name} ${amount.startsWith('-') || amount === '0' ? '' : '+'}${amount}`;
}

/** "2026-02-01T12:00:00Z": without the milliseconds where there are none. */
export const timeWords = (iso: string): string => iso.replace('.000Z', 'Z');

export function chargeWords({ kind, credits, amountMinor, refundedMinor, currency }: ChargeReport): string {
  const money = (minor: number): string =>
    formatMoney({ amountMinor: minorUnits(minor), currency: currency as Currency });
  const refunded = refundedMinor === 0 ? '' : `, ${money(refundedMinor)} refunded`;
  return `${kind.replaceAll('_', '-')} charge of ${money(amountMinor)} for ${credits} credits${refunded}`;
}

const stateWords = ({ state }: ChargeReport): string => state.replace('_', ' ');

const gateWords = ({ fired, remedies }: Extract<StepOutcome, { kind: 'checked' }>): string[] => [
  ...fired.map(({ limit, sentence }) => `${limit}: ${sentence}`),
  ...remedies.map(({ code, sentence }) => `remedy ${code}: ${sentence}`),
];

/** Everything beside the outcome, a line each. */
export function furtherWords(event: Event, report: EventReport): string[] {
  return [
    ...(event.outcome?.kind === 'refused' ? [event.outcome.message] : []),
    ...(event.outcome?.kind === 'checked' ? gateWords(event.outcome) : []),
    ...report.lines.filter(({ lot }) => lot !== null).map(lineWords),
    ...report.holdsEnded.map((id) => `hold ${id} ended`),
    ...report.charges.map((charge) =>
      charge.opened
        ? `asks ${chargeWords(charge)} (${charge.id})`
        : `${chargeWords(charge)} is ${stateWords(charge)} (${charge.id})`,
    ),
    ...report.incidents.map(({ kind, change }) => `incident ${change}: ${kind}`),
    ...report.notices.map(({ kind }) => `notice: ${kind}`),
  ];
}
