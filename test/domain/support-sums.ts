/** The sums that always hold, asked of one account's rows. Empty when all of them do. */
import { isOpen } from '../../src/domain/charge.js';
import type { Instant } from '../../src/domain/instant.js';
import { isAlive, isSpendable } from '../../src/domain/lots.js';
import { type Rows, unansweredOf } from './support-rows.js';

export function brokenSums(rows: Rows): string[] {
  return [
    ...lotSums(rows),
    ...chainSums(rows),
    ...hotSums(rows),
    ...settledSums(rows),
    ...chargeSums(rows),
    ...useSums(rows),
  ];
}

const total = (all: Iterable<bigint>): bigint => [...all].reduce((sum, one) => sum + one, 0n);
const when = (broken: boolean, what: string): string[] => (broken ? [what] : []);

function lotSums(rows: Rows): string[] {
  const perLot = new Map<string, bigint>();
  for (const line of rows.lines) {
    if (line.lot !== null) perLot.set(line.lot, (perLot.get(line.lot) ?? 0n) + line.amount);
  }
  const lots = [...rows.lots.values()];
  return [
    ...lots.flatMap((lot) =>
      when(
        (perLot.get(lot.id) ?? 0n) !== lot.remaining,
        `the lines of ${lot.kind} ${lot.id} are not what remains of it`,
      ),
    ),
    ...lots.flatMap((lot) => when(!lot.begun && perLot.has(lot.id), `lot ${lot.id} has lines before it began`)),
    ...when(
      total(rows.lines.map((line) => line.amount)) !== total(lots.map((lot) => lot.remaining)),
      'the lines of the account are not what remains',
    ),
  ];
}

function chainSums(rows: Rows): string[] {
  let balance = 0n;
  const broken: string[] = [];
  rows.lines.forEach((line, place) => {
    const lot = line.lot === null ? undefined : rows.lots.get(line.lot);
    if (lot?.kind !== 'overage') balance += line.amount;
    if (line.sequence !== place + 1) broken.push(`sequence ${line.sequence} stands at place ${place + 1}`);
    if (line.balanceAfter !== balance) broken.push(`balance after line ${line.sequence} breaks the chain`);
  });
  return [...broken, ...when(rows.hot.sequence !== rows.lines.length, 'the hot row counts other lines')];
}

function hotSums(rows: Rows): string[] {
  const { hot } = rows;
  const lots = [...rows.lots.values()];
  const of = (kinds: (kind: string) => boolean): bigint =>
    total(lots.filter((lot) => kinds(lot.kind)).map((lot) => lot.remaining));
  const held = total([...rows.holds.values()].filter((hold) => hold.state === 'open').map((hold) => hold.open));
  const living = lots.some((lot) => isSpendable(lot) && lot.remaining > 0n && isAlive(lot, hot.lastInstant));
  return [
    ...when(hot.lots !== of((kind) => kind !== 'debt' && kind !== 'overage'), 'the hot row has other lots'),
    ...when(hot.debt !== -of((kind) => kind === 'debt'), 'the hot row has another debt'),
    ...when(hot.overage !== -of((kind) => kind === 'overage'), 'the hot row has another overage'),
    ...when(hot.held !== held, 'the hot row holds other than the open holds'),
    ...when(hot.debt > 0n && living, 'there is debt beside a living lot above zero'),
  ];
}

/** The hot row promises to be the whole truth until an instant: nothing may fall due before it. */
function settledSums(rows: Rows): string[] {
  const { settledUntil, lastInstant } = rows.hot;
  const tooLate = (due: Instant | null): boolean => due !== null && (settledUntil === null || due < settledUntil);
  const lots = [...rows.lots.values()].filter(isSpendable);
  return [
    ...when(settledUntil !== null && settledUntil <= lastInstant, 'what was due was not settled'),
    ...when(
      lots.some((lot) => lot.remaining > 0n && tooLate(lot.expiresAt)),
      'a lapse would be missed',
    ),
    ...when(
      lots.some((lot) => !lot.begun && tooLate(lot.effectiveAt)),
      'the start of a lot would be missed',
    ),
    ...when(
      [...rows.holds.values()].some((hold) => hold.state === 'open' && tooLate(hold.expiresAt)),
      'the end of a hold would be missed',
    ),
    ...when(
      rows.periods.some(
        (one) =>
          rows.settings.anchor !== null &&
          one.run === rows.settings.run &&
          one.ordinal === rows.settings.ordinal &&
          tooLate(one.endsAt),
      ),
      'a renewal would be missed',
    ),
    ...when(tooLate(rows.settings.standing.trialEndsAt), 'the end of a trial would be missed'),
  ];
}

function chargeSums(rows: Rows): string[] {
  const broken: string[] = [];
  for (const charge of rows.charges.values()) {
    const grants = [...rows.lots.values()].filter((lot) => lot.chargeId === charge.id);
    const brings = charge.state === 'succeeded' && charge.kind !== 'overage' ? 1 : 0;
    if (grants.length !== brings) broken.push(`charge ${charge.id} is ${charge.state} and has ${grants.length} grants`);
    const billed = total(
      rows.lines.filter((line) => line.kind === 'bill' && line.ref === charge.id).map((line) => line.amount),
    );
    if (billed !== (charge.kind === 'overage' ? charge.credits : 0n))
      broken.push(`charge ${charge.id} bills ${billed}`);
    if (grants.some((lot) => lot.amount !== charge.credits)) broken.push(`charge ${charge.id} brought other credits`);
    // A step that is out has its row too: it ends only in the transaction that records its outcome.
    if (isOpen(charge) && !rows.outbox.has(`charge:${charge.id}`))
      broken.push(`charge ${charge.id} is ${charge.state} and nobody will ever look at it again`);
    if (!isOpen(charge) && unansweredOf(rows, charge.id) !== null)
      broken.push(`charge ${charge.id} is ${charge.state} with an attempt unanswered`);
  }
  const open = [...rows.incidents.values()].filter((one) => one.resolvedAt === null);
  const names = open.map((one) => `${one.kind}:${one.chargeId}`);
  return [...broken, ...when(new Set(names).size !== names.length, 'one incident is open twice')];
}

/** Per use: what was given back is never more than it took, by the lines and by the reversals' rows alike. */
function useSums(rows: Rows): string[] {
  const broken: string[] = [];
  for (const [key, lines] of rows.byKey) {
    if (lines[0]?.kind !== 'use') continue;
    const taken = -total(lines.map((line) => line.amount));
    const back = total(rows.lines.filter((line) => line.ref === key).map((line) => line.amount));
    const said = total(
      [...rows.reversals.values()]
        .filter((one) => one.useKeyHash === key && one.appliedAt !== null)
        .map((one) => one.amount ?? 0n),
    );
    if (back > taken) broken.push(`a use of ${taken} was given back ${back}`);
    if (back !== said) broken.push(`a use was given back ${back} by its lines and ${said} by its reversals`);
  }
  return broken;
}
