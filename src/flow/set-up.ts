/** Sets up what has to stand at the processor, and says what of the catalog is not there. Running it again changes nothing. */
import { type Cadence, type Catalog, isPaid, type Plan, sameCadence } from '../domain/catalog.js';
import { formatMoney } from '../domain/money.js';
import type { PriceFacts, ProcessorSetUp, StripeEndpoint, Unanswered } from '../ports.js';
import { STRIPE_EVENT_TYPES } from './stripe-event-types.js';

export interface SetUpReport {
  /** What was done or found right. */
  readonly done: readonly string[];
  /** What somebody has to mend. */
  readonly problems: readonly string[];
  /** The signing secret of an endpoint that was made now; it is never told again. */
  readonly secret: string | null;
}

type Part = { readonly done: readonly string[]; readonly problems: readonly string[]; readonly secret?: string };

export async function setUpWebhooks(processor: ProcessorSetUp, url: string): Promise<SetUpReport> {
  const part = await endpointPart(processor, url);
  return { secret: null, ...part };
}

async function endpointPart(processor: ProcessorSetUp, url: string): Promise<Part> {
  const listed = await processor.endpoints();
  if (listed.kind !== 'endpoints') return problem(`The webhook endpoints could not be read: ${said(listed)}`);
  const ours = listed.endpoints.filter((one) => one.url === url);
  const [first, ...more] = ours;
  if (first === undefined) {
    const made = await processor.makeEndpoint(url, STRIPE_EVENT_TYPES);
    if (made.kind !== 'made') return problem(`The webhook endpoint ${url} could not be made: ${said(made)}`);
    const line = `The webhook endpoint ${made.id} is made: ${STRIPE_EVENT_TYPES.length} kinds of events go to ${url}.`;
    return { done: [line], problems: [], secret: made.secret };
  }
  const problems = [
    ...more.map((one) => `A second webhook endpoint ${one.id} sends to ${url} as well: delete one of the two.`),
    ...(first.version === null || first.version === processor.version
      ? []
      : [
          `The webhook endpoint ${first.id} writes events in version ${first.version}, and ${processor.version} is read here: delete it, and run this again.`,
        ]),
  ];
  if (!first.isDisabled && isExact(first)) {
    return { done: [`The webhook endpoint ${first.id} stands, with exactly the events that are heard.`], problems };
  }
  const changed = await processor.changeEndpoint(first.id, STRIPE_EVENT_TYPES);
  if (changed.kind !== 'done')
    return problem(`The webhook endpoint ${first.id} could not be changed: ${said(changed)}`);
  return { done: [`The webhook endpoint ${first.id} sends exactly the events that are heard now.`], problems };
}

const isExact = ({ events }: StripeEndpoint): boolean =>
  events.length === STRIPE_EVENT_TYPES.length && STRIPE_EVENT_TYPES.every((type) => events.includes(type));

const problem = (sentence: string): Part => ({ done: [], problems: [sentence] });
const said = (answer: Unanswered): string => answer.reason;

/** Each plan's prices as the page shows them: an owner must never be charged anything else. */
export async function checkPrices(processor: ProcessorSetUp, catalogs: readonly Catalog[]): Promise<SetUpReport> {
  const done: string[] = [];
  const problems: string[] = [];
  for (const catalog of catalogs) {
    for (const plan of catalog.plans) {
      const name = `${catalog.key}, plan ${plan.key}`;
      if (isPaid(plan) && plan.stripePriceIds.length === 0) {
        done.push(`${name}: no price of Stripe is named, so that it is changed without anything being charged.`);
      }
      for (const id of plan.stripePriceIds) {
        const wrong = await wrongWith(processor, catalog, plan, id);
        if (wrong === null) done.push(`${name}: ${id} is there, as it is shown.`);
        else problems.push(`${name}: ${wrong}`);
      }
    }
  }
  return { done, problems, secret: null };
}

async function wrongWith(processor: ProcessorSetUp, catalog: Catalog, plan: Plan, id: string): Promise<string | null> {
  const found = await processor.price(id);
  if (found.kind === 'no_price')
    return `there is no price ${id}. Make it at Stripe, or name another under stripe_prices.`;
  if (found.kind !== 'price') return `the price ${id} could not be read: ${said(found)}`;
  return difference(found.price, catalog, plan, id);
}

function difference(price: PriceFacts, { currency }: Catalog, plan: Plan, id: string): string | null {
  const { shownPrice, shownEvery } = plan;
  if (!price.isActive) return `the price ${id} is archived at Stripe, and cannot be bought.`;
  if (price.every === null) return `the price ${id} is paid once, and a plan needs one that recurs.`;
  if (price.currency !== currency) return `the price ${id} is in ${price.currency}, and the catalog in ${currency}.`;
  if (price.amountMinor === null) return `the price ${id} is not one amount, and the page shows one.`;
  if (shownPrice === null) return null;
  // A plan may be sold by the month and by the year: a price of another interval is not the one that is shown.
  if (!sameCadence(price.every, shownEvery)) {
    return plan.stripePriceIds[0] === id
      ? `the price ${id} recurs every ${written(price.every)}, and the page shows every ${written(shownEvery)}.`
      : null;
  }
  if (price.amountMinor === shownPrice.amountMinor) return null;
  const asked = formatMoney({ amountMinor: price.amountMinor, currency });
  return `the price ${id} asks ${asked}, and the page shows ${formatMoney(shownPrice)}.`;
}

const written = ({ unit, count }: Cadence): string => (count === 1 ? unit : `${count} ${unit}s`);
