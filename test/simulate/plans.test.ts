import { describe, expect, it } from 'vitest';
import { outcomes, play, playOne, problemsOf, use } from './support.js';

const plans = (pro: object) => [
  { key: 'free', allotment: 10 },
  { key: 'pro', price: { amount: '20.00' }, allotment: 100, pay_as_you_go_cap: '20.00', ...pro },
];
const catalog = (pro: object = {}, rate = 4) => ({
  credit_price: { credits: 10, for: '1.00' },
  pay_as_you_go: { credits: 10, for: '1.00' },
  plans: plans(pro),
  meters: { image: { rate } },
});
const acme = { id: 'acme', cards: ['visa'] };

describe('steps of plans', () => {
  it('begin a trial with a card, and not without', async () => {
    const scenario = { catalog: catalog({ trial: { length: '7 days' } }), steps: [{ do: 'start_trial', plan: 'pro' }] };
    const tried = await playOne({ ...scenario, accounts: [acme], until: '+7d' });
    expect([outcomes(tried.report), tried.plan, tried.balance]).toEqual([['trial_started'], 'pro', '100']);
    const refused = await playOne(scenario);
    expect(outcomes(refused.report)).toEqual(['no_card']);
  });

  it('fail and pay an invoice: past due, stopped after the grace, given back once', async () => {
    const steps = [
      use(30),
      { do: 'invoice', answer: 'failed' },
      { at: '+4d', do: 'advance' },
      { at: '+5d', do: 'invoice', answer: 'paid' },
      { at: '+5d', do: 'invoice', answer: 'paid' },
    ];
    const account = await playOne({ catalog: catalog(), accounts: [{ ...acme, plan: 'pro' }], steps });
    const balances = account.report.events.filter((one) => one.step !== null).map((one) => one.balance);
    expect(balances).toEqual(['70', '70', '0', '70', '70']);
    expect(account.planState).toMatchObject({ pastDueAt: null, stopped: false });
  });

  it('close an account: what is too little to be charged is written off, what is left lapses', async () => {
    const steps = [use(104), { do: 'close' }, use(1, { mode: 'if_covered' })];
    const account = await playOne({
      catalog: catalog(),
      accounts: [{ ...acme, plan: 'pro', pay_as_you_go: {} }],
      steps,
    });
    expect(outcomes(account.report)).toEqual(['used', 'closed', 'account_closed']);
    expect([account.balance, account.charges, account.report.events.at(-2)?.outcome]).toMatchObject([
      '0',
      [],
      { writtenOff: '4' },
    ]);
  });

  it('load a catalog for all accounts: its prices at once, its plans at each account’s next period', async () => {
    const steps = [
      { at: '+1d', account: 'a', do: 'use', meter: 'image' },
      { at: '+2d', do: 'load_catalog', catalog: catalog({ allotment: 150 }, 5) },
      { at: '+2d', account: 'a', do: 'use', meter: 'image' },
      { at: '+2d', account: 'b', do: 'use', meter: 'image' },
    ];
    const accounts = [
      { id: 'a', plan: 'pro' },
      { id: 'b', plan: 'pro' },
    ];
    const before = await play({ start: '2026-05-01T00:00:00Z', catalog: catalog(), accounts, steps });
    expect([before.accounts.a?.balance, before.accounts.b?.balance]).toEqual(['91', '95']);
    const after = await play({ start: '2026-05-01T00:00:00Z', until: '+31d', catalog: catalog(), accounts, steps });
    expect([after.accounts.a?.balance, after.accounts.b?.balance]).toEqual(['150', '150']);
  });

  it('say what is wrong with a catalog that is to be loaded, at its step', async () => {
    const load = (written: unknown) => ({ catalog: catalog(), steps: [{ do: 'load_catalog', catalog: written }] });
    expect(await problemsOf(load('nowhere.yaml'))).toEqual([expect.stringContaining('steps[0].catalog: There is no')]);
    expect(await problemsOf(load('rheos'))).toEqual([expect.stringContaining('steps[0].catalog: is of "rheos"')]);
    expect(await problemsOf(load({ plans: [{ key: 'x', allotment: -1 }] }))).toEqual([
      expect.stringContaining('steps[0].catalog.plans'),
    ]);
  });
});
