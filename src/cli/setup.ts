/** `creditd setup`: what has to stand before the first owner comes. It may be run as often as one likes. */
import { parseArgs } from 'node:util';
import { makeApiKeys } from '../adapters/postgres/api-keys.js';
import { makeStripeSetUp } from '../adapters/stripe/set-up.js';
import { SCOPES } from '../domain/permissions.js';
import { checkPrices, setUpWebhooks } from '../flow/set-up.js';
import { STRIPE_WEBHOOK_PATH } from '../http/stripe-webhook.js';
import { openPayments, openStore, type Store } from '../wire.js';
import { jsonOf, operatorName } from './operator.js';
import { Plain, required, setUp } from './setting-up.js';

export const SETUP_USAGE = `Usage: creditd setup [--json]

Makes Stripe's webhook endpoint at PUBLIC_URL${STRIPE_WEBHOOK_PATH}, with exactly the events that are heard; checks that the
prices which the catalog names are at Stripe as the page shows them; and makes the first API key where there is none.
Run again it changes nothing that stands, and mends what does not. Exits with 1 when somebody has to look at something.`;

const KEY_NAME = 'made by creditd setup';

export async function setupCommand(args: string[], out: (line: string) => void): Promise<number> {
  const options = { help: { type: 'boolean', short: 'h' }, json: { type: 'boolean' } } as const;
  const { values } = parseArgs({ args, options });
  if (values.help) {
    out(SETUP_USAGE);
    return 0;
  }
  const { config, log, lifecycle, catalogs } = setUp('command', 'error');
  try {
    if (config.stripe === null) throw new Plain('STRIPE_SECRET_KEY is not set: there is nowhere to set anything up.');
    if (config.publicUrl === null)
      throw new Plain(
        'PUBLIC_URL is not set: Stripe has to know where to send its events (https://billing.example.com).',
      );
    const store = await openStore({ databaseUrl: required(config.databaseUrl), catalogs, log }, lifecycle);
    await openPayments(store, config.stripe, false);
    const { secretKey, apiBase } = config.stripe;
    const processor = makeStripeSetUp({ secretKey, ...(apiBase === null ? {} : { apiBase }), log });
    const webhooks = await setUpWebhooks(processor, `${config.publicUrl.replace(/\/+$/, '')}${STRIPE_WEBHOOK_PATH}`);
    const prices = await checkPrices(
      processor,
      catalogs.map((file) => file.catalog),
    );
    const key = await firstKey(store);
    const problems = [...webhooks.problems, ...prices.problems];
    if (values.json) {
      const done = [...webhooks.done, ...prices.done, key.line];
      out(jsonOf({ done, webhookSecret: webhooks.secret, apiKey: key.secret, problems }));
      return problems.length > 0 ? 1 : 0;
    }
    for (const line of [...webhooks.done, ...prices.done, key.line]) out(line);
    if (webhooks.secret !== null) {
      out(`\nSTRIPE_WEBHOOK_SECRET=${webhooks.secret}`);
      out('Set it where creditd api runs. It is shown this once; Stripe’s dashboard reveals it later.');
    }
    if (key.secret !== null) out(`\n${key.secret}\nThis is the API key. Keep it now: it is not shown again.`);
    if (problems.length > 0) out(['\nTo be mended:', ...problems.map((one) => `  - ${one}`)].join('\n'));
    return problems.length > 0 ? 1 : 0;
  } finally {
    await lifecycle.close();
  }
}

async function firstKey(store: Store): Promise<{ readonly line: string; readonly secret: string | null }> {
  const keys = makeApiKeys(store.prisma, store.clock, store.newId);
  const living = (await keys.list()).filter((key) => key.revokedAt === null);
  if (living.length > 0) return { line: `There is an API key already ("${living[0]?.name}").`, secret: null };
  const made = await keys.create({ name: KEY_NAME, scopes: [...SCOPES], catalog: null }, operatorName());
  return { line: `The first API key is made ("${KEY_NAME}"): it may do everything.`, secret: made.secret };
}
