/**
 * A worker or an api of the storm, as a process of its own: wired as `creditd worker` and `creditd api` are, from the same
 * built code, with short limits and a clock that whoever started it may move. It ends when that process ends.
 *
 * One argument, JSON: { role, databaseUrl, queue, stripe, smtpUrl, catalogs, limits, timing, port, webhookSecret,
 * sessionSecret, offsetMs }
 */

import { readCatalogs } from '../../dist/src/adapters/catalog/registry.js';
import { makePinoLog } from '../../dist/src/adapters/log/pino.js';
import { makeLifecycle } from '../../dist/src/lifecycle.js';
import { openMailer, openPayments, openQueues, openStore, startApi, startWorkers } from '../../dist/src/wire.js';
import { openPayPage } from '../../dist/src/wire-checkout.js';
import { openDoors } from '../../dist/src/wire-doors.js';
import { openStripeWebhook } from '../../dist/src/wire-stripe.js';

const settings = JSON.parse(process.argv[2]);
let { offsetMs } = settings;
process.on('message', (said) => {
  offsetMs = said.offsetMs;
});
process.on('disconnect', () => process.exit(0));

const log = makePinoLog('debug');
const lifecycle = makeLifecycle(log);
const { databaseUrl, limits, sessionSecret } = settings;
const catalogs = readCatalogs(settings.catalogs).files;
const store = await openStore({ databaseUrl, catalogs, log, limits, offsetMs: () => offsetMs }, lifecycle);
const paid = await openPayments(store, settings.stripe, true);
const queues = await openQueues(settings.queue, log, lifecycle);
const publicUrl = () => `http://127.0.0.1:${settings.port}`;

if (settings.role === 'worker') {
  const mailer = openMailer(settings.smtpUrl, 'Billing <billing@example.com>', lifecycle, limits);
  const parts = { ...paid, store, queues, mailer, publicUrl: null, messageIdDomain: 'example.com' };
  await startWorkers({ ...parts, allowPrivateEndpoints: true }, lifecycle, settings.timing);
} else {
  const api = openDoors(
    { store, queues, stamp: paid.stamp, sessionSecrets: [sessionSecret], publicUrl, paid },
    lifecycle,
  );
  const stripeWebhook = openStripeWebhook({ store, ...paid }, [settings.webhookSecret]);
  const place = { host: '127.0.0.1', port: settings.port, operatorPassword: settings.operatorPassword, pages: false };
  await startApi(
    { store, queues, ...place, stripeWebhook, api, payPage: openPayPage({ store, publicUrl }) },
    lifecycle,
  );
}
process.on('SIGTERM', () => lifecycle.close().then(() => process.exit(0)));
process.send?.('ready');
