import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { EVENT_TYPES, eventJsonSchema } from '../src/messages/events.js';

const SENT = {
  id: '01890000-0000-7000-8000-000000000001',
  timestamp: '2026-03-01T12:00:00.000Z',
  account: 'store_42',
  sequence: 7,
};

const LINE_WIDTH = 120;

describe('an event', () => {
  it('is published as JSON Schema exactly as it is sent (vitest -u writes it anew)', async () => {
    // Short lists on one line, as the formatter keeps the file.
    const text = JSON.stringify(eventJsonSchema(), null, 2).replace(
      /^( *(?:"[^"]+": )?)\[\s+("[^[\]{}]*")\s+\](,?)/gm,
      (list, before: string, items: string, after: string) => {
        const line = `${before}[${items.replace(/,\s+/g, ', ')}]${after}`;
        return line.length > LINE_WIDTH ? list : line;
      },
    );
    await expect(`${text}\n`).toMatchFileSnapshot('../schemas/event.v1.schema.json');
  });

  it('can be checked by any reader of JSON Schema', () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    const check = ajv.compile(eventJsonSchema());
    const low = { ...SENT, type: 'balance.low', data: { balance: '12.5', threshold: '50' } };
    expect(check(low)).toBe(true);
    expect(check({ ...low, data: { balance: 12.5, threshold: '50' } })).toBe(false);
    expect(check({ ...low, type: 'balance.unheard' })).toBe(false);
    expect(check({ ...low, sequence: 0 })).toBe(false);
  });

  it('has a type of two words, divided by a dot', () => {
    expect(EVENT_TYPES.filter((type) => !/^[a-z_]+\.[a-z_]+$/.test(type))).toEqual([]);
  });
});
