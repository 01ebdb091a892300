import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
const exec = promisify(execFile);
import { mkdtempSync } from 'node:fs';
import { expect, it } from 'vitest';
import { v7 } from 'uuid';
import { freshDatabase } from '../support/database.js';
import { NOW, serve } from './served.js';
import * as rows from './rows.js';

const shot = (url: string, name: string, size = '1200,900', ...more: string[]) =>
  exec('chromium', ['--headless','--no-sandbox','--disable-gpu','--disable-quic','--no-first-run','--disable-background-networking','--disable-component-update','--disable-sync','--hide-scrollbars','--virtual-time-budget=4000', `--user-data-dir=${mkdtempSync('/tmp/chr-')}`, `--screenshot=/tmp/shot-${name}.png`, `--window-size=${size}`, ...more, url], { timeout: 60000 });

it('shoots', async () => {
  const db = await freshDatabase();
  const s = await serve({ databaseUrl: db.url, queueConfig: { kind: 'postgres', url: db.url }, options: { operatorPassword: null, links: [{ label: 'Inbox', href: 'http://localhost:8025' }] } });
  const p = s.prisma;
  const a = await rows.writeAccount(p, { id: 'acct_harbor', held: 3n });
  const card = await rows.writeCard(p, a);
  const allot = await rows.writeLot(p, a, 'allotment'); const top = await rows.writeLot(p, a, 'top_off');
  const lines: any[] = [{ amount: 100n, kind: 'grant', lot: allot }];
  let bal = 100n; const outs = ['full_conversation','full_conversation','hung_up','dropped_empty'];
  for (let i = 0; i < 140; i++) {
    const o = outs[i % 4]!; const c = o === 'dropped_empty' ? 0n : -1n;
    lines.push({ amount: c, kind: 'use', lot: allot, meter: 'answered_call', properties: { outcome: o, seconds: 10 + (i * 37) % 400 } }); bal += c;
    if (bal < 50n && i < 200) { lines.push({ amount: 200n, kind: 'grant', lot: top }); bal += 200n; }
  }
  await rows.writeLines(p, a, lines);
  await p.balance.update({ where: { accountNo: a.no }, data: { lots: bal * 1000000n } });
  await rows.writeCharge(p, a, { state: 'failed', card, failure: 'card_declined' });
  await rows.writeCharge(p, a, { state: 'succeeded', card, receiptUrl: 'https://pay.example/r' });
  await p.notice.create({ data: { accountNo: a.no, id: v7(), kind: 'top_off_failed', facts: {}, state: 'waiting', createdAt: a.at } });
  await p.notice.create({ data: { accountNo: a.no, id: v7(), kind: 'top_off_succeeded', facts: {}, state: 'sent', createdAt: a.at, result: '250 OK queued as 7F3A' } });
  const base = s.server.url.replace('127.0.0.1', 'localhost');
  const bp = await fetch(`${base}/ops/queues`); console.log(bp.headers.get('content-type'), bp.headers.get('content-security-policy'), (await bp.text()).slice(0, 1500));
  await shot(`${base}/activity`, 'light');
  await shot(`${base}/activity`, 'dark', '1200,900', '--blink-settings=preferredColorScheme=0', '--force-dark-mode', '--enable-features=WebContentsForceDark:inversion_method/none');
  await shot(`${base}/activity`, 'narrow', '500,1300');
  await p.incident.create({ data: { accountNo: a.no, id: v7(), kind: 'card_declined', openedAt: a.at } });
  await shot(`${base}/activity`, 'incident');
  await rows.writeOutbox(p, a, { topic: 'charge', dueAt: new Date(NOW + 41_000), heldUntil: new Date(NOW + 30000), starts: 1 });
  await rows.writeOutbox(p, a, { topic: 'notice', dueAt: new Date(NOW - 4000), starts: 3, asks: 2, note: '451 4.7.1 Greylisted, try again in 5 minutes' });
  await rows.writeOutbox(p, a, { topic: 'notice', starts: 20, note: 'Cannot read properties of undefined (reading \'words\')', parkedAt: new Date(NOW - 600_000) });
  for (const [reason, message, key] of [['unknown_meter','The catalog "receptionist" has no meter "missed_call". It has: answered_call.','call_81f2'],['conflict','The key "call_77" was used before with other content, and the first stands. Send new work under a new key.','call_77'],['unknown_account','There is no account "acct_harbour".','call_9'],['too_old','The event happened more than 35 days ago. Ask an operator to post it as an adjustment.','call_1']] as const)
    await rows.writeRefusal(p, { account: 'acct_harbor', key, reason, message, at: new Date(NOW - 90_000), times: 3, event: { account: 'acct_harbor', key, meter: 'missed_call', properties: { outcome: 'full_conversation' } } });
  await rows.writeRefusal(p, { account: '', key: '', reason: 'invalid', message: 'The event must be an object.', at: new Date(NOW - 900_000), settledAt: new Date(NOW) });
  const usage = s.queues.all.find((q) => q.name === 'usage')!;
  for (let i = 0; i < 5; i++) await usage.add('usage', { v: 1, event: { account: 'acct_harbor', meter: 'answered_call', key: `call_${i}`, properties: { outcome: 'full_conversation' } } });
  const clockQ = s.queues.all.find((q) => q.name === 'clock')!;
  await clockQ.upsertJobScheduler('renew', { every: 5000 }, { name: 'renew', data: {} });
  await shot(`${base}/ops/outbox`, 'outbox');
  await shot(`${base}/ops/refusals`, 'refusals');
  await shot(`${base}/ops/refusals`, 'refusals-narrow', '500,900');
  await shot(`${base}/ops/queues`, 'board');
  await shot(`${base}/ops/queues/queue/usage`, 'board-usage');
  await shot(`${base}/ops/queues`, 'board-narrow', '500,900');
  await rows.writeAccount(p, { id: 'b', name: 'Sunrise Plumbing', balance: 12n });
  await rows.writeAccount(p, { id: 'c', name: 'Kita Löwenzahn', balance: -4n });
  await shot(`${base}/activity`, 'accounts');
  console.log(s.log.said);
  await s.stop(); await db.drop();
  expect(1).toBe(1);
}, 300000);
