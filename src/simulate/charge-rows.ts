/** What is loaded of charges, attempts and incidents when the hot row is not enough: as the ledger's statements read it. */
import type { ColdRows, Incident } from '../domain/account.js';
import { type Charge, isOpen } from '../domain/charge.js';
import type { Command } from '../domain/commands.js';
import type { ChargeId, KeyHash } from '../domain/ids.js';
import { DAY_MS, type Instant, later } from '../domain/instant.js';
import { producerKey } from '../domain/keys.js';
import { type Rows, unansweredOf } from './rows.js';

/** Longer than any local month: what the caps are counted from. */
const RECENT_MS = 33 * DAY_MS;

export function chargeRowsOf(
  rows: Rows,
  commands: readonly Command[],
  now: Instant,
): Pick<ColdRows, 'charges' | 'recentTopOffs' | 'recentAttempts' | 'incidents'> {
  const since = later(now, -RECENT_MS);
  const all = [...rows.charges.values()];
  const topOffs = all.filter((one) => one.kind === 'top_off');
  const incidents = [...rows.incidents.values()];
  const wanted = wantedBy(commands);
  const isNamed = (one: Charge): boolean =>
    wanted.ids.has(one.id) || (one.key !== null && wanted.keys.has(one.key.hash)) || isLastFailed(topOffs, one);
  const isTroubled = (one: Charge): boolean =>
    one.dispute !== null ||
    (one.kind === 'overage' && one.state === 'failed') ||
    incidents.some((incident) => incident.resolvedAt === null && incident.chargeId === one.id);
  return {
    charges: all
      .filter((one) => isOpen(one) || isNamed(one) || isTroubled(one))
      .map((one) => ({ ...one, unanswered: unansweredOf(rows, one.id) })),
    recentTopOffs: topOffs
      .filter((one) => isOpen(one) || Math.max(one.createdAt, one.settledAt ?? 0) > since)
      .map(({ createdAt, settledAt, amountMinor, state }) => ({ createdAt, settledAt, amountMinor, state })),
    recentAttempts: rows.attempts
      .filter(({ attempt }) => attempt.firstSentAt > since)
      .map(({ charge, attempt, result }) => {
        const { by, fingerprint, firstSentAt: sentAt } = attempt;
        return { charge, by, fingerprint, sentAt, result };
      }),
    incidents: incidents.filter((one) => isRemembered(one, since)).map((one) => ({ ...one })),
  };
}

const isRemembered = (incident: Incident, since: Instant): boolean =>
  incident.resolvedAt === null || (incident.kind === 'spending_cap_reached' && incident.openedAt > since);

const isLastFailed = (topOffs: readonly Charge[], one: Charge): boolean =>
  one.state === 'failed' && topOffs.at(-1)?.id === one.id;

function wantedBy(commands: readonly Command[]) {
  const ids = new Set<ChargeId>();
  const keys = new Set<KeyHash>();
  for (const command of commands) {
    if ('charge' in command) ids.add(command.charge);
    if (command.kind === 'buy_pack' || command.kind === 'offer_checkout') keys.add(producerKey(command.key));
  }
  return { ids, keys };
}
