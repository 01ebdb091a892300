/** `<creditd-balance>`: what remains, a trial's days, and the way to more. */
import { h, link } from './dom.js';
import { Shown } from './element.js';
import type { Overview } from './source.js';
import { STRINGS } from './strings.js';
import type { Words } from './words.js';

export class Balance extends Shown {
  constructor() {
    super('status');
  }

  protected shown(overview: Overview, words: Words): readonly Node[] {
    const { plan, gate, viewer, packs, links } = overview;
    const made: Node[] = figures(overview, words);
    if (!gate.open && gate.sentence !== null) made.push(h('span', { part: 'stopped' }, words.sentence(gate.sentence)));
    if (plan.trial !== null) {
      const { daysLeft } = plan.trial;
      made.push(h('span', { part: 'trial' }, STRINGS.trial(plan.label, words.figure(`${daysLeft}`), daysLeft === 1)));
    }
    if (viewer.may.buy === true && packs?.offered === true)
      made.push(link(this.where, links.billing, 'buy', overview.words.buyCredits));
    return made;
  }
}

/** Who is confined to pools is told of those, and of nothing else that there is. */
function figures({ balance, included, limits, gate }: Overview, words: Words): Node[] {
  if (balance === null)
    return limits.pools.map(({ label, worth }) =>
      h(
        'span',
        { part: 'pool' },
        ...[h('bdi', {}, label), ': ', h('strong', { part: 'remaining' }, words.figure(worth))],
        ` ${words.unit(worth)} ${STRINGS.left}`,
      ),
    );
  const { remaining } = balance;
  // The included credits' colours are theirs alone: whoever has bought more has more left than the bar says.
  const level = gate.open ? (included?.remaining === remaining ? included.level : 'ok') : 'red';
  return [
    h(
      'span',
      { part: 'balance' },
      h('strong', { part: `remaining ${level}` }, words.figure(remaining)),
      ` ${STRINGS.remaining(words.unit(remaining))}`,
    ),
  ];
}
