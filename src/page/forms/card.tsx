/** Adding or replacing a card, and choosing another of those that are there for automatic purchases. */
import { Button } from '@mantine/core';
import { useAct } from '../core/act.js';
import { usePage } from '../core/data.js';
import { usePlace } from '../core/place.js';
import { OwnerOnly } from '../parts/card.js';
import { cardName } from '../parts/pay-card.js';
import { STRINGS } from '../strings.js';
import { AddCard } from './add-card.js';

export default function CardForm() {
  const { overview } = usePage();
  const { close } = usePlace();
  const { cards, topOff, words } = overview;
  const choose = useAct('chooseTopOffCard', { done: () => STRINGS.cards.chosen, onDone: close });
  if (overview.viewer.may.manage_cards !== true) return <OwnerOnly what={STRINGS.cards.add} />;
  const others = topOff?.settings.enabled === true ? cards.filter((card) => !card.forTopOff && !card.expired) : [];
  return (
    <div className="stack">
      <AddCard />
      {others.length === 0 ? null : (
        <div className="stack tight">
          <p className="strong">{STRINGS.cards.orUse(words.topOff)}</p>
          <ul className="list">
            {others.map((card) => (
              <li key={card.id}>
                <span>{cardName(card)}</span>
                <Button
                  variant="default"
                  size="xs"
                  loading={choose.pending}
                  aria-label={STRINGS.cards.chooseOf(cardName(card))}
                  onClick={() => choose.act({ body: { card: card.id } })}
                >
                  {STRINGS.cards.use}
                </Button>
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}
