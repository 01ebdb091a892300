/**
 * Brings one charge to agree with its payment: its row is read, then the payment, and what was read is applied if the row
 * still stands as it was. From outside of the charge's own step only money changes it (paid, refunded, disputed) and the
 * end of what its owner or the bank did without us. Anything else makes its row due, because an attempt that is out belongs
 * to its own step: a failure that is heard of may be that of the attempt before.
 */
import type { AccountId, ChargeId } from '../domain/ids.js';
import type { IntentView } from '../domain/payment.js';
import type { ChargeRow, ChargeRows, Ledger, Log, Payments } from '../ports.js';
import { type Heard, unheard } from './heard.js';
import { postOne } from './post-one.js';

export interface BringChargeDeps {
  readonly ledger: Ledger;
  readonly charges: ChargeRows;
  readonly payments: Pick<Payments, 'retrieveIntent'>;
  readonly deployment: string;
  readonly log: Log;
}

export interface Brought {
  /** Look for disputes though the payment says of none. */
  readonly disputes: boolean;
  /** What was heard says only that money came: a charge that is settled need not be looked at. */
  readonly onlyPaid?: boolean;
}

/** Each turn reads the row and then the payment; somebody else may be faster this often. */
const TURNS = 2;

/** By our id, else by the payment's. `no_charge`: there is none here. */
export async function bringCharge(
  deps: BringChargeDeps,
  account: AccountId,
  wanted: { readonly charge: string | null; readonly intent: string | null },
  { disputes, onlyPaid }: Brought,
): Promise<Heard | { readonly kind: 'no_charge'; readonly result: string }> {
  for (let turn = 0; turn < TURNS; turn += 1) {
    const row = await deps.charges.ofAccount(account, wanted);
    if (row === null) return { kind: 'no_charge', result: 'It is about no charge of ours.' };
    if (row.state === 'succeeded' && onlyPaid === true) return { kind: 'done', result: 'It was settled before.' };
    const intentId = row.intentId ?? wanted.intent;
    if (intentId === null) return { kind: 'ignored', result: 'It names no payment.' };
    if (wanted.intent !== null && wanted.intent !== intentId) {
      return { kind: 'ignored', result: `Charge ${row.id} is paid through ${intentId}, and this is another payment.` };
    }
    const isKnown = row.dispute !== null || row.disputedMinor > 0n;
    const answer = await deps.payments.retrieveIntent(intentId, { disputes: disputes || isKnown });
    if (answer.kind !== 'seen') return answer.kind === 'declined' ? NO_DECLINE : unheard(answer);
    const heard = await apply(deps, row, answer.view);
    if (heard !== 'stale') return heard;
  }
  return { kind: 'later', reason: 'The charge changed each time its payment had been read.', afterMs: 1_000 };
}

const NO_DECLINE: Heard = {
  kind: 'unanswered',
  reason: 'Reading a payment was answered as a decline.',
  retryAfterMs: null,
};

async function apply(deps: BringChargeDeps, row: ChargeRow, view: IntentView): Promise<Heard | 'stale'> {
  const { account, id: charge } = row;
  if (view.deployment !== deps.deployment || view.charge !== charge) {
    return { kind: 'ignored', result: 'The payment belongs to another charge or deployment.' };
  }
  if (view.status !== 'succeeded' && !isOursToHear(row)) return wake(deps, row);
  const outcome = await postOne(deps.ledger, {
    ...{ kind: 'agree' as const, account, charge, version: row.version, view },
    ...{ decline: null, looked: true, isHeard: true },
  });
  if (outcome.kind === 'stale') return 'stale';
  if (outcome.kind === 'refused') return { kind: 'ignored', result: outcome.message };
  if (outcome.kind !== 'agreed') throw new Error(`agreeing was answered ${outcome.kind}`);
  return { kind: 'done', result: said(charge, outcome.state) };
}

/** The bank is at it, or its owner: no step of ours is told how that ends. */
const isOursToHear = ({ unanswered, state }: ChargeRow): boolean =>
  !unanswered && (state === 'processing' || state === 'action_required');

async function wake({ ledger }: BringChargeDeps, { account, id: charge }: ChargeRow): Promise<Heard> {
  const outcome = await postOne(ledger, { kind: 'wake_charge', account, charge });
  const state = outcome.kind === 'agreed' ? outcome.state : outcome.kind;
  return { kind: 'done', result: `${said(charge, state)}; its own step looks.` };
}

const said = (charge: ChargeId, state: string): string => `Charge ${charge} is ${state}`;
