/** `creditd setup`, as the person who installs it runs it: once, again, and with something wrong. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type StripeDouble, startStripeDouble } from '../../src/dev/stripe-double/server.js';
import { STRIPE_EVENT_TYPES } from '../../src/flow/stripe-event-types.js';
import { sdk } from '../stripe/double-client.js';
import { query } from '../support/admin.js';
import { runCreditd } from '../support/creditd.js';
import { freshDatabase } from '../support/database.js';
import { scratchFolder } from '../support/scratch.js';

let double: StripeDouble;
let database: Awaited<ReturnType<typeof freshDatabase>>;
let folder: string;

beforeAll(async () => {
  double = await startStripeDouble({});
  database = await freshDatabase();
  folder = scratchFolder();
});
afterAll(async () => {
  await double.stop();
  await database.drop();
});

const TEMPLATE = path.join(import.meta.dirname, '..', '..', 'src', 'catalogs', 'atlios.yaml');

/** A catalog whose paid plans name these prices. */
function catalog(growth: string, scale: string): string {
  const text = readFileSync(TEMPLATE, 'utf8')
    .replace('label: Growth\n', `label: Growth\n    stripe_prices: [${growth}]\n`)
    .replace('label: Scale\n', `label: Scale\n    stripe_prices: [${scale}]\n`);
  const file = path.join(folder, `${growth}-${scale}.yaml`);
  writeFileSync(file, text);
  return file;
}

const setUp = (file: string) =>
  runCreditd(['setup'], {
    DATABASE_URL: database.url,
    STRIPE_SECRET_KEY: 'sk_test_double',
    STRIPE_API_BASE: double.url,
    PUBLIC_URL: 'https://billing.example.com/',
    CATALOG: file,
  });

const price = (id: string, unitAmount: number, interval: 'month' | 'year' = 'month', currency = 'usd') =>
  double.control.seedPrice({ id, productName: id, currency, unitAmount, recurring: { interval, count: 1 } });

describe('creditd setup', () => {
  test('makes the endpoint with exactly the events that are heard, finds the prices, and makes the first key', async () => {
    await price('price_growth', 2_900);
    await price('price_scale', 9_900);
    const { code, said } = await setUp(catalog('price_growth', 'price_scale'));
    expect(said).toMatch(/STRIPE_WEBHOOK_SECRET=whsec_\S+/);
    expect(said).toMatch(/\nck_\S+/);
    expect(said).toContain('price_growth is there');
    expect(code).toBe(0);
    const endpoints = (await sdk(double).webhookEndpoints.list()).data;
    expect(endpoints).toHaveLength(1);
    expect(endpoints[0]).toMatchObject({ url: 'https://billing.example.com/webhooks/stripe', status: 'enabled' });
    expect([...(endpoints[0]?.enabled_events ?? [])].sort()).toEqual([...STRIPE_EVENT_TYPES].sort());
  });

  test('run again makes nothing twice, and mends an endpoint that was changed', async () => {
    const again = await setUp(catalog('price_growth', 'price_scale'));
    expect(again.code).toBe(0);
    expect(again.said).not.toMatch(/whsec_|ck_/);
    expect(again.said).toContain('with exactly the events that are heard');
    const [endpoint] = (await sdk(double).webhookEndpoints.list()).data;
    await sdk(double).webhookEndpoints.update(endpoint?.id ?? '', { enabled_events: ['invoice.paid'], disabled: true });
    expect((await setUp(catalog('price_growth', 'price_scale'))).code).toBe(0);
    const after = (await sdk(double).webhookEndpoints.list()).data;
    expect(after).toHaveLength(1);
    expect(after[0]?.enabled_events).toHaveLength(STRIPE_EVENT_TYPES.length);
    expect(after[0]?.status).toBe('enabled');
    expect(await query(database.url, 'select id from api_keys')).toHaveLength(1);
  });

  test.each([
    ['is not there', 'price_nowhere', 'there is no price price_nowhere'],
    ['asks another amount', 'price_dear', 'asks $39.00, and the page shows $29.00'],
    ['recurs otherwise', 'price_yearly', 'recurs every year, and the page shows every month'],
    ['is in another currency', 'price_euro', 'is in eur, and the catalog in usd'],
  ])('says of a price that %s what is wrong, and ends with 1', async (_what, id, sentence) => {
    await price('price_dear', 3_900);
    await price('price_yearly', 2_900, 'year');
    await price('price_euro', 2_900, 'month', 'eur');
    const { code, said } = await setUp(catalog(id, 'price_scale'));
    expect(said).toContain(sentence);
    expect(code).toBe(1);
  });
});
