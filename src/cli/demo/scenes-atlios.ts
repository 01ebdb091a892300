/** Atlios: the trial, and work that goes on past the balance. */
import { later, MINUTE_MS } from '../../domain/instant.js';
import { type Action, type Scene, type Stage, use, usesOf, type Written } from './scene.js';

const LARGE: Action = { meter: 'image', credits: 7, properties: { width: 4096, height: 4096 } };
const FIX: Action = { meter: 'fix', credits: 1 };
/** Growth includes 500 credits, and its cap of 50.00 lends 1 250 more. */
const INCLUDED = 500;
const LENT = 1_250;

const scene = (state: string, label: string, plan: string, play: Scene['play']): Scene => ({
  ...{ catalog: 'atlios', state, label, name: 'Nordwind Home & Garden', plan },
  play,
});

const PAY_AS_YOU_GO: Written = { kind: 'configure_overage', settings: { enabled: true, capMinor: null } };

/** The card is attached first: pay-as-you-go needs one. */
async function past(stage: Stage, beyond: number, card = 'pm_card_visa'): Promise<void> {
  await stage.attach(card);
  await stage.post(PAY_AS_YOU_GO, ...usesOf([LARGE, FIX], INCLUDED + beyond, stage.now));
}

export const ATLIOS_SCENES: readonly Scene[] = [
  scene('trial', 'Trial', 'free', async (stage) => {
    await stage.attach('pm_card_visa_debit');
    await stage.post({ kind: 'start_trial', plan: 'growth' }, use('fix-1', FIX), use('image-1', LARGE));
  }),
  scene('pay-as-you-go', 'Past the balance', 'growth', (stage) => past(stage, 340)),
  scene('cap-reached', 'Pay-as-you-go cap reached', 'growth', (stage) => past(stage, LENT)),
  {
    ...scene('overage-declined', 'Pay-as-you-go declined', 'growth', (stage) =>
      past(stage, 400, 'pm_card_chargeCustomerFail').then(() => stage.until('card_declined')),
    ),
    // Its period ends a minute after it was opened, and then what was used beyond the balance is charged.
    anchor: (now) => later(now, MINUTE_MS),
  },
];
