/** The page at a glance: how much there is and what became of it, and beside it the plan and what is bought by itself. */
import { usePage } from '../core/data.js';
import { Balance, PoolBalance } from './balance.js';
import { Holds } from './holds.js';
import { Limits } from './limits.js';
import { Overage } from './overage.js';
import { PlanNow } from './plan-now.js';
import { Pools } from './pools.js';
import { Recent } from './recent.js';
import { TopOff } from './top-off.js';

export function OverviewView() {
  const { viewer } = usePage().overview;
  return (
    <div className="lead">
      <div className="stack">
        {viewer.confined ? <PoolBalance /> : <Balance />}
        <Pools />
        <Limits />
        <Holds />
        <Recent />
      </div>
      <div className="stack side">
        <PlanNow />
        <TopOff />
        <Overage />
      </div>
    </div>
  );
}
