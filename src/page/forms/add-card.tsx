/** The way to the processor's own page for a card: no number of one is ever typed here. */
import { useDoor, withReturn } from '../core/doors.js';
import { DoorButton } from '../parts/door.js';
import { STRINGS } from '../strings.js';

export function AddCard() {
  const door = useDoor('addCard');
  return (
    <div className="stack">
      <p className="quiet">{STRINGS.cards.secure}</p>
      <div className="row">
        <DoorButton
          door={door}
          label={STRINGS.cards.add}
          onEnter={() => door.enter({ body: withReturn<'addCard'>() })}
        />
      </div>
    </div>
  );
}
