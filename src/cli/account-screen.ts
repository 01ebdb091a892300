/** One account on one screen, in words. */
import type { AccountScreen } from '../adapters/postgres/account-screen.js';
import { type Credits, formatCredits, microCredits } from '../domain/credits.js';
import { formatMoney, money } from '../domain/money.js';
import { tableOf } from './operator.js';

const amount = (value: bigint): string => formatCredits(microCredits(value));
const when = (at: Date | null): string => (at === null ? 'never' : at.toISOString().replace('.000Z', 'Z'));
const signed = (value: bigint): string => (value > 0n ? `+${amount(value)}` : amount(value));

type Section = readonly [title: string, lines: readonly string[]];

export function screenOf(screen: AccountScreen): string[] {
  const sections: readonly Section[] = [
    ['Balance', balanceLines(screen)],
    ['Plan', planLines(screen)],
    ['Lots', lotLines(screen)],
    ['Holds', holdLines(screen)],
    ['Top-off', topOffLines(screen)],
    ['Limits', limitLines(screen)],
    ['Last entries', entryLines(screen)],
    ['Charges', chargeLines(screen)],
    ['Incidents', incidentLines(screen)],
    ['Events', eventLines(screen)],
    ['Notices', noticeLines(screen)],
    ['To be done', outboxLines(screen)],
    ['Asked by hand', auditLines(screen)],
    ['Sums that do not hold', screen.drifts.map(({ sum, foundAt }) => `${sum} since ${when(foundAt)}`)],
  ];
  const { id, no, name, catalog, customer } = screen.account;
  const head = `${id}  "${name}"  number ${no}, catalog ${catalog}${customer === null ? '' : `, customer ${customer}`}`;
  return [
    head,
    ...sections.flatMap(([title, lines]) =>
      lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)],
    ),
  ];
}

function balanceLines({ account: { balance, settings } }: AccountScreen): string[] {
  if (balance === null) return ['There is no balance row.'];
  const { lots, debt, overage, held, sequence } = balance;
  const remaining = (lots - debt) as Credits;
  const parts = [
    `available ${amount(remaining - held)}`,
    `held ${amount(held)}`,
    `debt ${amount(debt)}`,
    `pay-as-you-go ${amount(overage)}`,
  ];
  const gate = settings?.gateClosed === true ? 'closed' : 'open';
  return [`${amount(remaining)} remaining (${parts.join(', ')})`, `gate ${gate}, ${sequence} lines in the ledger`];
}

function planLines({ account: { settings, subscriptions, createdAt }, period }: AccountScreen): string[] {
  if (settings === null) return ['There are no settings.'];
  const said = [
    `${settings.plan}, zone ${settings.zone}, since ${when(createdAt)}`,
    ...(period === null
      ? []
      : [`period ${when(period.startsAt)} to ${when(period.endsAt)}, allotment ${amount(period.allotment)}`]),
    ...(settings.nextPlan === null ? [] : [`becomes ${settings.nextPlan} at its end`]),
    ...(settings.ending ? ['ends with this period'] : []),
    ...(settings.trialEndsAt === null ? [] : [`trial until ${when(settings.trialEndsAt)}`]),
    ...(settings.pastDueSince === null
      ? []
      : [`not paid since ${when(settings.pastDueSince)}${settings.pastDueStopped ? ', stopped' : ''}`]),
    ...(settings.closedAt === null ? [] : [`closed ${when(settings.closedAt)}`]),
  ];
  return [...said, ...subscriptions.map(({ id, status }) => `subscription ${id} ${status}`)];
}

const lotLines = ({ lots }: AccountScreen): string[] =>
  tableOf(
    lots.map((lot) => [
      ...[lot.id, lot.kind, `${amount(lot.remaining)} of ${amount(lot.amount)}`, lot.paid ? 'paid' : 'free'],
      lot.begun
        ? lot.expiresAt === null
          ? 'does not expire'
          : `until ${when(lot.expiresAt)}`
        : `begins ${when(lot.effectiveAt)}`,
      lot.reason ?? '',
    ]),
  );

const holdLines = ({ holds }: AccountScreen): string[] =>
  tableOf(holds.map((hold) => [hold.id, amount(hold.open), hold.meter ?? 'credits', `until ${when(hold.expiresAt)}`]));

function topOffLines({ account: { settings }, cards }: AccountScreen): string[] {
  if (settings === null) return [];
  const { topOffEnabled, topOffThreshold, topOffAmount, topOffSuspendedAt, topOffPausedAt } = settings;
  const wish = topOffEnabled ? `on: below ${amount(topOffThreshold)}, add ${amount(topOffAmount)}` : 'off';
  return [
    wish,
    ...(topOffSuspendedAt === null ? [] : [`suspended ${when(topOffSuspendedAt)}`]),
    ...(topOffPausedAt === null ? [] : [`paused ${when(topOffPausedAt)}`]),
    ...cards.map(
      (card) =>
        `${card.brand} ${card.last4}, ${card.expiryMonth}/${card.expiryYear}${card.refusedAt === null ? '' : ', refused by its bank'}`,
    ),
  ];
}

const limitLines = ({ levels, pools, budgets }: AccountScreen): string[] => [
  ...levels.map((one) => `${one.limitKey}${one.member === '' ? '' : ` of ${one.member}`}: ${one.value}`),
  ...pools.map((one) => `pool ${one.key}: ${amount(one.credits)} a period`),
  ...budgets.map((one) => `budget of ${one.member}: ${amount(one.credits)} a period`),
];

const entryLines = ({ entries }: AccountScreen): string[] =>
  tableOf(
    entries.map((one) => [
      ...[String(one.sequence), when(one.occurredAt), one.kind, signed(one.amount), `= ${amount(one.balanceAfter)}`],
      [one.meter, one.quantity === null ? null : `× ${one.quantity}`, one.reason]
        .filter((part) => part !== null)
        .join(' '),
    ]),
  );

const chargeLines = ({ charges }: AccountScreen): string[] =>
  tableOf(
    charges.map((one) => [
      ...[
        one.id,
        one.kind,
        one.state,
        formatMoney(money(one.amountMinor, one.currency)),
        `${amount(one.credits)} credits`,
      ],
      [
        one.failure,
        one.nextAttemptAt === null ? null : `again ${when(one.nextAttemptAt)}`,
        one.intentId,
        one.receiptNumber,
      ]
        .filter((part) => part !== null)
        .join('  '),
    ]),
  );

const incidentLines = ({ incidents }: AccountScreen): string[] =>
  tableOf(
    incidents.map((one) => [
      one.kind,
      `opened ${when(one.openedAt)}`,
      one.resolvedAt === null ? 'open' : `resolved ${when(one.resolvedAt)}`,
    ]),
  );

const eventLines = ({ events, eventsWaiting, eventsNote }: AccountScreen): string[] => [
  ...(eventsWaiting === 0 ? [] : [`${eventsWaiting} wait${eventsNote === null ? '' : `: ${eventsNote}`}`]),
  ...tableOf(events.map((one) => [String(one.sequence), when(one.createdAt), one.type, one.state, one.result ?? ''])),
];

const noticeLines = ({ notices }: AccountScreen): string[] =>
  tableOf(notices.map((one) => [when(one.createdAt), one.kind, one.state, one.result ?? '']));

const outboxLines = ({ outbox }: AccountScreen): string[] =>
  tableOf(
    outbox.map((one) => [
      one.topic,
      one.subject,
      one.parkedAt === null ? `due ${when(one.dueAt)}` : `parked ${when(one.parkedAt)}`,
      one.note ?? '',
    ]),
  );

const auditLines = ({ audit }: AccountScreen): string[] =>
  tableOf(audit.map((one) => [when(one.at), one.who, one.action]));
