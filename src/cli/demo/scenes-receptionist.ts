/** The receptionist's automatic top-offs and everything that can stand in their way. */
import { testCard } from '../../dev/stripe-double/cards.js';
import { credits } from '../../domain/credits.js';
import { DAY_MS, HOUR_MS, later } from '../../domain/instant.js';
import { minorUnits } from '../../domain/money.js';
import { type Action, type Awaited, type Scene, type Stage, use, usesOf, type Written } from './scene.js';

const CALL: Action = {
  ...{ meter: 'answered_call', credits: 1 },
  properties: { outcome: 'full_conversation', seconds: 126 },
};
/** The threshold is 50 of the 100 included: so many calls leave less. */
const BELOW = 58;

const topOff = (capDayMinor: number | null = null): Written => ({
  kind: 'configure_top_off',
  settings: {
    ...{ enabled: true, threshold: credits(50), amount: credits(200), card: null, capMonthMinor: null },
    capDayMinor: capDayMinor === null ? null : minorUnits(capDayMinor),
  },
});

function scene(state: string, label: string, play: Scene['play']): Scene {
  return { catalog: 'receptionist', state, label, name: 'Bright Smile Dental', plan: 'standard', play };
}

/** Low, with this card: switching on charges it at once, and this comes of it. */
const charging =
  (card: string, what: Awaited) =>
  async (stage: Stage): Promise<void> => {
    await stage.attach(card);
    await stage.post(...usesOf([CALL], BELOW, stage.now), topOff());
    await stage.until(what);
  };

/** Nothing else in the demo carries this card, so that only this account meets what is scripted for it. */
const SCRIPTED_CARD = 'pm_card_amex';

export const RECEPTIONIST_SCENES: readonly Scene[] = [
  scene('topped-off', 'Topped off by card', charging('pm_card_visa', 'paid')),
  scene('no-payment-method', 'No payment method', async ({ post, now }) =>
    post(...usesOf([CALL], BELOW, now), topOff()),
  ),
  scene('card-declined', 'Card declined', charging('pm_card_chargeCustomerFail', 'card_declined')),
  scene(
    'authentication-required',
    'Authentication required',
    charging('pm_card_authenticationRequired', 'authentication_required'),
  ),
  scene('internal-error', 'Internal error', async (stage) => {
    const fingerprint = testCard(SCRIPTED_CARD)?.fingerprint ?? '';
    stage.bank.fail({ kind: 'decline', declineCode: 'capability_not_active', fingerprint, times: 1 });
    await charging(SCRIPTED_CARD, 'internal_error')(stage);
  }),
  scene('spending-cap-reached', 'Spending cap reached', async (stage) => {
    await stage.attach('pm_card_visa');
    await stage.post(...usesOf([CALL], BELOW, stage.now), topOff(2_000));
  }),
  scene('unusual-usage', 'Unusual usage', unusual),
];

const USUAL_DAYS = 10;
const USUAL_A_DAY = 4;
const SUDDEN = 470;

/** A few calls a day, and then several hundred within one hour. */
async function unusual(stage: Stage): Promise<void> {
  // First of all: the usual hour is made anew once an hour, and at its first count the habit must be there.
  await stage.post(
    { kind: 'grant', key: 'moved', origin: 'purchase', credits: credits(440), paid: true, reason: 'Bank transfer' },
    ...Array.from({ length: USUAL_DAYS * USUAL_A_DAY }, (_one, at) =>
      use(`usual-${at}`, CALL, {
        occurredAt: later(stage.now, -(1 + Math.floor(at / USUAL_A_DAY)) * DAY_MS - (at % USUAL_A_DAY) * HOUR_MS),
      }),
    ),
  );
  await stage.attach('pm_card_visa');
  // Where its first count came too early all the same, the next start gives the clock something new to count.
  await stage.post(topOff(), use(`now-${Math.floor(stage.now / HOUR_MS)}`, CALL));
  await stage.until('counted');
  await stage.post(...Array.from({ length: SUDDEN }, (_one, at) => use(`sudden-${at}`, CALL)));
  await stage.until('unusual_usage');
}
