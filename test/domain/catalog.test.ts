import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { BUILT_IN, builtInCatalog, builtInText } from '../../src/adapters/catalog/built-in.js';
import { catalogJsonSchema } from '../../src/adapters/catalog/json-schema.js';
import { loadCatalog, loadCatalogValue } from '../../src/adapters/catalog/load.js';
import { catalogCommand } from '../../src/cli/catalog.js';
import { linkTo, planOf } from '../../src/domain/catalog.js';
import { nearestName } from '../../src/domain/catalog-suggest.js';
import { credits, parseCredits } from '../../src/domain/credits.js';
import { catalogOf, costs, FRAME, problemsOf } from '../support/catalogs.js';

const METERS = 'meters: { m: { label: M, rate: 1 } }';

describe('the built-in catalogs', () => {
  test.each(BUILT_IN)('%s loads, and fits the published JSON Schema', (key) => {
    expect(builtInCatalog(key)).toMatchObject({ key, version: expect.stringMatching(/^v1-[0-9a-f]{12}$/) });
    const fits = new Ajv2020({ strict: false }).compile(catalogJsonSchema());
    fits(parse(builtInText(key)));
    expect(fits.errors ?? []).toEqual([]);
  });

  test('a key that is none of them is no catalog', () => {
    expect(builtInCatalog('../receptionist')).toBeNull();
  });
});

describe('numbers', () => {
  test('decimals are read as they are written, however many digits a float would lose', () => {
    const catalog = catalogOf(`${METERS}
credit_price: { credits: 123456789.000001, for: 0.01 }`);
    expect(catalog.creditPrice?.credits).toBe(parseCredits('123456789.000001'));
    expect(costs(catalogOf('meters: { m: { label: M, rate: 0.1 } }'), 'm', {}, 3)).toBe('0.3');
  });

  test('a number and the same number as text are the same', () => {
    const written = (amount: string) => catalogOf(METERS, FRAME.replace('allotment: 100', `allotment: ${amount}`));
    expect(written('12.50').plans).toEqual(written('"12.50"').plans);
  });

  test.each(['0x10', '1e3', '.5', '-1', '1_000', '1,5', '0.0000001', '.inf', 'ten'])(
    '%s is refused as an amount of credits',
    (amount) => {
      expect(problemsOf(FRAME.replace('allotment: 100', `allotment: "${amount}"`) + METERS)).toHaveLength(1);
    },
  );

  test('an amount of money has no more decimals than its currency', () => {
    const priceOf = (code: string, amount: string) =>
      problemsOf(`${FRAME.replace('currency: usd', `currency: ${code}`)}${METERS}
credit_price: { credits: 1, for: ${amount} }`);
    expect(priceOf('usd', '0.010')).toEqual([]);
    expect(priceOf('kwd', '0.005')).toEqual([]);
    expect(priceOf('jpy', '5')).toEqual([]);
    expect(priceOf('usd', '0.005')).toContain('credit_price.for: has more than the 2 decimals of USD.');
  });

  test('what is on offer can be charged: not below the processor’s minimum, and in its steps', () => {
    const pack = (code: string, amount: string) =>
      problemsOf(`${FRAME.replace('currency: usd', `currency: ${code}`)}${METERS}
credit_price: { credits: 1, for: ${amount} }
packs: { presets: [{ key: one, label: One, credits: 1, amount: ${amount} }] }`);
    expect([pack('usd', '0.50'), pack('gbp', '0.30'), pack('kwd', '0.510'), pack('jpy', '50')]).toEqual([
      ...[[], [], [], []],
    ]);
    expect(pack('usd', '0.49')).toEqual([
      'packs.presets[0]: must cost at least what the processor takes at once, $0.50.',
    ]);
    expect(pack('huf', '100')).toHaveLength(1);
    expect(pack('kwd', '0.515').join()).toContain('must cost a multiple of KWD');
    expect(pack('isk', '500.50').join()).toContain('must cost a multiple of ISK');
    expect(pack('ugx', '5000').join()).toContain('must be a currency code of three letters that can be charged in');
  });

  test('the smallest top-off and the smallest amount of one’s own can be charged as well', () => {
    const problems = problemsOf(`${FRAME}${METERS}
credit_price: { credits: 10, for: 1.00 }
packs: { custom: { by: money, min: 0.10, max: 5.00, step: 0.10 } }
auto_top_off: { threshold: 5, amount: 10, min_amount: 1, max_amount: 10, step: 1, largest_charge: 5.00, charges_per_hour: 3 }`);
    expect(problems).toEqual([
      'packs.custom.min: must cost at least what the processor takes at once, $0.50.',
      'auto_top_off.min_amount: must cost at least what the processor takes at once, $0.50.',
    ]);
  });
});

describe('the version', () => {
  const version = (text: string) => catalogOf(METERS, text).version;

  test('does not change with comments, spacing or the order of names', () => {
    const other = `# a comment\n${FRAME.replace('{ name: Test }', '\n  name: "Test"').replace('key: only, label: Only', 'label: Only, key: only')}`;
    expect(version(other)).toBe(version(FRAME));
  });

  test('changes with every figure', () => {
    expect(version(FRAME.replace('allotment: 100', 'allotment: 101'))).not.toBe(version(FRAME));
  });

  test('is the same for a catalog inside a JSON document', () => {
    const inline = loadCatalogValue(parse(`${FRAME}${METERS}`), 'scenario');
    expect(inline).toMatchObject({ kind: 'loaded', catalog: { version: version(FRAME) } });
  });
});

describe('problems', () => {
  test('are all reported at once, each with its path and what was probably meant', () => {
    const broken = builtInText('receptionist')
      .replace('currency: usd', 'currency: usdd')
      .replace('label: Standard', 'label: Standard\n    features: [watermark]')
      .replace('full_conversation: 1', 'full_conversatio: 1')
      .replace('threshold: 50', 'treshold: 50')
      .replace('credits: 500 }', 'credits: 500.5 }');
    expect(problemsOf(broken)).toEqual([
      'currency: must be a currency code of three letters that can be charged in, such as usd, not "usdd".',
      'plans[0].features[0]: names "watermark", which "features" does not list.',
      expect.stringMatching(/^meters.answered_call.rate.rows.full_conversatio: .*did you mean "full_conversation"\?$/),
      'meters.answered_call.rate.rows: has no row for "full_conversation": add it, or say "otherwise".',
      'packs.presets[2]: must be whole credits for whole money; the nearest: 500 credits for $125.00, or 501 credits for $125.25.',
      'auto_top_off.threshold: is missing: it must be an amount of credits up to a billion with at most six decimals, such as 5 or 0.25.',
      expect.stringMatching(/^auto_top_off.treshold: is not known here; did you mean "threshold"\?/),
    ]);
  });

  const meter = (body: string) =>
    problemsOf(`${FRAME}
limits: { runs: { kind: window, label: Runs, per: day }, seats: { kind: level, label: Seats } }
meters:
  m:
    label: M
    properties: { width: { type: whole }, size: { type: choice, one_of: [s, l] }, opt: { type: whole, required: false } }
${body.replace(/^/gm, '    ')}`).join('\n');

  test.each([
    ['rate: cheap', 'meters.m.rate: must be a rate: "free", a number of credits for each'],
    ['rate: { by: widht, bands: [{ rate: 1 }] }', 'did you mean "width"?'],
    ['rate: { by: size, bands: [{ rate: 1 }] }', 'neither quantity nor a numeric property'],
    ['rate: { by: opt, bands: [{ rate: 1 }] }', 'make the property required or give it a default'],
    ['rate: { by: width, bands: [{ rate: 1 }, { up_to: 5, rate: 2 }] }', 'nothing after it can ever be reached'],
    [
      'rate: { by: width, bands: [{ up_to: 5, rate: 1 }, { up_to: 5, rate: 2 }] }',
      'must be larger than the one before it',
    ],
    ['rate: { by: size, rows: { s: 1 } }', 'has no row for "l"'],
    ['rate: { by: size, row: { s: 1, l: 2 } }', 'meters.m.rate.row: is not known here; did you mean "rows"?'],
    ['rate: { of: width, tiers: [{ up_to: 5, credits: 1 }] }', 'must end with a tier without "up_to"'],
    ['rate: { credits: -1 }', 'meters.m.rate.credits: must be an amount of credits'],
    ['rate: 1\nmode: happend', 'did you mean "happened"?'],
    ['rate: 1\nfeature: video', 'names the feature "video"'],
    ['rate: 1\ncounts_toward: [{ limit: rusn }]', 'did you mean "runs"?'],
    ['rate: 1\ncounts_toward: [{ limit: seats }]', '"seats" is a level'],
    ['rate: 1\ncounts_toward: [{ limit: runs, by: opt }]', 'a property that is always there'],
    ['rate: 1\nquantity: { at_least: 5, at_most: 4 }', 'must not be below "at_least", 5'],
    ['rate: 1\nstandard_run: {}', 'meters.m.standard_run: Meter "m" needs the property "width"'],
  ])('%s', (body, expected) => {
    expect(meter(body)).toContain(expected);
  });

  test.each([
    ['packs: { presets: [{ credits: 5 }] }', 'packs: has no price'],
    [
      'credit_price: { credits: 25, for: 1 }\npacks: { custom: { by: money, min: 10.01, max: 20 } }',
      '250 credits for $10.00, or 251 credits for $10.04',
    ],
    ['credit_price: { credits: 0, for: 1 }', 'credits above 0'],
    [
      'credit_price: { credits: 1, for: 1 }\npacks: { presets: [{ credits: 5 }, { amount: 5 }] }',
      'holds "credits_5" twice',
    ],
    [
      'credit_price: { credits: 1, for: 1 }\nauto_top_off: { threshold: 5, amount: 15, min_amount: 10, max_amount: 500, step: 10, largest_charge: 100, charges_per_hour: 1 }',
      'must cover "max_amount", which costs $500.00',
    ],
    [
      'credit_price: { credits: 1, for: 1 }\nauto_top_off: { threshold: 5, amount: 15, min_amount: 10, max_amount: 50, step: 10, largest_charge: 100, charges_per_hour: 1 }',
      'be a multiple of "step"',
    ],
  ])('%s', (sections, expected) => {
    expect(problemsOf(`${FRAME}${METERS}\n${sections}`).join('\n')).toContain(expected);
  });

  test.each([
    ['', 'A catalog is a map of sections'],
    ['- a list', 'A catalog is a map of sections'],
    ['a: [', 'This is not readable YAML'],
    ['a: 1\na: 2', 'This is not readable YAML: Map keys must be unique'],
  ])('%j is no catalog, and says why', (text, expected) => {
    expect(problemsOf(text).join('\n')).toContain(expected);
  });

  test('a plan that offers what the catalog does not sell', () => {
    const offering = (what: string) => problemsOf(FRAME.replace('allotment: 100', `allotment: 100, ${what}`) + METERS);
    expect(offering('packs: true')[0]).toContain('offers packs, but the catalog has no "packs" section');
    expect(offering('pay_as_you_go_cap: 5')[0]).toContain('has no "pay_as_you_go" price');
    expect(offering('limits: { seats: 1 }')[0]).toContain('"limits" does not list');
  });

  test('a broken plan or meter does not hide the next one’s problems, and indexes stay those of the file', () => {
    const two = FRAME.replace(
      'plans: [',
      'plans: [{ key: a, label: A }, { key: b, label: B, allotment: 1, features: [x] }, ',
    );
    expect(problemsOf(`${two}meters: { p: { label: P }, q: { label: Q, rate: 1, feature: y } }`)).toEqual([
      expect.stringMatching(/^plans\[0\].allotment: is missing/),
      expect.stringMatching(/^plans\[1\].features\[0\]: names "x"/),
      expect.stringMatching(/^meters.p.rate: /),
      expect.stringMatching(/^meters.q.feature: names the feature "y"/),
    ]);
  });

  test('a link leads to https or into this system, and nowhere else', () => {
    const linked = (to: string) => problemsOf(FRAME.replace('/billing }', `"${to}" }`) + METERS);
    expect(linked('https://product.example/{slug}')).toEqual([]);
    for (const to of ['http://x.example', 'javascript:alert(1)', '//evil.example', '/a b', '/{sulg}']) {
      expect(linked(to)).toHaveLength(1);
    }
  });
});

describe('small parts', () => {
  test('a slug is escaped in a link, whatever it holds', () => {
    expect(linkTo('/org/{slug}/billing?for={slug}', 'a/b $& c')).toBe(
      '/org/a%2Fb%20%24%26%20c/billing?for=a%2Fb%20%24%26%20c',
    );
  });

  test('what is far from every known name is not suggested', () => {
    expect(nearestName('outcme', ['outcome', 'seconds'])).toBe('outcome');
    expect(nearestName('uotcome', ['outcome', 'seconds'])).toBe('outcome');
    expect(nearestName('price', ['outcome', 'seconds'])).toBeUndefined();
  });

  test('a plan says what it does not: a month, no cap, no trial', () => {
    expect(planOf(catalogOf(METERS), 'only')).toMatchObject({
      allotment: credits(100),
      every: { unit: 'month', count: 1 },
      overageCapMinor: null,
      trial: null,
      packs: false,
      topOff: false,
    });
  });
});

describe('creditd catalog', () => {
  const run = (...args: string[]) => {
    const lines: string[] = [];
    return { code: catalogCommand(args, (line) => lines.push(line)), text: lines.join('\n') };
  };
  const withFile = (text: string) => {
    const folder = mkdtempSync(join(tmpdir(), 'creditd-catalog-'));
    try {
      const file = join(folder, 'catalog.yaml');
      writeFileSync(file, text);
      return run('check', file);
    } finally {
      rmSync(folder, { recursive: true });
    }
  };

  test('check answers 0 and a summary for a good file', () => {
    const { code, text } = withFile(builtInText('receptionist'));
    expect(code).toBe(0);
    expect(text).toContain('Standard: 100 credits every month, $49.00 every month');
    expect(text).toContain('answered_call: Answered call, 1 credit');
  });

  test('check answers 1 and file, line and path of each problem for a bad one', () => {
    const { code, text } = withFile('format: 1\nkey: x\ncurrency: euro\n');
    expect(code).toBe(1);
    expect(text).toMatch(/catalog\.yaml:3 {2}currency: must be a currency code/);
    expect(text).toMatch(/catalog\.yaml {2}words: is missing\./);
    expect(text).toMatch(/5 problems\.$/);
  });

  test('check says in words that a file cannot be read', () => {
    expect(run('check', '/nowhere/catalog.yaml')).toMatchObject({
      code: 1,
      text: expect.stringContaining('cannot be read'),
    });
  });

  test('schema, list and show print what they name, anything else prints the usage', () => {
    expect(JSON.parse(run('schema').text)).toMatchObject({ title: 'A creditd catalog', type: 'object' });
    expect(run('list').text.split('\n')).toHaveLength(5);
    expect(run('show', 'rheos').text).toBe(builtInText('rheos').trimEnd());
    expect(run('show', 'rhoes')).toMatchObject({ code: 2, text: expect.stringContaining('did you mean "rheos"?') });
    for (const args of [[], ['check'], ['chek', 'x'], ['schema', 'x'], ['check', 'a', 'b']]) {
      expect(run(...args)).toMatchObject({ code: 2, text: expect.stringContaining('Usage:') });
    }
  });

  test('text of a parser that was given JSON is a catalog too', () => {
    expect(loadCatalog(JSON.stringify(parse(`${FRAME}${METERS}`)), 'catalog.json').kind).toBe('loaded');
  });
});
