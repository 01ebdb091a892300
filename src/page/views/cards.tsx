/** Cards in the order in which they are charged. */
import { Button } from '@mantine/core';
import { useState } from 'react';
import { useAct } from '../core/act.js';
import { usePage } from '../core/data.js';
import { usePlace } from '../core/place.js';
import { Blank, Card, May, Tag } from '../parts/card.js';
import { cardName, expiryOf, type PayCard } from '../parts/pay-card.js';
import { STRINGS } from '../strings.js';

export function Cards() {
  const { cards } = usePage().overview;
  const { open } = usePlace();
  return (
    <Card
      title={STRINGS.cards.title}
      foot={
        <May action="manage_cards" what={STRINGS.cards.add}>
          <Button variant="default" onClick={() => open('card')}>
            {STRINGS.cards.add}
          </Button>
        </May>
      }
    >
      {cards.length === 0 ? (
        <Blank>{STRINGS.cards.none}</Blank>
      ) : (
        <ul className="list cards">
          {cards.map((card) => (
            <li key={card.id}>
              <CardLine card={card} />
              <May action="manage_cards" what={STRINGS.cards.remove} tell={false}>
                <CardActions card={card} />
              </May>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function CardLine({ card }: { readonly card: PayCard }) {
  const { topOff, words } = usePage().overview;
  return (
    <div>
      <span className="row">
        {cardName(card)}
        {card.first ? <Tag tone="brand">{STRINGS.cards.default}</Tag> : null}
        {card.forTopOff && topOff?.settings.enabled === true ? <Tag>{words.topOff}</Tag> : null}
        {card.expired ? <Tag tone="red">{STRINGS.cards.expired}</Tag> : null}
        {card.refused && !card.expired ? <Tag tone="red">{STRINGS.cards.refused}</Tag> : null}
      </span>
      <p className="quiet small">{STRINGS.cards.expires(expiryOf(card))}</p>
    </div>
  );
}

function CardActions({ card }: { readonly card: PayCard }) {
  const { cards, topOff } = usePage().overview;
  const [isSure, setSure] = useState(false);
  const order = useAct('orderPaymentMethods', { done: () => STRINGS.saved });
  const remove = useAct('removePaymentMethod', { done: (one) => one.note ?? STRINGS.cards.removed });
  const first = [card.id, ...cards.filter((one) => one.id !== card.id).map((one) => one.id)];
  const name = cardName(card);
  if (isSure) {
    return (
      <fieldset className="bare row ends" aria-label={STRINGS.cards.removeOf(name)}>
        <span className="small">
          {cards.length === 1 && topOff?.settings.enabled === true ? STRINGS.cards.lastForTopOff : STRINGS.cards.sure}
        </span>
        <Button size="xs" variant="default" onClick={() => setSure(false)}>
          {STRINGS.cancel}
        </Button>
        <Button
          size="xs"
          color="var(--red-button)"
          loading={remove.pending}
          onClick={() => remove.act({ params: { card: card.id } })}
        >
          {STRINGS.cards.remove}
        </Button>
      </fieldset>
    );
  }
  return (
    <div className="row ends">
      {card.first ? null : (
        <Button
          size="xs"
          variant="default"
          loading={order.pending}
          aria-label={STRINGS.cards.makeDefaultOf(name)}
          onClick={() => order.act({ body: { cards: first as [string, ...string[]] } })}
        >
          {STRINGS.cards.makeDefault}
        </Button>
      )}
      <Button size="xs" variant="default" aria-label={STRINGS.cards.removeOf(name)} onClick={() => setSure(true)}>
        {STRINGS.cards.remove}
      </Button>
    </div>
  );
}
