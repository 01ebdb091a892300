/** Pay-as-you-go: on or off, its cap, and how much of it is used. */
import { Button } from '@mantine/core';
import { isNothing } from '../core/amounts.js';
import { taxed, usePage } from '../core/data.js';
import { usePlace } from '../core/place.js';
import { Bar, Card, Facts, May, Tag } from '../parts/card.js';
import { STRINGS } from '../strings.js';
import { Unpaid } from './incident-action.js';

const AMBER = 75;
const RED = 95;

export function Overage() {
  const { overview, formats } = usePage();
  const { overage, words } = overview;
  const { open } = usePlace();
  if (overage === null || !(overage.offered || overage.enabled)) return null;
  const { enabled, capMinor, usedMinor, used, price, blocked, unpaid } = overage;
  const { trial } = overview.plan;
  const isUsed = !isNothing(used);
  const percent = capMinor === null || capMinor === 0 ? 0 : (usedMinor / capMinor) * 100;
  const level = percent >= RED ? 'red' : percent >= AMBER ? 'amber' : 'ok';
  const text = capMinor === null ? '' : STRINGS.overage.used(formats.money(usedMinor), formats.money(capMinor));
  return (
    <Card
      title={words.payAsYouGo}
      aside={
        <Tag tone={blocked ? 'red' : enabled ? 'good' : 'plain'}>
          {blocked ? STRINGS.overage.blocked : STRINGS.onOff(enabled)}
        </Tag>
      }
      foot={
        // In a trial nothing is used beyond what it brought: what would do nothing is not offered.
        trial !== null && !enabled ? null : (
          <May action="set_overage" what={words.payAsYouGo}>
            <Unpaid payment={blocked ? unpaid : null} />
            <Button variant="default" onClick={() => open('overage')}>
              {enabled ? STRINGS.overage.change : isUsed ? STRINGS.overage.turnBackOn : STRINGS.overage.turnOn}
            </Button>
          </May>
        )
      }
    >
      <p className="quiet">{blocked ? STRINGS.overage.blockedSentence : STRINGS.overage.sentence(words.credit.many)}</p>
      {trial === null ? null : (
        <p className="small">{(enabled ? STRINGS.overage.begins : STRINGS.overage.waits)(formats.day(trial.endsAt))}</p>
      )}
      {capMinor !== null && (enabled || isUsed) ? (
        <div className="stack tight">
          <Bar label={STRINGS.overage.bar} text={text} percent={percent} level={level} />
          <span className="small num">{text}</span>
        </div>
      ) : null}
      <Facts
        of={[
          unpaid === null || !blocked
            ? null
            : [STRINGS.overage.unpaid, formats.money(unpaid.amountMinor, unpaid.currency)],
          price === null ? null : [STRINGS.overage.price, taxed(overview, formats.ratio(price))],
          isUsed ? [STRINGS.overage.usedCredits, formats.credits(used)] : null,
          !enabled && isUsed ? [STRINGS.overage.stillBilled, formats.money(usedMinor)] : null,
        ]}
      />
    </Card>
  );
}
