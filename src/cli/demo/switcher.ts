/** What the demo's page lists: scenes of the catalogs that are loaded, and the account that calls stream into. */

import { makeSessions } from '../../http/api/session-token.js';
import type { DemoOptions, DemoProduct, DemoState } from '../../http/demo-page.js';
import type { Store } from '../../wire.js';
import { DEMO_ACCOUNT, DEMO_CATALOG } from './product.js';
import { accountOf, PEOPLE, type Scene } from './scene.js';
import { readyAccounts } from './seed.js';

export interface SwitcherParts {
  readonly store: Pick<Store, 'prisma' | 'catalogs'>;
  readonly sessionSecrets: readonly string[];
  /** Those that are set up here. */
  readonly scenes: readonly Scene[];
}

export function makeSwitcher({ store, sessionSecrets, scenes }: SwitcherParts): DemoOptions {
  const [first = '', ...older] = sessionSecrets;
  const { prisma, catalogs } = store;
  return {
    sessions: makeSessions([first, ...older]),
    async products() {
      const ready = await readyAccounts(store, scenes);
      return catalogs.keys().flatMap((key): DemoProduct[] => {
        const brand = catalogs.find(key)?.brand;
        const states: DemoState[] = [
          ...(key === DEMO_CATALOG ? [LIVE] : []),
          ...scenes.filter(({ catalog }) => catalog === key).map((scene) => stateOf(scene, ready)),
        ];
        return brand === undefined || states.length === 0 ? [] : [{ name: brand.name, color: brand.color, states }];
      });
    },
    async ownerOf(slug) {
      const found = await prisma.account.findFirst({
        where: { OR: [{ slug }, { id: slug }] },
        select: { id: true, members: { where: { role: 'owner' }, take: 1, select: { id: true } } },
      });
      const member = found?.members[0]?.id;
      return found === null || member === undefined ? null : { account: found.id, member };
    },
  };
}

const LIVE: DemoState = { account: DEMO_ACCOUNT, label: 'Live, calls are coming in', people: PEOPLE, ready: true };

const stateOf = (scene: Scene, ready: ReadonlySet<string>): DemoState => ({
  ...{ account: accountOf(scene), label: scene.label, people: [...PEOPLE, ...(scene.people ?? [])] },
  ready: ready.has(accountOf(scene)),
});
