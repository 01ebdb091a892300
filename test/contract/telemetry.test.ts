/** Traces through the whole river, as a collector receives them, and nothing of it where no collector is named. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.js';
import { makeLifecycle } from '../../src/lifecycle.js';
import { USAGE_QUEUE } from '../../src/messages.js';
import type { Log } from '../../src/ports.js';
import { createProducer } from '../../src/producer.js';
import { openTelemetry, type Telemetry } from '../../src/wire-telemetry.js';
import { root } from '../house/source.js';
import { type CollectedSpan, startCollector } from '../support/collector.js';
import { bareEnvironment } from '../support/environment.js';
import { type LocalRiver, openLocalRiver, runDry } from '../support/local-river.js';
import { redisAvailable, startRedis, type TestRedis } from '../support/redis.js';
import { callEvent } from '../support/river.js';

const QUIET: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const one = (spans: readonly CollectedSpan[], what: (span: CollectedSpan) => boolean): CollectedSpan => {
  const [found, ...others] = spans.filter(what);
  if (found === undefined || others.length > 0) throw new Error(`not one span but ${others.length + (found ? 1 : 0)}`);
  return found;
};

describe.skipIf(!redisAvailable)('traces', () => {
  const lifecycle = makeLifecycle(QUIET);
  let redis: TestRedis;
  let collector: Awaited<ReturnType<typeof startCollector>>;
  let telemetry: Telemetry;
  let river: LocalRiver;
  let spans: readonly CollectedSpan[];

  beforeAll(async () => {
    redis = await startRedis();
    collector = await startCollector();
    telemetry = await openTelemetry(collector.url, 'worker', QUIET, lifecycle);
    river = await openLocalRiver({ queue: { kind: 'redis', url: redis.url }, telemetry });
    await river.account('traced');
    await river.account('other', null);
    const spoilt = { telemetry: { metadata: '{not JSON' } };
    await river.queues.ask(USAGE_QUEUE, (usage) =>
      usage.add('usage', { v: 1, event: callEvent('other', 'other-1') }, spoilt),
    );
    const producer = createProducer({ connection: redis.url, ...telemetry.queueSpans });
    await telemetry.tracer.span('product', {}, async () => {
      for (let call = 0; call < 60; call += 1) void producer.track(callEvent('traced', `call-${call}`));
      await producer.close();
    });
    await river.startWorker();
    await runDry(river);
    await river.close();
    // The last spans leave with the closing.
    await lifecycle.close();
    spans = collector.spans();
  }, 90_000);
  afterAll(async () => {
    await river?.close();
    await lifecycle.close();
    await collector?.stop();
    await redis?.stop();
  });

  const childOf = (parent: CollectedSpan, name: string): CollectedSpan =>
    one(spans, (span) => span.name === name && span.parentSpanId === parent.spanId);

  it("go from the product's own span over the job into the batch that debits it", () => {
    const product = one(spans, ({ name }) => name === 'product');
    const add = childOf(product, 'add usage.usage');
    const job = childOf(add, 'process usage');
    expect([add.traceId, job.traceId]).toEqual([product.traceId, product.traceId]);
    const batch = one(spans, ({ name, links }) => name === 'debit batch' && links.includes(job.spanId));
    expect(batch.attributes).toMatchObject({ 'creditd.outcome': 'posted' });
    expect(batch.parentSpanId).toBe('');
    expect(batch.traceId).not.toBe(product.traceId);
  });

  it('go from the outbox over the charge to every call of the processor', () => {
    const create = one(spans, ({ attributes }) => attributes['creditd.task'] === 'create_intent');
    const confirm = one(spans, ({ attributes }) => attributes['creditd.task'] === 'confirm');
    const charge = create.attributes['creditd.charge'];
    for (const step of [create, confirm])
      expect(step.attributes).toMatchObject({
        'creditd.account': 'traced',
        'creditd.charge': charge,
        'creditd.outcome': 'seen',
      });
    expect(confirm.attributes['creditd.intent']).toBe('succeeded');
    expect(childOf(create, 'stripe createIntent').attributes['creditd.outcome']).toBe('seen');
    expect(childOf(confirm, 'stripe confirmIntent').attributes['creditd.outcome']).toBe('seen');
    const job = one(spans, ({ spanId }) => spanId === create.parentSpanId);
    expect([job.name, confirm.parentSpanId]).toEqual(['process charge', job.spanId]);
    const added = one(spans, ({ spanId }) => spanId === job.parentSpanId);
    const relay = one(spans, ({ spanId }) => spanId === added.parentSpanId);
    expect([added.name, relay.name, relay.parentSpanId]).toEqual(['addBulk charge', 'relay', '']);
  });

  it('go from the notice to the mail, which names the charge that it tells of', () => {
    const notice = one(spans, ({ name }) => name === 'notice');
    const confirm = one(spans, ({ attributes }) => attributes['creditd.task'] === 'confirm');
    expect(notice.attributes).toMatchObject({
      'creditd.account': 'traced',
      'creditd.kind': 'top_off_succeeded',
      'creditd.charge': confirm.attributes['creditd.charge'],
      'creditd.outcome': 'accepted',
    });
    expect(childOf(notice, 'mail send').attributes['creditd.outcome']).toBe('accepted');
    expect(one(spans, ({ spanId }) => spanId === notice.parentSpanId).name).toBe('process notice');
  });

  it('do not begin where a job carries what is no context, and its usage is debited all the same', () => {
    const jobs = spans.filter(({ name, parentSpanId }) => name === 'process usage' && parentSpanId === '');
    expect(jobs).toHaveLength(1);
    expect(spans.some(({ name, links }) => name === 'debit batch' && links.includes(jobs[0]?.spanId ?? ''))).toBe(true);
  });

  it('hold no key of the processor, no address of a person and no content of an event', () => {
    const said = collector.said();
    expect(said).toContain('traced');
    for (const kept of ['sk_test', '@', 'pm_', 'call-1', 'full_conversation', redis.url])
      expect(said).not.toContain(kept);
  });

  it('hold nothing that happens all the time: no idle fetch, no tick, no renewed lock', () => {
    const names = new Set(spans.map(({ name }) => name.replace(/ (usage|charge|notice|event|webhook)\b.*/, '')));
    expect([...names].sort()).toEqual([
      ...['add', 'addBulk', 'charge', 'debit batch', 'mail send', 'notice', 'process', 'product', 'relay'],
      ...['stripe confirmIntent', 'stripe createIntent'],
    ]);
    expect(spans.filter(({ isError }) => isError)).toEqual([]);
  });
});

describe('traces without a collector', () => {
  /** All of these packages are CommonJS to Node, so that its cache lists what was loaded. */
  const LOAD = `
import { createRequire } from 'node:module';
await import(process.cwd() + '/dist/src/wire.js');
const { openTelemetry } = await import(process.cwd() + '/dist/src/wire-telemetry.js');
const { readConfig } = await import(process.cwd() + '/dist/src/config.js');
await openTelemetry(readConfig().config.traces, 'worker', { warn() {} }, { onClose() {} });
console.log(Object.keys(createRequire(process.cwd() + '/x.js').cache).join('\\n'));
`;
  const loadedWith = async (more: Record<string, string>): Promise<readonly string[]> => {
    const args = ['--input-type=module', '--eval', LOAD];
    const { stdout } = await promisify(execFile)(process.execPath, args, {
      ...{ cwd: root, env: bareEnvironment(more), timeout: 30_000 },
    });
    const packages = stdout.match(/(?<=\/node_modules\/)(@opentelemetry\/[^/\n]+|bullmq-otel)/g) ?? [];
    return [...new Set(packages)].sort();
  };

  it('load nothing of OpenTelemetry but the interface that the metrics library asks for by itself', async () => {
    expect(await loadedWith({})).toEqual(['@opentelemetry/api']);
    const named = await loadedWith({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' });
    expect(named).toContain('bullmq-otel');
    expect(named).toContain('@opentelemetry/sdk-trace-node');
  });

  it('are off unless the setting is a URL, and one that is none is said at the start', () => {
    expect(readConfig({}).config.traces).toBeNull();
    expect(readConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: '' }).config.traces).toBeNull();
    const wrong = readConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' });
    expect(wrong.kind === 'invalid' && wrong.problems).toEqual([
      'OTEL_EXPORTER_OTLP_ENDPOINT must be a URL such as http://127.0.0.1:4318.',
    ]);
  });
});
