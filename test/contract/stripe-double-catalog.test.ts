/** Products and prices of the double, its billing cycles, and the parameters that its billing takes. */
import { describe, expect, it } from 'vitest';
import { BILLING_ROUTES } from '../../src/dev/stripe-double/billing-routes.js';
import { boundaryAfter, boundaryAt } from '../../src/dev/stripe-double/cycle.js';
import { billingBench, double, START, seconds, stripe, UNDESCRIBED } from '../stripe/billing-bench.js';
import { ask } from '../stripe/double-client.js';
import { description } from '../stripe/openapi.js';

billingBench(START);

describe('the catalog', () => {
  it('holds products and prices, found again by id and by lookup key', async () => {
    const product = await stripe.products.create({ name: 'Pro', metadata: { plan: 'pro' } });
    const made = await stripe.prices.create({
      currency: 'usd',
      unit_amount: 900,
      product: product.id,
      recurring: { interval: 'month', interval_count: 3 },
      lookup_key: 'pro',
    });
    expect((await stripe.prices.list({ lookup_keys: ['pro'], expand: ['data.product'] })).data).toMatchObject([
      { id: made.id, product: { name: 'Pro' }, recurring: { interval: 'month', interval_count: 3 } },
    ]);
    const moved = { currency: 'usd', unit_amount: 1_000, product: product.id, lookup_key: 'pro' };
    await expect(stripe.prices.create(moved)).rejects.toThrow(/already uses that lookup key/);
    const next = await stripe.prices.create({ ...moved, transfer_lookup_key: true });
    expect((await stripe.prices.retrieve(made.id)).lookup_key).toBeNull();
    await stripe.prices.update(next.id, { active: false, nickname: 'old' });
    await stripe.products.update(product.id, { default_price: made.id, name: 'Pro 2' });
    expect((await stripe.prices.list({ active: true, product: product.id })).data).toHaveLength(1);
    expect(await stripe.products.retrieve(product.id)).toMatchObject({ name: 'Pro 2', default_price: made.id });
    expect((await stripe.products.list({ active: true })).data).toHaveLength(1);
  });

  it('can be given the price ids that a catalog names, once', async () => {
    const seed = { id: 'price_pro_monthly', productName: 'Pro', currency: 'usd', unitAmount: 2_000 };
    const body = JSON.stringify({ ...seed, recurring: { interval: 'month', count: 1 } });
    const send = () => ask(double, 'POST /_double/prices', body, { 'content-type': 'application/json' });
    expect([(await send()).status, (await send()).status]).toEqual([200, 200]);
    expect(await stripe.prices.retrieve('price_pro_monthly')).toMatchObject({ unit_amount: 2_000, type: 'recurring' });
    expect((await stripe.prices.list()).data).toHaveLength(1);
  });
});

describe('billing cycles', () => {
  const iso = (at: number) => new Date(at * 1_000).toISOString().slice(0, 10);
  const monthly = { interval: 'month', count: 1 } as const;

  it('clamp to a short month and come back', () => {
    let at = START;
    const seenDays: string[] = [];
    for (let month = 0; month < 4; month += 1) {
      at = boundaryAfter(START, monthly, at);
      seenDays.push(iso(at));
    }
    expect(seenDays).toEqual(['2026-02-28', '2026-03-31', '2026-04-30', '2026-05-31']);
    expect(iso(boundaryAt(START, monthly, at - 1))).toBe('2026-04-30');
  });

  it.each([
    ['2024-02-29', { interval: 'year', count: 1 }, '2027-06-01', '2028-02-29'],
    ['2024-02-29', { interval: 'year', count: 1 }, '2024-03-01', '2025-02-28'],
    ['2026-01-05', { interval: 'week', count: 2 }, '2026-01-19', '2026-02-02'],
    ['2026-01-05', { interval: 'day', count: 10 }, '2026-01-14', '2026-01-15'],
    ['2026-01-31', { interval: 'month', count: 3 }, '2036-01-01', '2036-01-31'],
  ] as const)('from %s every %o, after %s comes %s', (anchor, recurring, at, next) => {
    expect(iso(boundaryAfter(seconds(anchor), recurring, seconds(at)))).toBe(next);
  });
});

it('never takes a parameter that Stripe does not take', () => {
  for (const { method, path, spec } of BILLING_ROUTES) {
    if (UNDESCRIBED.test(path) || path.includes('/configurations')) continue;
    const operation = description.paths[path]?.[method.toLowerCase()];
    const form = operation?.requestBody?.content['application/x-www-form-urlencoded']?.schema.properties ?? {};
    const taken = [
      ...Object.keys(form),
      ...(operation?.parameters ?? []).map((one) => one.name),
      'payment_method_types',
    ];
    expect(
      Object.keys(spec).filter((name) => !taken.includes(name)),
      `${method} ${path}`,
    ).toEqual([]);
  }
});
