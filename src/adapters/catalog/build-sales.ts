/** What a catalog sells credits for: ratios, packs, auto top-off. Every amount on offer must convert exactly. */
import type { CreditRatio, CustomPack, Pack, PackTerms, TopOffTerms } from '../../domain/catalog.js';
import { type Credits, credits, formatCredits } from '../../domain/credits.js';
import {
  type Currency,
  chargeStepOf,
  decimalsOf,
  formatMoney,
  LARGEST_CHARGE_MINOR,
  type MinorUnits,
  minorUnits,
  smallestChargeOf,
} from '../../domain/money.js';
import { type CreditsFor, creditRatio, creditsFor, type MoneyFor, moneyFor } from '../../domain/pricing.js';
import type { Path } from './exact-values.js';
import type { Reporter } from './problems.js';
import type { PacksFile, RatioFile, TopOffFile } from './schema.js';

/** Reads money of one currency, and reports what it cannot hold. */
export interface Till {
  readonly currency: Currency;
  readonly reporter: Reporter;
  read(text: string, at: Path): MinorUnits;
  shown(amountMinor: MinorUnits): string;
}

export function makeTill(currency: Currency, reporter: Reporter): Till {
  const decimals = decimalsOf(currency);
  return {
    currency,
    reporter,
    read(text, at) {
      const [whole = '0', fraction = ''] = text.split('.');
      if (/[1-9]/.test(fraction.slice(decimals))) {
        reporter.report(at, `has more than the ${decimals} decimals of ${currency.toUpperCase()}`);
      }
      return minorUnits(BigInt(whole + fraction.slice(0, decimals).padEnd(decimals, '0')));
    },
    shown: (amountMinor) => formatMoney({ amountMinor, currency }),
  };
}

/** Null, and reported, where either side is zero. */
export function buildRatio(file: RatioFile, till: Till, at: Path): CreditRatio | null {
  const money = till.read(file.for, [...at, 'for']);
  if (money > 0n && file.credits > 0n) return creditRatio(file.credits, money);
  till.reporter.report(at, 'must say how many credits above 0 are sold for how much money above 0');
  return null;
}

export function buildPacks(file: PacksFile, ratio: CreditRatio, noun: string, till: Till): PackTerms {
  const presets = (file.presets ?? []).flatMap((preset, index): Pack[] => {
    const at: Path = ['packs', 'presets', index];
    const stated = preset.amount === undefined ? null : till.read(preset.amount, [...at, 'amount']);
    const amountMinor =
      stated ?? (preset.credits === undefined ? null : exactMoney(moneyFor(ratio, preset.credits), till, at));
    const amount =
      preset.credits ?? (stated === null ? null : exactCredits(creditsFor(ratio, stated), till, [...at, 'amount']));
    if (preset.amount === undefined && preset.credits === undefined) {
      till.reporter.report(at, 'must say its "credits", its "amount" of money, or both');
    }
    if (amount === null || amountMinor === null) return [];
    const many = formatCredits(amount);
    checkCharge(amountMinor, till, at);
    const key = preset.key ?? `credits_${many.replace('.', '_')}`;
    return [{ key, label: preset.label ?? `${many} ${noun}`, credits: amount, amountMinor }];
  });
  const twice = presets.find((one, index) => presets.findIndex((other) => other.key === one.key) < index);
  if (twice) till.reporter.report(['packs', 'presets'], `holds "${twice.key}" twice; give each preset its own "key"`);
  return { ratio, presets, custom: file.custom ? buildCustom(file.custom, ratio, till) : null };
}

function buildCustom(file: NonNullable<PacksFile['custom']>, ratio: CreditRatio, till: Till): CustomPack {
  const at: Path = ['packs', 'custom'];
  if (file.by === 'money') {
    const min = till.read(file.min, [...at, 'min']);
    const max = till.read(file.max, [...at, 'max']);
    const step = file.step === undefined ? chargeStepOf(till.currency) : till.read(file.step, [...at, 'step']);
    checkSpan(min, max, step, till, at);
    checkCharge(min, till, [...at, 'min']);
    checkCharge(max, till, [...at, 'max']);
    checkChargeStep(step, till, [...at, 'step']);
    exactCredits(creditsFor(ratio, min), till, [...at, 'min']);
    exactCredits(creditsFor(ratio, max), till, [...at, 'max']);
    return { kind: 'by_money', min, max, step };
  }
  const step = file.step ?? credits(1);
  checkSpan(file.min, file.max, step, till, at);
  const least = exactMoney(moneyFor(ratio, file.min), till, [...at, 'min']);
  if (least !== null) checkCharge(least, till, [...at, 'min']);
  checkStepOf(step, ratio, till, [...at, 'step']);
  const most = exactMoney(moneyFor(ratio, file.max), till, [...at, 'max']);
  if (most !== null) checkCharge(most, till, [...at, 'max']);
  return { kind: 'by_credits', min: file.min, max: file.max, step };
}

export function buildTopOff(file: TopOffFile, ratio: CreditRatio, till: Till): TopOffTerms {
  const at: Path = ['auto_top_off'];
  const step = file.step ?? credits(1);
  const largest = till.read(file.largest_charge, [...at, 'largest_charge']);
  const most = exactMoney(moneyFor(ratio, file.max_amount), till, [...at, 'max_amount']);
  checkSpan(file.min_amount, file.max_amount, step, till, at, '_amount');
  const least = exactMoney(moneyFor(ratio, file.min_amount), till, [...at, 'min_amount']);
  if (least !== null) checkCharge(least, till, [...at, 'min_amount']);
  exactMoney(moneyFor(ratio, file.amount), till, [...at, 'amount']);
  const costOfStep = exactMoney(moneyFor(ratio, step), till, [...at, 'step']);
  if (costOfStep !== null) checkChargeStep(costOfStep, till, [...at, 'step']);
  checkCharge(largest, till, [...at, 'largest_charge']);
  if (most !== null && largest < most) {
    till.reporter.report([...at, 'largest_charge'], `must cover "max_amount", which costs ${till.shown(most)}`);
  }
  if (step > 0n && (file.amount < file.min_amount || file.amount > file.max_amount || file.amount % step !== 0n)) {
    till.reporter.report(
      [...at, 'amount'],
      'must lie between "min_amount" and "max_amount" and be a multiple of "step"',
    );
  }
  const cap = (text: string | undefined, name: string) => (text === undefined ? null : till.read(text, [...at, name]));
  return {
    ratio,
    minAmount: file.min_amount,
    maxAmount: file.max_amount,
    step,
    defaultThreshold: file.threshold,
    defaultAmount: file.amount,
    largestChargeMinor: largest,
    chargesPerHour: file.charges_per_hour,
    defaultCapDayMinor: cap(file.cap_per_day, 'cap_per_day'),
    defaultCapMonthMinor: cap(file.cap_per_month, 'cap_per_month'),
  };
}

/** Both ends must themselves be on offer, or an owner would be refused the very amount the page names. */
function checkSpan(min: bigint, max: bigint, step: bigint, till: Till, at: Path, suffix = ''): void {
  if (step <= 0n) till.reporter.report([...at, 'step'], 'must be above 0');
  if (min <= 0n) till.reporter.report([...at, `min${suffix}`], 'must be above 0');
  if (max < min) till.reporter.report([...at, `max${suffix}`], 'must not be below the minimum');
  if (step <= 0n) return;
  if (min % step !== 0n) till.reporter.report([...at, `min${suffix}`], 'must be a multiple of "step"');
  if (max % step !== 0n) till.reporter.report([...at, `max${suffix}`], 'must be a multiple of "step"');
}

/** A charge that the processor refuses for its size is no fault of the card, and nothing an owner could mend. */
function checkCharge(amountMinor: MinorUnits, till: Till, at: Path): void {
  const least = smallestChargeOf(till.currency);
  if (amountMinor <= 0n) till.reporter.report(at, 'must cost more than nothing');
  else if (amountMinor < least) {
    till.reporter.report(at, `must cost at least what the processor takes at once, ${till.shown(least)}`);
  }
  checkChargeStep(amountMinor, till, at);
  if (amountMinor <= LARGEST_CHARGE_MINOR) return;
  till.reporter.report(at, `must not cost more than the processor takes at once, ${till.shown(LARGEST_CHARGE_MINOR)}`);
}

function checkChargeStep(amountMinor: MinorUnits, till: Till, at: Path): void {
  const step = chargeStepOf(till.currency);
  if (amountMinor % step === 0n) return;
  till.reporter.report(at, `must cost a multiple of ${till.shown(step)}: the processor takes no finer amounts`);
}

/** Where a step of credits has no exact price the grid is coarser, and lies on prices that have one. */
function checkStepOf(step: Credits, ratio: CreditRatio, till: Till, at: Path): void {
  const cost = moneyFor(ratio, step);
  if (cost.kind === 'exact') checkChargeStep(cost.amountMinor, till, at);
  else if (chargeStepOf(till.currency) > 1n) inexact(cost, till, at);
}

function exactMoney(found: MoneyFor, till: Till, at: Path): MinorUnits | null {
  if (found.kind === 'exact') return found.amountMinor;
  inexact(found, till, at);
  return null;
}

function exactCredits(found: CreditsFor, till: Till, at: Path) {
  if (found.kind === 'exact') return found.credits;
  inexact(found, till, at);
  return null;
}

function inexact(found: Extract<MoneyFor, { kind: 'inexact' }>, till: Till, at: Path): void {
  const near = [found.below, found.above].flatMap((sale) =>
    sale ? [`${formatCredits(sale.credits)} credits for ${till.shown(sale.amountMinor)}`] : [],
  );
  till.reporter.report(at, `must be whole credits for whole money; the nearest: ${near.join(', or ')}`);
}
