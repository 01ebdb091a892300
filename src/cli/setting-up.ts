/** What every verb begins with: configuration, a log, and an end that closes everything. */

import { type LoadedFile, readCatalogs } from '../adapters/catalog/registry.js';
import { makePinoLog } from '../adapters/log/pino.js';
import { makeSmtpMailer } from '../adapters/mail/smtp-mailer.js';
import { makeStripeClient } from '../adapters/stripe/client.js';
import { type Config, missingFor, readConfig } from '../config.js';
import { type Lifecycle, makeLifecycle } from '../lifecycle.js';
import type { Log } from '../ports.js';

/** A sentence for a person: printed as it is, without a stack. */
export class Plain extends Error {}

export interface Setting {
  readonly config: Config;
  readonly log: Log;
  readonly lifecycle: Lifecycle;
  readonly catalogs: readonly LoadedFile[];
}

export function setUp(part: 'worker' | 'api' | 'migrate' | 'command', logLevel?: string): Setting {
  const read = readConfig();
  const { problems: broken, unusable } = read.kind === 'invalid' ? read : { problems: [], unusable: [] };
  const missing = missingFor(read.config, part).filter(
    (sentence) => !unusable.some((name) => sentence.startsWith(name)),
  );
  const catalogs = part === 'migrate' ? null : readCatalogs(read.config.catalogs);
  const problems = [
    ...broken,
    ...missing,
    ...(part === 'worker' || part === 'api' ? refusedSettings(read.config) : []),
    ...(catalogs?.kind === 'invalid' ? catalogs.problems : []),
  ];
  if (problems.length > 0) throw new Plain(listed('The configuration is not usable:', problems));
  const log = makePinoLog(logLevel ?? read.config.logLevel);
  return {
    config: read.config,
    log,
    lifecycle: makeLifecycle(log),
    catalogs: catalogs?.kind === 'loaded' ? catalogs.files : [],
  };
}

/** What only the part that uses a setting can say of it: asked here, so that it is said together with the rest. */
function refusedSettings({ stripe, smtpUrl, mailFrom }: Config): string[] {
  const trials = [
    ...(stripe === null
      ? []
      : [
          () =>
            makeStripeClient({
              secretKey: stripe.secretKey,
              ...(stripe.apiBase === null ? {} : { apiBase: stripe.apiBase }),
            }),
        ]),
    ...(smtpUrl === null ? [] : [() => makeSmtpMailer({ url: smtpUrl, from: mailFrom })]),
  ];
  return trials.flatMap((trial) => {
    try {
      trial();
      return [];
    } catch (error) {
      return [error instanceof Error ? error.message : 'A setting cannot be used.'];
    }
  });
}

export const listed = (head: string, problems: readonly string[]): string =>
  [head, ...problems.map((problem) => `  - ${problem}`)].join('\n');

/** A setting that `missingFor` has already asked for. */
export function required<Value>(value: Value | null): Value {
  if (value === null) throw new Plain('A setting that this command needs is not set.');
  return value;
}

/** Closes everything on SIGTERM or SIGINT; a second signal ends the process at once. */
export function closeOnSignal(lifecycle: Lifecycle, ended: () => void): void {
  let asked = false;
  const stop = (): void => {
    if (asked) process.exit(130);
    asked = true;
    void lifecycle.close().then(ended);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}
