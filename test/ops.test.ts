/** What operators are given: alerts that promtool has tried, a dashboard of metrics that exist, a page for each alert. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { FINDINGS } from '../src/flow/reconcile-report.js';
import { makeMetrics } from '../src/http/metrics.js';
import { promtool } from './support/programs.js';

const ops = path.join(path.dirname(path.dirname(fileURLToPath(import.meta.url))), 'ops');
const read = (name: string): string => readFileSync(path.join(ops, name), 'utf8');

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly runbook: string };
}
const rules: Rule[] = parse(read('prometheus/creditd.rules.yml')).groups.flatMap(
  ({ rules }: { rules: Rule[] }) => rules,
);
const runbook = read('RUNBOOK.md');
const dashboard: { panels: { title: string; targets: { expr: string }[] }[] } = JSON.parse(
  read('grafana/creditd.json'),
);

/** Every metric with its labels, as a process with something of everything exports it. */
async function exported(): Promise<Map<string, Set<string>>> {
  const metrics = makeMetrics();
  metrics.usageEvent('refused', 'internal');
  metrics.batch({ size: 1, durationMs: 1, posted: false });
  metrics.charge('failed');
  metrics.mail('failed');
  metrics.parked('charge');
  metrics.breaker(true);
  metrics.stripeEvent('charge.refunded', 'done');
  metrics.eventOut('undelivered');
  metrics.audited(1, true);
  metrics.swept('events', 1);
  metrics.reconciled('settled', 1);
  const { body } = await metrics.scrape({
    tallies: async () => ({
      ...{ charges: { failed: 1 }, notices: { waiting: 1 }, refusals: { internal: 1 }, drifts: { held: 1 } },
      ...{ eventsWaiting: 1, endpointsFailing: 1 },
      outbox: [{ topic: 'charge', waiting: 1, parked: 1, dueLagMs: 1 }],
    }),
    queues: async () => [{ queue: 'usage', depth: { waiting: 1 }, oldestWaitingMs: 1 }],
  });
  const found = new Map<string, Set<string>>();
  for (const line of body.split('\n')) {
    const [, name = '', labels = ''] = /^([a-z_0-9]+)(?:\{(.*)\})? /.exec(line) ?? [];
    if (name === '') continue;
    const known = found.get(name) ?? new Set<string>();
    found.set(name, known);
    for (const [, label = ''] of labels.matchAll(/([a-z_]+)="/g)) known.add(label);
  }
  return found;
}

/** "metric{label" of a query: what it asks for. Labels that Prometheus adds are left out. */
const ADDED = new Set(['job', 'instance']);
function askedBy(expr: string): [metric: string, labels: string[]][] {
  const selectors = expr.matchAll(/\b((?:creditd|process|nodejs)_[a-z0-9_]+)(?:\{([^}]*)\})?/g);
  return [...selectors].map(([, metric = '', matchers = '']) => [
    metric,
    [...matchers.matchAll(/([a-z_]+)\s*(?:=~|!=|!~|=)/g)]
      .map(([, label = '']) => label)
      .filter((one) => !ADDED.has(one)),
  ]);
}

async function expectExported(exprs: readonly string[]): Promise<void> {
  const known = await exported();
  for (const expr of exprs) {
    for (const [metric, labels] of askedBy(expr)) {
      expect([...known.keys()], expr).toContain(metric);
      for (const label of labels) expect([...(known.get(metric) ?? [])], expr).toContain(label);
    }
    // What is summed by must be a label of something that is asked for.
    const labels = new Set(askedBy(expr).flatMap(([metric]) => [...(known.get(metric) ?? [])]));
    for (const [, list = ''] of expr.matchAll(/\bby \(([^)]*)\)/g))
      for (const label of list.split(',').map((one) => one.trim())) expect([...labels], expr).toContain(label);
  }
}

describe('alerts', () => {
  it.skipIf(promtool === null)(
    'are rules that Prometheus takes, and each fires and stays quiet as its course says',
    () => {
      const run = (...args: string[]): string =>
        execFileSync(promtool ?? '', args, { cwd: path.join(ops, 'prometheus'), encoding: 'utf8' });
      expect(run('check', 'rules', 'creditd.rules.yml')).toContain(`SUCCESS: ${rules.length} rules found`);
      expect(run('test', 'rules', 'creditd.rules.test.yml')).toContain('SUCCESS');
    },
  );

  it('are each tried twice: firing, and quiet', () => {
    const { tests } = parse(read('prometheus/creditd.rules.test.yml')) as { tests: { name: string }[] };
    const tried = rules.flatMap(({ alert }) => [`${alert} fires`, `${alert} is quiet`]);
    expect(tests.map(({ name }) => name).sort()).toEqual(tried.sort());
  });

  it('ask only for metrics and labels that are really exported', () => expectExported(rules.map(({ expr }) => expr)));

  it('name findings that comparing with Stripe can have', () => {
    const [expr = ''] = rules.filter(({ alert }) => alert === 'CreditdReconcileFinding').map((rule) => rule.expr);
    const named = /finding=~"([^"]+)"/.exec(expr)?.[1]?.split('|') ?? [];
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((one) => !(FINDINGS as readonly string[]).includes(one))).toEqual([]);
  });

  it('have each a page in the runbook that says what to do, and no page is left over', () => {
    const pages = [...runbook.matchAll(/^## (Creditd\w+)$/gm)].map(([, name]) => name);
    expect(pages.sort()).toEqual(rules.map(({ alert }) => alert).sort());
    for (const { alert, annotations, labels } of rules) {
      expect(annotations.runbook).toBe(`ops/RUNBOOK.md#${alert.toLowerCase()}`);
      expect(['page', 'ticket']).toContain(labels.severity);
    }
  });
});

describe('the dashboard', () => {
  const exprs = dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));

  it('asks only for metrics and labels that are really exported', () => expectExported(exprs));

  it('shows every metric of ours at least once', async () => {
    const shown = new Set(
      exprs.flatMap((expr) => askedBy(expr).map(([metric]) => metric.replace(/_(bucket|sum|count)$/, ''))),
    );
    const ours = [...(await exported()).keys()].filter((name) => name.startsWith('creditd_'));
    const names = new Set(ours.map((name) => name.replace(/_(bucket|sum|count)$/, '')));
    expect([...names].filter((name) => !shown.has(name))).toEqual([]);
  });
});
