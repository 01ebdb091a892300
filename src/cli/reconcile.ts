/** `creditd reconcile`. */
import { parseArgs } from 'node:util';
import { noteDeed } from '../adapters/postgres/deeds.js';
import { type Instant, isoOf, later, parseInstant } from '../domain/instant.js';
import { FINDINGS, MEANINGS, type ReconcileReport } from '../flow/reconcile-report.js';
import { openLedger, openPayments, openStore } from '../wire.js';
import { openReconcile } from '../wire-stripe.js';
import { agrees, operatorName } from './operator.js';
import { Plain, required, setUp } from './setting-up.js';
import { RECONCILE_USAGE } from './usage.js';

const DEFAULT_DAYS = 7;
const DAY_MS = 86_400_000;

export async function reconcileCommand(args: string[], out: (line: string) => void): Promise<number> {
  const options = {
    help: { type: 'boolean', short: 'h' },
    since: { type: 'string' },
    yes: { type: 'boolean' },
    json: { type: 'boolean' },
  } as const;
  const { values } = parseArgs({ args, options });
  if (values.help) {
    out(RECONCILE_USAGE);
    return 0;
  }
  const wanted = values.since === undefined ? null : instantOf(values.since);
  const { config, log, lifecycle, catalogs } = setUp('command', 'silent');
  try {
    if (config.stripe === null) throw new Plain('STRIPE_SECRET_KEY is not set: there is nothing to compare with.');
    if (!(await agrees(QUESTION, values.yes))) {
      out('Nothing was done.');
      return 1;
    }
    const store = await openStore({ databaseUrl: required(config.databaseUrl), catalogs, log }, lifecycle);
    const paid = await openPayments(store, config.stripe, false);
    const reconcile = openReconcile({ store, ...paid }, openLedger(store, paid.stamp));
    const now = await store.clock.now();
    const since = wanted ?? later(now, -DEFAULT_DAYS * DAY_MS);
    const deed = { id: store.newId(), at: new Date(now), who: operatorName(), action: 'reconcile' };
    await noteDeed(store.prisma, { ...deed, after: { asked: { since: isoOf(since) } } });
    const report = await reconcile({ since });
    if (values.json) out(JSON.stringify(report, null, 2));
    else for (const line of table(report)) out(line);
    return report.complete && NEEDS_A_PERSON.every((finding) => report.counts[finding] === 0) ? 0 : 1;
  } finally {
    await lifecycle.close();
  }
}

const QUESTION = 'Compare with Stripe, and settle what was paid and not credited? It gives or takes credits.';

/** Scripts see by the exit code that somebody has to look. */
const NEEDS_A_PERSON = [
  'not_restorable',
  'second_payment',
  'amount_differs',
  'credits_without_money',
  'unanswered',
] as const;

/** A day, which begins at midnight UTC, or an instant. */
function instantOf(text: string): Instant {
  const read = parseInstant(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : text);
  if (read === null) throw new Plain(`"${text}" is no date. Say one such as 2026-11-01, or 2026-11-01T12:00:00Z.`);
  return read;
}

export function table(report: ReconcileReport): string[] {
  const rows = FINDINGS.filter((finding) => finding === 'agrees' || report.counts[finding] > 0).map((finding) => [
    finding,
    String(report.counts[finding]),
    String(report.amountsMinor[finding]),
    MEANINGS[finding],
  ]);
  const lines = report.lines.map((line) => [
    line.finding,
    line.account ?? '-',
    line.charge ?? '-',
    line.intent ?? '-',
    String(line.amountMinor),
    line.note ?? '',
  ]);
  return [
    `Stripe's payments from ${report.since} to ${report.until}, compared both ways.`,
    '',
    ...columns(['finding', 'payments', 'minor units', 'what it means'], rows),
    '',
    `${report.intents} payments at Stripe, ${report.foreign} of them none of ours; ${report.charges} paid charges here.`,
    ...report.shortfalls,
    ...(lines.length === 0
      ? []
      : ['', ...columns(['finding', 'account', 'charge', 'payment', 'minor units', 'note'], lines)]),
  ];
}

function columns(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const all = [head, ...rows];
  const widths = head.map((_, place) => Math.max(...all.map((row) => row[place]?.length ?? 0)));
  return all.map((row) =>
    row
      .map((cell, place) => cell.padEnd(widths[place] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
