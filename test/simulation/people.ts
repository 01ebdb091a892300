/** What is asked of the account in a simulation, each an ordinary command at an ordinary moment. */
import type { Command } from '../../src/domain/commands.js';
import { credits } from '../../src/domain/credits.js';
import { chargeId } from '../../src/domain/ids.js';
import { later, MINUTE_MS } from '../../src/domain/instant.js';
import { attachedCards } from '../../src/simulate/rows.js';
import type { SimWorld } from './world.js';

export interface People {
  count: number;
  /** Covered uses that were refused, and are asked for again under the very same key. */
  readonly refused: { readonly key: string; readonly quantity: number }[];
}

const CARDS = ['visa', 'mastercard', 'amex'];

/** The next batch, or null where chance asked for what is not there. */
export function asked(world: SimWorld, people: People): readonly Command[] | null {
  const { chance, rows } = world;
  const { account } = rows;
  const key = (what: string): string => {
    people.count += 1;
    return `${what}-${people.count}`;
  };
  const use = (): Command => ({ kind: 'use', account, key: key('use'), meter: 'call', quantity: 1 + chance.below(25) });
  const dice = chance.below(100);
  if (dice < 28) return Array.from({ length: 1 + chance.below(3) }, use);
  if (dice < 38) {
    // Work and a grant that makes up for it, in one batch.
    return [
      use(),
      use(),
      { kind: 'grant', account, key: key('grant'), origin: 'promotion', credits: credits(40 + chance.below(80)) },
    ];
  }
  if (dice < 52) return [coveredUse(world, people, key)];
  if (dice < 58) {
    const expiresAt = later(world.now(), (1 + chance.below(60)) * MINUTE_MS);
    return [{ kind: 'hold', account, key: key('hold'), credits: credits(1 + chance.below(60)), expiresAt }];
  }
  if (dice < 66)
    return [
      {
        kind: 'buy_pack',
        account,
        key: key('pack'),
        pack: { kind: 'credits', credits: credits(20 * (1 + chance.below(5))) },
      },
    ];
  if (dice < 73) return failedOnes(world);
  if (dice < 80) return cardChange(world);
  if (dice < 86) {
    const topOff = {
      enabled: chance.in100(90),
      threshold: credits(chance.below(4) * 30),
      amount: credits(20 * (1 + chance.below(8))),
    };
    return [
      {
        kind: 'configure_top_off',
        account,
        settings: { ...topOff, card: null, capDayMinor: null, capMonthMinor: null },
      },
    ];
  }
  if (dice < 90)
    return [{ kind: 'configure_overage', account, settings: { enabled: chance.in100(75), capMinor: null } }];
  if (dice < 94) return [{ kind: 'change_plan', account, plan: chance.pick(['basic', 'plus']) }];
  if (dice < 97) return [{ kind: 'resume_top_off', account }];
  world.switched.charging = chance.in100(70) ? 'on' : 'stopped';
  return null;
}

function coveredUse({ chance, rows }: SimWorld, people: People, key: (what: string) => string): Command {
  const again = people.refused.length > 0 && chance.in100(60) ? chance.pick(people.refused) : null;
  const { key: name, quantity } = again ?? { key: key('covered'), quantity: 5 + chance.below(90) };
  return { kind: 'use', account: rows.account, key: name, meter: 'call', quantity, mode: 'if_covered' };
}

function failedOnes({ chance, rows }: SimWorld): readonly Command[] | null {
  const waiting = [...rows.charges.values()].filter((one) => one.failure !== null && one.state !== 'succeeded');
  if (waiting.length === 0) return null;
  return [{ kind: 'retry_charge', account: rows.account, charge: chargeId(chance.pick(waiting).id) }];
}

export function attach(world: SimWorld, brand: string): Command {
  const { account, cards } = world.rows;
  const card = { processorId: `pm_${brand}_${cards.length}`, fingerprint: `fp_${brand}_${world.chance.below(3)}` };
  return { kind: 'attach_card', account, card: { ...card, brand, last4: '4242', expiryMonth: 12, expiryYear: 2039 } };
}

function cardChange(world: SimWorld): readonly Command[] | null {
  const { chance, rows } = world;
  const cards = attachedCards(rows);
  if (cards.length < 2 || chance.in100(70)) return [attach(world, chance.pick(CARDS))];
  return [{ kind: 'detach_card', account: rows.account, card: chance.pick(cards).id }];
}
