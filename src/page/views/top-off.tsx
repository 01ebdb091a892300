/** Automatic purchases: how they stand, in one sentence, and the way to their settings. */
import { Button } from '@mantine/core';
import { useAct } from '../core/act.js';
import { taxed, usePage } from '../core/data.js';
import { usePlace } from '../core/place.js';
import { Card, type Fact, Facts, May, Tag } from '../parts/card.js';
import { cardName } from '../parts/pay-card.js';
import { STRINGS } from '../strings.js';
import { Unpaid } from './incident-action.js';

const TONES = {
  off: 'plain',
  ready: 'good',
  due: 'brand',
  charging: 'brand',
  waiting: 'red',
  held_back: 'amber',
} as const;

export function TopOff() {
  const { overview, formats } = usePage();
  const { topOff, words } = overview;
  const { open } = usePlace();
  if (topOff === null || !(topOff.offered || topOff.settings.enabled)) return null;
  const { settings, state, sentence, card, amountMinor } = topOff;
  const price = amountMinor === null ? '' : ` ${STRINGS.topOff.for(taxed(overview, formats.money(amountMinor)))}`;
  const facts: (Fact | null)[] = settings.enabled
    ? [
        [STRINGS.topOff.threshold, formats.credits(settings.threshold)],
        [STRINGS.topOff.amount, `${formats.credits(settings.amount)}${price}`],
        [STRINGS.topOff.card, card === null ? STRINGS.topOff.noCard : cardName(card)],
        settings.capDayMinor === null ? null : [STRINGS.topOff.capDay, formats.money(settings.capDayMinor)],
        settings.capMonthMinor === null ? null : [STRINGS.topOff.capMonth, formats.money(settings.capMonthMinor)],
      ]
    : [];
  return (
    <Card
      title={words.topOff}
      aside={<Tag tone={TONES[state]}>{STRINGS.topOff.states[state]}</Tag>}
      foot={
        <May action="set_top_off" what={STRINGS.topOff.setUp(words.topOff)}>
          <Button variant="default" onClick={() => open('top-off')}>
            {settings.enabled ? STRINGS.topOff.change : STRINGS.topOff.setUp(words.topOff)}
          </Button>
          <Resume />
          <Unpaid payment={topOff.unpaid} />
        </May>
      }
    >
      <p className="quiet">{settings.enabled ? sentence : STRINGS.topOff.offSentence(words.credit.many)}</p>
      <Facts of={facts} />
    </Card>
  );
}

/** After unusual use or a suspension nothing is bought until an owner says so. What an operator paused is not the owner's to end. */
function Resume() {
  const { topOff, words, incidents } = usePage().overview;
  const resume = useAct('resumeTopOff', { done: () => STRINGS.topOff.resumed(words.topOff) });
  if (topOff === null || !topOff.settings.enabled || topOff.pausedByOperator) return null;
  // While a payment waits, mending that one is the way on; and one banner with this button is enough.
  const isPaused = topOff.pausedAt !== null && !incidents.some((one) => one.kind === 'unusual_usage' && !one.dismissed);
  const isSuspended = topOff.suspendedAt !== null && topOff.unpaid === null && topOff.charge === null;
  if (!isPaused && !isSuspended) return null;
  return (
    <Button loading={resume.pending} onClick={() => resume.act()}>
      {STRINGS.topOff.resume}
    </Button>
  );
}
