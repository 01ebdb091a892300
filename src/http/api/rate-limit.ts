/** So many requests a second for each asker: a bucket that fills evenly, kept in this process, bounded in number. */
export interface RateLimit {
  /** Takes one and answers 0, or how many milliseconds to wait. */
  take(who: string): number;
}

interface Bucket {
  tokens: number;
  atMs: number;
}

const ASKERS_KEPT = 10_000;

export function makeRateLimit(
  perSecond: number,
  burst: number,
  nowMs: () => number = () => performance.now(),
): RateLimit {
  const buckets = new Map<string, Bucket>();
  return {
    take(who) {
      const now = nowMs();
      const bucket = buckets.get(who) ?? { tokens: burst, atMs: now };
      // Put back at the end, so that the first in the map is the one that has been quiet longest.
      buckets.delete(who);
      buckets.set(who, bucket);
      if (buckets.size > ASKERS_KEPT) {
        const [quietest] = buckets.keys();
        if (quietest !== undefined) buckets.delete(quietest);
      }
      bucket.tokens = Math.min(burst, bucket.tokens + ((now - bucket.atMs) / 1_000) * perSecond);
      bucket.atMs = now;
      if (bucket.tokens >= 1) {
        bucket.tokens -= 1;
        return 0;
      }
      return ((1 - bucket.tokens) / perSecond) * 1_000;
    },
  };
}
