import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { credits } from '../../../src/domain/credits.js';
import { accountId } from '../../../src/domain/ids.js';
import { DAY_MS } from '../../../src/domain/instant.js';
import { type Api, attach, openApi, used } from './support.js';

let api: Api;
let token: string;
beforeAll(async () => {
  api = await openApi();
  token = await api.key();
});
afterAll(() => api?.close());

const overview = async (account: string, as = token) =>
  (await api.call('GET', `/v1/accounts/${account}/overview`, { token: as })).json;
const send = (method: string, path: string, body?: object) =>
  api.call(method, `/v1/accounts${path}`, { token, key: `${Math.random()}`, body });

describe('the billing page’s one read', () => {
  it('says who the product is, what may be done by whom, and where its links lead', async () => {
    await api.account('acme inc');
    const viewer = await overview('acme inc', await api.session('acme inc', 'viewer'));
    expect(viewer).toMatchObject({
      account: { id: 'acme inc', zone: 'UTC', currency: 'usd', closed: false },
      brand: { name: 'AI Receptionist', color: '#0f766e' },
      words: { topOff: 'Auto Top-Off', buyCredits: 'Buy Credits' },
      links: { billing: '/accounts/acme%20inc' },
      viewer: { role: 'viewer', member: 'viewer-1', confined: false, may: { read_billing: true, buy: false } },
    });
    const owner = await overview('acme inc', await api.session('acme inc', 'owner'));
    expect(owner.viewer.may).toMatchObject({ buy: true, grant: false, open_session: false });
  });

  it('turns the bar amber and then red as the included credits are used, and says when they reset', async () => {
    await api.account('bar', { catalog: 'atlios', plan: 'growth' });
    const use = (key: string, amount: number) =>
      api.post({ kind: 'use', account: accountId('bar'), key, credits: credits(amount) });
    const bar = async () => {
      const { included } = await overview('bar');
      return [included.used, included.remaining, included.percent, included.level];
    };
    expect(await bar()).toEqual(['0', '500', 0, 'ok']);
    await use('a', 374);
    expect(await bar()).toEqual(['374', '126', 74.8, 'ok']);
    await use('b', 1);
    expect(await bar()).toEqual(['375', '125', 75, 'amber']);
    await use('c', 75);
    expect(await bar()).toEqual(['450', '50', 90, 'red']);
    const { plan, included } = await overview('bar');
    expect(included.resetsAt).toBe(plan.period.endsAt);
    expect(plan).toMatchObject({
      key: 'growth',
      label: 'Growth',
      paid: true,
      endsAt: null,
      trial: null,
      pastDue: null,
    });
    expect(plan.renewsAt).toBe(plan.period.endsAt);
  });

  it('shows plans side by side in rank order, the present one, and where a trial is to be had', async () => {
    await api.account('free', { catalog: 'atlios' });
    const { plans } = await overview('free');
    expect(
      plans.inRankOrder.map((one: { key: string; current: boolean; direction: string }) => [
        one.key,
        one.current,
        one.direction,
      ]),
    ).toEqual([
      ['free', true, 'current'],
      ['growth', false, 'upgrade'],
      ['scale', false, 'upgrade'],
    ]);
    expect(plans.inRankOrder[1]).toMatchObject({
      credits: '500',
      price: { amountMinor: 2_900 },
      limits: { stores: 3 },
      features: { bulk_fixes: false, scheduled_scans: true },
      trial: { length: { unit: 'day', count: 14 }, needsCard: true },
    });
    await api.post(attach('free'));
    expect((await overview('free')).plans.inRankOrder[1].trial.needsCard).toBe(false);
    await send('POST', '/free/trial', { plan: 'growth' });
    const after = await overview('free');
    expect(after.plan.trial).toMatchObject({
      daysLeft: 14,
      sentence: expect.stringContaining('Your card is not charged before then.'),
    });
    expect(after.plans.inRankOrder[2].trial).toBeNull();
    await send('POST', '/free/plan/cancel');
    const canceled = await overview('free');
    expect(canceled.plan).toMatchObject({ renewsAt: null, endsAt: after.plan.trial.endsAt });
    expect(canceled.plan.trial.sentence).toContain('is not charged');
  });

  it('spells out packs, pay-as-you-go with its cap and what is used of it, and automatic purchases in one sentence', async () => {
    await api.account('money', { catalog: 'atlios', plan: 'growth' });
    await api.post(attach('money', '0001'));
    await send('PUT', '/money/overage', { enabled: true, capMinor: 2_000 });
    await api.post({ kind: 'use', account: accountId('money'), key: 'u', credits: credits(600) });
    const shown = await overview('money');
    expect(shown.overage).toMatchObject({
      offered: true,
      enabled: true,
      capMinor: 2_000,
      ownCapMinor: 2_000,
      planCapMinor: 5_000,
      used: '100',
      usedMinor: 400,
      blocked: false,
    });
    expect(shown.packs.custom).toMatchObject({
      by: 'money',
      min: { amountMinor: 1_000, credits: '250' },
      max: { amountMinor: 200_000 },
    });
    expect(shown.packs.custom.sentence).toContain('$10.00 to $2,000.00');
    expect(shown.topOff).toMatchObject({ offered: false, state: 'off', sentence: 'Off: nothing is bought by itself.' });
    expect(shown.balance).toEqual({ remaining: '0', available: '0', held: '0', spendable: '400', debt: '0' });
    await api.account('auto');
    await api.post(attach('auto', '0002'));
    await send('PUT', '/auto/top-off', { enabled: true, threshold: '50', amount: '200' });
    const auto = (await overview('auto')).topOff;
    expect(auto).toMatchObject({
      state: 'ready',
      amountMinor: 5_000,
      card: { last4: '0002' },
      sentence: 'Below 50, it adds 200 credits.',
    });
    await api.post(used('auto', 'low', 60));
    expect((await overview('auto')).topOff).toMatchObject({
      state: 'charging',
      sentence: 'Below 50, it adds 200 credits. 200 credits are on their way.',
    });
  });

  it('says whether anything may run, in the product’s words for its users, and what can be done', async () => {
    await api.account('gate');
    expect((await overview('gate')).gate).toEqual({ open: true, sentence: null, remedies: [] });
    await api.post(used('gate', 'all', 100));
    const { gate } = await overview('gate');
    expect(gate).toMatchObject({
      open: false,
      sentence: 'This call cannot be answered because the account has no credits left.',
    });
    expect(gate.limit).toBe('balance');
    expect(gate.remedies.map((one: { code: string }) => one.code)).toContain('buy_pack');
  });

  it('says of each limit what it is counted within and for each of what, and which of them never begin anew', async () => {
    await api.account('limits', { catalog: 'toolbench', plan: 'team' });
    const { plans, limits } = await overview('limits');
    const counted = Object.fromEntries(
      plans.limits.map((one: { key: string; per: string | null; by: string | null }) => [one.key, [one.per, one.by]]),
    );
    expect(counted).toMatchObject({
      seats: [null, null],
      runs_per_minute: ['minute', 'member'],
      audits_per_day: ['day', null],
      trend_preview: ['until', null],
    });
    expect(
      limits.windows.map((one: { limit: string; per: string; ended: boolean }) => [one.limit, one.per, one.ended]),
    ).toEqual([
      ['audits_per_day', 'day', false],
      ['trend_preview', 'until', false],
    ]);
    const atlios = await overview(await api.account('scans', { catalog: 'atlios' }));
    expect(atlios.plans.limits).toContainEqual({ key: 'scans_per_day', label: 'Scans today', per: 'day', by: 'store' });
  });

  it('is as if everything that is due had been done, though nothing is written', async () => {
    await api.account('later');
    await api.post(used('later', 'u', 70));
    const before = await overview('later');
    api.time.offsetMs += 40 * DAY_MS;
    await api.store.clock.now();
    const after = await overview('later');
    expect(after.balance.remaining).toBe('100');
    expect(after.sequence).toBe(before.sequence);
    expect(after.included.used).toBe('0');
  });

  it('reads every product’s catalog', async () => {
    for (const catalog of ['atlios', 'receptionist', 'toolbench', 'rheos']) {
      const id = await api.account(`of-${catalog}`, { catalog });
      const shown = await overview(id);
      expect([catalog, shown.account?.catalog]).toEqual([catalog, catalog]);
      const prices = (await api.call('GET', `/v1/accounts/${id}/prices`, { token })).json;
      expect(prices.meters.length).toBeGreaterThan(0);
      expect(prices.meters.every((one: { standard: unknown; rate: unknown }) => one.rate !== undefined)).toBe(true);
    }
  });
});
