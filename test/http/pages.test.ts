import { v7 } from 'uuid';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../support/database.js';
import * as rows from './rows.js';
import { NOW, type Served, serve } from './served.js';

const HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>';

let database: FreshDatabase;
let served: Served;

beforeAll(async () => {
  database = await freshDatabase();
  served = await serve({ databaseUrl: database.url, queueConfig: { kind: 'postgres', url: database.url } });
});

afterAll(async () => {
  await served?.stop();
  await database?.drop();
});

const page = async (path: string): Promise<string> => {
  const answer = await served.get(path);
  expect(answer.headers.get('content-type')).toContain('text/html');
  return answer.text();
};

/** What a reader sees: tags are blanks, entities are signs. */
const readable = (html: string): string =>
  html
    .replace(/<[^>]*>/g, ' ')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .replace(/\s+/g, ' ');

const seen = async (path: string): Promise<string> => readable(await page(path));
const of = (id: string): string => `/activity?account=${encodeURIComponent(id)}`;

describe('the activity view', () => {
  it('says what to do while there is no account', async () => {
    expect(await seen('/activity')).toContain('No account yet');
  });

  it('is where the links in mails lead, for an id of any kind, and nowhere else', async () => {
    for (const id of ['acct_first', '//evil.example', 'a b?c=d#e']) {
      const answer = await served.get(`/accounts/${encodeURIComponent(id)}`);
      expect([answer.status, answer.headers.get('location')]).toEqual([302, of(id)]);
    }
  });

  it('shows the only account at once, and each of several by its own address', async () => {
    await rows.writeAccount(served.prisma, { id: 'acct_first', name: 'Harbor Dental' });
    expect(await seen('/activity')).toContain('143 credits remaining');
    await rows.writeAccount(served.prisma, { id: 'acct/2 ü', name: 'Sunrise Plumbing', balance: 12n });
    const overview = await page('/activity');
    expect(readable(overview)).toMatch(/Sunrise Plumbing 12 credits remaining.*Harbor Dental 143 credits remaining/);
    expect(overview).toContain(`href="${of('acct/2 ü')}"`);
    expect(await seen(of('acct/2 ü'))).toContain('Sunrise Plumbing AI Receptionist · Standard');
    expect((await served.get(of('acct_none'))).status).toBe(404);
  });

  it('tells the balance, the top-off setting and the renewal in the product’s words and the account’s zone', async () => {
    const account = await rows.writeAccount(served.prisma, { id: 'acct_words', balance: 1_234n, held: 34n });
    await rows.writeCard(served.prisma, account);
    const text = await seen(of('acct_words'));
    expect(text).toContain('1,234 credits remaining');
    expect(text).toContain('34 held for work in progress, 1,200 available');
    expect(text).toContain('Auto Top-Off Below 50, add 200 credits.');
    expect(text).toContain('Visa ending in 4242');
    // 23:00 UTC is midnight in Berlin.
    expect(text).toContain('Renews Dec 1, 2026, 00:00 GMT+1 , with 100 credits');
  });

  it('says what is owed, and warns below the threshold', async () => {
    await rows.writeAccount(served.prisma, { id: 'acct_debt', balance: -4n });
    const html = await page(of('acct_debt'));
    expect(readable(html)).toContain('4 credits owed');
    expect(html).toContain('class="remaining low"');
  });

  it('lists the ledger newest first, one line for one use, with the meter’s label and what it said', async () => {
    const account = await rows.writeAccount(served.prisma, { id: 'acct_ledger' });
    const [allotment, topOff] = [
      await rows.writeLot(served.prisma, account, 'allotment'),
      await rows.writeLot(served.prisma, account, 'top_off'),
    ];
    const call = { kind: 'use', meter: 'answered_call', keyHash: v7() };
    await rows.writeLines(served.prisma, account, [
      { kind: 'grant', amount: 51n, lot: allotment },
      { kind: 'grant', amount: 200n, lot: topOff },
      { ...call, amount: -2n, lot: allotment, properties: { outcome: 'full_conversation', seconds: 312 } },
      { ...call, line: 1, amount: -3n, lot: topOff },
      { kind: 'use', meter: 'answered_call', amount: 0n, properties: { outcome: 'dropped_empty' } },
    ]);
    const text = await seen(of('acct_ledger'));
    const free = text.indexOf('15:00:28 Answered call dropped empty free 246');
    const used = text.indexOf('15:00:14 Answered call full conversation · 312 seconds −5 246');
    const bought = text.indexOf('15:00:07 Auto Top-Off +200 251');
    const granted = text.indexOf('15:00:00 Monthly credits +51 51');
    expect(Math.min(free, used, bought, granted)).toBeGreaterThan(0);
    expect([free, used, bought, granted]).toEqual([free, used, bought, granted].sort((a, b) => a - b));
    expect(text.match(/Answered call/g)).toHaveLength(2);
  });

  it('shows incidents, charges and mails in words, with the receipt', async () => {
    const account = await rows.writeAccount(served.prisma, { id: 'acct_money' });
    const card = await rows.writeCard(served.prisma, account);
    const receiptUrl = 'https://pay.stripe.example/receipts/1';
    await rows.writeCharge(served.prisma, account, { state: 'succeeded', card, receiptUrl });
    await rows.writeCharge(served.prisma, account, { state: 'failed', card, failure: 'card_declined' });
    const common = { accountNo: account.no, createdAt: account.at, facts: {} };
    const sent = { kind: 'top_off_succeeded', state: 'sent', result: '250 OK 7F3A' };
    const failed = { kind: 'top_off_failed', state: 'failed', result: '550 no such user' };
    await served.prisma.notice.createMany({
      data: [
        { id: v7(), ...common, ...sent },
        { id: v7(), ...common, ...failed },
      ],
    });
    const incident = { accountNo: account.no, openedAt: account.at };
    await served.prisma.incident.createMany({
      data: [
        { id: v7(), ...incident, kind: 'card_declined' },
        { id: v7(), ...incident, kind: 'no_payment_method', resolvedAt: account.at },
      ],
    });
    const html = await page(of('acct_money'));
    const text = readable(html);
    expect(text).toContain('Your card was declined The most recent charge attempt was rejected');
    expect(text).toContain('Future calls may be dropped until the issue is resolved.');
    expect(text).not.toContain('No payment method set');
    expect(text).toMatch(
      /\$50\.00 for 200 credits failed .*\$50\.00 for 200 credits paid .*Visa ending in 4242 · Receipt/,
    );
    expect(html).toContain(`href="${receiptUrl}"`);
    expect(text).toMatch(/Auto Top-Off failed given up .*550 no such user .*Auto Top-Off confirmed sent .*250 OK 7F3A/);
  });

  it('makes nothing of names, properties and links that were meant to do harm', async () => {
    const account = await rows.writeAccount(served.prisma, { id: `acct_${HOSTILE}`, name: `${HOSTILE}\u202e` });
    await rows.writeLines(served.prisma, account, [
      { kind: 'use', meter: HOSTILE, amount: -1n, properties: { [HOSTILE]: HOSTILE } },
    ]);
    await rows.writeCharge(served.prisma, account, { state: 'succeeded', receiptUrl: 'javascript:alert(1)' });
    for (const path of ['/activity', of(`acct_${HOSTILE}`)]) {
      const html = await page(path);
      expect(html).not.toMatch(/<script>|<img|javascript:|\u202e/);
      expect(readable(html)).toContain('<script>alert(1)');
    }
  });

  it('shows an account whose catalog is not loaded in plain words', async () => {
    await rows.writeAccount(served.prisma, { id: 'acct_lost', catalog: 'retired' });
    expect(await seen(of('acct_lost'))).toContain('retired · standard 143 credits remaining');
  });
});

describe('the outbox page', () => {
  afterEach(() => served.prisma.outbox.deleteMany());

  it('says so when nothing waits', async () => {
    expect(await seen('/ops/outbox')).toContain('Nothing waits: every step has ended.');
  });

  it('shows waiting rows with when they are due, and parked ones first with what to do', async () => {
    const account = await rows.writeAccount(served.prisma, { id: 'acct_outbox' });
    const heldUntil = new Date(NOW + 30_000);
    await rows.writeOutbox(served.prisma, account, {
      topic: 'charge',
      dueAt: new Date(NOW + 41_000),
      heldUntil,
      starts: 1,
    });
    await rows.writeOutbox(served.prisma, account, {
      ...{ topic: 'notice', dueAt: new Date(NOW - 4_000), starts: 3, asks: 2, note: `451 Greylisted ${HOSTILE}` },
    });
    await rows.writeOutbox(served.prisma, account, { topic: 'notice', starts: 20, parkedAt: new Date(NOW - 600_000) });
    const html = await page('/ops/outbox');
    const text = readable(html);
    expect(text).toContain('1 parked a person has to look');
    expect(text).toContain('creditd replay --parked');
    expect(text).toMatch(/Parked .*notice acct_outbox \w+ parked 10 min ago free 20 1 .*Waiting .*notice acct_outbox/);
    expect(text).toMatch(
      /notice acct_outbox \w+ 4 s ago free 3 2 451 Greylisted .*charge acct_outbox \w+ in 41 s in 30 s 1 1/,
    );
    expect(html).not.toContain('<script>');
  });
});

describe('the refusals page', () => {
  it('shows unsettled refusals first, each with its reason, its sentence and the event as it came', async () => {
    const at = new Date(NOW - 90_000);
    const said = { reason: 'unknown_meter', message: 'There is no meter "missed".', at };
    await rows.writeRefusal(served.prisma, { ...said, account: 'a', key: 'call_old', settledAt: new Date(NOW) });
    const event = { key: 'call_1', properties: { name: HOSTILE } };
    await rows.writeRefusal(served.prisma, { ...said, account: 'a', key: 'call_1', times: 3, event });
    const unreadable = { reason: 'invalid', message: 'The event must be an object.', at };
    await rows.writeRefusal(served.prisma, { ...unreadable, account: '', key: '', mode: 'default' });
    const html = await page('/ops/refusals');
    const text = readable(html);
    expect(text).toContain('1 unknown meter');
    expect(text).toMatch(/Unsettled .*There is no meter "missed"\. .*call_1 3 90 s ago 87 s ago .*Settled .*call_old/);
    expect(text).toContain('unreadable unreadable 1');
    expect(text).toContain('"key": "call_1"');
    expect(html).not.toContain('<script>');
  });
});
