/**
 * The only reader of the environment. Everything is checked at once, and every problem is a sentence that names the
 * setting and never its value, which may be a secret.
 */
import { z } from 'zod';
import { localOrigins, readOrigins } from './config/origins.js';
import { type KeptDays, readKeptDays } from './domain/retention.js';

export interface Config {
  /** Null: not set, and then the stand-in of `creditd dev` takes its place. */
  readonly databaseUrl: string | null;
  /** The tables are spread over the machines of a Citus by prisma/distributed.sql. */
  readonly sharded: boolean;
  readonly redisUrl: string | null;
  readonly stripe: { readonly secretKey: string; readonly apiBase: string | null } | null;
  /** What Stripe signs its webhooks with; several while one is being rolled. None: they are not heard here. */
  readonly stripeWebhookSecrets: readonly string[];
  readonly smtpUrl: string | null;
  readonly mailFrom: string;
  readonly publicUrl: string | null;
  readonly operatorPassword: string | null;
  /** Signs people's sessions: the first signs, all are read. None: no session can be opened. */
  readonly sessionSecrets: readonly string[];
  /** Origins of the product's pages that may show the billing page in a frame and hold its elements. */
  readonly billingOrigins: readonly string[];
  /** Paths of catalog files or keys of built-in ones. */
  readonly catalogs: readonly string[];
  readonly host: string;
  /** Null: the part's own, DEFAULT_PORTS. */
  readonly port: number | null;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  /** Where OpenTelemetry's collector listens. Null: nothing is traced. */
  readonly traces: string | null;
  readonly allowUnsafeRedis: boolean;
  /** Events may be sent to private addresses and without TLS. */
  readonly allowPrivateEndpoints: boolean;
  /** How long what stands beside the ledger is kept. */
  readonly keptDays: KeptDays;
  /** Where `creditd dev` keeps its data. */
  readonly stateHome: string | null;
  readonly home: string | null;
}

export type ConfigResult =
  | { readonly kind: 'read'; readonly config: Config }
  | {
      readonly kind: 'invalid';
      readonly problems: readonly string[];
      /** The settings that the problems are about, and what the others say: so that what is missing can be said as well. */
      readonly unusable: readonly string[];
      readonly config: Config;
    };

/** An empty setting is one that is not set: compose files write them so. */
const optional = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess((value) => (value === '' ? undefined : value), schema.optional());

const url = (schemes: readonly string[], example: string) =>
  z
    .string()
    .refine(
      (text) => URL.canParse(text) && schemes.includes(new URL(text).protocol.slice(0, -1)),
      `must be a URL such as ${example}`,
    );

const schema = z.object({
  DATABASE_URL: optional(url(['postgres', 'postgresql'], 'postgresql://user:password@host:5432/creditd')),
  DATABASE_SHARDS: optional(z.enum(['none', 'citus'], 'must be none or citus')),
  REDIS_URL: optional(url(['redis', 'rediss', 'redis+cluster', 'rediss+cluster'], 'redis://host:6379')),
  STRIPE_SECRET_KEY: optional(
    z.string().regex(/^(sk|rk)_(test|live)_\w+$/, 'must be a secret or restricted key of Stripe (sk_… or rk_…)'),
  ),
  STRIPE_WEBHOOK_SECRET: optional(
    z
      .string()
      .refine(
        (text) => text.split(',').every((one) => /^whsec_\S+$/.test(one.trim())),
        'must be a signing secret of a webhook endpoint (whsec_…), or several divided by commas while one is rolled',
      ),
  ),
  STRIPE_API_BASE: optional(url(['http', 'https'], 'http://127.0.0.1:12111')),
  SMTP_URL: optional(url(['smtp', 'smtps'], 'smtps://user:password@mail.example.com')),
  MAIL_FROM: optional(
    z.string().regex(/^[^\r\n]*[^\s@<>]+@[^\s@<>]+>?$/, 'must be an address such as Billing <billing@example.com>'),
  ),
  PUBLIC_URL: optional(url(['http', 'https'], 'https://billing.example.com')),
  OPERATOR_PASSWORD: optional(z.string().min(12, 'must have at least 12 characters')),
  SESSION_SECRET: optional(
    z
      .string()
      .refine(
        (text) => text.split(',').every((one) => one.trim().length >= 32),
        'must have at least 32 characters; two divided by a comma while one is exchanged',
      ),
  ),
  BILLING_ORIGINS: optional(
    z.string().check(({ value, issues }) => {
      for (const message of readOrigins(value).problems) issues.push({ code: 'custom', message, input: value });
    }),
  ),
  CATALOG: optional(z.string()),
  HOST: optional(z.string()),
  PORT: optional(
    z
      .string()
      .regex(/^\d{1,5}$/, 'must be a port number')
      .transform(Number)
      .refine((port) => port < 65536, 'must be a port number'),
  ),
  LOG_LEVEL: optional(
    z.enum(['debug', 'info', 'warn', 'error', 'silent'], 'must be debug, info, warn, error or silent'),
  ),
  OTEL_EXPORTER_OTLP_ENDPOINT: optional(url(['http', 'https'], 'http://127.0.0.1:4318')),
  CREDITD_ALLOW_UNSAFE_REDIS: optional(z.enum(['0', '1', 'true', 'false'], 'must be 1 or 0')),
  CREDITD_ALLOW_PRIVATE_ENDPOINTS: optional(z.enum(['0', '1', 'true', 'false'], 'must be 1 or 0')),
  RETENTION_DAYS: optional(
    z.string().check(({ value, issues }) => {
      for (const message of readKeptDays(value).problems) issues.push({ code: 'custom', message, input: value });
    }),
  ),
  XDG_STATE_HOME: optional(z.string()),
  HOME: optional(z.string()),
});

/** Where the parts listen unless PORT says otherwise: the api's pages, and a worker's probes and metrics. */
export const DEFAULT_PORTS = { api: 4800, worker: 4801 } as const;

export function readConfig(environment: NodeJS.ProcessEnv = process.env): ConfigResult {
  const known = Object.fromEntries(Object.keys(schema.shape).map((name) => [name, environment[name]]));
  const parsed = schema.safeParse(known);
  const issues = parsed.error?.issues ?? [];
  const unusable = issues.map((issue) => String(issue.path[0]));
  const problems = issues.map((issue) => `${issue.path.join('.')} ${issue.message}.`);
  const usable = Object.entries(known).filter(([name]) => !unusable.includes(name));
  const set = parsed.data ?? schema.parse(Object.fromEntries(usable));
  if (known.STRIPE_API_BASE && !known.STRIPE_SECRET_KEY) {
    problems.push('STRIPE_API_BASE is set without STRIPE_SECRET_KEY: set both, or neither.');
    unusable.push('STRIPE_SECRET_KEY');
  }
  const config = configOf(set);
  return problems.length > 0 ? { kind: 'invalid', problems, unusable, config } : { kind: 'read', config };
}

const configOf = (set: z.output<typeof schema>): Config => ({
  databaseUrl: set.DATABASE_URL ?? null,
  sharded: set.DATABASE_SHARDS === 'citus',
  redisUrl: set.REDIS_URL ?? null,
  stripe: set.STRIPE_SECRET_KEY ? { secretKey: set.STRIPE_SECRET_KEY, apiBase: set.STRIPE_API_BASE ?? null } : null,
  stripeWebhookSecrets: (set.STRIPE_WEBHOOK_SECRET ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== ''),
  smtpUrl: set.SMTP_URL ?? null,
  mailFrom: set.MAIL_FROM ?? 'creditd <billing@localhost.localdomain>',
  publicUrl: set.PUBLIC_URL ?? null,
  operatorPassword: set.OPERATOR_PASSWORD ?? null,
  sessionSecrets: (set.SESSION_SECRET ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== ''),
  billingOrigins: readOrigins(set.BILLING_ORIGINS ?? '').origins,
  catalogs: (set.CATALOG ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== ''),
  host: set.HOST ?? '127.0.0.1',
  port: set.PORT ?? null,
  logLevel: set.LOG_LEVEL ?? 'info',
  traces: set.OTEL_EXPORTER_OTLP_ENDPOINT ?? null,
  allowUnsafeRedis: set.CREDITD_ALLOW_UNSAFE_REDIS === '1' || set.CREDITD_ALLOW_UNSAFE_REDIS === 'true',
  allowPrivateEndpoints: set.CREDITD_ALLOW_PRIVATE_ENDPOINTS === '1' || set.CREDITD_ALLOW_PRIVATE_ENDPOINTS === 'true',
  keptDays: readKeptDays(set.RETENTION_DAYS ?? '').days,
  stateHome: set.XDG_STATE_HOME ?? null,
  home: set.HOME ?? null,
});

/** What a part cannot do without outside the demo, each as a sentence that begins with the setting's name. */
export function missingFor(config: Config, part: 'worker' | 'api' | 'migrate' | 'command'): string[] {
  const missing: string[] = [];
  if (config.databaseUrl === null)
    missing.push(
      'DATABASE_URL is not set: creditd keeps its ledger in Postgres. Stand-ins exist only under npm start.',
    );
  if (part === 'migrate') return missing;
  if (part !== 'command' && config.stripe === null)
    missing.push(
      'STRIPE_SECRET_KEY is not set: without it nothing can be charged. The Stripe double exists only under npm start.',
    );
  if (part === 'worker' && config.smtpUrl === null)
    missing.push('SMTP_URL is not set: owners are told by mail of every charge.');
  if (part === 'api' && config.operatorPassword === null)
    missing.push(
      'OPERATOR_PASSWORD is not set: the dashboards show what owners paid, and are never open outside npm start.',
    );
  if (part === 'api' && localOrigins(config.billingOrigins).length > 0)
    missing.push(
      'BILLING_ORIGINS holds an origin without https: only npm start takes those of this machine. Name https origins.',
    );
  if (config.catalogs.length === 0)
    missing.push(
      'CATALOG is not set: name a catalog file, or the key of a built-in one (receptionist, atlios, rheos, storewriter, toolbench).',
    );
  return missing;
}
