/** The ways out of a limit that fired, each leading where it is done. */
import { Button } from '@mantine/core';
import { type Overview, usePage } from '../core/data.js';
import { usePlace } from '../core/place.js';
import { STRINGS } from '../strings.js';

type Remedy = Overview['gate']['remedies'][number];

export function RemedyAction({ remedy }: { readonly remedy: Remedy }) {
  const { overview, formats } = usePage();
  const { viewer, words } = overview;
  const { go, open } = usePlace();
  const sentence = formats.inZone(remedy.sentence).replace(/\.$/, '');
  const isOwner = viewer.role === null || viewer.role === 'owner';
  if (remedy.code === 'wait') return <span className="small">{formats.inZone(remedy.sentence)}</span>;
  if (remedy.who === 'owner' && !isOwner)
    return <span className="small">{STRINGS.gate.ownerMay(sentence, words.account.one)}</span>;
  const act = () => {
    switch (remedy.code) {
      case 'choose_plan':
      case 'upgrade':
        return go('plans');
      case 'turn_on_pay_as_you_go':
      case 'turn_pay_as_you_go_back_on':
      case 'raise_pay_as_you_go_cap':
        return open('overage');
      case 'buy_pack':
        return open('buy');
      case 'raise_top_off_cap':
        return open('top-off');
      case 'fix_payment':
        return open('card');
      default:
        return go('overview');
    }
  };
  return (
    <Button variant="default" onClick={act}>
      {sentence}
    </Button>
  );
}
