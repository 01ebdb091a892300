/** Every route of the API, in the order in which its description lists them. */
import type { Doors } from './deps.js';
import type { Route } from './route.js';
import { accountRoutes } from './routes-accounts.js';
import { activityRoutes } from './routes-activity.js';
import { cardRoutes } from './routes-cards.js';
import { chargeRoutes } from './routes-charges.js';
import { checkoutRoutes } from './routes-checkout.js';
import { creditRoutes } from './routes-credits.js';
import { endpointRoutes } from './routes-endpoints.js';
import { gateRoutes } from './routes-gate.js';
import { holdRoutes } from './routes-holds.js';
import { limitRoutes } from './routes-limits.js';
import { balanceRoutes } from './routes-live.js';
import { memberRoutes } from './routes-members.js';
import { overviewRoutes } from './routes-overview.js';
import { planRoutes } from './routes-plans.js';
import { portalRoutes } from './routes-portal.js';
import { priceRoutes } from './routes-prices.js';
import { purchaseRoutes } from './routes-purchases.js';
import { sessionRoutes } from './routes-sessions.js';
import { settingRoutes } from './routes-settings.js';
import { totalRoutes } from './routes-totals.js';
import { recordUsage } from './routes-usage.js';

export const allRoutes = (door: Doors): readonly Route[] => [
  recordUsage(door),
  ...holdRoutes(door),
  ...gateRoutes(door),
  ...priceRoutes(door),
  ...overviewRoutes(door),
  ...balanceRoutes(door),
  ...creditRoutes(door),
  ...activityRoutes(door),
  ...totalRoutes(door),
  ...planRoutes(door),
  ...limitRoutes(door),
  ...settingRoutes(door),
  ...purchaseRoutes(door),
  ...cardRoutes(door),
  ...chargeRoutes(door),
  ...paidElsewhere(door),
  ...accountRoutes(door),
  ...memberRoutes(door),
  ...sessionRoutes(door),
  ...endpointRoutes(door),
];

/** Where the processor can be asked. */
const paidElsewhere = ({ checkout, profiles }: Doors): readonly Route[] =>
  checkout === undefined ? [] : [...checkoutRoutes({ checkout, profiles }), ...portalRoutes({ checkout, profiles })];
