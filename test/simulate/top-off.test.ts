import { describe, expect, it } from 'vitest';
import { grant, outcomes, playOne, topOff, use } from './support.js';

describe('auto top-off', () => {
  const asked = async (scenario: object) =>
    (await playOne(scenario)).charges.map(
      ({ credits, amountMinor, state }) => `${credits} for ${amountMinor} ${state}`,
    );

  it('asks strictly below the threshold, and once while a charge is open', async () => {
    const steps = [grant('g', 100), use(50)];
    expect(await asked({ ...topOff(), steps })).toEqual([]);
    expect(await asked({ ...topOff(), steps: [...steps, use(1), use(1)] })).toEqual(['200 for 2000 pending']);
  });

  it('buys as many multiples as bring the balance back, at most the largest charge', async () => {
    const afterUsing = (used: number) => asked({ ...topOff(), steps: [grant('g', 100), use(used)] });
    expect(await afterUsing(250)).toEqual(['200 for 2000 pending']);
    expect(await afterUsing(251)).toEqual(['400 for 4000 pending']);
    expect(await afterUsing(9000)).toEqual(['600 for 6000 pending']);
  });

  it('stays inside the owner’s caps of a day and a month', async () => {
    const steps = [grant('g', 100), use(60), { do: 'charge', answer: 'succeed' }, use(210)];
    expect(await asked({ ...topOff({ cap_per_day: '39.99' }), steps })).toEqual(['200 for 2000 succeeded']);
    const nextDay = [...steps, use(1, { at: '+1d' })];
    expect(await asked({ ...topOff({ cap_per_day: '39.99' }), steps: nextDay })).toHaveLength(2);
    expect(await asked({ ...topOff({ cap_per_month: '39.99' }), steps: nextDay })).toHaveLength(1);
  });

  it('counts a use that fell short as a reason, and a quote never', async () => {
    const short = use(300, { mode: 'if_covered' });
    expect(await asked({ ...topOff(), steps: [grant('g', 100), short] })).toEqual(['200 for 2000 pending']);
    expect(await asked({ ...topOff(), steps: [grant('g', 100), { do: 'quote', credits: 300 }] })).toEqual([]);
  });

  it('is canceled when a grant has lifted the balance before the processor was asked', async () => {
    const played = await playOne({ ...topOff(), steps: [grant('g', 100), use(60), grant('h', 100, { at: '+1h' })] });
    expect(played.charges).toMatchObject([{ state: 'canceled' }]);
    expect(played.balance).toBe('140');
  });

  it('without a card charges nothing and raises no_payment_method', async () => {
    const scenario = topOff();
    const accounts = scenario.accounts.map(({ cards: _, ...one }) => one);
    const played = await playOne({ ...scenario, accounts, steps: [grant('g', 10)] });
    expect(played).toMatchObject({ charges: [], incidents: [{ kind: 'no_payment_method', resolvedAt: null }] });
  });

  it('grants once what was paid, however often the processor says so', async () => {
    const pay = { do: 'charge', answer: 'succeed' };
    const played = await playOne({ ...topOff(), steps: [grant('g', 100), use(60), pay, pay] });
    expect(played.balance).toBe('240');
    expect(outcomes(played.report).slice(2)).toEqual(['charge_answered', 'charge_unknown']);
    expect(played.notices).toMatchObject([{ kind: 'top_off_succeeded', amountMinor: '2000' }]);
  });

  it('brings nothing when the card is declined for good, and tells the owner', async () => {
    const decline = { do: 'charge', answer: 'decline', code: 'stolen_card', advice: 'do_not_try_again' };
    const played = await playOne({ ...topOff(), steps: [grant('g', 100), use(60), decline, use(1)] });
    expect(played).toMatchObject({ balance: '39', incidents: [{ kind: 'card_declined', resolvedAt: null }] });
    expect(played.charges).toHaveLength(1);
    expect(JSON.stringify(played.notices)).not.toContain('stolen_card');
  });

  it('is answered by itself where the account says so', async () => {
    const scenario = topOff();
    const accounts = scenario.accounts.map((one) => ({ ...one, processor: 'succeeds' }));
    const steps = [grant('g', 100), { at: '+1d', every: 'day', times: 30, ...use(20) }];
    const played = await playOne({ ...scenario, accounts, steps });
    expect(played.charges.map(({ state }) => state)).toEqual(['succeeded', 'succeeded', 'succeeded']);
    expect(played.balance).toBe('100');
  });

  it('takes credits back when the money goes back', async () => {
    const steps = [grant('g', 100), use(60), { do: 'charge', answer: 'succeed' }, { do: 'refund', amount: '5.00' }];
    const played = await playOne({ ...topOff(), steps });
    expect(played).toMatchObject({ balance: '190', charges: [{ refundedMinor: 500 }] });
    const twice = await playOne({ ...topOff(), steps: [...steps, { do: 'refund', amount: '15.01' }] });
    expect(outcomes(twice.report).at(-1)).toBe('amount_not_allowed');
  });
});
