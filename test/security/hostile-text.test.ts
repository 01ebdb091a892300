/** SQL and HTML through every text that a stranger may choose, down to mails and pages: stored as it is, and never run. */
import PostalMime from 'postal-mime';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { makeApiKeys } from '../../src/adapters/postgres/api-keys.js';
import { makePrisma } from '../../src/adapters/postgres/prisma.js';
import { SCOPES } from '../../src/domain/permissions.js';
import { query } from '../support/admin.js';
import { type FreshDatabase, freshDatabase } from '../support/database.js';
import { type LocalRiver, openLocalRiver, runDry } from '../support/local-river.js';
import { prepareRoles, type RoleUsers } from '../support/roles.js';
import { brokenSums } from '../support/sums.js';
import { until } from '../support/wait.js';

const HTML = '"><script>alert(1)</script><img src=x onerror=alert(2)>{{7*7}}<%=7*7%>';
const SQL = `'; drop table accounts; --`;
const LINES = 'a name with an escape \\\' \\" \\n and a quote " and a star */*';
const TEXTS = [HTML, SQL, LINES] as const;
/** What would act if it stood in markup as it is. */
const ALIVE = /<script>alert|<img src=x|onerror=alert\(2\)>(?!&)/;

let database: FreshDatabase;
let users: RoleUsers;
let river: LocalRiver;
let token: string;
let tables: unknown;

const call = async (method: string, path: string, body?: unknown) => {
  const asked = await ask(method, path, body);
  expect(asked.status, `${method} ${path} ${asked.text.slice(0, 200)}`).toBeLessThan(500);
  return asked;
};

const ask = async (method: string, path: string, body?: unknown) => {
  const answer = await fetch(`${river.apiUrl}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json', 'idempotency-key': `k-${calls++}` }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, type: answer.headers.get('content-type') ?? '', text: await answer.text(), answer };
};
let calls = 0;

const shape = () =>
  query(
    database.url,
    `select table_name, count(*)::int as columns from information_schema.columns
     where table_schema = 'public' group by 1 order by 1`,
  );

beforeAll(async () => {
  database = await freshDatabase();
  // Under the roles that are shipped: whatever is asked here, each part may do no more than its own.
  users = await prepareRoles(database.url);
  river = await openLocalRiver({
    ...{ webhooks: true, databaseUrl: users.urls.creditd_api, workerDatabaseUrl: users.urls.creditd_worker },
    queue: { kind: 'postgres', url: database.url },
  });
  await river.startWorker();
  const { store } = river;
  const prisma = makePrisma(database.url, 1);
  token = (await makeApiKeys(prisma, store.clock, store.newId).create({ name: HTML, scopes: SCOPES, catalog: null }))
    .secret;
  await prisma.$disconnect();
  tables = await shape();
});
afterAll(async () => {
  await river?.close();
  await database?.drop();
  await users?.drop(inject('postgres').adminUrl);
});

describe.each(TEXTS)('with the text %s', (text) => {
  const id = `acc ${text}`;
  const at = `/v1/accounts/${encodeURIComponent(id)}`;

  test('F47 F48 an account, its people, its use and its lots carry it, and it comes back as it was', async () => {
    const owners = [{ id: text, email: 'owner@example.com' }];
    const opened = await call('POST', '/v1/accounts', { id, name: text, slug: text, plan: 'standard', owners });
    expect([opened.status, JSON.parse(opened.text).name]).toEqual([201, text]);
    const used = await call('POST', '/v1/usage?wait=true', {
      events: [
        {
          ...{ account: id, meter: 'answered_call', key: text, quantity: 60, member: text },
          properties: { outcome: 'full_conversation' },
        },
        { account: id, meter: text, key: `meter ${text}`, quantity: 1, properties: { [text]: text } },
        {
          account: id,
          meter: 'answered_call',
          key: `pool ${text}`,
          quantity: 1,
          pool: text,
          properties: { outcome: text },
        },
      ],
    });
    expect(used.status).toBe(200);
    expect(JSON.parse(used.text).done).toHaveLength(1);
    expect(JSON.parse(used.text).refused).toHaveLength(2);
    await call('POST', `${at}/grants`, { credits: '5', reason: text, label: text });
    await call('PUT', `${at}/members/${encodeURIComponent(text)}`, {
      role: 'owner',
      email: 'owner@example.com',
      name: text,
    });
    await call('POST', `${at}/holds`, {
      key: text,
      meter: 'answered_call',
      quantity: 1,
      properties: { outcome: text },
    });
    await call('POST', `${at}/reversals`, { use: text, reason: text });
    await call('PUT', `${at}/pools/${encodeURIComponent(text)}`, { credits: '1', members: [text] });
  });

  test('F47 in a path, a filter, an order or a page’s mark it is no statement', async () => {
    const name = encodeURIComponent(text);
    for (const path of [
      `${at}/activity?meter=${name}&member=${name}`,
      `${at}/activity?before=${name}`,
      `${at}/activity?kind=${name}&order=${name}`,
      `${at}/activity.csv?meter=${name}`,
      `${at}/charges/${name}`,
      `${at}/lots/${name}`,
      `${at}/usage/daily?from=${name}`,
      `/v1/accounts/${name}/overview`,
      `/v1/catalogs/${name}/prices`,
      `/activity?account=${name}`,
      `/pay/${name}`,
    ]) {
      const { status, text: said, type } = await call('GET', path);
      expect(status, path).toBeLessThan(500);
      if (type.includes('html')) expect(said, path).not.toMatch(ALIVE);
      expect(said, path).not.toMatch(/syntax error|SQLSTATE|relation "|at \S+\.[jt]s:\d/);
    }
  });

  test('F48 no answer of the API is a page, and no browser takes it for one', async () => {
    for (const path of ['', '/overview', '/activity', '/members', '/lots', '/limits', '/charges', '/incidents']) {
      const { answer, type } = await call('GET', `${at}${path}`);
      expect(type, path).toMatch(/json/);
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    }
    const { text: csv, type } = await call('GET', `${at}/activity.csv`);
    expect(type).toMatch(/csv/);
    expect(csv.split('\n').filter((line) => /(^|,)"?[=+@]/.test(line))).toEqual([]);
  });

  test('F48 its mails show it as text in one subject line, and so does the page that a mail links to', {
    timeout: 90_000,
  }, async () => {
    await river.attach(id, 'pm_card_authenticationRequired');
    await call('PUT', `${at}/top-off`, { enabled: true, threshold: '100', amount: '200' });
    const before = river.smtp.mails.length;
    await call('POST', '/v1/usage?wait=true', {
      events: [{ account: id, meter: 'answered_call', key: 'more', properties: { outcome: 'full_conversation' } }],
    });
    await until(() => river.smtp.mails.length > before, { what: 'a mail', timeoutMs: 60_000 });
    for (const mail of river.smtp.mails.slice(before)) {
      const { subject, html = '', headers } = await PostalMime.parse(mail.raw);
      expect(html).not.toMatch(ALIVE);
      expect(subject).not.toMatch(/[\r\n]/);
      expect(headers.filter(({ key }) => key === 'bcc' || key === 'x-injected')).toEqual([]);
      expect(mail.recipients).toEqual(['owner@example.com']);
    }
    const [charge] = JSON.parse((await call('GET', `${at}/charges`)).text).charges;
    const page = await call('GET', `/pay/${charge.id}`);
    expect(page.status).toBe(200);
    expect(page.text).not.toMatch(ALIVE);
    expect(page.answer.headers.get('content-security-policy')).toContain("default-src 'none'");
  });
});

test('F47 after all of it no table has gone or changed, and every sum holds', { timeout: 90_000 }, async () => {
  await runDry(river, 60_000, true);
  expect(await shape()).toEqual(tables);
  expect(await brokenSums(river.url)).toEqual([]);
});
