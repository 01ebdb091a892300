import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseInstant } from '../src/domain/instant.js';
import { isStorable, storableCopy } from '../src/messages/storable.js';
import {
  EVENTS_PER_JOB,
  JOB_BYTES,
  readEvent,
  readStepJob,
  readUsageJob,
  usageJobJsonSchema,
} from '../src/messages.js';

const EVENT = { account: 'store_42', meter: 'call', key: 'call_1' };
const FULL = {
  ...EVENT,
  mode: 'if_covered',
  quantity: 1.5,
  properties: { seconds: 95, model: 'large', night: true },
  member: 'u_7',
  pool: 'support',
  lot: '01890000-0000-7000-8000-000000000001',
  catalogVersion: '2026-03',
  occurredAt: '2026-03-01T12:00:00.123+01:00',
};
const job = (event: unknown) => ({ v: 1, event });

const refusal = (event: unknown) => {
  const read = readEvent(event);
  if (read.kind === 'event') throw new Error('It was read.');
  return read;
};

describe('a usage job', () => {
  it('is published as JSON Schema exactly as it is read (vitest -u writes it anew)', async () => {
    // Short lists on one line, as the formatter keeps the file.
    const text = JSON.stringify(usageJobJsonSchema(), null, 2).replace(
      /\[\s+("[^[\]{}]*")\s+\]/g,
      (_list, items: string) => `[${items.replace(/,\s+/g, ', ')}]`,
    );
    const published = `${text}\n`;
    await expect(published).toMatchFileSnapshot('../schemas/usage-job.v1.schema.json');
  });

  it.each([
    ['one event', job(EVENT)],
    ['an event with every field', job(FULL)],
    ['an array', { v: 1, events: [EVENT, FULL] }],
    ['the longest array', { v: 1, events: Array.from({ length: EVENTS_PER_JOB }, () => EVENT) }],
  ])('is read as it was written: %s', (_what, data) => {
    const events = 'event' in data ? [data.event] : data.events;
    expect(readUsageJob(data)).toEqual({ kind: 'read', events: events.map((event) => ({ kind: 'event', event })) });
  });

  it.each([
    [/must be an object/, null],
    [/must be an object/, 'text'],
    [/must be an object/, [job(EVENT)]],
    [/no "v"/, EVENT],
    [/version 1, and this release reads version 1/, { v: '1', event: EVENT }],
    [/version 2, and this release reads version 1\. Upgrade the worker/, { v: 2, event: EVENT }],
    [/exactly one of event and events/, { v: 1 }],
    [/exactly one of event and events/, { v: 1, event: EVENT, events: [EVENT] }],
    [/"hurry" is not a field/, { ...job(EVENT), hurry: true }],
    [/must be an array/, { v: 1, events: EVENT }],
    [/1 to 1000 events, and holds 0/, { v: 1, events: [] }],
    [/holds 1001/, { v: 1, events: Array.from({ length: EVENTS_PER_JOB + 1 }, () => EVENT) }],
    [/larger than 1000000 bytes/, job({ ...EVENT, member: 'x'.repeat(JOB_BYTES) })],
  ])('is unreadable, with the reason: %s', (reason, data) => {
    expect(readUsageJob(data)).toEqual({ kind: 'unreadable', reason: expect.stringMatching(reason) });
  });

  it('goes on with the good events beside a bad one, whose account and key are kept', () => {
    const read = readUsageJob({ v: 1, events: [EVENT, { ...EVENT, key: 'call_2', quantity: '3' }, 'nonsense', FULL] });
    expect(read).toMatchObject({
      kind: 'read',
      events: [
        { kind: 'event' },
        { kind: 'invalid', reason: 'invalid', account: 'store_42', key: 'call_2', raw: { quantity: '3' } },
        { kind: 'invalid', account: null, key: null, raw: 'nonsense' },
        { kind: 'event' },
      ],
    });
  });
});

describe('an event', () => {
  it.each([
    ['account', { ...EVENT, account: undefined }, '"account" is missing'],
    ['account', { ...EVENT, account: '' }, '"account" must be text of 1 to 200'],
    ['account', { ...EVENT, account: 'a'.repeat(201) }, '"account" must be text of 1 to 200'],
    ['account', { ...EVENT, account: 'a\0' }, 'without NUL'],
    ['key', { ...EVENT, key: 'half \ud83d' }, 'half a surrogate pair'],
    ['meter', { ...EVENT, meter: 7 }, '"meter" must be text'],
    ['mode', { ...EVENT, mode: 'later' }, '"happened" or "if_covered"'],
    ['quantity', { ...EVENT, quantity: '1' }, '"quantity" must be a number'],
    ['quantity', { ...EVENT, quantity: -1 }, 'from 0 to'],
    ['quantity', { ...EVENT, quantity: 1e13 }, 'from 0 to'],
    ['properties', { ...EVENT, properties: [] }, 'object of named values'],
    ['properties.a', { ...EVENT, properties: { a: { b: 1 } } }, '"properties.a" must be text'],
    ['properties.a', { ...EVENT, properties: { a: null } }, '"properties.a" must be text'],
    ['properties.a', { ...EVENT, properties: { a: 'x\0' } }, '"properties.a" must be text'],
    ['properties.1a', { ...EVENT, properties: { '1a': 1 } }, 'must be named by a letter'],
    ['__proto__', JSON.parse('{"account":"a","meter":"m","key":"k","properties":{"__proto__":1}}'), 'leave it out'],
    [
      'properties',
      { ...EVENT, properties: Object.fromEntries(Array.from({ length: 51 }, (_, at) => [`p${at}`, 1])) },
      'at most 50',
    ],
    ['lot', { ...EVENT, lot: 'first' }, 'UUID of a lot'],
    ['occurredAt', { ...EVENT, occurredAt: '2026-03-01T12:00:00' }, 'with an offset'],
    ['occurredAt', { ...EVENT, occurredAt: '2026-02-30T12:00:00Z' }, 'ISO 8601'],
    ['occurredAt', { ...EVENT, occurredAt: 1_772_366_400_000 }, 'ISO 8601'],
    ['price', { ...EVENT, price: 1 }, '"price" is not a field of an event; leave it out.'],
    ['', 'text', 'The event must be an object'],
  ])('is refused for %s, in a sentence that says what to do', (field, event, sentence) => {
    expect(refusal(event).message).toContain(sentence);
    expect(refusal(event).field).toBe(field);
  });

  it('counts characters, so 200 of any script are 200', () => {
    expect(readEvent({ ...EVENT, key: '🪙'.repeat(200) }).kind).toBe('event');
    expect(readEvent({ ...EVENT, key: '🪙'.repeat(201) }).kind).toBe('invalid');
  });

  it('is judged alike by the published schema and by the reader', () => {
    const ajv = new Ajv2020({ validateFormats: false });
    const valid = ajv.compile(usageJobJsonSchema());
    const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 210 }), fc.constantFrom('a', '', 'x\0', '\udc00'));
    const value = fc.oneof(
      text,
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.boolean(),
      fc.constant(null),
    );
    const event = fc.record(
      {
        account: text,
        meter: text,
        key: text,
        mode: fc.constantFrom('happened', 'if_covered', 'other'),
        quantity: value,
        properties: fc.dictionary(fc.constantFrom('seconds', 'a.b', '9', ''), value),
        occurredAt: fc.constantFrom('2026-03-01T12:00:00Z', '2026-13-01T12:00:00Z', 'now'),
        more: fc.constant(1),
      },
      { requiredKeys: ['account', 'meter', 'key'] },
    );
    fc.assert(
      fc.property(event, (one) => {
        const written = JSON.parse(JSON.stringify(one));
        expect(readEvent(written).kind === 'event').toBe(valid(job(written)));
      }),
      { numRuns: 500 },
    );
  });

  it('has an occurred-at that the rest of the house can read', () => {
    for (const occurredAt of [
      '2026-03-01T12:00:00Z',
      '2026-03-01T12:00:00.123456789-11:30',
      '2028-02-29T23:59:59+14:00',
    ]) {
      expect(readEvent({ ...EVENT, occurredAt }).kind).toBe('event');
      expect(parseInstant(occurredAt)).not.toBeNull();
    }
    expect(readEvent({ ...EVENT, occurredAt: '2026-03-01T12:00:00.1234567891Z' }).kind).toBe('invalid');
  });
});

describe('what a refusal keeps', () => {
  const strings = (value: unknown): string[] =>
    typeof value === 'string'
      ? [value]
      : typeof value === 'object' && value !== null
        ? Object.entries(value).flatMap(([name, field]) => [name, ...strings(field)])
        : [];

  it('can be stored whatever came, is bounded, and reading never throws', () => {
    fc.assert(
      fc.property(
        fc.jsonValue({ stringUnit: 'binary', maxDepth: 12 }),
        fc.constantFrom('\0', '\ud800', 'x\udfff'),
        (value, bad) => {
          const read = refusal([value, bad, { [bad]: bad }]);
          expect(strings(read.raw).every(isStorable)).toBe(true);
          expect(isStorable(read.message)).toBe(true);
          expect(JSON.stringify(read.raw).length).toBeLessThanOrEqual(20_000);
        },
      ),
    );
    const deep = JSON.parse(`${'['.repeat(3_000)}1${']'.repeat(3_000)}`);
    expect(
      JSON.stringify(storableCopy({ deep, long: 'x'.repeat(100_000), many: Array(10_000).fill('y'.repeat(500)) }))
        .length,
    ).toBeLessThanOrEqual(20_000);
  });
});

describe('a step’s job', () => {
  it('is read by its two ids and nothing else', () => {
    const id = '01890000-0000-7000-8000-000000000001';
    expect(readStepJob({ v: 1, account: 7, id })).toEqual({ kind: 'read', accountNo: 7, id });
    for (const data of [
      { v: 2, account: 7, id },
      { v: 1, account: '7', id },
      { v: 1, account: 7, id: 'x' },
      { v: 1, account: 7, id, amount: 5 },
    ]) {
      expect(readStepJob(data)).toMatchObject({
        kind: 'unreadable',
        reason: expect.stringContaining('cannot be read'),
      });
    }
  });
});
