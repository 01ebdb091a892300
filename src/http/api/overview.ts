/**
 * Everything the billing page shows of one account, from one reading. A member who is confined to pools gets neither the
 * balance nor anything that it could be computed from: not what was used or is included, no lots, holds, charges or cards.
 */
import type { z } from 'zod';
import { settingsOf } from '../../domain/book.js';
import { linkTo } from '../../domain/catalog.js';
import { NO_CREDITS, plus } from '../../domain/credits.js';
import { isClosed, periodEnd } from '../../domain/cycle.js';
import { type Included, includedOf } from '../../domain/included.js';
import { isSpendable, type Lot } from '../../domain/lots.js';
import type { Runway } from '../../domain/runway.js';
import type { IncidentRecord } from '../../ports.js';
import { cardsOf } from './overview-cards.js';
import { gateOf } from './overview-gate.js';
import { incidentView } from './overview-incidents.js';
import { limitsOf } from './overview-limits.js';
import { overageView } from './overview-overage.js';
import { packsOf } from './overview-packs.js';
import { planNowOf } from './overview-plan.js';
import { plansOf } from './overview-plans.js';
import type { includedOut, Overview, runwayOut } from './overview-shape.js';
import { topOffView } from './overview-top-off.js';
import { isConfined, type ReadAccount, viewerOf } from './reading.js';
import type { Who } from './route.js';
import { shownBalance } from './routes-live.js';
import { actionsOf } from './routes-sessions.js';
import { instantOrNothing, shownCredits, shownInstant } from './shapes.js';

export interface Beside {
  /** Open ones, as whoever asks has dismissed them. */
  readonly incidents: readonly IncidentRecord[];
  readonly runway: Runway | null;
}

export function overviewOf(found: ReadAccount, who: Who, { incidents, runway }: Beside): Overview {
  const { book, reading, context } = found;
  const { catalog } = context;
  const viewer = viewerOf(who);
  const confined = isConfined(book, who);
  return {
    at: shownInstant(book.at),
    sequence: reading.state.hot.sequence,
    account: {
      ...{ id: book.account, name: reading.name, slug: reading.slug, zone: settingsOf(book).zone },
      ...{ catalog: catalog.key, currency: catalog.currency, closed: isClosed(book) },
    },
    brand: { ...catalog.brand },
    ...wordsAndLinks(found),
    viewer: {
      role: who.kind === 'person' ? who.role : null,
      member: viewer ?? null,
      confined,
      may: actionsOf(who),
    },
    balance: confined ? null : shownBalance(book),
    included: confined ? null : includedView(found),
    lots: confined ? null : lotsOf(book.lots),
    plan: planNowOf(book),
    plans: plansOf(book),
    packs: packsOf(book),
    overage: confined ? null : overageView(book),
    topOff: confined ? null : topOffView(book),
    cards: confined ? [] : cardsOf(book),
    incidents: confined ? [] : incidents.map((one) => incidentView(one, catalog, reading.slug, book.charges)),
    limits: limitsOf(reading.state, reading.now, context, viewer),
    runway: confined ? null : runwayView(runway),
    gate: gateOf(found, viewer),
  };
}

function wordsAndLinks({ context, reading }: ReadAccount): Pick<Overview, 'words' | 'links'> {
  const { links, ...words } = context.catalog.words;
  const to = (link: string): string => linkTo(link, reading.slug);
  const perhaps = (link: string | null): string | null => (link === null ? null : to(link));
  return {
    words: { ...words, tax: context.catalog.prices.tax },
    links: {
      billing: to(links.billing),
      topOffSettings: to(links.topOffSettings),
      paymentMethod: to(links.paymentMethod),
      support: perhaps(links.support),
      legal: perhaps(links.legal),
    },
  };
}

function includedView({ book, context }: ReadAccount): z.input<typeof includedOut> | null {
  const found = includedOf(book);
  if (found === null) return null;
  const { usedAmberPercent, usedRedPercent } = context.catalog.alerts;
  const percent = percentOf(found);
  return {
    allotment: shownCredits(found.included),
    used: shownCredits(found.used),
    remaining: shownCredits(found.left),
    percent,
    level: percent >= usedRedPercent ? 'red' : percent >= usedAmberPercent ? 'amber' : 'ok',
    resetsAt: instantOrNothing(periodEnd(book)),
  };
}

/** In tenths, rounded down: the bar is full only when everything is used. */
const percentOf = ({ included, used }: Included): number => Number((used * 1_000n) / included) / 10;

function lotsOf(lots: readonly Lot[]): Overview['lots'] {
  const open = lots.filter((lot) => isSpendable(lot) && !lot.closed);
  const here = open.filter((lot) => lot.begun && lot.remaining > 0n);
  const kept = here.filter((lot) => lot.expiresAt === null).reduce((sum, lot) => plus(sum, lot.remaining), NO_CREDITS);
  return {
    kept: shownCredits(kept),
    lapsing: here
      .flatMap((lot) =>
        lot.expiresAt === null ? [] : [{ kind: lot.kind, remaining: lot.remaining, expiresAt: lot.expiresAt }],
      )
      .sort((a, b) => a.expiresAt - b.expiresAt)
      .map((lot) => ({ ...lot, remaining: shownCredits(lot.remaining), expiresAt: shownInstant(lot.expiresAt) })),
    later: open
      .filter((lot) => !lot.begun)
      .map((lot) => ({
        kind: lot.kind,
        amount: shownCredits(lot.amount),
        effectiveAt: shownInstant(lot.effectiveAt),
      })),
  };
}

export function runwayView(found: Runway | null): z.input<typeof runwayOut> {
  if (found === null || found.kind === 'learning') return found;
  const { days, until, perDay } = found;
  return { kind: 'lasts', days, until: shownInstant(until), perDay: shownCredits(perDay) };
}
