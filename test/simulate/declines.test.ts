import { describe, expect, it } from 'vitest';
import { play } from './support.js';

const SHOP = {
  start: '2026-05-01T00:00:00Z',
  catalog: {
    credit_price: { credits: 10, for: '1.00' },
    auto_top_off: { threshold: 50, amount: 200 },
    packs: { presets: [{ key: 'small', credits: 100, amount: '10.00' }] },
  },
  accounts: [{ id: 'acme', cards: ['visa'], auto_top_off: { threshold: 50, amount: 200 } }],
};
const LOW = [
  { do: 'grant', credits: 100 },
  { do: 'use', credits: 60 },
];
const states = async (file: Record<string, unknown>): Promise<string[]> => {
  const { accounts } = await play({ ...SHOP, ...file });
  return (accounts.acme?.charges ?? []).map((one) => `${one.kind} ${one.state}`);
};

describe('a scenario of declines', () => {
  it('goes down the whole ladder by itself where the processor declines', async () => {
    const file = { ...SHOP, accounts: [{ ...SHOP.accounts[0], processor: 'declines' }], steps: LOW, until: '+10d' };
    const { accounts, events } = await play(file);
    expect(accounts.acme?.charges[0]).toMatchObject({ state: 'failed', failure: 'card_declined' });
    const answered = events.filter((one) => one.outcome?.kind === 'charge_answered').map((one) => Date.parse(one.at));
    const hours = answered.slice(1).map((at, place) => Math.floor((at - (answered[place] ?? 0)) / 3_600_000));
    for (const [place, least] of [1, 6, 24, 72].entries()) {
      expect(hours[place]).toBeGreaterThanOrEqual(least);
      expect(hours[place]).toBeLessThan(least * 1.1 + 1);
    }
  });

  it('tries the second card at once, in the order that was set', async () => {
    const steps = [
      { do: 'attach_card', card: 'spare' },
      { do: 'attach_card', card: 'best' },
      { do: 'order_cards', cards: ['best', 'visa', 'spare'] },
      ...LOW,
      { do: 'charge', answer: 'decline', code: 'lost_card' },
      { do: 'charge', answer: 'succeed' },
    ];
    expect(await states({ steps })).toEqual(['top_off succeeded']);
  });

  it('fails a payment that nobody approves for 72 hours, without a step', async () => {
    const decline = { do: 'charge', answer: 'decline', code: 'authentication_required' };
    expect(await states({ steps: [...LOW, decline], until: '+71h' })).toEqual(['top_off action_required']);
    expect(await states({ steps: [...LOW, decline], until: '+73h' })).toEqual(['top_off failed']);
  });

  it('lets the owner refuse at the bank and come back', async () => {
    const steps = [
      ...LOW,
      { do: 'charge', answer: 'decline', code: 'authentication_required' },
      { at: '+1h', do: 'authenticate', answer: 'refuse' },
      { at: '+2h', do: 'authenticate', answer: 'approve' },
    ];
    expect(await states({ steps })).toEqual(['top_off succeeded']);
  });

  it('heeds the issuer’s advice', async () => {
    const steps = [...LOW, { do: 'charge', answer: 'decline', code: 'do_not_honor', advice: 'do_not_try_again' }];
    expect(await states({ steps })).toEqual(['top_off failed']);
  });

  it('buys a pack by hand, once under its key, and cancels the top-off that it makes needless', async () => {
    const steps = [
      ...LOW,
      { do: 'charge', answer: 'decline' },
      { do: 'buy_pack', pack: 'small', key: 'once' },
      { do: 'buy_pack', pack: 'small', key: 'once' },
      { do: 'charge', kind: 'pack', answer: 'succeed' },
    ];
    expect(await states({ steps })).toEqual(['top_off canceled', 'pack succeeded']);
  });

  it('says in words what is not there to retry, approve or order', async () => {
    const { events } = await play({
      ...SHOP,
      steps: [
        { do: 'retry' },
        { do: 'authenticate', answer: 'approve' },
        { do: 'order_cards', cards: ['amex'] },
        { do: 'buy_pack', pack: 'huge' },
      ],
    });
    expect(events.map((one) => one.outcome?.reason)).toEqual([
      ...['charge_unknown', 'charge_unknown', 'card_unknown', 'not_offered'],
    ]);
  });
});
