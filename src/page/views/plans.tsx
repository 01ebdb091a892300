/** Plans side by side, the lowest first: what each costs and gives, and the one step from here to there. */
import { Button } from '@mantine/core';
import type { CSSProperties, ReactNode } from 'react';
import { bringsCredits, type Overview, useMay, usePage } from '../core/data.js';
import { usePlace } from '../core/place.js';
import { actionOf } from '../forms/plan.js';
import { Card, OwnerOnly, Tag } from '../parts/card.js';
import { Name } from '../parts/name.js';
import { Scroll } from '../parts/scroll.js';
import { every, STRINGS } from '../strings.js';
import { backTo, PayPlan, PlanState, Portal } from './plan-now.js';

type Plans = Overview['plans'];
type PlanCard = Plans['inRankOrder'][number];

export default function PlansView() {
  const { overview } = usePage();
  const { plans, viewer } = overview;
  const { open } = usePlace();
  const may = useMay('change_plan');
  const isCancelable = may && overview.plan.paid && overview.plan.endsAt === null && !overview.account.closed;
  const isPlain = overview.plan.trial === null && overview.plan.pastDue === null && overview.plan.endsAt === null;
  return (
    <Card
      title={plans.inRankOrder.length === 1 ? STRINGS.plan.title : STRINGS.plans.title}
      aside={isPlain ? null : <PlanState />}
      foot={
        <>
          {viewer.may.manage_cards === true ? <Portal /> : null}
          {isCancelable ? (
            <Button variant="subtle" onClick={() => open('cancel')}>
              {STRINGS.plans.cancel}
            </Button>
          ) : null}
          {may ? null : <OwnerOnly what={STRINGS.plans.change} />}
        </>
      }
    >
      <Standing />
      <Scroll label={STRINGS.plans.table}>
        <table className="plans" style={{ '--plans': plans.inRankOrder.length } as CSSProperties}>
          <caption className="hidden">{STRINGS.plans.table}</caption>
          <thead>
            <tr>
              <td />
              {plans.inRankOrder.map((plan) => (
                <PlanHead key={plan.key} plan={plan} />
              ))}
            </tr>
          </thead>
          <Rows plans={plans} />
        </table>
      </Scroll>
    </Card>
  );
}

/** What renews or ends, and when, in one sentence. */
function Standing() {
  const { overview, formats } = usePage();
  const { plan } = overview;
  if (plan.trial !== null) return <p>{plan.trial.sentence}</p>;
  if (plan.next !== null) return <p>{STRINGS.plans.becomes(plan.label, plan.next.label, formats.day(plan.next.at))}</p>;
  if (plan.endsAt !== null) return <p>{STRINGS.plans.endsOn(plan.label, formats.day(plan.endsAt))}</p>;
  if (plan.renewsAt === null || !(plan.paid || bringsCredits(overview))) return null;
  return (
    <p>
      {plan.paid
        ? STRINGS.plans.renewsOn(plan.label, formats.day(plan.renewsAt))
        : STRINGS.plans.refreshesOn(overview.words.credit.many, formats.day(plan.renewsAt))}
    </p>
  );
}

function PlanHead({ plan }: { readonly plan: PlanCard }) {
  const { overview, formats } = usePage();
  const isLowest = overview.plans.inRankOrder[0]?.key === plan.key;
  const may = useMay('change_plan');
  return (
    <th scope="col" className={plan.current ? 'is-current' : undefined}>
      <div className="stack tight start">
        <div className="row">
          <h3>
            <Name>{plan.label}</Name>
          </h3>
          {plan.current ? <Tag tone="solid">{STRINGS.plan.current}</Tag> : null}
          {plan.chosen ? <Tag tone="amber">{STRINGS.plans.chosen}</Tag> : null}
        </div>
        <p>
          <span className="price num">
            {plan.price === null
              ? isLowest
                ? formats.money(0)
                : STRINGS.plans.onRequest
              : formats.money(plan.price.amountMinor, plan.price.currency)}
          </span>{' '}
          {plan.price === null ? null : (
            <span className="quiet small">
              {every(plan.price.every)}
              {overview.words.tax === null ? '' : `, ${STRINGS.tax[overview.words.tax]}`}
            </span>
          )}
        </p>
        {may ? <PlanAction plan={plan} /> : null}
      </div>
    </th>
  );
}

function PlanAction({ plan }: { readonly plan: PlanCard }) {
  const { overview } = usePage();
  const { open } = usePlace();
  const { endsAt, next, pastDue } = overview.plan;
  if (overview.account.closed || plan.chosen) return null;
  if (plan.current && pastDue !== null) return <PayPlan size="xs" />;
  const isBack = plan.current && (endsAt !== null || next !== null);
  const action = isBack ? backTo(endsAt) : actionOf(plan);
  if (plan.current && !isBack) return null;
  const isUp = plan.direction === 'upgrade' || isBack;
  return (
    <Button
      size="xs"
      variant={isUp ? 'filled' : 'default'}
      aria-label={STRINGS.plans.actionOn(action, plan.label)}
      onClick={() => open(`plan:${plan.key}`)}
    >
      {action}
    </Button>
  );
}

function Rows({ plans }: { readonly plans: Plans }) {
  const { overview, formats } = usePage();
  const { words } = overview;
  const all = plans.inRankOrder;
  const row = (key: string, label: string, cell: (plan: PlanCard) => ReactNode) => (
    <tr key={key}>
      <th scope="row">
        <Name>{label}</Name>
      </th>
      {all.map((plan) => (
        <td key={plan.key} className={plan.current ? 'is-current num' : 'num'}>
          {cell(plan)}
        </td>
      ))}
    </tr>
  );
  const has = (of: (plan: PlanCard) => boolean): boolean => all.some(of);
  return (
    <tbody>
      {row('credits', STRINGS.plans.credits(words.credit.many), (plan) => (
        <>
          {formats.figure(plan.credits)} <span className="quiet small">{every(plan.every)}</span>
        </>
      ))}
      {plans.limits
        .filter(({ key }) => has((plan) => plan.limits[key] !== undefined && plan.limits[key] !== null))
        .map(({ key, label, per, by }) =>
          row(`limit ${key}`, per === 'day' ? STRINGS.plans.limit(label) : label, (plan) => {
            const most = plan.limits[key] ?? null;
            if (most === null) return STRINGS.limits.unlimited;
            return by === null ? formats.figure(most) : STRINGS.plans.each(formats.figure(most), by);
          }),
        )}
      {plans.features.map(({ key, label }) =>
        row(`feature ${key}`, label, (plan) => <Yes is={plan.features[key] === true} />),
      )}
      {has((plan) => plan.payAsYouGoCapMinor !== null)
        ? row('overage', words.payAsYouGo, (plan) =>
            plan.payAsYouGoCapMinor === null ? (
              <Yes is={false} />
            ) : (
              STRINGS.plans.upTo(formats.money(plan.payAsYouGoCapMinor))
            ),
          )
        : null}
      {has((plan) => plan.packs) ? row('packs', words.buyCredits, (plan) => <Yes is={plan.packs} />) : null}
      {has((plan) => plan.topOff) ? row('top-off', words.topOff, (plan) => <Yes is={plan.topOff} />) : null}
      {has((plan) => plan.pools) ? row('pools', STRINGS.pools.title, (plan) => <Yes is={plan.pools} />) : null}
    </tbody>
  );
}

function Yes({ is }: { readonly is: boolean }) {
  return (
    <>
      <span aria-hidden="true" className={is ? 'good strong' : 'quiet'}>
        {is ? '✓' : '–'}
      </span>
      <span className="hidden">{is ? STRINGS.yes : STRINGS.no}</span>
    </>
  );
}
