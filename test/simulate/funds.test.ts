/** Refunds and disputes, undoing a cancellation, and how long the balance lasts. */
import { describe, expect, it } from 'vitest';
import { grant, outcomes, playOne, problemsOf, use } from './support.js';

const START = '2026-05-01T00:00:00Z';
const SHOP = {
  start: START,
  catalog: {
    credit_price: { credits: 10, for: '1.00' },
    packs: { presets: [{ key: 'small', credits: 200, amount: '20.00' }] },
    auto_top_off: { threshold: 10, amount: 100 },
  },
  accounts: [{ id: 'acme', cards: ['visa'], processor: 'succeeds' }],
};
const bought = (...steps: object[]) => playOne({ ...SHOP, steps: [{ do: 'buy_pack', pack: 'small' }, ...steps] });

describe('money of a paid charge', () => {
  it('takes its credits with it in proportion, and brings them back when the refund fails', async () => {
    const refunded = await bought({ at: '+1d', do: 'refund', amount: '5.00' });
    expect([refunded.balance, refunded.charges[0]?.refundedMinor]).toEqual(['150', 500]);
    const failed = await bought(
      { at: '+1d', do: 'refund', amount: '5.00' },
      { at: '+2d', do: 'refund', amount: '2.00', answer: 'failed' },
    );
    expect([failed.balance, failed.charges[0]?.refundedMinor]).toEqual(['170', 300]);
  });

  it('that is disputed is clawed back when it is withdrawn, and given back when the dispute is won', async () => {
    const dispute = (answer: string, at: string) => ({ at, do: 'dispute', answer });
    const steps = [{ at: '+1d', ...use(150) }, dispute('inquiry', '+2d'), dispute('opened', '+3d')];
    expect((await bought(...steps)).balance).toBe('-150');
    expect((await bought(...steps, dispute('won', '+9d'))).balance).toBe('50');
    const lost = await bought(...steps, dispute('lost', '+9d'), { at: '+10d', do: 'dispute', answer: 'won' });
    expect([lost.balance, outcomes(lost.report).at(-1)]).toEqual(['-150', 'charge_unknown']);
  });

  it('comes back to the very lots it was taken from, the last taken first; a lapsed one’s share as a returned lot', async () => {
    const dispute = (answer: string, at: string) => ({ at, do: 'dispute', answer });
    const steps = (promised: object) => [grant('promo', 30, { for: '5d', ...promised }), { at: '+1d', ...use(50) }];
    const taken = { promo: '30', purchase: '150' };
    const shown = async (promised: object, ...then: object[]) => {
      const { lots, balance } = await bought(...steps(promised), ...then);
      const held = Object.entries(lots).filter(([, lot]) => lot.remaining !== '0');
      return [balance, ...held.map(([id, lot]) => `${id === 'promo' ? id : lot.kind} ${lot.remaining}`).sort()];
    };
    // In the last place, so that it is the purchase that is used from.
    const last = { priority: 90 };
    const before = await shown(last);
    expect(before).toEqual(['180', `promo ${taken.promo}`, `purchase ${taken.purchase}`]);
    expect(await shown(last, dispute('opened', '+2d'))).toEqual(['-20', 'debt -20']);
    expect(await shown(last, dispute('opened', '+2d'), dispute('won', '+3d'))).toEqual(before);
    const late = await shown(last, dispute('opened', '+2d'), dispute('won', '+9d'));
    expect(late).toEqual(['180', 'purchase 150', 'returned 30']);
  });

  it('cannot go back twice, nor before it has come', async () => {
    const twice = await bought({ do: 'refund' }, { do: 'refund' }, { do: 'dispute', answer: 'opened' });
    expect(outcomes(twice.report).slice(-2)).toEqual(['amount_not_allowed', 'amount_not_allowed']);
    const never = await playOne({ ...SHOP, steps: [{ do: 'refund' }, { do: 'dispute', answer: 'opened' }] });
    expect(outcomes(never.report)).toEqual(['charge_unknown', 'charge_unknown']);
    expect(await problemsOf({ ...SHOP, steps: [{ do: 'dispute', answer: 'won', amount: '1' }] })).toEqual([
      expect.stringContaining('steps[0].amount: stands beside inquiry and opened only'),
    ]);
  });

  it('under a dispute lets no top-off open', async () => {
    const wish = { ...SHOP.accounts[0], auto_top_off: { threshold: 10, amount: 100 } };
    const steps = [
      { do: 'buy_pack', pack: 'small' },
      { at: '+1d', do: 'dispute', answer: 'inquiry' },
      { at: '+2d', ...use(195) },
    ];
    const frozen = await playOne({ ...SHOP, accounts: [wish], steps });
    expect(frozen.charges.filter((charge) => charge.kind === 'top_off').map((one) => one.state)).not.toContain(
      'succeeded',
    );
    const over = await playOne({
      ...SHOP,
      accounts: [wish],
      steps: [...steps, { at: '+3d', do: 'dispute', answer: 'won' }],
    });
    expect(over.charges.map((charge) => `${charge.kind} ${charge.state}`)).toContain('top_off succeeded');
  });
});

it('a cancellation that is taken back grants nothing and ends nothing', async () => {
  const plans = [
    { key: 'free', allotment: 10 },
    { key: 'pro', allotment: 100, price: { amount: '10.00' } },
  ];
  const account = await playOne({
    start: START,
    until: '2026-06-02T00:00:00Z',
    catalog: { plans },
    accounts: [{ id: 'acme', plan: 'pro' }],
    steps: [
      { at: '+2d', do: 'cancel_plan' },
      { at: '+3d', do: 'undo_cancel' },
    ],
  });
  expect([account.plan, account.balance, account.periods.length]).toEqual(['pro', '100', 2]);
});

it('the runway is the balance at the recent burn, and unknown until a week has passed', async () => {
  const daily = { ...use(10), every: 'day' };
  const steps = (times: number) => [grant('all', 1_000), { ...daily, times }];
  expect((await playOne({ start: START, steps: steps(3) })).runway).toEqual({ kind: 'learning' });
  // Twenty days at ten a day: 800 are left, which last eighty days.
  const known = await playOne({ start: START, until: '+20d', steps: steps(20) });
  expect(known.runway).toMatchObject({ kind: 'lasts', days: 80, perDay: '10' });
  expect((await playOne({ start: START, steps: [grant('all', 5)] })).runway).toBeNull();
});
