/** `<creditd-banner>`: each open failure with its reason, what it means, and the way to mend it for those who may. */

import { Trouble } from './call.js';
import { h, link } from './dom.js';
import { Shown } from './element.js';
import type { Overview } from './source.js';
import { STRINGS } from './strings.js';

type Incident = Overview['incidents'][number];

/** What one must be allowed to follow the button; everything else is mended by a card. */
const NEEDS: Readonly<Record<string, string>> = {
  retry: 'retry_charge',
  authenticate: 'retry_charge',
  change_cap: 'set_top_off',
  resume: 'resume',
};

export class Banner extends Shown {
  protected override readonly saysTrouble = false;

  constructor() {
    super('alert');
  }

  protected shown(overview: Overview): readonly Node[] {
    return overview.incidents
      .filter((one) => one.resolvedAt === null && !one.dismissed)
      .map((one) => this.#incident(one, overview));
  }

  #incident(one: Incident, { viewer, words, links }: Overview): Node {
    const { title, meaning, action, support } = one;
    const may = viewer.may[NEEDS[action?.code ?? ''] ?? 'manage_cards'] === true;
    // Approving is done from the billing page, where the person's own session is.
    const url = action?.code === 'authenticate' ? links.billing : (action?.url ?? null);
    const acts = [
      may && action !== null ? link(this.where, url, 'action', action.label) : null,
      support === null ? null : link(this.where, support.url, 'support', support.label),
    ].filter((act) => act !== null);
    return h(
      'div',
      { part: 'incident' },
      h('p', { part: 'title' }, title),
      h('p', { part: 'meaning' }, meaning),
      may ? null : h('p', { part: 'owner' }, STRINGS.ownerOnly(words.account.one)),
      acts.length === 0 ? null : h('div', { part: 'acts' }, ...acts),
      viewer.may.dismiss_incident === true && viewer.member !== null ? this.#dismiss(one) : null,
    );
  }

  #dismiss({ id, title }: Incident): HTMLButtonElement {
    const button = h('button', { part: 'dismiss', type: 'button', 'aria-label': STRINGS.dismiss(title) }, '×');
    button.addEventListener('click', () => {
      button.disabled = true;
      // It goes when creditd says that it is dismissed, and stays to be tried again where it could not be said.
      this.source?.dismiss(id).catch((error: unknown) => {
        button.disabled = false;
        const { code, message } = error instanceof Trouble ? error : new Trouble(0, 'offline', STRINGS.offline);
        this.tell(code, message);
      });
    });
    return button;
  }
}
