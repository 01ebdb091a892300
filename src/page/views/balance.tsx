/** How much is left: the one number, what it is made of, when it is renewed and for how long it lasts. */
import { Button } from '@mantine/core';
import { difference, isBelow, isNothing, share, sum } from '../core/amounts.js';
import { type Overview, useMay, usePage } from '../core/data.js';
import type { Formats } from '../core/format.js';
import { usePlace } from '../core/place.js';
import { type Lasting, lastingOf } from '../core/runway.js';
import { Bar, Card, type Fact, Facts, OwnerOnly } from '../parts/card.js';
import { STRINGS } from '../strings.js';
import { levelOf } from './pools.js';

export function Balance() {
  const { overview, formats } = usePage();
  const { balance, included, words, packs } = overview;
  if (balance === null) return null;
  const unit = Number(balance.remaining) === 1 ? words.credit.one : words.credit.many;
  return (
    <Card title={STRINGS.balance.title} foot={packs?.offered === true ? <BuyButton /> : null}>
      <p className="balance">
        <strong className={`num${isBelow(balance.remaining, '0') ? ' red' : ''}`}>
          {formats.figure(balance.remaining)}
        </strong>
        <span className="quiet">{STRINGS.balance.remaining(unit)}</span>
      </p>
      {included === null ? null : <Included included={included} />}
      <Facts of={factsOf(overview, formats.credits, formats.day)} />
      <Runway />
    </Card>
  );
}

function Included({ included }: { readonly included: NonNullable<Overview['included']> }) {
  const { overview, formats } = usePage();
  const { trial, endsAt } = overview.plan;
  const { used, allotment, percent, level, resetsAt } = included;
  // Neither a trial nor a canceled plan begins anew by itself.
  const ending =
    trial !== null ? STRINGS.balance.trialEnds : endsAt !== null ? STRINGS.balance.ends : STRINGS.balance.resets;
  const text = STRINGS.balance.used(formats.figure(used), formats.figure(allotment));
  return (
    <div className="stack tight">
      <Bar label={STRINGS.balance.bar} text={text} percent={percent} level={level} />
      <div className="row apart small">
        <span className={level === 'ok' ? 'num' : `num ${level}`}>
          {text}
          {level === 'ok' ? null : ` · ${STRINGS.balance.levels[percent >= 100 ? 'gone' : level]}`}
        </span>
        {resetsAt === null ? null : <span className="quiet">{ending(formats.moment(resetsAt))}</span>}
      </div>
    </div>
  );
}

/** Only what there is: nothing held, owed or about to lapse is no line. */
function factsOf(
  { balance, lots, included, words, plan }: Overview,
  credits: (decimal: string) => string,
  day: (instant: string) => string,
): (Fact | null)[] {
  if (balance === null || lots === null) return [];
  const isAllotment = (lot: { kind: string }): boolean => lot.kind === 'allotment';
  const soon = lots.lapsing.filter((lot) => !isAllotment(lot)).slice(0, 3);
  const brought = included === null ? '0' : included.remaining;
  const kept = isNothing(lots.kept) ? null : ([STRINGS.balance.kept, credits(lots.kept)] as const);
  const isMixed = kept !== null || soon.length > 0;
  return [
    isMixed && !isNothing(brought)
      ? [plan.trial === null ? STRINGS.balance.ofPlan : STRINGS.balance.ofTrial, credits(brought)]
      : null,
    kept,
    ...soon.map((lot): Fact => [STRINGS.balance.expiring(day(lot.expiresAt)), credits(lot.remaining)]),
    ...lots.later.slice(0, 2).map((lot): Fact => [STRINGS.balance.later(day(lot.effectiveAt)), credits(lot.amount)]),
    isNothing(balance.held) ? null : [STRINGS.balance.held, credits(balance.held)],
    isNothing(balance.held) ? null : [STRINGS.balance.available, credits(balance.available)],
    isNothing(balance.debt) ? null : [STRINGS.balance.debt(words.credit.many), credits(balance.debt)],
  ];
}

function Runway() {
  const { overview, formats } = usePage();
  const lasting = lastingOf(overview);
  if (lasting === null) return null;
  return <p className="quiet small">{sentenceOf(lasting, formats)}</p>;
}

function sentenceOf(lasting: Lasting, formats: Formats): string {
  if (lasting.kind === 'learning') return STRINGS.balance.learning;
  const perDay = formats.credits(rounded(lasting.perDay));
  if (lasting.kind === 'enough') return STRINGS.balance.enough(perDay, formats.day(lasting.until));
  const { days, until } = lasting;
  return days > 365
    ? STRINGS.balance.lastsLong(perDay)
    : STRINGS.balance.lasts(formats.figure(days), days, formats.day(until), perDay);
}

/** A mean is not exact, and more than a tenth of it says nothing. */
const rounded = (decimal: string): string => String(Math.round(Number(decimal) * 10) / 10);

export function BuyButton() {
  const { words } = usePage().overview;
  const { open } = usePlace();
  const may = useMay('buy');
  if (!may) return <OwnerOnly what={words.buyCredits} />;
  return <Button onClick={() => open('buy')}>{words.buyCredits}</Button>;
}

/** What members who keep to pools can use, all of them together: the very figures of the pools below it. */
export function PoolBalance() {
  const { overview, formats } = usePage();
  const { pools, budgets, periodEndsAt } = overview.limits;
  const budget = budgets.find((one) => one.member === overview.viewer.member);
  const worth = sum(pools.map((pool) => pool.worth));
  const credits = sum(pools.map((pool) => pool.credits));
  const used = difference(credits, sum(pools.map((pool) => pool.unspent)));
  const percent = share(used, credits);
  const text = STRINGS.balance.used(formats.figure(used), formats.figure(credits));
  return (
    <Card title={STRINGS.pools.own}>
      <p className="balance">
        <strong className="num">{formats.figure(worth)}</strong>
        <span className="quiet">{STRINGS.pools.remaining(overview.words.credit.many)}</span>
      </p>
      <div className="stack tight">
        <Bar label={STRINGS.pools.own} text={text} percent={percent} level={levelOf(percent)} />
        <div className="row apart small">
          <span className="num">{text}</span>
          {periodEndsAt === null ? null : (
            <span className="quiet">{STRINGS.balance.resets(formats.moment(periodEndsAt))}</span>
          )}
        </div>
      </div>
      <p className="quiet small">
        {STRINGS.pools.confined}
        {budget === undefined || !isBelow(budget.left, worth)
          ? null
          : ` ${STRINGS.pools.budgetLess(formats.figure(budget.left))}`}
      </p>
    </Card>
  );
}
