/** Whether a Redis may be trusted with usage events that exist nowhere else yet. */
import { Redis } from 'ioredis';
import { isClusterUrl, readClusterUrl } from '../../messages/cluster.js';
import { messageOf } from './quiet.js';

export type RedisSafety =
  | { readonly kind: 'safe' }
  /** Each problem is a sentence with the command that fixes it. */
  | { readonly kind: 'unsafe'; readonly problems: readonly string[] }
  /** A managed Redis that shows neither CONFIG nor INFO: a person must look. */
  | { readonly kind: 'hidden'; readonly sentence: string }
  | { readonly kind: 'unreachable'; readonly reason: string };

const CONNECT_TIMEOUT_MS = 5_000;

const EVICTION = (policy: string) =>
  `Redis evicts keys (maxmemory-policy is ${policy}), so usage events could vanish. Run: redis-cli CONFIG SET maxmemory-policy noeviction, and set it in redis.conf.`;
const MEMORY_ONLY =
  'Redis keeps no append-only file, so usage events would be lost when it restarts. Run: redis-cli CONFIG SET appendonly yes, and set it in redis.conf.';
const HIDDEN =
  'This Redis does not show its settings. Make sure that its maxmemory-policy is noeviction and that its append-only file is on.';

/** Of a cluster every node that its URL names: the worst answer counts. */
export async function checkRedisSafety(url: string): Promise<RedisSafety> {
  if (!isClusterUrl(url)) return checkOne(url);
  const { nodes, username, password, tls } = readClusterUrl(url);
  const own = [username, password].map((one) => (one === null ? '' : encodeURIComponent(one)));
  const login = own.every((one) => one === '') ? '' : `${own.join(':')}@`;
  const answers = await Promise.all(
    nodes.map(({ host, port }) => checkOne(`${tls ? 'rediss' : 'redis'}://${login}${host}:${port}`)),
  );
  const worst = (['unsafe', 'hidden', 'safe'] as const).flatMap((kind) => answers.filter((one) => one.kind === kind));
  return worst[0] ?? answers[0] ?? { kind: 'unreachable', reason: 'no node was named' };
}

async function checkOne(url: string): Promise<RedisSafety> {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    commandTimeout: CONNECT_TIMEOUT_MS,
    maxRetriesPerRequest: 1,
    retryStrategy: () => null,
    // It asks INFO, and prints to the console where that is forbidden.
    enableReadyCheck: false,
  });
  // Why it could not connect is said here alone: the rejection only says that the connection is closed.
  let lost: unknown = null;
  redis.on('error', (error) => {
    lost = error;
  });
  try {
    await redis.connect();
    const policy =
      (await configured(redis, 'maxmemory-policy')) ?? (await informed(redis, 'memory', 'maxmemory_policy'));
    const file = (await configured(redis, 'appendonly')) ?? (await informed(redis, 'persistence', 'aof_enabled'));
    const problems = [
      ...(policy !== null && policy !== 'noeviction' ? [EVICTION(policy)] : []),
      ...(file !== null && file !== 'yes' && file !== '1' ? [MEMORY_ONLY] : []),
    ];
    if (problems.length > 0) return { kind: 'unsafe', problems };
    return policy === null || file === null ? { kind: 'hidden', sentence: HIDDEN } : { kind: 'safe' };
  } catch (error) {
    return { kind: 'unreachable', reason: messageOf(lost ?? error) };
  } finally {
    redis.disconnect();
  }
}

/** Null when the command is forbidden or unknown. A lost connection is not that, and throws. */
async function configured(redis: Redis, setting: string): Promise<string | null> {
  const answer = await redis.config('GET', setting).catch(unlessForbidden);
  return Array.isArray(answer) && typeof answer[1] === 'string' ? answer[1] : null;
}

async function informed(redis: Redis, section: string, field: string): Promise<string | null> {
  const text = await redis.info(section).catch(unlessForbidden);
  return text?.match(new RegExp(`^${field}:(\\S+)`, 'm'))?.[1] ?? null;
}

function unlessForbidden(error: unknown): null {
  if (error instanceof Error && /NOPERM|unknown command|not allowed|disabled|unsupported/i.test(error.message))
    return null;
  throw error;
}
