import { describe, expect, it } from 'vitest';
import { grant, outcomes, PRICE, playOne, remaining, topOff, use } from './support.js';

describe('debt and pay-as-you-go', () => {
  it('records what happened beyond the balance as debt, which the next grant pays first', async () => {
    const played = await playOne({ steps: [grant('a', 10), use(25), grant('b', 20, { at: '+1h' })] });
    expect(played).toMatchObject({ balance: '5', debt: '0' });
    expect(remaining(played)).toMatchObject({ a: '0', b: '5' });
  });

  it('goes without plan, card or cap where a scenario switches it on', async () => {
    const played = await playOne({ accounts: [{ id: 'a', pay_as_you_go: {} }], steps: [grant('a', 10), use(25)] });
    expect(played).toMatchObject({ balance: '0', available: '0', overageUsed: '15', debt: '0', headroom: null });
  });

  it('stops at the cap: if covered is refused, what happened is debt', async () => {
    const played = await playOne({
      catalog: PRICE,
      steps: [
        { do: 'pay_as_you_go', cap: '2.00' },
        grant('a', 10),
        use(25),
        use(6, { mode: 'if_covered' }),
        use(5, { mode: 'if_covered' }),
        use(1),
        { do: 'pay_as_you_go', on: false },
        use(1),
      ],
    });
    expect(outcomes(played.report).slice(2)).toEqual([
      'used',
      'overage_cap_reached',
      'used',
      'used',
      'configured',
      'used',
    ]);
    expect(played).toMatchObject({ overageUsed: '20', debt: '2', balance: '-2', headroom: '0' });
  });
});

describe('holds and giving back', () => {
  it('lower what is available, burn nothing, and end by themselves', async () => {
    const steps = [
      grant('g', 10),
      { do: 'hold', key: 'h', credits: 7, for: '10m' },
      use(4, { mode: 'if_covered' }),
      use(4, { mode: 'if_covered', at: '+10m' }),
    ];
    const played = await playOne({ steps });
    expect(outcomes(played.report)).toEqual(['granted', 'held', 'insufficient_credits', 'used']);
    expect(played).toMatchObject({ available: '6', holds: [{ key: 'h', state: 'expired', open: '0' }] });
    expect(played.report.events.find(({ holdsEnded }) => holdsEnded.length > 0)).toMatchObject({
      at: '2026-01-01T00:10:00.000Z',
      do: 'time',
      holdsEnded: ['h'],
    });
  });

  it('are captured for less or more, extended, and released', async () => {
    const played = await playOne({
      steps: [
        grant('g', 100),
        { do: 'hold', key: 'less', credits: 30, for: '2h' },
        { do: 'hold', key: 'more', credits: 5, for: '1m' },
        { do: 'hold', key: 'none', credits: 20 },
        { do: 'extend', hold: 'more', for: '2h' },
        { do: 'release', hold: 'none' },
        { at: '+1h', do: 'capture', hold: 'more', credits: 8 },
        { do: 'capture', hold: 'less', credits: 12, last: false },
        { do: 'capture', hold: 'none' },
      ],
    });
    expect(outcomes(played.report).slice(4)).toEqual(['hold_changed', 'hold_changed', 'used', 'used', 'hold_ended']);
    expect(played).toMatchObject({ balance: '80', available: '62', held: '18' });
    expect(played.holds).toMatchObject([
      { key: 'less', state: 'open', captured: '12' },
      { key: 'more', state: 'captured', captured: '8' },
      { key: 'none', state: 'released' },
    ]);
  });

  it('give back what a use took, to the lot it came from or to a returned one, and never more', async () => {
    const played = await playOne({
      steps: [
        grant('short', 10, { for: '1d' }),
        grant('long', 10),
        use(15, { key: 'u' }),
        { at: '+2d', do: 'reverse', of: 'u', credits: 7 },
        { do: 'reverse', of: 'u', credits: 9 },
        { do: 'reverse', of: 'u' },
      ],
    });
    expect(outcomes(played.report).slice(3)).toEqual(['given_back', 'exceeds_use', 'given_back']);
    expect(played.balance).toBe('20');
    expect(Object.values(played.lots).map(({ kind, remaining: left }) => `${kind} ${left}`)).toEqual(
      expect.arrayContaining(['promotion 10', 'promotion 0', 'returned 2', 'returned 8']),
    );
  });

  it('answer a key again with the first outcome, and refuse it with other content', async () => {
    const played = await playOne({
      steps: [
        grant('g', 10),
        use(3, { key: 'k' }),
        use(3, { key: 'k' }),
        use(4, { key: 'k' }),
        { do: 'void', lot: 'g' },
      ],
    });
    expect(outcomes(played.report)).toEqual(['granted', 'used', 'used', 'conflict', 'voided']);
    expect(played.report.events[2]?.outcome).toMatchObject({ replayed: true, credits: '3' });
    expect(played.balance).toBe('0');
  });
});

describe('the gate', () => {
  it('says whether uses may run together, for how many it is enough, and what this account can do', async () => {
    const catalog = { credit_price: { credits: 10, for: '1.00' }, meters: { m: { rate: 4 } } };
    const played = await playOne({
      catalog,
      steps: [
        grant('g', 20),
        { do: 'check', list: [{ meter: 'm' }, { credits: 5 }] },
        { do: 'check', meter: 'm', quantity: 6 },
        { do: 'check', feature: 'video' },
        { do: 'check', meter: 'nothing' },
      ],
    });
    expect(outcomes(played.report).slice(1)).toEqual(['checked', 'checked', 'checked', 'unknown_meter']);
    const [, both, short, feature] = played.report.events.map(({ outcome }) => outcome);
    expect(both).toMatchObject({ allowed: true, cost: '9', times: 2, fired: [] });
    expect(short).toMatchObject({ allowed: false, cost: '24', available: '20', fired: [{ limit: 'balance' }] });
    expect(feature).toMatchObject({ allowed: false, fired: [{ limit: 'feature' }] });
    expect(played.balance).toBe('20');
  });

  it('lets through what a top-off will still save, and nothing once the card is refused', async () => {
    const check = { do: 'check', credits: 5 };
    const steps = [grant('g', 60), use(58), check, { do: 'charge', answer: 'decline', code: 'stolen_card' }, check];
    const { report } = await playOne({ ...topOff(), steps });
    const gates = report.events.filter((event) => event.do === 'check').map(({ outcome }) => outcome);
    expect(gates).toMatchObject([
      { allowed: true, grace: true },
      { allowed: false, grace: false, remedies: [{ code: 'fix_payment', who: 'owner' }] },
    ]);
  });
});
