import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeAnswers } from '../../../src/adapters/postgres/answers.js';
import { credits } from '../../../src/domain/credits.js';
import { accountId } from '../../../src/domain/ids.js';
import { MINUTE_MS } from '../../../src/domain/instant.js';
import { type Api, attach, openApi } from './support.js';

let api: Api;
let token: string;
beforeAll(async () => {
  api = await openApi();
  token = await api.key();
});
afterAll(() => api?.close());

const send = (method: string, path: string, key: string | undefined, body?: unknown, as = token) =>
  api.call(method, `/v1/accounts${path}`, { token: as, body, ...(key === undefined ? {} : { key }) });
const read = async (path: string) => (await api.call('GET', `/v1/accounts${path}`, { token })).json;

describe('an Idempotency-Key', () => {
  it('is demanded, in words', async () => {
    await api.account('keyed');
    const answer = await send('POST', '/keyed/grants', undefined, { credits: '5', reason: 'hello' });
    expect([answer.status, answer.json.code, answer.json.field]).toEqual([
      400,
      'idempotency_key_missing',
      'Idempotency-Key',
    ]);
  });

  it('makes a grant once however often it comes, and refuses another under it', async () => {
    const grant = (amount: string) => send('POST', '/keyed/grants', 'g1', { credits: amount, reason: 'hello' });
    const first = await grant('5');
    const again = await grant('5');
    expect([first.status, again.status]).toEqual([201, 200]);
    expect(again.json).toEqual({ ...first.json, lot: again.json.lot, replayed: true });
    const other = await grant('6');
    expect([other.status, other.json.code]).toEqual([409, 'conflict']);
    expect((await read('/keyed/balance')).remaining).toBe('105');
  });

  it('gives the stored answer again, marked as such, and refuses another request under it', async () => {
    const set = (value: number) => send('PATCH', '/keyed', 'n1', { name: `Name ${value}` });
    expect((await set(1)).headers.get('idempotent-replayed')).toBeNull();
    await send('PATCH', '/keyed', 'n2', { name: 'Name 2' });
    const again = await set(1);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(again.json.name).toBe('Name 1');
    expect((await read('/keyed')).name).toBe('Name 2');
    expect((await set(3)).json.code).toBe('conflict');
  });

  it('belongs to who brought it: another asker’s same key is another wish', async () => {
    const other = await api.key();
    await send('PATCH', '/keyed', 'shared', { name: 'By one' });
    expect((await send('PATCH', '/keyed', 'shared', { name: 'By another' }, other)).json.name).toBe('By another');
  });

  it('claims nothing where the wish was refused: mended, it may come again', async () => {
    await api.account('mended', { catalog: 'atlios' });
    const trial = () => send('POST', '/mended/trial', 't1', { plan: 'growth' });
    expect((await trial()).json.code).toBe('no_card');
    await api.post(attach('mended'));
    expect((await trial()).status).toBe(201);
  });

  it('that comes twice at once is answered once', async () => {
    const both = await Promise.all(
      [1, 2, 3, 4].map(() => send('POST', '', 'twice', { id: 'twice', catalog: 'receptionist' })),
    );
    const done = both.filter((one) => one.status === 201);
    expect(done.length).toBeGreaterThanOrEqual(1);
    expect(both.every((one) => one.status === 201 || one.json.code === 'in_progress')).toBe(true);
    expect(
      await api.store.prisma.auditEntry.count({
        where: {
          action: 'create_account',
          account_no: undefined,
          after: { path: ['catalog'], equals: 'receptionist' },
          who: { startsWith: 'key:' },
        },
      } as never),
    ).toBe(1);
  });

  it('whose answerer died may be answered by another after a minute', async () => {
    const answers = makeAnswers(api.store.prisma, api.store.clock);
    expect(await answers.begin('s', 'dead', 'h')).toMatchObject({ kind: 'new' });
    expect(await answers.begin('s', 'dead', 'h')).toEqual({ kind: 'in_progress' });
    api.time.offsetMs += 2 * MINUTE_MS;
    expect(await answers.begin('s', 'dead', 'h')).toMatchObject({ kind: 'new' });
    await answers.keep('s', 'dead', 200, { fine: true });
    expect(await answers.begin('s', 'dead', 'h')).toEqual({ kind: 'answered', status: 200, body: { fine: true } });
  });
});

describe('what is changed', () => {
  it('leaves its line in the audit log: who, what, before and after', async () => {
    await api.account('seen');
    await send('PUT', '/seen/top-off', 'a1', { enabled: true, threshold: '50', amount: '200' });
    const session = await api.session('seen', 'owner', 'ann');
    await send('PUT', '/seen/top-off', 'a2', { enabled: false, threshold: '50', amount: '200' }, session);
    await send('PUT', '/seen/members/bob', 'a3', { role: 'admin', email: 'bob@example.com' });
    const rows = await api.store.prisma.auditEntry.findMany({
      where: { account_no: undefined },
      orderBy: { at: 'asc' },
    } as never);
    const own = (
      rows as {
        who: string;
        action: string;
        before: unknown;
        after: { settings?: { topOff?: { enabled: boolean } } };
      }[]
    ).filter((row) => ['configure_top_off', 'set_member'].includes(row.action));
    expect(own.map((row) => [row.who.split(':')[0], row.action])).toEqual([
      ['key', 'configure_top_off'],
      ['member', 'configure_top_off'],
      ['key', 'set_member'],
    ]);
    expect(own[1]?.who).toBe('member:seen/ann');
    expect(own[1]?.after.settings?.topOff?.enabled).toBe(false);
    expect(JSON.stringify(own[2]?.after)).not.toContain('@');
  });

  it('in the time zone acts from the next period on, can be undone until then, and is told of an unknown one', async () => {
    await api.account('moved');
    expect((await send('PATCH', '/moved', 'z1', { zone: 'Asia/Tokyo', name: 'Moved' })).json).toMatchObject({
      ...{ zone: 'UTC', nextZone: 'Asia/Tokyo', name: 'Moved' },
    });
    expect((await send('PATCH', '/moved', 'z2', { zone: 'UTC' })).json).toMatchObject({ zone: 'UTC', nextZone: null });
    expect((await send('PATCH', '/moved', 'z3', { zone: 'Mars/Olympus' })).json).toMatchObject({
      status: 400,
      field: 'zone',
    });
    expect((await send('PATCH', '/nobody', 'z4', { zone: 'UTC' })).json.code).toBe('unknown_account');
  });

  it('by an owner cannot end what an operator has paused, and the page is told so', async () => {
    await api.account('held');
    await api.post({ kind: 'pause_top_off', account: accountId('held') });
    const session = await api.session('held', 'owner', 'ann');
    const refused = await send('POST', '/held/top-off/resume', 'r1', undefined, session);
    expect([refused.status, refused.json.code]).toEqual([409, 'paused_by_operator']);
    expect((await read('/held/overview')).topOff).toMatchObject({ pausedByOperator: true });
  });

  it('by an owner: top-off, card order, the card of top-offs, and off again', async () => {
    const session = await api.session('seen', 'owner', 'ann');
    await api.post(attach('seen'), attach('seen', '5556'));
    const before = (await read('/seen/payment-methods')).cards;
    expect(before.map((card: { last4: string }) => card.last4)).toEqual(['4242', '5556']);
    const ids = before.map((card: { id: string }) => card.id);
    expect((await send('PUT', '/seen/payment-methods/order', 'c1', { cards: [ids[1], ids[0]] }, session)).status).toBe(
      200,
    );
    expect((await send('PUT', '/seen/top-off/card', 'c2', { card: ids[0] }, session)).status).toBe(200);
    const after = (await read('/seen/payment-methods')).cards;
    expect(after.map((card: { last4: string; forTopOff: boolean }) => [card.last4, card.forTopOff])).toEqual([
      ['5556', false],
      ['4242', true],
    ]);
    expect((await send('DELETE', `/seen/payment-methods/${ids[1]}`, 'c3', undefined, session)).status).toBe(200);
    expect((await read('/seen/payment-methods')).cards).toHaveLength(1);
  });

  it('a purchase is charged once by its key, and an amount that cannot be bought is told with its neighbours', async () => {
    await api.account('buyer');
    await api.post(attach('buyer'));
    const buy = (key: string, body: object) => send('POST', '/buyer/purchases', key, body);
    const first = await buy('p1', { credits: '100' });
    expect(first.status).toBe(201);
    expect(first.json).toMatchObject({ credits: '100', amountMinor: 2_500, replayed: false });
    expect((await buy('p1', { credits: '100' })).json).toMatchObject({ charge: first.json.charge, replayed: true });
    expect((await buy('p1', { credits: '200' })).json.code).toBe('conflict');
    const odd = await buy('p2', { credits: '105' });
    expect([odd.status, odd.json.code]).toEqual([422, 'amount_not_allowed']);
    expect([odd.json.below, odd.json.above]).toEqual([
      { credits: '100', amountMinor: 2_500 },
      { credits: '110', amountMinor: 2_750 },
    ]);
    expect((await read('/buyer/charges')).charges.map((one: { id: string }) => one.id)).toEqual([first.json.charge]);
    const { packs } = await read('/buyer/packs');
    expect(packs.custom).toMatchObject({
      by: 'credits',
      min: { credits: '10' },
      max: { credits: '10000' },
      step: { credits: '10', amountMinor: 250 },
    });
    expect(packs.custom.sentence).toBe('10 to 10,000 credits, in steps of 10 for $2.50.');
  });

  it('plans go up at once and down at the period’s end, and the present one undoes it', async () => {
    await api.account('plans', { catalog: 'atlios', plan: 'growth' });
    const present = async () => (await read('/plans/plans')).present;
    expect((await send('PUT', '/plans/plan', 'u', { plan: 'scale' })).status).toBe(200);
    expect((await present()).key).toBe('scale');
    await send('PUT', '/plans/plan', 'd', { plan: 'growth' });
    expect(await present()).toMatchObject({ key: 'scale', next: { key: 'growth' }, endsAt: null });
    await send('POST', '/plans/plan/cancel', 'c');
    expect(await present()).toMatchObject({ key: 'scale', renewsAt: null, next: { key: 'free' } });
    await send('PUT', '/plans/plan', 'r', { plan: 'scale' });
    expect(await present()).toMatchObject({ key: 'scale', next: null, endsAt: null });
    const list = (await read('/plans/plans')).plans.inRankOrder;
    expect(list.map((one: { key: string; direction: string }) => [one.key, one.direction])).toEqual([
      ['free', 'downgrade'],
      ['growth', 'downgrade'],
      ['scale', 'current'],
    ]);
  });

  it('levels are recorded as they are, and adding over the plan is refused', async () => {
    await api.account('levels', { catalog: 'atlios', plan: 'growth' });
    expect((await send('PUT', '/levels/levels/stores', 'l1', { value: 2 })).json).toMatchObject({ value: 2, most: 3 });
    expect((await send('POST', '/levels/levels/stores/changes', 'l2', { add: 1 })).json).toMatchObject({
      value: 3,
      replayed: false,
    });
    expect((await send('POST', '/levels/levels/stores/changes', 'l2', { add: 1 })).json).toMatchObject({
      value: 3,
      replayed: true,
    });
    const over = await send('POST', '/levels/levels/stores/changes', 'l3', { add: 1 });
    expect([over.status, over.json.code]).toEqual([422, 'level_reached']);
    const asked = await api.call('POST', '/v1/accounts/levels/check', {
      token,
      body: { level: { limit: 'stores', by: 1 } },
    });
    expect(asked.json).toMatchObject({ allowed: false, fired: [{ limit: 'level', key: 'stores' }] });
  });

  it('C17 C18 a banner is dismissed by each for themselves, is gone once it is mended, and a fresh failure is a fresh banner', async () => {
    await api.account('banner');
    const wish = { enabled: true, threshold: '500', amount: '200' };
    await send('PUT', '/banner/top-off', 'b1', wish);
    const ann = await api.session('banner', 'viewer', 'ann');
    const bob = await api.session('banner', 'owner', 'bob');
    const shown = async (session: string) =>
      (await api.call('GET', '/v1/accounts/banner/overview', { token: session })).json.incidents;
    const [incident] = await shown(ann);
    expect(incident).toMatchObject({ kind: 'no_payment_method', dismissed: false, action: { code: 'set_up_top_off' } });
    const dismiss = (as: string, body = {}) => send('POST', `/banner/incidents/${incident.id}/dismiss`, 'd1', body, as);
    expect((await dismiss(ann)).json).toEqual({ dismissed: true });
    expect((await shown(ann))[0].dismissed).toBe(true);
    expect((await shown(bob))[0].dismissed).toBe(false);
    expect((await dismiss(ann, { member: 'bob' })).status).toBeGreaterThanOrEqual(400);
    await send('PUT', '/banner/top-off', 'b2', { ...wish, enabled: false });
    expect(await shown(ann)).toEqual([]);
    await send('PUT', '/banner/top-off', 'b3', wish);
    expect((await shown(ann))[0]).toMatchObject({ dismissed: false });
  });

  it('an account is closed for good: what is left lapses and nothing new is covered', async () => {
    await api.account('closing');
    const closed = await send('POST', '/closing/close', 'x', { reason: 'asked for' });
    expect(closed.json).toEqual({ lapsed: '100', writtenOff: '0', subscription: null });
    expect((await read('/closing')).closedAt).not.toBeNull();
    const hold = await send('POST', '/closing/holds', 'h', { credits: '1' });
    expect([hold.status, hold.json.code]).toEqual([409, 'account_closed']);
  });

  it('a lot is voided once, with a reason', async () => {
    await api.account('void');
    await api.post({ kind: 'grant', account: accountId('void'), key: 'g', origin: 'promotion', credits: credits(7) });
    const lot = (await read('/void/lots')).lots.find((one: { kind: string }) => one.kind === 'promotion');
    const voided = await send('POST', `/void/lots/${lot.id}/void`, 'v1', { reason: 'by mistake' });
    expect(voided.json).toEqual({ credits: '7', balance: '100', replayed: false });
    expect((await send('POST', `/void/lots/${lot.id}/void`, 'v1', { reason: 'by mistake' })).json.replayed).toBe(true);
    const again = await send('POST', `/void/lots/${lot.id}/void`, 'v2', { reason: 'by mistake' });
    expect([again.status, again.json.code]).toEqual([422, 'lot_empty']);
    expect(again.json.detail).toBe(`The lot "${lot.id}" is empty: what was on it has been used, voided or taken back.`);
  });
});
