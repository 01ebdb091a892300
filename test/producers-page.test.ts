/** docs/producers.md and its fixtures: what other languages are told is what the worker reads. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { KEY_PREFIX, readEvent, readUsageJob, USAGE_QUEUE } from '../src/messages.js';
import { root } from './house/source.js';

interface Fixtures {
  readonly schema: string;
  readonly taken: readonly { readonly what: string; readonly job: unknown }[];
  readonly eventRefused: readonly { readonly what: string; readonly field: string; readonly job: unknown }[];
  readonly unreadable: readonly { readonly what: string; readonly job: unknown }[];
}

const FIXTURES = 'docs/fixtures/usage-job.v1.json';
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');
const fixtures = JSON.parse(read(FIXTURES)) as Fixtures;
const page = read('docs/producers.md');
const isValid = new Ajv2020({ validateFormats: false }).compile(
  JSON.parse(read(path.join(path.dirname(FIXTURES), fixtures.schema))),
);
const blocks = (language: string): string[] =>
  [...page.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, block]) => block ?? '');

describe('the fixtures of the usage job', () => {
  it.each(fixtures.taken)('are valid and are read: $what', ({ job }) => {
    expect(isValid(job)).toBe(true);
    const found = readUsageJob(job);
    expect(found.kind === 'read' && found.events.every(({ kind }) => kind === 'event')).toBe(true);
  });

  it.each(fixtures.eventRefused)('are invalid, and the one event is refused for its field: $what', ({ job, field }) => {
    expect(isValid(job)).toBe(false);
    expect(readUsageJob(job)).toMatchObject({ kind: 'read', events: [{ kind: 'invalid', field }] });
  });

  it.each(fixtures.unreadable)('are invalid and fail whole: $what', ({ job }) => {
    expect(isValid(job)).toBe(false);
    expect(readUsageJob(job)).toMatchObject({ kind: 'unreadable' });
  });

  it('show every field that an event may have', () => {
    const fields = Object.keys(JSON.parse(read('schemas/usage-job.v1.schema.json')).$defs.UsageEvent.properties);
    const jobs = fixtures.taken.flatMap(({ job }) => Object.values(job as object).flat() as object[]);
    const shown = new Set(jobs.flatMap((one) => Object.keys(Object(one))));
    expect(fields.filter((field) => !shown.has(field))).toEqual([]);
    expect(fields.filter((field) => !page.includes(`\`${field}\``))).toEqual([]);
  });
});

describe('docs/producers.md', () => {
  it('shows jobs that the worker reads', () => {
    const jobs = blocks('json').map((block) => JSON.parse(block));
    expect(jobs).toHaveLength(2);
    for (const job of jobs) {
      expect(isValid(job)).toBe(true);
      expect(readUsageJob(job)).toMatchObject({ kind: 'read' });
    }
  });

  it('posts with curl what the door reads', () => {
    const [body = ''] = blocks('sh').flatMap((block) => [/-d '([^']+)'/.exec(block)?.[1] ?? '']);
    const { events } = JSON.parse(body) as { events: unknown[] };
    expect(events.map((event) => readEvent(event).kind)).toEqual(['event']);
  });

  it('names the queue and the prefix that the worker reads, in each language, and says what is untested', () => {
    for (const language of ['python', 'elixir', 'php']) {
      const [block = ''] = blocks(language);
      expect(block).toMatch(new RegExp(`["']${USAGE_QUEUE}["']`));
      expect(block).toMatch(new RegExp(`["']?prefix["']?(:| =>) ["']${KEY_PREFIX}["']`));
    }
    expect(page).toContain('untested here');
  });
});
