/** The ledger, charges and incidents in the product's own words. Text only; pages escape it. */
import type { Catalog, Meter, Noun, Property } from '../domain/catalog.js';
import { planOf } from '../domain/catalog.js';
import type { ChargeState } from '../domain/charge.js';
import { type Credits, formatCredits } from '../domain/credits.js';
import type { LotKind } from '../domain/lots.js';
import type { NoticeKind } from '../domain/notice.js';
import { topOffFailureWords } from '../domain/notice-failure.js';
import { formatCount, oneLine, sentenceCase } from '../domain/notice-format.js';
import { noticeTitle as titleOfNotice } from '../domain/notice-text.js';
import { formatCadence } from '../domain/period.js';
import type { AccountView, ChargeView, IncidentView, LedgerLineView } from '../ports.js';
import type { Entry } from './entries.js';

export interface Words {
  readonly catalog: Catalog | undefined;
  readonly product: string;
  readonly color: string;
  readonly credit: Noun;
  readonly topOff: string;
  readonly ledger: string;
  readonly topOffFailed: string;
  /** "12.5 credits". */
  credits(amount: Credits): string;
  /** "1,204.5". */
  figure(amount: Credits): string;
}

/** An account whose catalog this process has not loaded is shown in our own words. */
export function wordsOf(catalog: Catalog | undefined, key: string): Words {
  const credit = catalog?.words.credit ?? { one: 'credit', many: 'credits' };
  return {
    catalog,
    product: catalog?.brand.name ?? key,
    color: catalog?.brand.color ?? '#64748b',
    credit,
    topOff: catalog?.words.topOff ?? 'Auto Top-Off',
    ledger: catalog?.words.ledger ?? 'Ledger',
    topOffFailed: catalog?.words.topOffFailed ?? '',
    credits: (amount) => formatCount(formatCredits(amount), credit.one, credit.many),
    figure: (amount) => formatCount(formatCredits(amount), '', '').trim(),
  };
}

export const planLabel = (words: Words, key: string): string =>
  (words.catalog === undefined ? undefined : planOf(words.catalog, key))?.label ?? key;

/** "Monthly credits", "Credits for every 3 months". */
function allotmentWords(words: Words, plan: string): string {
  const every = (words.catalog === undefined ? undefined : planOf(words.catalog, plan))?.every;
  const named = { hour: 'Hourly', day: 'Daily', week: 'Weekly', month: 'Monthly', year: 'Yearly' } as const;
  if (every === undefined) return `${sentenceCase(words.credit.many)} of the plan`;
  if (every.count === 1) return `${named[every.unit]} ${words.credit.many}`;
  return `${sentenceCase(words.credit.many)} for ${formatCadence(every)}`;
}

export function entryTitle(entry: Entry, words: Words, plan: string): string {
  switch (entry.kind) {
    case 'use':
      return meterOf(entry, words)?.label ?? entry.meter ?? 'Use';
    case 'grant':
    case 'begin':
      return entry.ofTrial === true ? `Trial ${words.credit.many}` : grantTitle(entry.lotKind, words, plan);
    case 'lapse':
      return `Unused ${words.credit.many} lapsed`;
    case 'void':
      return 'Taken away by hand';
    case 'give_back':
      return 'Given back';
    case 'claw_back':
      return 'Taken back with a refund';
    case 'pay_debt':
      return `${sentenceCase(words.credits(entry.moved))} paid what was owed`;
    case 'forgive':
      return 'What was owed was forgiven';
    case 'bill':
      return words.catalog?.words.payAsYouGo ?? 'Pay-as-you-go';
  }
}

function grantTitle(lotKind: LotKind | null, words: Words, plan: string): string {
  switch (lotKind) {
    case 'top_off':
      return words.topOff;
    case 'allotment':
      return allotmentWords(words, plan);
    case 'purchase':
      return `${sentenceCase(words.credit.many)} bought`;
    case 'promotion':
      return 'Promotion';
    case 'adjustment':
      return 'Adjustment';
    case 'returned':
      return 'Given back';
    case 'overage':
    case 'debt':
      return 'What was used beyond the balance';
    case null:
      return `${sentenceCase(words.credit.many)} that begin later`;
  }
}

const meterOf = (line: Pick<LedgerLineView, 'meter'>, words: Words): Meter | undefined =>
  line.meter === null ? undefined : words.catalog?.meters.get(line.meter);

const DETAILS_MAX = 3;
const DETAIL_LENGTH_MAX = 60;

/** "full conversation · 312 seconds": what a use said of itself, then why a line was written by hand. */
export function entryDetails(entry: Entry, words: Words): string {
  const meter = meterOf(entry, words);
  const said = Object.entries(entry.properties).flatMap(([key, value]) =>
    propertyWords(meter?.properties.get(key), key, value),
  );
  const quantity = entry.quantity === null || entry.quantity === '1' ? [] : [quantityWords(entry.quantity, meter)];
  const billed = entry.kind === 'bill' ? [`${words.credits(entry.moved)} beyond the balance`] : [];
  const reason = entry.reason === null ? [] : [entry.reason];
  return [...billed, ...quantity, ...said.slice(0, DETAILS_MAX), ...reason]
    .map((one) => oneLine(one, DETAIL_LENGTH_MAX))
    .join(' · ');
}

/** "3 images", "× 3". */
const quantityWords = (quantity: string, meter: Meter | undefined): string =>
  meter === undefined || meter.quantity.unit === ''
    ? `× ${numberWords(quantity)}`
    : `${numberWords(quantity)} ${meter.quantity.unit}`;

/** A number or a single word alone says nothing of what it measures or names: it is said with its label. */
function propertyWords(property: Property | undefined, key: string, value: unknown): readonly string[] {
  const label = property?.label ?? key;
  switch (property?.kind) {
    case 'choice': {
      const said = String(value).replaceAll('_', ' ');
      return [said.includes(' ') ? said : `${label}: ${said}`];
    }
    case 'flag':
      return value === true ? [label.toLowerCase()] : [];
    case 'number':
      return [measureWords(label, numberWords(String(value)), property.unit)];
    default:
      return [`${label}: ${String(value)}`];
  }
}

/** "312 seconds", "12,000 input tokens", "width 2,048 px". */
function measureWords(label: string, figure: string, unit: string): string {
  const named = label.toLowerCase();
  if (unit === '') return `${label}: ${figure}`;
  return named.endsWith(unit.toLowerCase()) ? `${figure} ${named}` : `${named} ${figure} ${unit}`;
}

const numberWords = (written: string): string =>
  /^-?\d+(\.\d+)?$/.test(written) ? formatCount(written, '', '').trim() : written;

export const CHARGE_WORDS: Readonly<Record<ChargeState, string>> = {
  pending: 'waiting',
  processing: 'at the bank',
  action_required: 'waits for the owner',
  succeeded: 'paid',
  failed: 'failed',
  canceled: 'canceled',
};

export const chargeTitle = (charge: Pick<ChargeView, 'kind'>, words: Words): string => {
  const titles = { top_off: words.topOff, pack: words.catalog?.words.buyCredits ?? 'Pack', overage: 'Pay-as-you-go' };
  return titles[charge.kind];
};

export const noticeTitle = (kind: NoticeKind, { catalog, credit, topOff }: Words): string =>
  titleOfNotice(kind, { credit, topOff, payAsYouGo: catalog?.words.payAsYouGo ?? 'Pay-as-you-go' });

/** What an owner's banner says: a title and what it means. */
export function incidentWords(
  { kind }: IncidentView,
  words: Words,
): { readonly title: string; readonly meaning: string } {
  switch (kind) {
    case 'no_payment_method':
    case 'card_declined':
    case 'authentication_required':
    case 'internal_error': {
      const { title, meaning } = topOffFailureWords(kind, words.topOff);
      return { title, meaning: `${meaning} ${words.topOffFailed}`.trim() };
    }
    case 'spending_cap_reached':
      return {
        title: 'The spending cap is reached',
        meaning:
          `${words.topOff} buys nothing more until the cap’s day or month is over, or the owner raises it. ${words.topOffFailed}`.trim(),
      };
    case 'unusual_usage':
      return {
        title: 'Unusual use',
        meaning:
          `Far more is being used than this account usually does, and ${words.topOff} is paused until the owner resumes it. ${words.topOffFailed}`.trim(),
      };
  }
}

/** The state of auto top-off in one sentence. */
export function topOffWords({ topOff }: Pick<AccountView, 'topOff'>, words: Words): string {
  if (!topOff.enabled) return 'Off: nothing is bought by itself.';
  const rule = `Below ${words.figure(topOff.threshold)}, add ${words.credits(topOff.amount)}.`;
  return topOff.suspendedAt === null ? rule : `${rule} Suspended until another card is attached.`;
}
