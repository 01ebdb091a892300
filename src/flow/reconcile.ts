/**
 * Compares Stripe's payments with our charges, both ways. Money without credits is settled, once, through the same door as
 * everything else; a charge that the database has lost is brought back; credits without money are reported and never taken.
 * Payments that do not carry a charge of this deployment, such as those of invoices, are counted and left alone.
 */
import { chargeId } from '../domain/ids.js';
import { type Instant, later } from '../domain/instant.js';
import type { ChargeRow, ChargeRows, Clock, Ledger, ListedIntent, Log, Payments, ProcessorRecords } from '../ports.js';
import { bringCharge } from './bring-charge.js';
import { postOne } from './post-one.js';
import { type Finding, makeReport, type ReconcileReport } from './reconcile-report.js';

export interface ReconcileDeps {
  readonly ledger: Ledger;
  readonly charges: ChargeRows;
  readonly payments: Pick<Payments, 'retrieveIntent'>;
  readonly records: Pick<ProcessorRecords, 'intents'>;
  readonly clock: Clock;
  readonly deployment: string;
  readonly log: Log;
  readonly onFinding?: (finding: Finding, count: number) => void;
}

type Reconciling = ReconcileDeps & { readonly report: ReturnType<typeof makeReport> };
type Wish = { readonly since: Instant } | { readonly backMs: number };

/** A hundred payments each. Beyond it the report says that it is not complete. */
const PAGES_MAX = 1_000;
const ROWS_AT_ONCE = 200;

export function makeReconcile(deps: ReconcileDeps) {
  return async (wish: Wish): Promise<ReconcileReport> => {
    const now = await deps.clock.now();
    const since = 'since' in wish ? wish.since : later(now, -wish.backMs);
    const report = makeReport(deps.log, since, now);
    const work: Reconciling = { ...deps, report };
    const seen = await fromStripe(work, since);
    await fromHere(work, since, seen);
    const written = report.close();
    for (const [finding, count] of Object.entries(written.counts)) deps.onFinding?.(finding as Finding, count);
    return written;
  };
}

/** Answers the charges whose payments were looked at. */
async function fromStripe(deps: Reconciling, since: Instant): Promise<ReadonlySet<string>> {
  const seen = new Set<string>();
  let after: string | null = null;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const found = await deps.records.intents({ since, after });
    if (found.kind !== 'page') {
      deps.report.cutShort(`Stripe's payments could not be read to the end: ${found.reason}`);
      return seen;
    }
    const ours = found.items.filter(({ view }) => isOurs(deps, view));
    deps.report.read(found.items.length, found.items.length - ours.length);
    const rows = await rowsOf(deps, ours);
    for (const one of ours) {
      seen.add(`${one.view.charge}`);
      const row = rows.get(`${one.view.account}:${one.view.charge}`) ?? null;
      await alone(deps, one.view, compare(deps, one, row));
    }
    after = found.after;
    if (after === null) return seen;
  }
  deps.report.cutShort(`Only the latest ${PAGES_MAX * 100} payments were compared. Say a later --since.`);
  return seen;
}

/** What is wrong with one charge must not keep the others from being compared. */
async function alone(
  { report }: Reconciling,
  payment: Parameters<typeof report.add>[1],
  work: Promise<void>,
): Promise<void> {
  await work.catch((error: unknown) =>
    report.add('unanswered', payment, error instanceof Error ? error.message : 'It could not be compared.'),
  );
}

const isOurs = ({ deployment }: ReconcileDeps, view: ListedIntent['view']): boolean =>
  view.deployment === deployment && view.account !== null && view.charge !== null;

async function rowsOf(deps: Reconciling, ours: readonly ListedIntent[]): Promise<ReadonlyMap<string, ChargeRow>> {
  const wanted = ours.map(({ view }) => ({ account: `${view.account}`, charge: `${view.charge}` }));
  const rows = await deps.charges.named(wanted);
  return new Map(rows.map((row) => [`${row.account}:${row.id}`, row]));
}

async function compare(deps: Reconciling, listed: ListedIntent, row: ChargeRow | null): Promise<void> {
  const { view } = listed;
  const { report } = deps;
  if (row === null) return view.status === 'succeeded' ? restore(deps, listed) : report.add('unpaid_elsewhere', view);
  if (row.intentId !== null && row.intentId !== view.intentId) {
    return report.add(view.status === 'succeeded' ? 'second_payment' : 'agrees', view);
  }
  if (view.status !== 'succeeded') return row.state === 'succeeded' ? ask(deps, row) : report.add('agrees', view);
  const isFunded =
    row.state === 'succeeded' &&
    row.refundedMinor === view.payment?.refundedMinor &&
    !(listed.isDisputed || row.dispute !== null || row.disputedMinor > 0n);
  if (!isFunded) return bring(deps, row, listed);
  return report.add(row.paidMinor === view.payment?.paidMinor ? 'agrees' : 'amount_differs', view);
}

/** Brings a charge to agree with its payment, and tells from what became of it what had been wrong. */
async function bring(deps: Reconciling, row: ChargeRow, { view }: ListedIntent): Promise<void> {
  const wanted = { charge: row.id, intent: view.intentId };
  const heard = await bringCharge(deps, row.account, wanted, { disputes: true });
  const now = await deps.charges.ofAccount(row.account, wanted);
  if (heard.kind !== 'done' || now === null) {
    return deps.report.add('unanswered', view, 'result' in heard ? heard.result : heard.reason);
  }
  if (row.state !== 'succeeded' && now.state === 'succeeded') return deps.report.add('settled', view);
  const isSame =
    now.refundedMinor === row.refundedMinor && now.disputedMinor === row.disputedMinor && now.dispute === row.dispute;
  if (now.paidMinor !== view.payment?.paidMinor) return deps.report.add('amount_differs', view);
  return deps.report.add(isSame ? 'agrees' : 'followed', view);
}

/** A paid charge that is not here: the database was restored from a copy that is older than it. */
async function restore(deps: Reconciling, { view: listed, sold, isDisputed }: ListedIntent): Promise<void> {
  const { account, charge } = listed;
  if (account === null || charge === null) return;
  if (sold === null) return deps.report.add('not_restorable', listed, 'Its payment does not say what was sold.');
  if ((await deps.charges.account(account)) === null) {
    return deps.report.add('not_restorable', listed, 'Its account is not here: create it, then compare again.');
  }
  const fresh = await deps.payments.retrieveIntent(listed.intentId, { disputes: isDisputed });
  if (fresh.kind !== 'seen')
    return deps.report.add('unanswered', listed, 'reason' in fresh ? fresh.reason : fresh.kind);
  const outcome = await postOne(deps.ledger, {
    ...{ kind: 'restore_charge' as const, account, charge: chargeId(charge) },
    ...{ sold, view: fresh.view },
  });
  if (outcome.kind === 'refused') return deps.report.add('not_restorable', listed, outcome.message);
  return deps.report.add('restored', fresh.view);
}

/** The other way: charges that are paid here, and whose payments Stripe has not listed. */
async function fromHere(deps: Reconciling, since: Instant, seen: ReadonlySet<string>): Promise<void> {
  let after: ChargeRow | null = null;
  for (;;) {
    const rows: readonly ChargeRow[] = await deps.charges.succeededSince(since, after, ROWS_AT_ONCE);
    for (const row of rows) if (!seen.has(row.id)) await alone(deps, paymentOf(row), ask(deps, row));
    deps.report.compared(rows.length);
    after = rows.at(-1) ?? null;
    if (rows.length < ROWS_AT_ONCE) return;
  }
}

const paymentOf = ({ account, id: charge, intentId, amountMinor }: ChargeRow) => ({
  account,
  charge,
  intentId,
  amountMinor,
});

/** Nothing is taken from anybody here: a person has to know why the two disagree. */
async function ask({ payments, report }: Reconciling, row: ChargeRow): Promise<void> {
  const here = paymentOf(row);
  if (row.intentId === null) return report.add('credits_without_money', here, 'It has no payment at all.');
  const answer = await payments.retrieveIntent(row.intentId);
  if (answer.kind === 'seen') {
    const { view } = answer;
    if (view.status === 'succeeded') return report.add('agrees', view);
    return report.add('credits_without_money', view, `Its payment is ${view.status}.`);
  }
  if (answer.kind === 'refused' && answer.code === 'resource_missing') {
    return report.add('credits_without_money', here, 'Stripe does not know its payment.');
  }
  return report.add('unanswered', here, 'reason' in answer ? answer.reason : answer.kind);
}
