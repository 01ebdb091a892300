/**
 * A worker process that kills itself at a named gap of the river. It is wired as `creditd worker` is, from the same built
 * code, with the outside's functions wrapped: at the chosen moment the process gets a SIGKILL, as from a power cut.
 *
 * One argument, JSON: { databaseUrl, queue, stripe, smtpUrl, limits, timing, killAt: { part, call, moment, nth } | null }
 */
import { pino } from 'pino';
import { readCatalogs } from '../../dist/src/adapters/catalog/registry.js';
import { makeLifecycle } from '../../dist/src/lifecycle.js';
import { openMailer, openPayments, openQueues, openStore, startWorkers } from '../../dist/src/wire.js';

const settings = JSON.parse(process.argv[2]);
const { killAt } = settings;
const log = pino({ level: settings.logLevel ?? 'error' });

let calls = 0;
const isIt = (part, call) => killAt?.part === part && killAt.call === call && ++calls === (killAt.nth ?? 1);
const isEmpty = (result) => Array.isArray(result) && result.length === 0;
const die = () => {
  process.kill(process.pid, 'SIGKILL');
  return new Promise(() => undefined);
};

/** The same object, whose functions die before or after doing what they do. */
const killable = (part, object) =>
  new Proxy(object, {
    get(target, name) {
      const value = target[name];
      if (typeof value !== 'function') return value;
      return (...args) => {
        if (killAt?.part !== part || killAt.call !== name) return value.apply(target, args);
        if (killAt.moment === 'before') return isIt(part, name) ? die() : value.apply(target, args);
        // A look that found nothing is no gap.
        return value.apply(target, args).then((result) => (!isEmpty(result) && isIt(part, name) ? die() : result));
      };
    },
  });

/** Statements of the ledger's transactions, by their first word or their name. */
const killableSql = (pool) => {
  const connect = pool.connect.bind(pool);
  pool.connect = async (callback) => {
    // The pool's own single queries come by callback and are none of the ledger's transactions.
    if (callback) return connect(callback);
    const client = await connect();
    if (client.isKillable) return client;
    const query = client.query.bind(client);
    client.isKillable = true;
    client.query = async (statement, ...rest) => {
      const name = typeof statement === 'string' ? statement.split(' ')[0] : statement.name;
      const now = isIt('sql', name);
      if (now && killAt.moment === 'before') return die();
      const result = await query(statement, ...rest);
      return now ? die() : result;
    };
    return client;
  };
};

const lifecycle = makeLifecycle(log);
const catalogs = readCatalogs(settings.catalogs ?? ['receptionist']).files;
const opened = await openStore(
  { databaseUrl: settings.databaseUrl, catalogs, log, limits: settings.limits },
  lifecycle,
);
killableSql(opened.pool);
const store = { ...opened, outbox: killable('outbox', opened.outbox), notices: killable('notices', opened.notices) };
const { payments, stamp, stripe } = await openPayments(store, settings.stripe, true);
const queues = await openQueues(settings.queue, log, lifecycle);
const mailer = openMailer(settings.smtpUrl, 'Billing <billing@example.com>', lifecycle, settings.limits);
const parts = {
  store,
  queues,
  payments: killable('payments', payments),
  stripe,
  stamp,
  mailer: killable('mailer', mailer),
  publicUrl: null,
  messageIdDomain: 'example.com',
};
await startWorkers(parts, lifecycle, settings.timing);
process.on('SIGTERM', () => lifecycle.close().then(() => process.exit(0)));
process.stdout.write('ready\n');
