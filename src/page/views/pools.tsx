/** Credits set aside for some members, and what single members may use. */
import { Button } from '@mantine/core';
import { isNothing, share } from '../core/amounts.js';
import { type Overview, offersPools, useMay, usePage } from '../core/data.js';
import { usePeople } from '../core/people.js';
import { usePlace } from '../core/place.js';
import { Bar, Blank, Card } from '../parts/card.js';
import { Name } from '../parts/name.js';
import { STRINGS } from '../strings.js';

type Pool = Overview['limits']['pools'][number];
type Budget = Overview['limits']['budgets'][number];

export function Pools() {
  const { overview } = usePage();
  const { limits, viewer } = overview;
  const may = useMay('set_pools');
  const { open } = usePlace();
  const isOffered = offersPools(overview);
  const isEmpty = limits.pools.length === 0 && limits.budgets.length === 0;
  if (isEmpty && !(isOffered && may)) return null;
  return (
    <Card
      title={viewer.confined ? STRINGS.pools.yours : STRINGS.pools.title}
      foot={
        may ? (
          <>
            {isOffered ? (
              <Button variant="default" onClick={() => open('pool')}>
                {STRINGS.pools.add}
              </Button>
            ) : null}
            <Button variant="default" onClick={() => open('budget')}>
              {STRINGS.pools.addBudget}
            </Button>
          </>
        ) : null
      }
    >
      {isEmpty ? (
        <Blank>{STRINGS.pools.none}</Blank>
      ) : (
        <div className="grid narrow">
          {limits.pools.map((pool) => (
            <PoolLine key={pool.pool} pool={pool} />
          ))}
          {limits.budgets.map((budget) => (
            <BudgetLine key={budget.member} budget={budget} />
          ))}
        </div>
      )}
    </Card>
  );
}

export const levelOf = (percent: number): 'ok' | 'amber' | 'red' =>
  percent >= 95 ? 'red' : percent >= 80 ? 'amber' : 'ok';

function PoolLine({ pool }: { readonly pool: Pool }) {
  const { overview, formats } = usePage();
  const { open } = usePlace();
  const may = useMay('set_pools');
  const percent = share(pool.used, pool.credits);
  const text = STRINGS.balance.used(formats.figure(pool.used), formats.figure(pool.credits));
  return (
    <div className="stack tight">
      <div className="line">
        <span className="strong">
          <Name>{pool.label}</Name>
        </span>
        {may ? (
          <Button
            variant="subtle"
            size="compact-xs"
            onClick={() => open(`pool:${pool.pool}`)}
            aria-label={STRINGS.pools.changeOf(pool.label)}
          >
            {STRINGS.change}
          </Button>
        ) : null}
      </div>
      <Bar label={pool.label} text={text} percent={percent} level={levelOf(percent)} />
      <span className="small num">
        {text} · {STRINGS.pools.worth(formats.figure(pool.worth))}
      </span>
      <span className="small quiet">
        {overview.viewer.confined ? null : `${STRINGS.pools.people(pool.members.length)} · `}
        {STRINGS.pools.whenUsed[pool.whenUsed]}
        {isNothing(pool.held) ? '' : ` · ${STRINGS.balance.held}: ${formats.figure(pool.held)}`}
      </span>
    </div>
  );
}

function BudgetLine({ budget }: { readonly budget: Budget }) {
  const { overview, formats } = usePage();
  const { open } = usePlace();
  const may = useMay('set_pools');
  const nameOf = usePeople();
  const percent = share(budget.used, budget.credits);
  const text = STRINGS.balance.used(formats.figure(budget.used), formats.figure(budget.credits));
  const isOwn = budget.member === overview.viewer.member;
  const name = isOwn ? STRINGS.pools.yourBudget : nameOf(budget.member);
  return (
    <div className="stack tight">
      <div className="line">
        <span className="strong">
          <Name>{name}</Name>
        </span>
        {may ? (
          <Button
            variant="subtle"
            size="compact-xs"
            onClick={() => open(`budget:${budget.member}`)}
            aria-label={STRINGS.pools.changeOf(name)}
          >
            {STRINGS.change}
          </Button>
        ) : null}
      </div>
      <Bar label={name} text={text} percent={percent} level={levelOf(percent)} />
      <span className="small num">
        {text} · {STRINGS.pools.left(formats.figure(budget.left))}
      </span>
      <span className="small quiet">{STRINGS.pools.budget}</span>
    </div>
  );
}
