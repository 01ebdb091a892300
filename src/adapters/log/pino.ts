/** Structured logs. Secrets are cut out by path and, where a library put them into a text, by their shape. */
import { type DestinationStream, pino } from 'pino';
import type { Log } from '../../ports.js';

const SECRET_PATHS = [
  'secretKey',
  'password',
  'authorization',
  'client_secret',
  'clientSecret',
  'url',
  'connectionString',
];
/** Stripe keys and client secrets, webhook secrets, and the password inside any URL. */
const SECRET_SHAPES =
  /\b(?:sk|rk|whsec|pi|seti)_(?:(?:test|live)_)?\w+(?:_secret_\w+)?|(?<=:\/\/[^\s:/@]*:)[^\s@/]+(?=@)/g;

export const withoutSecrets = (text: string): string =>
  text.replace(SECRET_SHAPES, (found) => (isOpen(found) ? found : '[cut]'));

/** An intent's id is no secret without its ending, and neither is the word that stands for a password in our own examples. */
const isOpen = (found: string): boolean =>
  found === 'password' || (/^(?:pi|seti)_/.test(found) && !found.includes('_secret_'));

export function makePinoLog(level: string, destination?: DestinationStream): Log {
  const paths = SECRET_PATHS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths, censor: '[cut]' },
    serializers: { err: errorOf },
    hooks: {
      logMethod(this: pino.Logger, args: Parameters<pino.LogFn>, method: pino.LogFn) {
        const cut = args.map((arg) => (typeof arg === 'string' ? withoutSecrets(arg) : cutFields(arg)));
        method.apply(this, cut as Parameters<pino.LogFn>);
      },
    },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

/** An error as its name, message and stack; never its `detail`, which prints rows, nor its request, which holds keys. */
function errorOf(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  return { type: error.name, message: withoutSecrets(error.message), stack: withoutSecrets(error.stack ?? '') };
}

function cutFields(arg: unknown): unknown {
  if (typeof arg !== 'object' || arg === null || arg instanceof Error) return arg;
  return Object.fromEntries(
    Object.entries(arg).map(([name, value]) => [name, typeof value === 'string' ? withoutSecrets(value) : value]),
  );
}
